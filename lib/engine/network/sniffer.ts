import type { Packet, PacketTrace } from "../machine/wire";

/** One packet as a sniffer on a machine sees it pass. */
export interface SeenPacket {
  readonly packet: Packet;
  /** On its way there, or the answer coming back. */
  readonly way: "request" | "reply";
  /** As tcpdump writes them: `S` opens, `S.` accepts, `R.` refuses. */
  readonly flags: "S" | "S." | "R.";
}

/**
 * What a sniffer on one machine (or host) sees of a journey: the first packet in every shape it had there, before and after each
 * rewriting, and the answer to each where one came. Nothing when the journey does not pass that place.
 */
export function sniff(trace: PacketTrace, at: string): readonly SeenPacket[] {
  const shapes: Packet[] = [];
  const same = (a: Packet, b: Packet): boolean => a.source.ip === b.source.ip && a.source.port === b.source.port && a.destination.ip === b.destination.ip && a.destination.port === b.destination.port;
  for (const hop of trace.hops) {
    if (hop.at !== at || hop.stage === "dns" || hop.stage === "reply") continue;
    for (const packet of [hop.before, hop.after]) if (!shapes.some((seen) => same(seen, packet))) shapes.push(packet);
  }
  const requests = shapes.map((packet): SeenPacket => ({ packet, way: "request", flags: "S" }));
  if (trace.outcome !== "delivered" && trace.outcome !== "refused") return requests;
  const flags = trace.outcome === "delivered" ? "S." : "R.";
  const replies = [...shapes].reverse().map((packet): SeenPacket => ({ packet: { ...packet, source: packet.destination, destination: packet.source }, way: "reply", flags }));
  return [...requests, ...replies];
}

/** The packets as `tcpdump -n` prints them, without the hour. */
export function tcpdumpText(seen: readonly SeenPacket[]): string {
  return seen.map(({ packet, flags }) => `IP ${packet.source.ip}.${packet.source.port} > ${packet.destination.ip}.${packet.destination.port}: Flags [${flags}]\n`).join("");
}
