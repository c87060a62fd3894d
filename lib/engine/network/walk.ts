import { POD, SERVICE } from "../apimachinery/kinds";
import type { Client } from "../client/client";
import type { AppRequest } from "../machine/behaviour";
import type { DnsAnswer, Endpoint, Origin, OutboundRequest, PacketTrace, Socket, Sockets, Wire } from "../machine/wire";
import { reason } from "../reason";
import type { Clock } from "../sim/clock";
import type { Random } from "../sim/random";
import type { StateTree } from "../sim/state";
import type { World } from "../world/state";
import { within } from "../world/addresses";
import { resolveName } from "./dns";
import { coming, refused, timedOut, towards, traceOf, withHop, type Flight, type Landing, type Place } from "./flight";
import { answerFor, isIngressController, routeRequest } from "./gateway";
import { nodeOfPodIP, type NodeAddresses } from "./ipam";
import { rulesOn } from "./kube-proxy";
import { announcer } from "./load-balancers";
import { isOwn, serviceNat } from "./service-nat";

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
}

/** A packet that passes this many places is going in circles. */
const LONGEST_TRIP = 24;
/** One link of the network, one way. */
const LINK = 1;

/**
 * The network: one loop that asks, at each place a packet reaches, what happens to it there.
 *
 * Sending and tracing are the same act. Three address spaces never mix: the company's hosts and
 * machines, the pods, and the Services' virtual addresses, which only the machines' rules know.
 */
export function createWire(parts: NetworkParts): Wire {
  const names = { client: parts.client, world: parts.world, domain: parts.clusterDomain, reachable: (from: Origin) => dnsReachable(parts, from) };
  return {
    resolve: (from, name) => resolveName(names, from, name),
    send: (from, request) => send(parts, from, request, resolveName(names, from, request.host)),
  };
}

