import type { Cluster, PacketTrace } from "@/lib/engine";
import type { Text } from "@/lib/text";
import type { Finding } from "../exercise";
import { fail, packetEvidence, pass } from "../finding";
import { ask } from "../observe";

/** Who asks, what, and how often. */
export interface Reaching {
  readonly from: string;
  readonly url: string;
  /** The name in the Host header, when it is not that of the address. */
  readonly host?: string;
  readonly times?: number;
}

const next: Text = {
  es: "Abre el recorrido de la petición y busca el último salto: ahí se decidió.",
  en: "Open the trip of the request and look for its last hop: that is where it was decided.",
};

/**
 * Every request gets a good answer (V01). Refused with `reach.no-such-host`, `reach.timed-out`, `reach.refused` or
 * `reach.bad-answer` and the first trip that failed.
 */
export function reaches(cluster: Cluster, { from, url, host, times = 1 }: Reaching): Finding {
  const traces = Array.from({ length: times }, () => ask(cluster, from, url, host === undefined ? {} : { hostHeader: host }));
  const bad = traces.find((trace) => trace.outcome !== "delivered" || (trace.response?.status ?? 500) >= 400);
  return bad ? refusal(bad, from, url) : pass(undefined, traces.slice(0, 1).map(packetEvidence));
}

function refusal(trace: PacketTrace, from: string, url: string): Finding {
  const evidence = [packetEvidence(trace)];
  const status = trace.response?.status;
  if (trace.outcome === "no-such-host") return fail("reach.no-such-host", { es: `${from} pregunta por el nombre de ${url} y nadie lo conoce.`, en: `${from} asks for the name in ${url} and nobody knows it.` }, next, evidence);
  if (trace.outcome === "refused") return fail("reach.refused", { es: `${from} llama a ${url} y recibe «conexión rechazada»: allí no escucha nadie.`, en: `${from} calls ${url} and gets “connection refused”: nobody listens there.` }, next, evidence);
  if (status === undefined) return fail("reach.timed-out", { es: `${from} llama a ${url} y no recibe respuesta: el paquete se pierde por el camino.`, en: `${from} calls ${url} and gets no answer: the packet is lost on the way.` }, next, evidence);
  return fail("reach.bad-answer", { es: `${from} llama a ${url} y recibe un ${status}.`, en: `${from} calls ${url} and gets a ${status}.` }, next, evidence);
}
