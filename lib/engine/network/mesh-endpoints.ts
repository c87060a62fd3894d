import { POD, SERVICE } from "../apimachinery/kinds";
import { keyText, type JsonObject, type ObjectKey } from "../apimachinery/meta";
import type { Endpoint, OutboundRequest } from "../machine/wire";
import type { Pod } from "../resources/core/pod/pod";
import type { Service } from "../resources/core/service/service";
import { objectAt, objectsAt, textAt } from "../resources/json-object";
import { ruleFor } from "./kube-proxy";
import { destinationRule, hasLabels, serviceOfHost, textsAt, tlsMode, type MeshDestination } from "./mesh-objects";
import { podAt, type NetworkParts } from "./parts";
import { slicesOf } from "./rules";

/** A Service of the mesh as a proxy knows it. */
export interface MeshTarget {
  readonly key: ObjectKey;
  readonly headless: boolean;
  /** What its port says it speaks. */
  readonly speaks: "http" | "tcp" | "unknown";
}

/** An address behind a Service, and the pod that has it. */
export interface MeshEndpoint extends Endpoint {
  readonly pod?: Pod;
}

/** The protocol a port's name or appProtocol promises. Upstream: istio protocol selection. */
function speaks(port: { readonly name?: string; readonly appProtocol?: string }): MeshTarget["speaks"] {
  const word = (port.appProtocol ?? port.name ?? "").toLowerCase().split("-")[0] ?? "";
  if (["http", "http2", "grpc"].includes(word)) return "http";
  return ["tcp", "mysql", "mongo", "redis", "tls", "https", "udp"].includes(word) ? "tcp" : "unknown";
}

/** The Service a request of a pod is for, by its name or its address; undefined for what the mesh does not know. */
export function targetOf(parts: NetworkParts, caller: ObjectKey, request: OutboundRequest, authority: string, destination: Endpoint): MeshTarget | undefined {
  const node = parts.sockets.addressOf(caller)?.node ?? "";
  const byName = /^[\d.]+$/.test(authority) ? undefined : serviceOfHost(authority, caller.namespace);
  for (const key of [byName, ruleFor(parts.state, node, destination.ip, destination.port)[0]?.service]) {
    const service = key && parts.client.get<Service>(SERVICE, key);
    const port = service?.spec.ports?.find((one) => one.port === request.port);
    if (key && service && port && service.spec.type !== "ExternalName") return { key, headless: service.spec.clusterIP === "None", speaks: speaks(port) };
  }
  return undefined;
}

/** What is known of a destination: its ready endpoints, and what its DestinationRule asks for. Without `endpoints` there is no such subset. */
export interface MeshCluster {
  readonly endpoints?: readonly MeshEndpoint[];
  readonly tls: string;
  readonly inTurn: boolean;
}

/** The endpoints of a destination of a route, its subset's only. */
export function clusterOf(parts: NetworkParts, caller: ObjectKey, { service, port, subset }: Omit<MeshDestination, "weight">): MeshCluster {
  const rule = destinationRule(parts.client, caller.namespace, service);
  const chosen = subset === "" ? undefined : objectsAt(rule?.spec ?? {}, "subsets").find((one) => textAt(one, "name") === subset);
  const tls = tlsMode(rule, chosen);
  const balancing = (holder: JsonObject | undefined): string => (holder ? textAt(objectAt(objectAt(holder, "trafficPolicy"), "loadBalancer"), "simple") : "");
  const inTurn = (balancing(chosen) === "" ? balancing(rule?.spec) : balancing(chosen)) === "ROUND_ROBIN";
  if (subset !== "" && !chosen) return { tls, inTurn };
  const labels = chosen ? textsAt(chosen, "labels") : {};
  return { endpoints: readyEndpoints(parts, service, port).filter(({ pod }) => hasLabels(labels, pod?.metadata.labels)), tls, inTurn };
}

function readyEndpoints(parts: NetworkParts, key: ObjectKey, port: number): readonly MeshEndpoint[] {
  const servicePort = parts.client.get<Service>(SERVICE, key)?.spec.ports?.find((one) => one.port === port);
  if (!servicePort) return [];
  return slicesOf(parts.client, key).flatMap((slice) => {
    const target = slice.ports?.find((one) => (one.name ?? "") === (servicePort.name ?? ""))?.port;
    if (target === undefined) return [];
    return (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready ?? true).map((endpoint): MeshEndpoint => {
      const ip = endpoint.addresses[0] ?? "";
      const podKey = podAt(parts, ip);
      const pod = podKey && parts.client.get<Pod>(POD, podKey);
      return { ip, port: target, ...(pod ? { pod } : {}) };
    });
  });
}

/** One of the endpoints: in turn where the rule asks for that, else by chance; not one that has failed already while there are others. */
export function pickEndpoint(parts: NetworkParts, caller: ObjectKey, { endpoints = [], inTurn }: MeshCluster, key: ObjectKey, failed: ReadonlySet<string>): MeshEndpoint | undefined {
  const fresh = endpoints.filter(({ ip }) => !failed.has(ip));
  const usable = fresh.length > 0 ? fresh : endpoints;
  if (usable.length <= 1) return usable[0];
  if (!inTurn) return usable[parts.random.fork(`mesh/${keyText(caller)}`).below(usable.length)];
  const turns = parts.state.table<number>("mesh:turn");
  const name = `${keyText(caller)}|${keyText(key)}`;
  const turn = turns.get(name) ?? 0;
  turns.set(name, (turn + 1) % 1_000_000);
  return usable[turn % usable.length];
}
