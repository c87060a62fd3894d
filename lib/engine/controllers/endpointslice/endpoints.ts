import { canonicalJson } from "../../apimachinery/canonical";
import { compareStrings } from "../../apimachinery/compare";
import { NODE } from "../../apimachinery/kinds";
import type { Client } from "../../client/client";
import type { Node } from "../../resources/core/node/node";
import type { Pod } from "../../resources/core/pod/pod";
import type { Service, ServicePort } from "../../resources/core/service/service";
import type { Endpoint, EndpointSlice } from "../../resources/discovery/endpointslice/endpointslice";
import { isFinished, isReady } from "../pod-state";

/** Ports of a slice. */
export type SlicePorts = NonNullable<EndpointSlice["ports"]>;

/** Endpoints that share their ports; pods of one Service differ where they give a port name different numbers. */
export interface Group {
  readonly ports: SlicePorts;
  readonly endpoints: readonly Endpoint[];
}

/** The text by which groups of ports are told apart, whatever their order. */
export function portsKey(ports: SlicePorts | null | undefined): string {
  return [...(ports ?? [])].map(canonicalJson).sort(compareStrings).join("\n");
}

/** The endpoints a Service should have, by ports. Upstream: endpointslice/reconciler.go reconcileByAddressType. */
export function desiredGroups(service: Service, pods: readonly Pod[], client: Client): readonly Group[] {
  const groups = new Map<string, { readonly ports: SlicePorts; readonly endpoints: Endpoint[] }>();
  for (const pod of pods) {
    const address = pod.status?.podIP;
    if (isFinished(pod) || address === undefined || address === "") continue;
    const ports = portsOf(service, pod);
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpointOf(service, pod, address, client));
  }
  return [...groups.values()];
}

function portsOf(service: Service, pod: Pod): SlicePorts {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    return [{ name: port.name ?? "", port: number, protocol: port.protocol ?? "TCP", ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) }];
  });
}

/** The container port a Service port leads to on this pod; undefined when the pod has no port of that name. */
export function targetPort(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === "number") return target === 0 ? port.port : target;
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  for (const container of [...pod.spec.containers, ...sidecars]) {
    for (const { name, protocol = "TCP", containerPort } of container.ports ?? []) if (name === target && protocol === (port.protocol ?? "TCP")) return containerPort;
  }
  return undefined;
}

function endpointOf(service: Service, pod: Pod, address: string, client: Client): Endpoint {
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const nodeName = pod.spec.nodeName ?? "";
  const zone = nodeName === "" ? undefined : client.get<Node>(NODE, { namespace: "", name: nodeName })?.metadata.labels?.["topology.kubernetes.io/zone"];
  const { hostname = "", subdomain } = pod.spec;
  const hints = hintsOf(service, nodeName, zone, serving && !terminating);
  return {
    addresses: [address],
    conditions: { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostname !== "" && subdomain === service.metadata.name ? { hostname } : {}),
    ...(nodeName === "" ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
    ...(hints ? { hints } : {}),
    targetRef: { kind: "Pod", namespace: pod.metadata.namespace ?? "", name: pod.metadata.name, uid: pod.metadata.uid },
  };
}

/** Whose traffic a ready endpoint should take first, where the Service prefers what is near. Upstream: endpointslice/trafficdist. */
function hintsOf(service: Service, node: string, zone: string | undefined, ready: boolean): Endpoint["hints"] {
  const wanted = service.spec.trafficDistribution;
  if (!ready || wanted === undefined) return undefined;
  const forZones = zone === undefined ? {} : { forZones: [{ name: zone }] };
  const forNodes = wanted === "PreferSameNode" && node !== "" ? { forNodes: [{ name: node }] } : {};
  const hints = { ...forZones, ...forNodes };
  return Object.keys(hints).length > 0 ? hints : undefined;
}
