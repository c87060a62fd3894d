import { Refusal } from "@/lib/auth";
import { text } from "@/lib/text";

/** Also for classes that exist and are another's, and for codes nobody gave out. */
export function noSuchClass(): Refusal {
  return new Refusal("not-found", "class.not-found", text("No existe esa clase.", "There is no such class."));
}

export function noSuchInvitation(): Refusal {
  return new Refusal(
    "not-found",
    "class.no-such-invitation",
    text("Esa invitación no existe o ya no vale. Pide otra a tu profesor.", "That invitation does not exist or is no longer valid. Ask your teacher for another."),
  );
}

export function noSuchAttempt(): Refusal {
  return new Refusal("not-found", "attempt.not-found", text("No existe ese intento.", "There is no such attempt."));
}

export function noSuchStudent(): Refusal {
  return new Refusal("not-found", "student.not-found", text("No hay nadie así en tus clases.", "There is nobody like that in your classes."));
}

export function ownClass(): Refusal {
  return new Refusal("conflict", "class.own", text("Es tu propia clase: ya estás en ella como profesor.", "It is your own class: you are already in it as its teacher."));
}

export function classNameNeeded(): Refusal {
  return new Refusal("invalid", "class.invalid-name", text("La clase necesita un nombre de 1 a 80 caracteres.", "The class needs a name of 1 to 80 characters."));
}
