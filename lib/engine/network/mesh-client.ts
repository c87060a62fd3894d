import { POD } from "../apimachinery/kinds";
import { keyText, type ObjectRef } from "../apimachinery/meta";
import type { Redirection } from "../machine/redirection";
import type { PacketTrace } from "../machine/wire";
import { reason } from "../reason";
import { within } from "../world/addresses";
import { refused, withHop, type Flight, type Landing } from "./flight";
import { clusterOf, pickEndpoint, targetOf, type MeshTarget } from "./mesh-endpoints";
import { sendHttp } from "./mesh-http";
import { fullHost, type MeshDestination } from "./mesh-objects";
import { hostOf, joinedTo, onward, pickDestination, sendTo, straightTo, unavailable, type Leaving } from "./mesh-sending";
import { tcpDestinations, virtualServiceFor } from "./mesh-routing";
import type { NetworkParts, Roads } from "./parts";

function captures(redirection: Redirection, flight: Flight): boolean {
  const { request, packet } = flight;
  const { ip, port } = packet.destination;
  if (request.mesh !== undefined || request.uid === redirection.uid || ip.startsWith("127.") || ip === packet.source.ip) return false;
  if (redirection.exceptOutboundPorts.includes(port) || redirection.exceptOutboundRanges.some((range) => within(ip, range))) return false;
  return redirection.outboundRanges === "*" || redirection.outboundRanges.some((range) => within(ip, range));
}

/**
 * What a pod of the mesh sends never leaves it as it is: its own netfilter turns the connection to its proxy, which chooses the endpoint
 * itself (kube-proxy's rules see only that) and encrypts where the other side has a proxy too. Undefined for what is left alone.
 *
 * @simplified Proxies know at once what is written to the API; without istiod they go on knowing it.
 */
export function leaveThroughProxy(parts: NetworkParts, roads: Roads, flight: Flight, redirection: Redirection): Landing | undefined {
  if (!("pod" in flight.from) || !captures(redirection, flight)) return undefined;
  const { pod } = flight.from;
  const by: ObjectRef = { kind: POD, ...pod };
  const { destination, source } = flight.packet;
  const params = { pod: keyText(pod), ip: destination.ip, port: destination.port, to: redirection.outbound };
  const turned = withHop(flight, { stage: "mesh", by, verdict: "rewrite", after: { ...flight.packet, destination: { ip: "127.0.0.1", port: redirection.outbound } }, because: reason("mesh.redirected-out", params, [by]) });
  if (!parts.sockets.at({ ip: source.ip, port: redirection.outbound })) return refused(withHop(turned, { stage: "mesh", by, verdict: "reject", because: reason("mesh.proxy-absent", params, [by]) }));
  const taken = withHop(turned, { stage: "mesh", by, verdict: "forward", because: reason("mesh.plain-to-proxy", params, [by]) });
  const authority = (flight.request.protocol === "http" ? hostOf(flight.request) : flight.request.host).replace(/:\d+$/, "").toLowerCase();
  const leaving: Leaving = { parts, roads, pod, by, original: flight, authority };
  const target = targetOf(parts, pod, flight.request, authority, destination);
  const isHttp = flight.request.protocol === "http" && flight.request.tls === undefined && target?.speaks !== "tcp";
  const host = target ? fullHost(target.key.name, target.key.namespace) : authority;
  const virtual = virtualServiceFor(parts.client, host);
  if (!target && !(isHttp && virtual)) return passThrough(leaving, taken, isHttp);
  if (isHttp) return sendHttp(leaving, taken, target, virtual);
  if (!target) return passThrough(leaving, taken, false);
  const routes = (virtual && tcpDestinations(virtual, flight.request.port)) ?? [{ service: target.key, port: flight.request.port, subset: "", weight: 1 }];
  return sendTcp(leaving, taken, target, routes);
}

/** To where it was going anyway, as it is: the mesh does not know the destination. */
function passThrough(leaving: Leaving, flight: Flight, isHttp: boolean): Landing {
  const { parts, roads, pod, original, by } = leaving;
  const { ip, port } = original.packet.destination;
  const told = withHop(flight, { stage: "mesh", by, verdict: "forward", because: reason("mesh.passed-through", { pod: keyText(pod), ip, port, asked: leaving.authority }, [by]) });
  const inner = roads.send(parts, { pod }, onward(leaving, { ip, port }, { mesh: {} }), straightTo(ip, told));
  const joined = joinedTo(told, inner);
  if (inner.response || inner.tlsProblem) return { outcome: inner.outcome, ...(inner.response ? { response: inner.response } : {}), ...(inner.tlsProblem ? { tlsProblem: inner.tlsProblem } : {}), ...(inner.servedBy ? { servedBy: inner.servedBy } : {}), flight: joined };
  if (isHttp) return { outcome: "delivered", response: unavailable(inner), flight: joined };
  return brokenOff(inner, joined);
}

function sendTcp(leaving: Leaving, flight: Flight, target: MeshTarget, routes: readonly MeshDestination[]): Landing {
  const { parts, pod, by, original } = leaving;
  const destination = pickDestination(leaving, routes);
  const cluster = destination && clusterOf(parts, pod, destination);
  const kept = original.request.connection;
  const known = parts.state.table<string>("mesh:connection");
  const name = `${kept ?? ""}|${keyText(pod)}|${keyText(target.key)}`;
  const before = kept === undefined ? undefined : known.get(name);
  const same = cluster?.endpoints?.find(({ ip }) => ip === (before ?? (target.headless ? original.packet.destination.ip : undefined)));
  const endpoint = same ?? (cluster && destination && pickEndpoint(parts, pod, cluster, destination.service, new Set()));
  if (!destination || !cluster || !endpoint) {
    const told = withHop(flight, { stage: "mesh", by, verdict: "reject", because: reason("mesh.no-endpoints", { service: keyText(target.key), subset: destination?.subset ?? "" }, [by]) });
    return { ...refused(told), reset: true };
  }
  if (kept !== undefined) known.set(name, endpoint.ip);
  const { inner, flight: joined } = sendTo(leaving, flight, { endpoint, tls: cluster.tls, service: destination.service, subset: destination.subset });
  if (inner.response) return { outcome: "delivered", response: inner.response, ...(inner.servedBy ? { servedBy: inner.servedBy } : {}), flight: joined };
  return brokenOff(inner, joined);
}

/** The proxy had accepted the connection already, so all it can do is end it. */
function brokenOff(inner: PacketTrace, flight: Flight): Landing {
  return inner.outcome === "timed-out" && inner.hops.at(-1)?.because.code === "socket.process-hung" ? { outcome: "timed-out", flight } : { ...refused(flight), reset: true };
}
