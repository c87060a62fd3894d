import { POD, SERVICE } from "../apimachinery/kinds";
import { keyText } from "../apimachinery/meta";
import type { AppResponse } from "../machine/behaviour";
import type { OutboundRequest, PacketTrace } from "../machine/wire";
import { reason } from "../reason";
import type { Pod } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { withHop, type Flight, type Landing } from "./flight";
import { clusterOf, pickEndpoint, type MeshTarget } from "./mesh-endpoints";
import { VIRTUAL_SERVICE, type MeshObject } from "./mesh-objects";
import { CONNECT, hostOf, pickDestination, sendTo, unavailable, type Leaving } from "./mesh-sending";
import { OWN_ATTEMPTS, routeInMesh, type MeshRoute } from "./mesh-routing";

/** A retry waits a moment first: at most this long, by chance. */
const BACK_OFF = 25;

function answered(flight: Flight, response: AppResponse, inner?: PacketTrace): Landing {
  return { outcome: "delivered", response: { ...response, headers: { ...response.headers, server: "envoy" } }, ...(inner?.servedBy ? { servedBy: inner.servedBy } : {}), flight };
}

/** An HTTP request of a pod, by its proxy: the VirtualService's route, its faults, its destinations by weight, its timeout and retries. */
export function sendHttp(leaving: Leaving, taken: Flight, target: MeshTarget | undefined, virtual: MeshObject | undefined): Landing {
  const { parts, pod, original, authority } = leaving;
  const { request } = original;
  const headers = { host: hostOf(request), ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])) };
  const asked = { request: { protocol: "http" as const, port: request.port, method: request.method ?? "GET", path: request.path ?? "/", headers, body: request.body ?? "", from: original.packet.source }, port: request.port, authority, caller: pod, labels: parts.client.get<Pod>(POD, pod)?.metadata.labels };
  const route = virtual && routeInMesh(virtual, asked);
  if (virtual && !route) return answered(withHop(taken, { stage: "mesh", by: { kind: VIRTUAL_SERVICE, ...virtual.key }, verdict: "answer", because: reason("mesh.no-route", { route: keyText(virtual.key), path: asked.request.path }, [{ kind: VIRTUAL_SERVICE, ...virtual.key }]) }), { status: 404, body: "" });
  if (!route) return tryOut(leaving, taken, target ? { service: target.key, port: request.port, subset: "" } : undefined, { ...OWN_ATTEMPTS, headers: asked.request.headers, path: asked.request.path }, target);
  const ref = { kind: VIRTUAL_SERVICE, ...route.by.key };
  const late = delayed(leaving, taken, route);
  if (route.abort && happens(leaving, route.abort.percent)) return answered(withHop(late, { stage: "mesh", by: ref, verdict: "answer", because: reason("mesh.fault-abort", { route: keyText(route.by.key), status: route.abort.status, percent: route.abort.percent }, [ref]) }), { status: route.abort.status, headers: { "content-type": "text/plain" }, body: "fault filter abort" });
  if (route.direct) {
    const { status, body, location } = route.direct;
    return answered(withHop(late, { stage: "mesh", by: ref, verdict: "answer", because: reason("mesh.direct", { route: keyText(route.by.key), status }, [ref]) }), { status, body, ...(location === undefined ? {} : { headers: { location } }) });
  }
  const destination = pickDestination(leaving, route.destinations);
  const shown = destination ? { service: keyText(destination.service), subset: destination.subset, weight: destination.weight } : { service: "", subset: "", weight: 0 };
  const routed = withHop(late, { stage: "mesh", by: ref, verdict: "forward", because: reason("mesh.routed", { route: keyText(route.by.key), ...shown }, [ref]) });
  return tryOut(leaving, destination ? routed : late, destination, route, target);
}

function happens({ parts, pod }: Leaving, percent: number): boolean {
  if (percent >= 100) return true;
  return percent > 0 && parts.random.fork(`mesh/${keyText(pod)}`).below(10_000) < Math.round(percent * 100);
}

function delayed(leaving: Leaving, flight: Flight, { delay, by }: MeshRoute): Flight {
  if (!delay || !happens(leaving, delay.percent)) return flight;
  const ref = { kind: VIRTUAL_SERVICE, ...by.key };
  return withHop(flight, { stage: "mesh", by: ref, verdict: "forward", because: reason("mesh.fault-delay", { route: keyText(by.key), millis: delay.millis, percent: delay.percent }, [ref]) }, delay.millis);
}

type Rules = Pick<MeshRoute, "attempts" | "retryOn" | "timeout" | "perTry" | "headers" | "path" | "authority">;

