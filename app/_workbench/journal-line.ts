import type { Locale } from "@/lib/text";
import type { Input } from "@/lib/workbench";

/** A length of virtual time, short: `45 s`, `5 min`, `1 h 10 min`. */
export function spanText(millis: number): string {
  if (millis < 1000) return `${millis} ms`;
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const MACHINE: { readonly [L in Locale]: { readonly [D in Extract<Input, { readonly type: "machine" }>["do"]]: string } } = {
  es: { "power-off": "Apagar", "power-on": "Encender", disconnect: "Desconectar", reconnect: "Conectar" },
  en: { "power-off": "Power off", "power-on": "Power on", disconnect: "Unplug", reconnect: "Plug in" },
};
const WORDS = {
  es: { wait: "Esperar", save: "Guardar", remove: "Borrar", answer: "Responder a", send: "Petición de", balancer: "Configurar el balanceador", dns: "Cambiar el DNS:", stop: "Ctrl-C", request: "Petición a la API" },
  en: { wait: "Wait", save: "Save", remove: "Delete", answer: "Answer", send: "Request from", balancer: "Set up the balancer", dns: "Change the DNS:", stop: "Ctrl-C", request: "API request" },
} as const;

/** What an input did, on one line. */
export function journalLine(input: Input, locale: Locale): string {
  const words = WORDS[locale];
  switch (input.type) {
    case "run":
      return `$ ${input.line}`;
    case "advance":
      return `${words.wait} ${spanText(input.millis)}`;
    case "save-file":
      return `${words.save} ${input.path}`;
    case "delete-file":
      return `${words.remove} ${input.path}`;
    case "interrupt":
      return words.stop;
    case "respond":
      return `${words.answer} ${input.question}: ${typeof input.value === "string" ? input.value : JSON.stringify(input.value)}`;
    case "machine":
      return `${MACHINE[locale][input.do]} ${input.name}`;
    case "send":
      return `${words.send} ${"host" in input.from ? input.from.host : "node" in input.from ? input.from.node : input.from.pod.name}: ${input.request.method ?? "GET"} ${input.request.protocol}://${input.request.host}:${input.request.port}${input.request.path ?? ""}`;
    case "world":
      return input.change.do === "set-dns" ? `${words.dns} ${input.change.name} → ${input.change.address ?? "∅"}` : words.balancer;
    case "request":
      return `${words.request}: ${input.method} ${input.path}`;
  }
}
