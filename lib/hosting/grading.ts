import { Refusal } from "@/lib/auth";
import type { GradeReport } from "@/lib/grader";
import { text } from "@/lib/text";
import type { Answer } from "@/lib/workbench";

/** What a grading thread answers. Every answer that is "no" is a value, so that nothing is guessed from an error's words. */
export type GradeOutcome =
  | { readonly graded: true; readonly report: GradeReport; readonly publicHash: string }
  | { readonly graded: false; readonly code: "grading.budget-exceeded" | "grading.unknown-exercise" | "grading.unreadable" | "grading.failed" };

/** Who grades. The pool in production; tests put another in its place. */
export interface GradeService {
  /** Replays `answer` and judges it. Refuses only for want of room (`grading.busy`); never throws for what an answer holds. */
  grade(answer: Answer): Promise<GradeOutcome>;
}

/** The refusal that tells a student about an outcome without a report. */
export function gradingRefusal(code: Exclude<GradeOutcome, { graded: true }>["code"]): Refusal {
  switch (code) {
    case "grading.budget-exceeded":
      return new Refusal(
        "invalid",
        code,
        text(
          "Tu respuesta tarda demasiado en repetirse en el servidor: pide demasiado al clúster. Quita objetos, réplicas o esperas y vuelve a entregarla.",
          "Your answer takes too long to replay on the server: it asks too much of the cluster. Remove objects, replicas or waits and hand it in again.",
        ),
      );
    case "grading.unknown-exercise":
      return new Refusal("not-found", code, text("No existe ese ejercicio.", "There is no such exercise."));
    case "grading.unreadable":
      return new Refusal(
        "invalid",
        code,
        text(
          "Esta respuesta no se puede repetir: está dañada o viene de otra versión. Reinicia el ejercicio y vuelve a hacerlo.",
          "This answer cannot be replayed: it is damaged or comes from another version. Reset the exercise and do it again.",
        ),
      );
    case "grading.failed":
      return new Refusal(
        "busy",
        code,
        text(
          "La corrección ha fallado por nuestra parte. Tu respuesta sigue en tu navegador: vuelve a entregarla en un momento.",
          "Grading failed on our side. Your answer is still in your browser: hand it in again in a moment.",
        ),
        10,
      );
  }
}

/** Too many answers are waiting to be graded. */
export function gradingBusy(): Refusal {
  return new Refusal(
    "busy",
    "grading.busy",
    text("Hay muchas respuestas esperando corrección. Vuelve a entregar la tuya en unos segundos.", "Many answers are waiting to be graded. Hand yours in again in a few seconds."),
    5,
  );
}
