import { NODE } from "../apimachinery/kinds";
import { keyText } from "../apimachinery/meta";
import type { DnsAnswer, Endpoint, Origin, OutboundRequest, PacketTrace, Wire } from "../machine/wire";
import { reason } from "../reason";
import type { Node } from "../resources/core/node/node";
import { within } from "../world/addresses";
import { knockAtApi } from "./api-door";
import { balance, balanceInCloud, healthCheck } from "./balancing";
import type { NetworkPlugin } from "./cni";
import { queryName, resolveName, type NameServers } from "./dns";
import { dnsObstacle } from "./dns-door";
import type { DnsReply, DnsType } from "./dns-records";
import { coming, reachedBy, timedOut, traceOf, withHop, type Flight, type Landing } from "./flight";
import { hostPort } from "./host-port";
import { nodeAt, nodeNamed, nodeOfPodIP, type NodeAddresses } from "./ipam";
import { land, toLoopback } from "./landing";
import { overWire } from "./links";
import { announcer } from "./load-balancers";
import { leaveThroughProxy } from "./mesh-client";
import { ephemeralPort, LINK, placeOf, podAt, type NetworkParts, type Onward, type Roads } from "./parts";
import { createPolicyGate } from "./policy-gate";
import { isOwn, serviceNat, type Kernel } from "./service-nat";

/** A packet that passes this many places is going in circles. */
const LONGEST_TRIP = 24;
/** What the stations use of this file. */
const roads: Roads = { toWorld, travel, send };

/** The wire of a cluster, which also answers single questions about names. */
export interface ClusterWire extends Wire {
  query(from: Origin, name: string, type: DnsType, server?: string): DnsReply | undefined;
}

/**
 * The network: one loop that asks, at each place a packet reaches, what happens to it there.
 *
 * Sending and tracing are the same act. Three address spaces never mix: the company's hosts and
 * machines, the pods, and the Services' virtual addresses, which only the machines' rules know.
 */
export function createWire(given: Omit<NetworkParts, "gate"> & { readonly cni?: NetworkPlugin | undefined }): ClusterWire {
  const parts: NetworkParts = { ...given, gate: createPolicyGate(given.client, given.state, given.cni) };
  const names: NameServers = {
    client: parts.client,
    world: parts.world,
    state: parts.state,
    clock: parts.clock,
    domain: parts.clusterDomain,
    dnsIP: parts.dnsIP,
    obstacle: (from) => dnsObstacle(parts, from),
    corefiles: new Map(),
    files: (pod) => parts.sockets.addressOf(pod),
  };
  return {
    resolve: (from, name) => resolveName(names, from, name),
    query: (from, name, type, server) => queryName(names, from, name, type, server),
    send: (from, request) => send(parts, from, request, resolveName(names, from, request.host)),
    reach: (from, request) => reachedBy(depart(parts, from, request, resolveName(names, from, request.host), true)),
  };
}

function send(parts: NetworkParts, from: Origin, request: OutboundRequest, dns: DnsAnswer): PacketTrace {
  return traceOf(depart(parts, from, request, dns, false));
}

/** From the sender's first question to where its packet ends; `quiet` keeps no story. */
function depart(parts: NetworkParts, from: Origin, request: OutboundRequest, dns: DnsAnswer, quiet: boolean): Landing {
  const asked = quiet ? "" : `${request.protocol}://${request.host}:${request.port}${request.path ?? ""}`;
  const start = placeOf(parts, from);
  const source: Endpoint = { ip: start?.ip ?? "0.0.0.0", port: ephemeralPort(parts.state) };
  const target = dns.addresses[0];
  const packet = { protocol: "TCP" as const, source, destination: { ip: target ?? "0.0.0.0", port: request.port } };
  const flight: Flight = { from, request, asked, packet, sent: packet, place: start?.place ?? { host: "nowhere" }, arrived: false, hops: [], latency: 0, ...(quiet ? { quiet } : {}) };
  const asking = dns.queries.length === 0 ? flight : withHop({ ...flight, queries: dns.queries }, { stage: "dns", verdict: target === undefined ? "drop" : "answer", because: dns.because }, dnsTime(dns));
  if (!start) return { outcome: "unreachable", flight: asking };
  if (target === undefined) return { outcome: "no-such-host", flight: asking };
  const meshed = start.redirection && leaveThroughProxy(parts, roads, asking, start.redirection);
  return meshed ?? travel(parts, asking);
}

