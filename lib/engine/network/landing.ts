import { POD } from "../apimachinery/kinds";
import { keyText, type ObjectKey } from "../apimachinery/meta";
import type { AppRequest } from "../machine/behaviour";
import type { OutboundRequest, Socket } from "../machine/wire";
import { reason } from "../reason";
import { refused, timedOut, towards, withHop, type Flight, type Landing } from "./flight";
import { answerFor, isIngressController, routeRequest } from "./gateway";
import type { NodeAddresses } from "./ipam";
import { originName, podAt, type NetworkParts, type Onward, type Roads } from "./parts";
import { isOwn } from "./service-nat";

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
  const isMachine = parts.nodes.some((candidate) => isOwn(candidate, destination.ip));
  const down = { ip: destination.ip, node, port: destination.port };
  if (!sandbox && !isMachine) return timedOut(withHop(flight, { stage: "route", verdict: "drop", because: reason("route.no-such-pod", down) }));
  if (flight.arrived && !parts.sockets.isUp(node)) return timedOut(withHop(flight, { stage: "socket", verdict: "drop", because: reason("socket.host-down", down) }));
  const entered = sandbox ? enterPod(parts, flight, sandbox.pod, node) : { flight };
  if ("landing" in entered) return entered.landing;
  return atSocket(parts, roads, entered.flight, node);
}

/** The door of the pod that is called. Who calls is who the packet says, before this very machine lent it its own address. */
function enterPod(parts: NetworkParts, flight: Flight, subject: ObjectKey, node: string): Onward {
  const lent = flight.hops.findLast((hop) => hop.stage === "masquerade" && hop.at === node);
  const { ip } = (lent?.before ?? flight.packet).source;
  const pod = podAt(parts, ip);
  if (pod && keyText(pod) === keyText(subject)) return { flight };
  const machine = parts.nodes.find((candidate) => candidate.name === node);
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

function hand(parts: NetworkParts, roads: Roads, flight: Flight, socket: Socket): Landing {
  const request = appRequest(flight);
  if (socket.pod && request.protocol === "http" && isIngressController(parts.client, socket.pod)) return throughGateway(parts, roads, flight, socket, request);
  const response = parts.sockets.deliver(socket, request);
  if (!response) return timedOut(withHop(flight, { stage: "socket", verdict: "drop", because: reason("socket.process-hung", { process: socket.process, port: socket.port }) }));
  const answered = { ...replied(flight), latency: flight.latency * 2 + (response.took ?? 0) };
  return { outcome: "delivered", response, ...(socket.pod ? { servedBy: socket.pod } : {}), flight: answered };
}

/** A reverse proxy ends the client's connection and opens its own to the backend. */
function throughGateway(parts: NetworkParts, roads: Roads, flight: Flight, socket: Socket, request: AppRequest): Landing {
  const pod = socket.pod as NonNullable<Socket["pod"]>;
  const routing = routeRequest(parts.client, request, (n) => parts.random.fork(`ingress/${pod.name}`).below(n));
  if ("answer" in routing) {
    const hop = withHop(flight, { stage: "gateway", ...(routing.by ? { by: routing.by } : {}), verdict: "answer", because: routing.because });
    return { outcome: "delivered", response: routing.answer, servedBy: pod, flight: replied(hop) };
  }
  const forwarded = withHop(flight, { stage: "gateway", by: routing.by, verdict: "forward", because: routing.because });
  const headers = { ...request.headers, "x-forwarded-for": request.headers["x-forwarded-for"] ?? request.from.ip, "x-real-ip": request.from.ip, "x-forwarded-host": request.headers["host"] ?? "" };
  const onward: OutboundRequest = { protocol: "http", host: routing.to.ip, port: routing.to.port, method: request.method, path: request.path, headers, body: request.body, timeout: 5000 as NonNullable<OutboundRequest["timeout"]> };
  const inner = roads.send(parts, { pod }, onward, { name: routing.to.ip, addresses: [routing.to.ip], because: routing.because, queries: [] });
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
