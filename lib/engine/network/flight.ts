import type { ObjectKey } from "../apimachinery/meta";
import type { Endpoint, Hop, Origin, OutboundRequest, Packet, PacketTrace, Reached } from "../machine/wire";
import type { AppResponse } from "../machine/behaviour";
import { millis } from "../sim/clock";

/** Where a packet is: on a machine of the cluster or on a host outside it. */
export type Place = { readonly node: string } | { readonly host: string };

/** A request under way: the packet as it is now, where it is, and what happened to it so far. */
export interface Flight {
  readonly from: Origin;
  readonly request: OutboundRequest;
  readonly asked: string;
  readonly packet: Packet;
  readonly place: Place;
  /** It came in over the wire, rather than starting on this machine. */
  readonly arrived: boolean;
  /** Destination and source as the sender knows them, for the reply. */
  readonly sent: Packet;
  readonly hops: readonly Hop[];
  readonly latency: number;
  readonly queries?: PacketTrace["queries"];
  /** Nobody will read the story: only what later places look at is kept of it. */
  readonly quiet?: true;
}

/** How a flight ends. */
export interface Landing {
  readonly outcome: PacketTrace["outcome"];
  readonly response?: AppResponse;
  readonly servedBy?: ObjectKey;
  readonly tlsProblem?: PacketTrace["tlsProblem"];
  readonly reset?: true;
  readonly flight: Flight;
}

/** Linux gives up connecting after this long: six SYNs, doubling from 1 s. */
const CONNECT_TIMEOUT = 127_000;

/** The name of a place, as hops print it. */
export function placeName(place: Place): string {
  return "node" in place ? place.node : place.host;
}

/** The flight with one more hop; the packet goes on as that hop left it. */
export function withHop(flight: Flight, hop: Omit<Hop, "at" | "before" | "after"> & { readonly at?: string; readonly after?: Packet }, cost = 0): Flight {
  const after = hop.after ?? flight.packet;
  // Who was lent a machine's address is looked up at the pod's door.
  if (flight.quiet === true && hop.stage !== "masquerade") return after === flight.packet && cost === 0 ? flight : { ...flight, packet: after, latency: flight.latency + cost };
  const { mesh, tls } = flight.request;
  const encrypted = (mesh?.identity !== undefined || tls !== undefined) && hop.stage !== "gateway";
  const at = hop.at ?? placeName(flight.place);
  const full: Hop = encrypted ? { ...hop, at, before: flight.packet, after, encrypted } : { ...hop, at, before: flight.packet, after };
  return { ...flight, packet: after, hops: [...flight.hops, full], latency: flight.latency + cost };
}

/** A packet with another destination. */
export function towards(packet: Packet, destination: Endpoint): Packet {
  return { ...packet, destination };
}

/** A packet with another source. */
export function coming(packet: Packet, source: Endpoint): Packet {
  return { ...packet, source };
}

/** A packet whose sender never hears back. */
export function timedOut(flight: Flight): Landing {
  return { outcome: "timed-out", flight: { ...flight, latency: flight.request.timeout ?? CONNECT_TIMEOUT } };
}

/** A packet answered with a reset. */
export function refused(flight: Flight): Landing {
  return { outcome: "refused", flight };
}

/** Writes down what came of a flight, without its story. */
export function reachedBy({ outcome, response, servedBy, tlsProblem, reset, flight }: Landing): Reached {
  return {
    outcome,
    latency: millis(flight.latency),
    ...(response === undefined ? {} : { response }),
    ...(reset === undefined ? {} : { reset }),
    ...(tlsProblem === undefined ? {} : { tlsProblem }),
    ...(servedBy === undefined ? {} : { servedBy }),
  };
}

/** Writes a landing down as the trace it is. */
export function traceOf({ outcome, response, servedBy, tlsProblem, reset, flight }: Landing): PacketTrace {
  return {
    from: flight.from,
    asked: flight.asked,
    hops: flight.hops,
    outcome,
    latency: millis(flight.latency),
    ...(flight.queries === undefined ? {} : { queries: flight.queries }),
    ...(response === undefined ? {} : { response }),
    ...(reset === undefined ? {} : { reset }),
    ...(tlsProblem === undefined ? {} : { tlsProblem }),
    ...(servedBy === undefined ? {} : { servedBy }),
  };
}