/** A server that does not answer is asked twice, five seconds each; one that does takes a round trip for all its questions. */
const SILENCE = 10_000;

function dnsTime({ queries }: DnsAnswer): number {
  const silent = queries.filter(({ code }) => code === "TIMEOUT").length;
  return silent * SILENCE + (silent < queries.length ? LINK : 0);
}

/** Follows a packet from place to place until it lands. */
function travel(parts: NetworkParts, first: Flight): Landing {
  let flight = first;
  for (let passed = 0; passed < LONGEST_TRIP; passed += 1) {
    const next = "node" in flight.place ? atNode(parts, flight, flight.place.node) : atHost(parts, flight, flight.place.host);
    if ("landing" in next) return next.landing;
    flight = next.flight;
  }
  return timedOut(flight);
}

function atNode(parts: NetworkParts, flight: Flight, name: string): Onward {
  const node = nodeNamed(name, parts.nodes);
  if (!node) return { landing: timedOut(flight) };
  if (flight.packet.destination.ip.startsWith("127.")) {
    const mapped = hostPort(parts, node, flight);
    return mapped === flight ? { landing: toLoopback(parts, roads, flight, node) } : onward(parts, mapped, node);
  }
  const health = healthCheck(parts, node, flight);
  if (health) return { landing: health };
  const passage = serviceNat(kernelOf(parts), node, flight);
  if ("landing" in passage) return passage;
  const out = leavePod(parts, passage.rule ? passage.flight : hostPort(parts, node, passage.flight));
  if ("landing" in out) return out;
  return onward(parts, out.flight, node);
}

/** Kernels by what they are made of. */
const kernels = new WeakMap<NetworkParts, Kernel>();

function kernelOf(parts: NetworkParts): Kernel {
  const known = kernels.get(parts);
  if (known) return known;
  const kernel = kernelFrom(parts);
  kernels.set(parts, kernel);
  return kernel;
}

function kernelFrom(parts: NetworkParts): Kernel {
  return {
    state: parts.state,
    random: parts.random,
    get now() {
      return parts.clock.now();
    },
    zoneOf: (name) => parts.client.get<Node>(NODE, { namespace: "", name })?.metadata.labels?.["topology.kubernetes.io/zone"],
    mode: parts.proxyMode,
    isPod: (ip) => within(ip, parts.podCIDR) || nodeOfPodIP(ip, parts.nodes) !== undefined,
  };
}

/** The door of the pod that sends; judged where the packet was going to once the Service's address is gone. */
function leavePod(parts: NetworkParts, flight: Flight): Onward {
  if (flight.arrived || !("pod" in flight.from)) return { flight };
  const subject = flight.from.pod;
  const { destination, protocol } = flight.packet;
  const pod = podAt(parts, destination.ip);
  const stays = pod && keyText(pod) === keyText(subject);
  if (stays || parts.sockets.addressOf(subject)?.hostNetwork === true) return { flight };
  return parts.gate.pass(flight, { direction: "egress", subject, other: { ip: destination.ip, ...(pod ? { pod } : {}) }, port: destination.port, protocol });
}

function onward(parts: NetworkParts, flight: Flight, node: NodeAddresses): Onward {
  const { destination } = flight.packet;
  if (isOwn(node, destination.ip)) return { landing: land(parts, roads, flight, node.name) };
  const sandbox = parts.sockets.sandboxOf(destination.ip);
  const home = sandbox?.node ?? nodeOfPodIP(destination.ip, parts.nodes)?.name;
  if (home === node.name) return { landing: land(parts, roads, flight, node.name) };
  if (home !== undefined) return toMachine(parts, flight, home, "route.to-node");
  const machine = nodeAt(destination.ip, parts.nodes);
  if (machine) return toMachine(parts, flight, machine.name, "route.to-node");
  return leaveCluster(parts, flight, node);
}

