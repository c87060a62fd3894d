import { firstUntoleratedTaint } from "../../apimachinery/taints";
import type { DaemonSet } from "../../resources/apps/daemonset/daemonset";
import type { Node } from "../../resources/core/node/node";
import type { Affinity, Pod, PodSpec, Toleration } from "../../resources/core/pod/pod";
import { nodeMatchesPod } from "../../resources/core/node/node-selector";
import { REVISION_HASH } from "../history";
import { podFromTemplate } from "../pod-template";

/** The annotation that counts changes of a DaemonSet's template. */
export const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

const NODE_TROUBLES: readonly Toleration[] = [
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/pid-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" },
];

const NO_NETWORK: Toleration = { key: "node.kubernetes.io/network-unavailable", operator: "Exists", effect: "NoSchedule" };

/** What every daemon pod puts up with, besides what its template says. Upstream: AddOrUpdateDaemonPodTolerations. */
export function tolerationsOf(spec: PodSpec): readonly Toleration[] {
  const own = spec.tolerations ?? [];
  const given = spec.hostNetwork === true ? [...NODE_TROUBLES, NO_NETWORK] : NODE_TROUBLES;
  const means = (one: Toleration, other: Toleration): boolean => one.key === other.key && one.effect === other.effect && (one.value ?? "") === "" && one.operator === "Exists";
  // What the template says of them already keeps its place.
  return [...own.map((one) => given.find((other) => means(one, other)) ?? one), ...given.filter((other) => !own.some((one) => means(one, other)))];
}

/** Pins a pod to one node: the scheduler still places it, but looks at that node only. Upstream: ReplaceDaemonSetPodNodeNameNodeAffinity. */
function pinned(affinity: Affinity | undefined, node: string): Affinity {
  const required = { nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }] };
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required } };
}

/** The daemon pod of a node. */
export function daemonPod(set: DaemonSet, node: string, hash: string): Omit<Pod, "metadata"> & { readonly metadata: Partial<Pod["metadata"]> } {
  const draft = podFromTemplate(set.spec.template, set);
  const generation = set.metadata.annotations?.[TEMPLATE_GENERATION];
  const labels = { ...draft.metadata.labels, [REVISION_HASH]: hash, ...(generation === undefined ? {} : { "pod-template-generation": generation }) };
  const { spec } = draft;
  return { ...draft, metadata: { ...draft.metadata, labels }, spec: { ...spec, affinity: pinned(spec.affinity, node), tolerations: tolerationsOf(spec) } };
}

/** Should a node have the daemon's pod, and may one that is there stay? Upstream: NodeShouldRunDaemonPod. */
export function belongsOn(set: DaemonSet, node: Node): { readonly run: boolean; readonly stay: boolean } {
  const { spec } = set.spec.template;
  if ((spec.nodeName ?? "") !== "" && spec.nodeName !== node.metadata.name) return { run: false, stay: false };
  const pod = { spec } as Pod;
  if (!nodeMatchesPod(pod, node)) return { run: false, stay: false };
  const taints = node.spec?.taints ?? [];
  const tolerations = tolerationsOf(spec);
  if (firstUntoleratedTaint(taints, tolerations, ["NoSchedule", "NoExecute"]) === undefined) return { run: true, stay: true };
  return { run: false, stay: firstUntoleratedTaint(taints, tolerations, ["NoExecute"]) === undefined };
}

/** The node a daemon pod runs on or is meant for. Upstream: util.GetTargetNodeName. */
export function targetNode(pod: Pod): string {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { matchFields = [] } of terms) for (const { key, values } of matchFields) if (key === "metadata.name") return values?.[0] ?? "";
  return "";
}
