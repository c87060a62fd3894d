import { Refusal } from "@/lib/auth";
import { text } from "@/lib/text";

export function foreignOrigin(): Refusal {
  return new Refusal("forbidden", "request.foreign-origin", text("La petición viene de otro sitio.", "The request comes from another site."));
}

export function bodyTooLarge(limitBytes: number): Refusal {
  const kib = Math.floor(limitBytes / 1024);
  return new Refusal("too-large", "request.too-large", text(`El envío supera el límite de ${kib} KiB.`, `The request is over the limit of ${kib} KiB.`));
}

export function notJson(): Refusal {
  return new Refusal("invalid", "request.not-json", text("El cuerpo de la petición no es JSON válido.", "The body of the request is not valid JSON."));
}

export function wrongMediaType(): Refusal {
  return new Refusal("unsupported", "request.not-json-type", text("Envía JSON (application/json).", "Send JSON (application/json)."));
}
