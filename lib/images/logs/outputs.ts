import { millis, type Output, type ProcessView } from "@/lib/engine";
import { placeOf } from "../proxies/forward";

/** One event on its way: what was logged, and what is known of it. */
export interface LogEvent {
  readonly [key: string]: unknown;
}

/** Where events go. */
export type Target =
  | { readonly to: "elasticsearch"; readonly hosts: readonly string[]; readonly index: string; readonly user?: string }
  | { readonly to: "logstash"; readonly hosts: readonly string[] }
  | { readonly to: "kafka"; readonly hosts: readonly string[]; readonly topic: string }
  | { readonly to: "file"; readonly path: string }
  | { readonly to: "stdout" };

/** How a delivery went: safely there, or why not and from whom. */
export type Delivery = { readonly done: true; readonly log: readonly Output[] } | { readonly done: false; readonly why: string; readonly at: string };

/** How long a shipper waits for an answer. */
const PATIENCE = millis(30_000);

function why(outcome: string, host: string, port: number): string {
  if (outcome === "no-such-host") return `lookup ${host}: no such host`;
  return outcome === "refused" ? `dial tcp ${host}:${port}: connect: connection refused` : `dial tcp ${host}:${port}: i/o timeout`;
}

function bulkBody(index: string, events: readonly LogEvent[], now: string): string {
  return events.map((event) => `${JSON.stringify({ create: { _index: index.replace(/%\{\+?[^}]*\}/g, now.slice(0, 10).replaceAll("-", ".")) } })}\n${JSON.stringify(event)}\n`).join("");
}

/** Delivers a batch to the first of its hosts that takes it whole. Otherwise it will be sent again, and what had been taken of it is there twice. */
export function deliver(process: ProcessView, target: Target, events: readonly LogEvent[]): Delivery {
  if (target.to === "stdout") return { done: true, log: events.map((event) => JSON.stringify(event)) };
  if (target.to === "file") {
    const problem = process.files.append(target.path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    return problem === undefined ? { done: true, log: [] } : { done: false, why: problem, at: target.path };
  }
  let failure = { why: "no hosts", at: "" };
  for (const given of target.hosts) {
    const { host, port } = placeOf(given, target.to === "elasticsearch" ? 9200 : target.to === "logstash" ? 5044 : 9092);
    const asked = target.to === "elasticsearch"
      ? { protocol: "http" as const, method: "POST", path: "/_bulk", headers: { "content-type": "application/x-ndjson" }, body: bulkBody(target.index, events, process.timestamp) }
      : { protocol: "tcp" as const, body: JSON.stringify(target.to === "logstash" ? { beats: events } : { kafka: "produce", topic: target.topic, records: events.map((event) => JSON.stringify(event)) }) };
    const { response, outcome } = process.request({ ...asked, host, port, timeout: PATIENCE });
    // Whoever listens there without speaking the protocol takes nothing.
    const ok = response !== undefined && (target.to === "elasticsearch" ? response.status === 200 && !response.body.startsWith('{"errors":true') : response.body.startsWith("ack"));
    if (ok) return { done: true, log: [] };
    failure = { why: response ? `${response.status}: ${response.body.slice(0, 120)}` : why(outcome, host, port), at: `${target.to === "elasticsearch" ? "http://" : ""}${host}:${port}` };
  }
  return { done: false, ...failure };
}
