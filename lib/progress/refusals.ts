import { Refusal } from "@/lib/auth";
import { text } from "@/lib/text";

export function noSuchExercise(): Refusal {
  return new Refusal("not-found", "exercise.not-found", text("No existe ese ejercicio.", "There is no such exercise."));
}

export function noSuchLesson(): Refusal {
  return new Refusal("not-found", "lesson.not-found", text("No existe esa lección.", "There is no such lesson."));
}

/** `where` names the place in the answer, for whoever wrote a client; it is never a value of theirs. */
export function unreadableAnswer(where: string): Refusal {
  return new Refusal(
    "invalid",
    "submission.unreadable",
    text(`La respuesta no tiene la forma esperada (${where}).`, `The answer does not have the expected shape (${where}).`),
  );
}

export function tooManyInputs(limit: number): Refusal {
  return new Refusal(
    "too-large",
    "submission.too-many-inputs",
    text(
      `La respuesta tiene más de ${limit} pasos. Reinicia el ejercicio y repite solo lo necesario.`,
      `The answer has more than ${limit} steps. Reset the exercise and repeat only what is needed.`,
    ),
  );
}

export function answerTooLarge(limitBytes: number): Refusal {
  const kib = Math.floor(limitBytes / 1024);
  return new Refusal("too-large", "submission.too-large", text(`La respuesta supera los ${kib} KiB.`, `The answer is over ${kib} KiB.`));
}

export function keyUsedForAnother(): Refusal {
  return new Refusal(
    "conflict",
    "submission.key-reused",
    text("Esa entrega ya se hizo con otra respuesta.", "That submission was already made with another answer."),
  );
}

export function seedNotYours(): Refusal {
  return new Refusal(
    "conflict",
    "submission.other-variant",
    text("Esta respuesta es de una variante que no te tocó. Recarga el ejercicio.", "This answer belongs to a variant you were not given. Reload the exercise."),
  );
}

export function solutionNotYet(): Refusal {
  return new Refusal(
    "conflict",
    "solution.not-yet",
    text("La solución se muestra al resolver el ejercicio o al rendirte.", "The solution is shown once you solve the exercise or give up."),
  );
}
