import { Refusal } from "@/lib/auth";
import { text } from "@/lib/text";
import type { LiveOutcome } from "./messages";

type Code = Extract<LiveOutcome<never>, { ok: false }>["code"];

/** Why a connection is not to be had, in the reader's language. */
export function liveRefusal(code: Code): Refusal {
  switch (code) {
    case "live.gone":
      return new Refusal("not-found", code, text("Esa conexión ha caducado o se ha cerrado. Vuelve a conectar tu kubectl.", "That connection has expired or was closed. Connect your kubectl again."));
    case "live.unknown-exercise":
      return new Refusal("not-found", code, text("No existe ese ejercicio.", "There is no such exercise."));
    case "live.not-replayable":
      return new Refusal(
        "invalid",
        code,
        text("Lo que has hecho aquí pide demasiado para repetirlo en el servidor. Deshaz lo último o empieza de nuevo.", "What you did here asks too much to be replayed on the server. Undo the last steps or start again."),
      );
  }
}

/** The thread or its port could not be had. */
export function liveUnavailable(): Refusal {
  return new Refusal(
    "busy",
    "live.unavailable",
    text("Ahora mismo no se puede conectar desde fuera. El terminal de esta página sigue funcionando; prueba más tarde.", "Connecting from outside is not possible right now. The terminal on this page still works; try later."),
    30,
  );
}