/** Over the wire to another machine, if both ends of the wire are alive. */
function toMachine(parts: NetworkParts, flight: Flight, name: string, way: "route.to-node" | "link" | "link.arp-answered"): Onward {
  const code = way === "link" ? linkTo(parts, flight, flight.packet.destination.ip) : way;
  const params = { node: name, ip: flight.packet.destination.ip };
  const here = "node" in flight.place ? parts.sockets.isUp(flight.place.node) : true;
  if (!here || !parts.sockets.isUp(name)) {
    return { landing: timedOut(withHop(flight, { stage: "route", verdict: "drop", because: reason("route.machine-down", params) })) };
  }
  const carried = overWire(parts, flight, name);
  if ("landing" in carried) return carried;
  const hop = withHop(carried.flight, { stage: code === "route.to-node" ? "route" : "link", verdict: "forward", because: reason(code, params) }, LINK);
  return { flight: { ...hop, place: { node: name }, arrived: true } };
}

/** Out of the cluster: a pod's address means nothing there, so the machine lends its own. */
function leaveCluster(parts: NetworkParts, flight: Flight, node: NodeAddresses): Onward {
  const { source, destination } = flight.packet;
  if (within(destination.ip, parts.serviceCIDR)) {
    return { landing: timedOut(withHop(flight, { stage: "route", verdict: "drop", because: reason("link.no-route", { ip: destination.ip }) })) };
  }
  const lent = isOwn(node, source.ip)
    ? flight
    : withHop(flight, { stage: "masquerade", verdict: "rewrite", after: coming(flight.packet, { ip: node.ip, port: source.port }), because: reason("service.masquerade", { node: node.name, from: source.ip, to: node.ip, hairpin: false }) });
  return toWorld(parts, withHop(lent, { stage: "route", verdict: "forward", because: reason("route.default-gateway", { node: node.name }) }, LINK));
}

function atHost(parts: NetworkParts, flight: Flight, name: string): Onward {
  const host = parts.world.host(name);
  const { destination } = flight.packet;
  if (host && flight.arrived && host.ip === destination.ip) return balance(parts, roads, flight, name);
  return toWorld(parts, flight);
}

/** On the company network: machines, other hosts, balancers' addresses; the cluster's inner addresses are unknown here. */
function toWorld(parts: NetworkParts, flight: Flight): Onward {
  const { ip } = flight.packet.destination;
  const machine = nodeAt(ip, parts.nodes);
  if (machine) return toMachine(parts, flight, machine.name, "link");
  if (ip === parts.api.ip) return { landing: knockAtApi(parts, parts.api, flight) };
  if (parts.world.cloudBalancer(ip)) return balanceInCloud(parts, roads, flight);
  const host = parts.world.hostAt(ip);
  if (host) {
    const carried = overWire(parts, flight, host.name);
    if ("landing" in carried) return carried;
    const moved = withHop(carried.flight, { stage: "link", verdict: "forward", because: reason(linkTo(parts, flight, ip), { node: host.name, ip }) }, LINK);
    return { flight: { ...moved, place: { host: host.name }, arrived: true } };
  }
  const node = announcer(parts.client, ip, parts.sockets.isUp);
  if (node !== undefined) return toMachine(parts, flight, node, "link.arp-answered");
  const inner = within(ip, parts.serviceCIDR) || within(ip, parts.podCIDR) || nodeOfPodIP(ip, parts.nodes) !== undefined;
  const because = inner ? reason("link.no-route", { ip }) : reason("link.no-arp-answer", { ip });
  return { landing: timedOut(withHop(flight, { stage: "link", verdict: "drop", because })) };
}

/** Straight over the wire, or through the company's router when sender and destination are on different subnets. */
function linkTo(parts: NetworkParts, flight: Flight, ip: string): "link.same-subnet" | "link.routed" {
  const here = "host" in flight.place ? parts.world.host(flight.place.host)?.ip : flight.packet.source.ip;
  const subnets = parts.world.options.subnets ?? [];
  const mine = subnets.find(({ cidr }) => within(here ?? flight.packet.source.ip, cidr));
  return mine === undefined || within(ip, mine.cidr) ? "link.same-subnet" : "link.routed";
}
