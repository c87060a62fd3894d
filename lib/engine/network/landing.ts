import { POD } from "../apimachinery/kinds";
import { keyText, type ObjectKey } from "../apimachinery/meta";
import type { AppRequest, AppResponse } from "../machine/behaviour";
import type { OutboundRequest, Socket } from "../machine/wire";
import { reason } from "../reason";
import { millis } from "../sim/clock";
import { refused, timedOut, towards, withHop, type Flight, type Landing } from "./flight";
import { answerFor, routeRequest } from "./gateway";
import { nodeAt, nodeNamed, type NodeAddresses } from "./ipam";
import { enterThroughProxy, withoutProxy } from "./mesh-server";
import { originName, podAt, type NetworkParts, type Onward, type Roads } from "./parts";
import { errorPage, proxyOf, type ProxyKind } from "./proxy-kinds";
import { isOwn } from "./service-nat";
import { certificateFor, serverName, tlsProblem } from "./tls";

/** To the sender's own loopback: the same sandbox, or the machine itself. */
export function toLoopback(parts: NetworkParts, roads: Roads, flight: Flight, node: NodeAddresses): Landing {
  const own = "pod" in flight.from ? parts.sockets.addressOf(flight.from.pod)?.ip : node.ip;
  const inside = { ...flight, packet: towards(flight.packet, { ip: own ?? node.ip, port: flight.packet.destination.port }) };
  return land(parts, roads, inside, node.name);
}

/** The last place: somebody listens, or nobody does. */
export function land(parts: NetworkParts, roads: Roads, flight: Flight, node: string): Landing {
  const { destination } = flight.packet;
  const sandbox = parts.sockets.sandboxOf(destination.ip);
  const isMachine = nodeAt(destination.ip, parts.nodes) !== undefined;
  const down = { ip: destination.ip, node, port: destination.port };
  if (!sandbox && !isMachine) return timedOut(withHop(flight, { stage: "route", verdict: "drop", because: reason("route.no-such-pod", down) }));
  if (flight.arrived && !parts.sockets.isUp(node)) return timedOut(withHop(flight, { stage: "socket", verdict: "drop", because: reason("socket.host-down", down) }));
  const entered = sandbox ? enterPod(parts, flight, sandbox.pod, node) : { flight };
  if ("landing" in entered) return entered.landing;
  const taken = !sandbox ? entered : sandbox.redirection ? enterThroughProxy(parts, entered.flight, sandbox.pod, sandbox.redirection) : withoutProxy(entered.flight, sandbox.pod);
  if ("landing" in taken) return taken.landing;
  return atSocket(parts, roads, taken.flight, node);
}

/** The door of the pod that is called. Who calls is who the packet says, before this very machine lent it its own address. */
function enterPod(parts: NetworkParts, flight: Flight, subject: ObjectKey, node: string): Onward {
  const lent = flight.hops.findLast((hop) => hop.stage === "masquerade" && hop.at === node);
  const { ip } = (lent?.before ?? flight.packet).source;
  const pod = podAt(parts, ip);
  if (pod && keyText(pod) === keyText(subject)) return { flight };
  const machine = nodeNamed(node, parts.nodes);
  if (machine && isOwn(machine, ip)) return { flight: parts.gate.fromOwnNode(flight, subject) };
  const { destination, protocol } = flight.packet;
  return parts.gate.pass(flight, { direction: "ingress", subject, other: { ip, ...(pod ? { pod } : {}) }, port: destination.port, protocol });
}

function atSocket(parts: NetworkParts, roads: Roads, flight: Flight, node: string): Landing {
  const { destination } = flight.packet;
  const sandbox = parts.sockets.sandboxOf(destination.ip);
  const down = { ip: destination.ip, node, port: destination.port };
  const socket = parts.sockets.at(destination);
  const by = sandbox ? { kind: POD, ...sandbox.pod } : undefined;
  const about = by ? [by] : [];
  if (!socket) return refused(withHop(flight, { stage: "socket", ...(by ? { by } : {}), verdict: "reject", because: reason(by ? "socket.nobody-listens" : "socket.no-node-port", down, about) }));
  return hand(parts, roads, withHop(flight, { stage: "socket", ...(by ? { by } : {}), verdict: "deliver", because: reason("socket.accepted", { ...down, process: socket.process }, about) }), socket);
}

/** Where proxies answer for themselves: how they are, and what they have counted. */
const HEALTH_PORTS: ReadonlySet<number> = new Set([1936, 10254]);

function hand(parts: NetworkParts, roads: Roads, flight: Flight, socket: Socket): Landing {
  const request = appRequest(flight);
  const proxy = socket.pod && request.protocol === "http" && !HEALTH_PORTS.has(request.port) ? proxyOf(parts.client, socket.pod) : undefined;
  if (proxy && socket.pod) return throughProxy(parts, roads, flight, { proxy, pod: socket.pod, request });
  const response = parts.sockets.deliver(socket, request);
  if (!response) return timedOut(withHop(flight, { stage: "socket", verdict: "drop", because: reason("socket.process-hung", { process: socket.process, port: socket.port }) }));
  const answered = { ...replied(flight), latency: flight.latency * 2 + (response.took ?? 0) };
  return { outcome: "delivered", response, ...(socket.pod ? { servedBy: socket.pod } : {}), flight: answered };
}