function send(parts: NetworkParts, from: Origin, request: OutboundRequest, dns: DnsAnswer): PacketTrace {
  const asked = `${request.protocol}://${request.host}:${request.port}${request.path ?? ""}`;
  const start = placeOf(parts, from);
  const source: Endpoint = { ip: start?.ip ?? "0.0.0.0", port: ephemeralPort(parts.state) };
  const target = dns.addresses[0];
  const packet = { protocol: "TCP" as const, source, destination: { ip: target ?? "0.0.0.0", port: request.port } };
  const flight: Flight = { from, request, asked, packet, sent: packet, place: start?.place ?? { host: "nowhere" }, arrived: false, hops: [], latency: 0 };
  const asking = dns.queries.length === 0 ? flight : withHop(flight, { stage: "dns", verdict: target === undefined ? "drop" : "answer", because: dns.because }, LINK);
  if (!start) return traceOf({ outcome: "unreachable", flight: asking });
  if (target === undefined) return traceOf({ outcome: "no-such-host", flight: asking });
  return traceOf(travel(parts, asking));
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

type Onward = { readonly flight: Flight } | { readonly landing: Landing };

function atNode(parts: NetworkParts, flight: Flight, name: string): Onward {
  const node = parts.nodes.find((candidate) => candidate.name === name);
  if (!node) return { landing: timedOut(flight) };
  if (flight.packet.destination.ip.startsWith("127.")) return { landing: toLoopback(parts, flight, node) };
  const health = healthCheck(parts, node, flight);
  if (health) return { landing: health };
  const passage = serviceNat({ state: parts.state, random: parts.random, now: parts.clock.now() }, node, flight);
  if ("landing" in passage) return passage;
  const { destination } = passage.flight.packet;
  if (isOwn(node, destination.ip)) return { landing: land(parts, passage.flight, node.name) };
  const sandbox = parts.sockets.sandboxOf(destination.ip);
  const home = sandbox?.node ?? nodeOfPodIP(destination.ip, parts.nodes)?.name;
  if (home === node.name) return { landing: land(parts, passage.flight, node.name) };
  if (home !== undefined) return toMachine(parts, passage.flight, home, "route.to-node");
  const machine = parts.nodes.find((candidate) => isOwn(candidate, destination.ip));
  if (machine) return toMachine(parts, passage.flight, machine.name, "route.to-node");
  return leaveCluster(parts, passage.flight, node);
}

/** Over the wire to another machine, if both ends of the wire are alive. */
function toMachine(parts: NetworkParts, flight: Flight, name: string, way: "route.to-node" | "link" | "link.arp-answered"): Onward {
  const code = way === "link" ? linkTo(parts, flight, flight.packet.destination.ip) : way;
  const params = { node: name, ip: flight.packet.destination.ip };
  const here = "node" in flight.place ? parts.sockets.isUp(flight.place.node) : true;
  if (!here || !parts.sockets.isUp(name)) {
    return { landing: timedOut(withHop(flight, { stage: "route", verdict: "drop", because: reason("route.machine-down", params) })) };
  }
  const hop = withHop(flight, { stage: code === "route.to-node" ? "route" : "link", verdict: "forward", because: reason(code, params) }, LINK);
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
  if (host && flight.arrived && host.ip === destination.ip) return balance(parts, flight, name);
  return toWorld(parts, flight);
}

/** On the company network: machines, other hosts, balancers' addresses; the cluster's inner addresses are unknown here. */
function toWorld(parts: NetworkParts, flight: Flight): Onward {
  const { ip } = flight.packet.destination;
  const machine = parts.nodes.find((node) => isOwn(node, ip));
  if (machine) return toMachine(parts, flight, machine.name, "link");
  if (parts.world.cloudBalancer(ip)) return balanceInCloud(parts, flight);
  const host = parts.world.hostAt(ip);
  if (host) {
    const moved = withHop(flight, { stage: "link", verdict: "forward", because: reason(linkTo(parts, flight, ip), { node: host.name, ip }) }, LINK);
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

/** The sysadmin's balancer: changes where the packet goes and keeps who sent it. */
function balance(parts: NetworkParts, flight: Flight, host: string): Onward {
  const { port } = flight.packet.destination;
  const balancer = parts.world.balancer(host, port);
  if (!balancer) return { landing: refused(withHop(flight, { stage: "socket", verdict: "reject", because: reason("balancer.not-listening", { host, port }) })) };
  const check = balancer.healthCheck;
  const healthy = check === undefined ? balancer.backends : balancer.backends.filter((backend) => answersHealth(parts, host, backend.ip, check));
  const chosen = healthy[parts.world.turn(`${host}:${port}`) % Math.max(1, healthy.length)];
  return forward(parts, flight, host, chosen, healthy.length);
}

function balanceInCloud(parts: NetworkParts, flight: Flight): Onward {
  const { ip, port } = flight.packet.destination;
  const balancer = parts.world.cloudBalancer(ip);
  const listener = balancer?.ports.find((candidate) => candidate.port === port);
  const name = `cloud:${ip}`;
  if (!balancer || !listener) return { landing: timedOut(withHop(flight, { stage: "balancer", at: name, verdict: "drop", because: reason("balancer.not-listening", { host: ip, port }) })) };
  const check = balancer.healthCheckNodePort;
  const alive = parts.nodes.filter((node) => parts.sockets.isUp(node.name));
  const usable = check === undefined ? alive : alive.filter((node) => answersHealth(parts, name, node.ip, { port: check, path: "/healthz" }));
  const chosen = usable[parts.world.turn(name) % Math.max(1, usable.length)];
  return forward(parts, flight, name, chosen ? { ip: chosen.ip, port: listener.nodePort } : undefined, usable.length);
}

function forward(parts: NetworkParts, flight: Flight, host: string, backend: Endpoint | undefined, of: number): Onward {
  if (!backend) return { landing: refused(withHop(flight, { stage: "balancer", at: host, verdict: "reject", because: reason("balancer.no-backends", { host }) })) };
  const because = reason("balancer.picked-backend", { host, backend: `${backend.ip}:${backend.port}`, of });
  const sent = withHop(flight, { stage: "balancer", at: host, verdict: "rewrite", after: towards(flight.packet, backend), because }, LINK);
  return toWorld(parts, { ...sent, place: { host } });
}

function answersHealth(parts: NetworkParts, host: string, ip: string, check: { readonly port: number; readonly path?: string }): boolean {
  const packet = { protocol: "TCP" as const, source: { ip: "0.0.0.0", port: ephemeralPort(parts.state) }, destination: { ip, port: check.port } };
  const request: OutboundRequest = { protocol: check.path === undefined ? "tcp" : "http", host: ip, port: check.port, path: check.path ?? "/", method: "GET" };
  const probe: Flight = { from: { host }, request, asked: "", packet, sent: packet, place: { host }, arrived: false, hops: [], latency: 0 };
  const landing = toWorld(parts, probe);
  const done = "landing" in landing ? landing.landing : travel(parts, landing.flight);
  return done.outcome === "delivered" && (check.path === undefined || (done.response?.status ?? 500) < 400);
}

/** kube-proxy's own answer on a Service's healthCheckNodePort. */
function healthCheck(parts: NetworkParts, node: NodeAddresses, flight: Flight): Landing | undefined {
  const { destination } = flight.packet;
  if (!isOwn(node, destination.ip)) return undefined;
  const rule = rulesOn(parts.state, node.name).find((candidate) => candidate.healthCheckNodePort === destination.port);
  if (!rule) return undefined;
  const local = rule.backends.filter((backend) => backend.node === node.name).length;
  const hop = withHop(flight, { stage: "socket", by: { kind: SERVICE, ...rule.service }, verdict: "deliver", because: reason("socket.accepted", { process: "kube-proxy", port: destination.port }) });
  const body = `${JSON.stringify({ service: rule.service, localEndpoints: local }, null, 4)}\n`;
  return { outcome: "delivered", response: { status: local > 0 ? 200 : 503, body }, flight: hop };
}

function toLoopback(parts: NetworkParts, flight: Flight, node: NodeAddresses): Landing {
  const own = "pod" in flight.from ? parts.sockets.addressOf(flight.from.pod)?.ip : node.ip;
  const inside = { ...flight, packet: towards(flight.packet, { ip: own ?? node.ip, port: flight.packet.destination.port }) };
  return land(parts, inside, node.name);
}

/** The last place: somebody listens, or nobody does. */
function land(parts: NetworkParts, flight: Flight, node: string): Landing {
  const { destination } = flight.packet;
  const sandbox = parts.sockets.sandboxOf(destination.ip);
  const isMachine = parts.nodes.some((candidate) => isOwn(candidate, destination.ip));
  const down = { ip: destination.ip, node, port: destination.port };
  if (!sandbox && !isMachine) return timedOut(withHop(flight, { stage: "route", verdict: "drop", because: reason("route.no-such-pod", down) }));
  if (flight.arrived && !parts.sockets.isUp(node)) return timedOut(withHop(flight, { stage: "socket", verdict: "drop", because: reason("socket.host-down", down) }));
  const socket = parts.sockets.at(destination);
  const by = sandbox ? { kind: POD, ...sandbox.pod } : undefined;
  const about = by ? [by] : [];
  if (!socket) return refused(withHop(flight, { stage: "socket", ...(by ? { by } : {}), verdict: "reject", because: reason(by ? "socket.nobody-listens" : "socket.no-node-port", down, about) }));
  return hand(parts, withHop(flight, { stage: "socket", ...(by ? { by } : {}), verdict: "deliver", because: reason("socket.accepted", { ...down, process: socket.process }, about) }), socket);
}

function hand(parts: NetworkParts, flight: Flight, socket: Socket): Landing {
  const request = appRequest(flight);
  if (socket.pod && request.protocol === "http" && isIngressController(parts.client, socket.pod)) return throughGateway(parts, flight, socket, request);
  const response = parts.sockets.deliver(socket, request);
  if (!response) return timedOut(withHop(flight, { stage: "socket", verdict: "drop", because: reason("socket.process-hung", { process: socket.process, port: socket.port }) }));
  const answered = { ...replied(flight), latency: flight.latency * 2 + (response.took ?? 0) };
  return { outcome: "delivered", response, ...(socket.pod ? { servedBy: socket.pod } : {}), flight: answered };
}

/** A reverse proxy ends the client's connection and opens its own to the backend. */
function throughGateway(parts: NetworkParts, flight: Flight, socket: Socket, request: AppRequest): Landing {
  const pod = socket.pod as NonNullable<Socket["pod"]>;
  const routing = routeRequest(parts.client, request, (n) => parts.random.fork(`ingress/${pod.name}`).below(n));
  if ("answer" in routing) {
    const hop = withHop(flight, { stage: "gateway", ...(routing.by ? { by: routing.by } : {}), verdict: "answer", because: routing.because });
    return { outcome: "delivered", response: routing.answer, servedBy: pod, flight: replied(hop) };
  }
  const forwarded = withHop(flight, { stage: "gateway", by: routing.by, verdict: "forward", because: routing.because });
  const headers = { ...request.headers, "x-forwarded-for": request.headers["x-forwarded-for"] ?? request.from.ip, "x-real-ip": request.from.ip, "x-forwarded-host": request.headers["host"] ?? "" };
  const onward: OutboundRequest = { protocol: "http", host: routing.to.ip, port: routing.to.port, method: request.method, path: request.path, headers, body: request.body, timeout: 5000 as NonNullable<OutboundRequest["timeout"]> };
  const inner = send(parts, { pod }, onward, { name: routing.to.ip, addresses: [routing.to.ip], because: routing.because, queries: [] });
  const joined: Flight = { ...forwarded, hops: [...forwarded.hops, ...inner.hops], latency: forwarded.latency * 2 + inner.latency };
  return { outcome: "delivered", response: answerFor(inner), servedBy: inner.servedBy ?? pod, flight: replied(joined) };
}

/** The answer goes back the way it came; each rewriting is undone, so the sender hears from whom it asked. */
function replied(flight: Flight): Flight {
  const rewritten = flight.hops.some((hop) => hop.verdict === "rewrite");
  if (!rewritten) return flight;
  const { sent } = flight;
  const after = { ...sent, source: sent.destination, destination: sent.source };
  const before = { ...flight.packet, source: flight.packet.destination, destination: flight.packet.source };
  const because = reason("reply.rewritten-back", { from: before.source.ip, as: after.source.ip });
  return { ...flight, hops: [...flight.hops, { stage: "reply", at: originName(flight.from), verdict: "rewrite", before, after, because }] };
}

function appRequest(flight: Flight): AppRequest {
  const { request, packet } = flight;
  const host = request.hostHeader ?? (request.port === 80 ? request.host : `${request.host}:${request.port}`);
  const lower = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return { protocol: request.protocol, port: packet.destination.port, method: request.method ?? "GET", path: request.path ?? "/", headers: { host, ...lower }, body: request.body ?? "", from: packet.source };
}

function placeOf(parts: NetworkParts, from: Origin): { readonly place: Place; readonly ip: string } | undefined {
  if ("node" in from) {
    const node = parts.nodes.find((candidate) => candidate.name === from.node);
    return node && { place: { node: node.name }, ip: node.ip };
  }
  if ("host" in from) {
    const host = parts.world.host(from.host);
    return host && { place: { host: host.name }, ip: host.ip };
  }
  const address = parts.sockets.addressOf(from.pod);
  return address && { place: { node: address.node }, ip: address.ip };
}

function originName(from: Origin): string {
  return "pod" in from ? from.pod.name : "node" in from ? from.node : from.host;
}

/** Linux's range of ephemeral ports, in turn. */
function ephemeralPort(state: StateTree): number {
  const cell = state.cell<number>("net:port", 32768);
  const port = cell.get();
  cell.set(port >= 60999 ? 32768 : port + 1);
  return port;
}

/** Where the cluster runs its DNS as pods, one of them must be reachable; where a fixture runs none, the add-on is taken as given. */
function dnsReachable(parts: NetworkParts, from: Origin): boolean {
  const rules = "pod" in from ? rulesOn(parts.state, parts.sockets.addressOf(from.pod)?.node ?? "") : [];
  const rule = rules.find((candidate) => candidate.service.namespace === "kube-system" && candidate.service.name === "kube-dns");
  return !rule || rule.backends.some((backend) => parts.sockets.isUp(backend.node));
}
