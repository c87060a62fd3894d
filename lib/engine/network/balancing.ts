import { SERVICE } from "../apimachinery/kinds";
import type { Endpoint, OutboundRequest } from "../machine/wire";
import { reason } from "../reason";
import { refused, timedOut, towards, withHop, type Flight, type Landing } from "./flight";
import type { NodeAddresses } from "./ipam";
import { healthRule } from "./kube-proxy";
import { ephemeralPort, LINK, type NetworkParts, type Onward, type Roads } from "./parts";
import { isOwn } from "./service-nat";

/** The sysadmin's balancer: changes where the packet goes and keeps who sent it. */
export function balance(parts: NetworkParts, roads: Roads, flight: Flight, host: string): Onward {
  const { port } = flight.packet.destination;
  const balancer = parts.world.balancer(host, port);
  if (!balancer) return { landing: refused(withHop(flight, { stage: "socket", verdict: "reject", because: reason("balancer.not-listening", { host, port }) })) };
  const check = balancer.healthCheck;
  const healthy = check === undefined ? balancer.backends : balancer.backends.filter((backend) => answersHealth(parts, roads, host, backend.ip, check));
  const chosen = healthy[parts.world.turn(`${host}:${port}`) % Math.max(1, healthy.length)];
  return forward(parts, roads, flight, host, chosen, healthy.length);
}

/** The cloud's balancer: only machines whose health check passes get traffic. */
export function balanceInCloud(parts: NetworkParts, roads: Roads, flight: Flight): Onward {
  const { ip, port } = flight.packet.destination;
  const balancer = parts.world.cloudBalancer(ip);
  const listener = balancer?.ports.find((candidate) => candidate.port === port);
  const name = `cloud:${ip}`;
  if (!balancer || !listener) return { landing: timedOut(withHop(flight, { stage: "balancer", at: name, verdict: "drop", because: reason("balancer.not-listening", { host: ip, port }) })) };
  const check = balancer.healthCheckNodePort;
  const alive = parts.nodes.filter((node) => parts.sockets.isUp(node.name));
  const usable = check === undefined ? alive : alive.filter((node) => answersHealth(parts, roads, name, node.ip, { port: check, path: "/healthz" }));
  const chosen = usable[parts.world.turn(name) % Math.max(1, usable.length)];
  return forward(parts, roads, flight, name, chosen ? { ip: chosen.ip, port: listener.nodePort } : undefined, usable.length);
}

function forward(parts: NetworkParts, roads: Roads, flight: Flight, host: string, backend: Endpoint | undefined, of: number): Onward {
  if (!backend) return { landing: refused(withHop(flight, { stage: "balancer", at: host, verdict: "reject", because: reason("balancer.no-backends", { host }) })) };
  const because = reason("balancer.picked-backend", { host, backend: `${backend.ip}:${backend.port}`, of });
  const sent = withHop(flight, { stage: "balancer", at: host, verdict: "rewrite", after: towards(flight.packet, backend), because }, LINK);
  return roads.toWorld(parts, { ...sent, place: { host } });
}

function answersHealth(parts: NetworkParts, roads: Roads, host: string, ip: string, check: { readonly port: number; readonly path?: string }): boolean {
  const packet = { protocol: "TCP" as const, source: { ip: "0.0.0.0", port: ephemeralPort(parts.state) }, destination: { ip, port: check.port } };
  const request: OutboundRequest = { protocol: check.path === undefined ? "tcp" : "http", host: ip, port: check.port, path: check.path ?? "/", method: "GET" };
  const probe: Flight = { from: { host }, request, asked: "", packet, sent: packet, place: { host }, arrived: false, hops: [], latency: 0, quiet: true };
  const landing = roads.toWorld(parts, probe);
  const done = "landing" in landing ? landing.landing : roads.travel(parts, landing.flight);
  return done.outcome === "delivered" && (check.path === undefined || (done.response?.status ?? 500) < 400);
}

/** kube-proxy's own answer on a Service's healthCheckNodePort. */
export function healthCheck(parts: NetworkParts, node: NodeAddresses, flight: Flight): Landing | undefined {
  const { destination } = flight.packet;
  if (!isOwn(node, destination.ip)) return undefined;
  const rule = healthRule(parts.state, node.name, destination.port);
  if (!rule) return undefined;
  const local = rule.backends.filter((backend) => backend.node === node.name).length;
  const hop = withHop(flight, { stage: "socket", by: { kind: SERVICE, ...rule.service }, verdict: "deliver", because: reason("socket.accepted", { process: "kube-proxy", port: destination.port }) });
  const { namespace, name } = rule.service;
  const body = `${JSON.stringify({ service: { namespace, name }, localEndpoints: local, serviceProxyHealthy: true }, null, "\t")}\n`;
  return { outcome: "delivered", response: { status: local > 0 ? 200 : 503, body }, flight: hop };
}