interface Proxied {
  readonly proxy: ProxyKind;
  readonly pod: ObjectKey;
  readonly request: AppRequest;
}

/** Proxies that pass a request on and on stop at this many. */
const MOST_RELAYS = 8;

/** A reverse proxy ends the client's connection, and its TLS, and opens its own to the backend. */
function throughProxy(parts: NetworkParts, roads: Roads, arrived: Flight, { proxy, pod, request }: Proxied): Landing {
  const done = (flight: Flight, response: AppResponse, servedBy: ObjectKey): Landing => ({ outcome: "delivered", response, servedBy, flight: replied(flight) });
  const secure = arrived.request.tls !== undefined;
  const certificate = secure ? certificateFor(parts.client, proxy, serverName(arrived.request)) : undefined;
  const problem = certificate && tlsProblem(arrived.request, certificate);
  const shown = { host: serverName(arrived.request), names: certificate?.names.join(", ") ?? "", subject: certificate?.commonName ?? "" };
  if (problem) return { ...refused(withHop(arrived, { stage: "gateway", verdict: "reject", because: reason(`tls.${problem}`, shown) })), tlsProblem: problem };
  const flight = secure ? withHop(arrived, { stage: "gateway", verdict: "forward", because: reason("tls.accepted", shown) }) : arrived;
  const relayed = arrived.request.relayed ?? 0;
  if (relayed >= MOST_RELAYS) return done(withHop(flight, { stage: "gateway", verdict: "answer", because: reason("ingress.loop", { times: relayed }) }), errorPage(proxy, proxy.name === "nginx" ? 500 : 502), pod);
  const routing = routeRequest(proxy, { client: parts.client, below: (n) => parts.random.fork(`ingress/${pod.name}`).below(n) }, { ...request, secure });
  if ("answer" in routing) return done(withHop(flight, { stage: "gateway", ...(routing.by ? { by: routing.by } : {}), verdict: "answer", because: routing.because }), routing.answer, pod);
  const forwarded = withHop(flight, { stage: "gateway", by: routing.by, verdict: "forward", because: routing.because });
  const host = request.headers["host"] ?? "";
  const headers = {
    ...(routing.headers ?? request.headers),
    ...(routing.host === undefined ? {} : { host: routing.host }),
    "x-forwarded-for": request.headers["x-forwarded-for"] ?? request.from.ip,
    "x-real-ip": request.from.ip,
    "x-forwarded-host": host,
    ...(secure ? { "x-forwarded-proto": "https" } : {}),
  };
  const onward: OutboundRequest = { protocol: "http", host: routing.to.ip, port: routing.to.port, method: request.method, path: routing.path ?? request.path, headers, body: request.body, timeout: millis(5000), relayed: relayed + 1 };
  const inner = roads.send(parts, { pod }, onward, { name: routing.to.ip, addresses: [routing.to.ip], because: routing.because, queries: [] });
  const failed = inner.response === undefined ? reason(inner.outcome === "timed-out" ? "ingress.backend-timed-out" : "ingress.backend-refused", { endpoint: `${routing.to.ip}:${routing.to.port}` }) : undefined;
  const joined: Flight = { ...forwarded, hops: [...forwarded.hops, ...inner.hops], latency: forwarded.latency * 2 + inner.latency };
  const told = failed ? withHop(joined, { stage: "gateway", by: routing.by, verdict: "answer", because: failed }) : joined;
  const answer = answerFor(proxy, inner);
  return done(told, routing.finish ? routing.finish(answer) : answer, inner.servedBy ?? pod);
}

/** The answer goes back the way it came; each rewriting is undone, so the sender hears from whom it asked. */
export function replied(flight: Flight): Flight {
  if (flight.quiet === true) return flight;
  const rewritten = flight.hops.some((hop) => hop.verdict === "rewrite");
  if (!rewritten) return flight;
  const { sent } = flight;
  const after = { ...sent, source: sent.destination, destination: sent.source };
  const before = { ...flight.packet, source: flight.packet.destination, destination: flight.packet.source };
  const because = reason("reply.rewritten-back", { from: before.source.ip, as: after.source.ip });
  return { ...flight, hops: [...flight.hops, { stage: "reply", at: originName(flight.from), verdict: "rewrite", before, after, because }] };
}

/** What the process at the end is handed. */
export function appRequest(flight: Flight): AppRequest {
  const { request, packet } = flight;
  const host = request.hostHeader ?? (request.port === 80 ? request.host : `${request.host}:${request.port}`);
  const lower = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return { protocol: request.protocol, port: packet.destination.port, method: request.method ?? "GET", path: request.path ?? "/", headers: { host, ...lower }, body: request.body ?? "", from: packet.source };
}