/** Tries endpoints of the destination until one answers well enough, the tries are used up or the time is. */
function tryOut(leaving: Leaving, first: Flight, destination: Parameters<typeof clusterOf>[2] | undefined, rules: Rules, target: MeshTarget | undefined): Landing {
  const { parts, pod, by } = leaving;
  const cluster = destination && clusterOf(parts, pod, destination);
  const about = destination ? [{ kind: SERVICE, ...destination.service }] : [by];
  const names = { service: destination ? keyText(destination.service) : leaving.authority, subset: destination?.subset ?? "" };
  if (!destination || !cluster?.endpoints || cluster.endpoints.length === 0) {
    return answered(withHop(first, { stage: "mesh", by, verdict: "answer", because: reason("mesh.no-endpoints", names, about) }), { status: 503, headers: { "content-type": "text/plain" }, body: cluster?.endpoints ? "no healthy upstream" : "" });
  }
  const began = first.latency;
  const failed = new Set<string>();
  const own = target?.headless === true ? cluster.endpoints.find(({ ip }) => ip === leaving.original.packet.destination.ip) : undefined;
  let flight = first;
  for (let tries = 1; ; tries += 1) {
    const endpoint = (tries === 1 ? own : undefined) ?? pickEndpoint(parts, pod, cluster, destination.service, failed);
    if (!endpoint) break;
    const left = rules.timeout === undefined ? undefined : began + rules.timeout - flight.latency;
    const limit = Math.min(left ?? Infinity, rules.perTry ?? Infinity);
    const before = flight.latency;
    const sent = sendTo(leaving, flight, { endpoint, tls: cluster.tls, service: destination.service, subset: destination.subset, change: changeFor(rules, limit) });
    const late = sent.inner.latency > limit || hung(sent.inner) || (sent.inner.outcome === "timed-out" && limit < CONNECT);
    flight = late && Number.isFinite(limit) ? { ...sent.flight, latency: before + limit } : sent.flight;
    if (late && left !== undefined && limit === left) return gaveUp(flight, by, names, rules.timeout ?? 0);
    if (late && !Number.isFinite(limit)) return { outcome: "timed-out", flight };
    failed.add(endpoint.ip);
    const retried = tries <= rules.attempts && retries(rules.retryOn, sent.inner, late);
    if (!retried) {
      if (late) return gaveUp(flight, by, names, limit);
      return finished(flight, sent.inner, by, names);
    }
    const wait = 1 + parts.random.fork(`mesh/${keyText(pod)}`).below(BACK_OFF);
    flight = withHop(flight, { stage: "mesh", by, verdict: "forward", because: reason("mesh.retried", { ...names, tries, endpoint: `${endpoint.ip}:${endpoint.port}`, status: sent.inner.response?.status ?? 0 }, about) }, wait);
    if (left !== undefined && flight.latency >= began + (rules.timeout ?? 0)) return gaveUp({ ...flight, latency: began + (rules.timeout ?? 0) }, by, names, rules.timeout ?? 0);
  }
  return answered(flight, { status: 503, body: "no healthy upstream" });
}

function changeFor({ path, headers, authority }: Rules, limit: number): Partial<OutboundRequest> {
  const { host: _host, ...others } = headers;
  return { path, headers: others, ...(authority === undefined ? {} : { hostHeader: authority }), timeout: millis(Math.trunc(Math.min(CONNECT, limit))) };
}

const hung = (inner: PacketTrace): boolean => inner.hops.at(-1)?.because.code === "socket.process-hung";

/** Is this outcome among those that are tried again? Upstream: envoy x-envoy-retry-on. */
function retries(on: string, inner: PacketTrace, late: boolean): boolean {
  const words = on.split(",").map((word) => word.trim());
  const any = (...wanted: readonly string[]): boolean => wanted.some((word) => words.includes(word));
  if (late) return any("5xx", "gateway-error", "reset");
  const status = inner.response?.status;
  if (status === undefined) return any("5xx", "gateway-error", "reset", "connect-failure");
  if (status >= 500 && any("5xx")) return true;
  return (status >= 502 && status <= 504 && any("gateway-error")) || (status === 409 && any("retriable-4xx")) || words.includes(String(status));
}

function gaveUp(flight: Flight, by: Leaving["by"], names: { readonly service: string; readonly subset: string }, limit: number): Landing {
  return answered(withHop(flight, { stage: "mesh", by, verdict: "answer", because: reason("mesh.gave-up", { ...names, millis: limit }, [by]) }), { status: 504, headers: { "content-type": "text/plain" }, body: "upstream request timeout" });
}

function finished(flight: Flight, inner: PacketTrace, by: Leaving["by"], names: { readonly service: string; readonly subset: string }): Landing {
  if (inner.response) return answered(flight, { ...inner.response, headers: { ...inner.response.headers, "x-envoy-upstream-service-time": String(inner.latency) } }, inner);
  return answered(withHop(flight, { stage: "mesh", by, verdict: "answer", because: reason("mesh.failed", names, [by]) }), unavailable(inner));
}
