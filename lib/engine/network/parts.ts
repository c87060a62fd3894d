import type { ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { AppRequest, AppResponse } from "../machine/behaviour";
import type { Redirection } from "../machine/redirection";
import type { Origin, OutboundRequest, PacketTrace, DnsAnswer, Sockets } from "../machine/wire";
import type { Clock } from "../sim/clock";
import type { Random } from "../sim/random";
import type { StateTree } from "../sim/state";
import type { World } from "../world/state";
import type { Flight, Landing, Place } from "./flight";
import { nodeNamed, type NodeAddresses } from "./ipam";
import type { PolicyGate } from "./policy-gate";

/** Where the API server of a cluster listens, and what it says. */
export interface ApiDoor {
  readonly ip: string;
  /** Undefined while nobody serves there. */
  answer(request: AppRequest): AppResponse | undefined;
}

/** What the network is made of. */
export interface NetworkParts {
  readonly client: Client;
  readonly state: StateTree;
  readonly clock: Clock;
  readonly random: Random;
  readonly world: World;
  readonly sockets: Sockets;
  readonly nodes: readonly NodeAddresses[];
  readonly serviceCIDR: string;
  readonly podCIDR: string;
  readonly clusterDomain: string;
  readonly proxyMode: "iptables" | "nftables" | "ipvs";
  /** The address of the cluster's DNS. */
  readonly dnsIP: string;
  /** The doors of the pods. */
  readonly gate: PolicyGate;
  /** The API server, where pods ask it. */
  readonly api: ApiDoor;
}

/** What the stations of a journey need of the roads between them. */
export interface Roads {
  toWorld(parts: NetworkParts, flight: Flight): Onward;
  travel(parts: NetworkParts, flight: Flight): Landing;
  send(parts: NetworkParts, from: Origin, request: OutboundRequest, dns: DnsAnswer): PacketTrace;
}

/** The packet goes on, or its journey is over. */
export type Onward = { readonly flight: Flight } | { readonly landing: Landing };

/** One link of the network, one way, in milliseconds. */
export const LINK = 1;

/** Where a sender stands and the address it sends from; undefined when it does not exist. */
export function placeOf(parts: NetworkParts, from: Origin): { readonly place: Place; readonly ip: string; readonly redirection?: Redirection } | undefined {
  if ("node" in from) {
    const node = nodeNamed(from.node, parts.nodes);
    return node && { place: { node: node.name }, ip: node.ip };
  }
  if ("host" in from) {
    const host = parts.world.host(from.host);
    return host && { place: { host: host.name }, ip: host.ip };
  }
  const address = parts.sockets.addressOf(from.pod);
  return address && { place: { node: address.node }, ip: address.ip, ...(address.redirection ? { redirection: address.redirection } : {}) };
}

/** The sender by its name. */
export function originName(from: Origin): string {
  return "pod" in from ? from.pod.name : "node" in from ? from.node : from.host;
}

/** Linux's range of ephemeral ports, in turn. */
export function ephemeralPort(state: StateTree): number {
  const cell = state.cell<number>("net:port", 32768);
  const port = cell.get();
  cell.set(port >= 60999 ? 32768 : port + 1);
  return port;
}

/** The pod whose own address this is. */
export function podAt(parts: NetworkParts, ip: string): ObjectKey | undefined {
  return parts.sockets.sandboxOf(ip)?.pod;
}
