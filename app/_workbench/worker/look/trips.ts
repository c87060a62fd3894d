import { partsOfKind, type Origin, type Packet, type PacketTrace } from "@/lib/engine";
import { explain } from "@/lib/explain";
import type { Locale } from "@/lib/text";
import type { HopView, TripView } from "../view-model";

const MOST_BODY = 600;

/** A packet's journey in the reader's words: each place with its sentence. */
export function tripView(trace: PacketTrace, locale: Locale): TripView {
  const hops = trace.hops.map((hop): HopView => ({
    stage: hop.stage,
    at: hop.at,
    by: hop.by ? `${partsOfKind(hop.by.kind).kind} ${hop.by.name}` : "",
    verdict: hop.verdict,
    before: packetText(hop.before),
    after: packetText(hop.after),
    because: explain(hop.because, locale),
  }));
  return {
    from: originText(trace.from),
    asked: trace.asked,
    outcome: trace.outcome,
    latency: trace.latency,
    hops,
    ...(trace.response ? { answer: { status: trace.response.status, body: trace.response.body.slice(0, MOST_BODY) } } : {}),
    ...(trace.servedBy ? { servedBy: trace.servedBy.name } : {}),
  };
}

/** Who sends, as scenes and the terminal write it. */
export function originText(from: Origin): string {
  if ("host" in from) return from.host;
  return "node" in from ? from.node : from.pod.name;
}

function packetText({ source, destination }: Packet): string {
  return `${source.ip}:${source.port} → ${destination.ip}:${destination.port}`;
}
