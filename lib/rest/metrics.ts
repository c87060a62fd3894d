/** metrics.k8s.io: what pods and machines use. Upstream: sigs.k8s.io/metrics-server. */
import { kindId, metricsService, NODE, POD, resourceFor, timestamp, type Cluster, type Column, type ContainerUsage, type JsonObject, type KindId, type KubeObject, type Node, type Pod, type ResourceDefinition } from "@/lib/engine";
import { Refusal } from "./status";
import { readOnly, type Alias, type Presence } from "./versions";

/** How often usage is looked at. */
const RESOLUTION = 15_000;
const VERSION = "metrics.k8s.io/v1beta1";

interface Usage {
  readonly cpu: string;
  readonly memory: string;
}
interface PodMetrics extends KubeObject {
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}
interface NodeMetrics extends KubeObject {
  readonly usage: Usage;
}

function usage(cpuMilli: number, memoryBytes: number): Usage {
  return { cpu: cpuMilli === 0 ? "0" : `${cpuMilli * 1_000_000}n`, memory: `${Math.ceil(memoryBytes / 1024)}Ki` };
}

/** When usage was looked at last. */
function lookedAt(cluster: Cluster): number {
  return cluster.now - (cluster.now % RESOLUTION);
}

function measured(kind: string, object: KubeObject, cluster: Cluster, rest: JsonObject): KubeObject {
  const { name, namespace, labels } = object.metadata;
  const at = timestamp(lookedAt(cluster));
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), creationTimestamp: timestamp(cluster.now), ...(labels === undefined ? {} : { labels }) };
  return { kind, apiVersion: VERSION, metadata, timestamp: at, window: "15s", ...rest } as unknown as KubeObject;
}

/** Pods that had been running when usage was looked at last; younger ones are not known yet. */
function podMetrics(cluster: Cluster): readonly KubeObject[] {
  return cluster
    .as("system:apiserver")
    .list<Pod>(POD)
    .flatMap((pod) => {
      const used = cluster.podUsage({ namespace: pod.metadata.namespace ?? "", name: pod.metadata.name });
      if (used === undefined || used.length === 0 || used.some(({ since }) => since > lookedAt(cluster))) return [];
      const containers = used.map(({ name, cpuMilli, memoryBytes }: ContainerUsage) => ({ name, usage: usage(cpuMilli, memoryBytes) }));
      return [measured("PodMetrics", pod, cluster, { containers } as unknown as JsonObject)];
    });
}

/** @simplified A machine uses what its pods use: its own processes count for nothing. */
function nodeMetrics(cluster: Cluster): readonly KubeObject[] {
  return cluster
    .as("system:apiserver")
    .list<Node>(NODE)
    .flatMap((node) => {
      const used = cluster.nodeUsage(node.metadata.name);
      return used === undefined ? [] : [measured("NodeMetrics", node, cluster, { usage: usage(used.cpuMilli, used.memoryBytes) } as unknown as JsonObject)];
    });
}

function columns(of: (object: KubeObject) => Usage): readonly Column[] {
  return [
    { name: "cpu", value: (object) => of(object).cpu },
    { name: "memory", value: (object) => of(object).memory },
    { name: "Window", value: () => "15s" },
  ];
}

const summed = (object: KubeObject): Usage => {
  const { containers } = object as PodMetrics;
  const cpu = containers.reduce((sum, one) => sum + parseInt(one.usage.cpu, 10), 0);
  return { cpu: cpu === 0 ? "0" : `${cpu}n`, memory: `${containers.reduce((sum, one) => sum + parseInt(one.usage.memory, 10), 0)}Ki` };
};

function definition(kind: KindId, plural: string, namespaced: boolean, shown: readonly Column[]): ResourceDefinition {
  return { ...(resourceFor(kindId("v1", "ConfigMap")) as ResourceDefinition), kind, plural, singular: "", shortNames: [], categories: [], subresources: [], namespaced, columns: shown };
}

function whenAvailable(objects: (cluster: Cluster) => readonly KubeObject[]): (cluster: Cluster) => readonly KubeObject[] {
  return (cluster) => {
    if (metricsService(cluster.as("system:apiserver")) === "available") return objects(cluster);
    throw new Refusal(503, "ServiceUnavailable", "the server is currently unable to handle the request");
  };
}

function presence(cluster: Cluster): Presence {
  const found = metricsService(cluster.as("system:apiserver"));
  return found === "available" ? "present" : found === "absent" ? "absent" : "hidden";
}

/** The two resources of metrics.k8s.io/v1beta1. */
export const metricsAliases: readonly Alias[] = [
  { ...readOnly(definition(kindId(VERSION, "NodeMetrics"), "nodes", false, columns((object) => (object as NodeMetrics).usage)), whenAvailable(nodeMetrics)), present: presence },
  { ...readOnly(definition(kindId(VERSION, "PodMetrics"), "pods", true, columns(summed)), whenAvailable(podMetrics)), present: presence },
];
