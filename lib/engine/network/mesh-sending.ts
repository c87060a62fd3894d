import { keyText, type ObjectKey, type ObjectRef } from "../apimachinery/meta";
import type { OutboundRequest, PacketTrace } from "../machine/wire";
import { reason } from "../reason";
import { millis } from "../sim/clock";
import { withHop, type Flight } from "./flight";
import type { MeshEndpoint } from "./mesh-endpoints";
import { identityOf, peerMode, TLS_MODE_LABEL, type MeshDestination } from "./mesh-objects";
import type { NetworkParts, Roads } from "./parts";

/** A proxy gives up connecting after this long. */
export const CONNECT = 10_000;

/** A request in the hands of the proxy of the pod that sends it. */
export interface Leaving {
  readonly parts: NetworkParts;
  readonly roads: Roads;
  readonly pod: ObjectKey;
  readonly by: ObjectRef;
  /** Before it was turned to the proxy. */
  readonly original: Flight;
  readonly authority: string;
}

/** One of a route's destinations, by their weights. */
export function pickDestination({ parts, pod }: Leaving, routes: readonly MeshDestination[]): MeshDestination | undefined {
  const total = routes.reduce((sum, { weight }) => sum + weight, 0);
  if (total <= 0) return undefined;
  let ticket = routes.length === 1 ? 0 : parts.random.fork(`mesh/${keyText(pod)}`).below(total);
  return routes.find(({ weight }) => (ticket -= weight) < 0);
}

/** Where one try goes, and what changes in the request on the way. */
export interface Trying {
  readonly endpoint: MeshEndpoint;
  readonly tls: string;
  readonly service: ObjectKey;
  readonly subset: string;
  readonly change?: Partial<OutboundRequest>;
}

/** Sends to an endpoint: encrypted when its pod has a proxy, or when the DestinationRule says so. */
export function sendTo(leaving: Leaving, flight: Flight, { endpoint, tls, service, subset, change }: Trying): { readonly inner: PacketTrace; readonly flight: Flight } {
  const { parts, roads, pod, by } = leaving;
  const other = endpoint.pod;
  const automatic = other?.metadata.labels?.[TLS_MODE_LABEL] === "istio" && peerMode(parts.client, other, endpoint.port).mode !== "DISABLE";
  const mesh: NonNullable<OutboundRequest["mesh"]> = tls === "ISTIO_MUTUAL" || (tls === "" && automatic) ? identityOf(parts.client, pod) : {};
  const params = { service: keyText(service), subset, endpoint: `${endpoint.ip}:${endpoint.port}`, pod: other ? keyText({ namespace: other.metadata.namespace ?? "", name: other.metadata.name }) : "", identity: mesh.identity ?? "" };
  const chosen = withHop(flight, { stage: "mesh", by, verdict: "forward", because: reason("mesh.chosen", params, [by]) });
  const spoken = withHop({ ...chosen, request: { ...chosen.request, mesh } }, { stage: "mesh", by, verdict: "forward", because: reason(mesh.identity !== undefined ? "mesh.encrypted" : "mesh.plain", params, [by]) });
  const inner = roads.send(parts, { pod }, onward(leaving, endpoint, { timeout: millis(CONNECT), mesh, ...change }), straightTo(endpoint.ip, spoken));
  return { inner, flight: joinedTo({ ...spoken, request: flight.request }, inner) };
}

/** The Host header as it was asked with; one proxies set among the others counts most. */
export function hostOf({ headers = {}, hostHeader, host, port }: OutboundRequest): string {
  const own = Object.entries(headers).find(([name]) => name.toLowerCase() === "host")?.[1];
  return own ?? hostHeader ?? (port === 80 ? host : `${host}:${port}`);
}

/** The request as the proxy sends it on. */
export function onward({ original, authority }: Leaving, to: { readonly ip: string; readonly port: number }, more: Partial<OutboundRequest>): OutboundRequest {
  const { request } = original;
  const { connection: _kept, ...rest } = request;
  return { ...rest, host: to.ip, port: to.port, ...(request.protocol === "http" ? { hostHeader: hostOf(request) } : {}), ...(request.tls ? { tls: { serverName: authority, ...request.tls } } : {}), ...more };
}

/** An address needs no question to a DNS server. */
export function straightTo(ip: string, { hops }: Flight): Parameters<Roads["send"]>[3] {
  return { name: ip, addresses: [ip], because: hops[hops.length - 1]?.because ?? reason("mesh.plain"), queries: [] };
}

/** The journey with that of the request sent on. */
export function joinedTo(flight: Flight, inner: PacketTrace): Flight {
  return { ...flight, hops: [...flight.hops, ...inner.hops], latency: flight.latency + inner.latency };
}

/** What Envoy answers when it has no answer. */
export function unavailable(inner: PacketTrace): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const last = inner.hops.at(-1)?.because.code;
  const start = "upstream connect error or disconnect/reset before headers. ";
  const why =
    last === "mesh.unknown-authority"
      ? "reset reason: remote connection failure, transport failure reason: TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end"
      : inner.reset === true
        ? "reset reason: connection termination"
        : inner.outcome === "timed-out"
          ? "reset reason: connection timeout"
          : "reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused";
  return { status: 503, headers: { server: "envoy", "content-type": "text/plain" }, body: start + why };
}
