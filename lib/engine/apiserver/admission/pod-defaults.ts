import { forbidden } from "../../apimachinery/api-error";
import { NODE, POD, PRIORITY_CLASS } from "../../apimachinery/kinds";
import { refIn, type ObjectStore } from "../../store/store";
import type { Node } from "../../resources/core/node/node";
import type { Pod, Toleration } from "../../resources/core/pod/pod";
import { SYSTEM_CLASSES, type PriorityClass } from "../../resources/scheduling/priorityclass/index";
import type { AdmissionPlugin, AdmissionRequest } from "../request";
import { TIMERS } from "../../sim/timers";

const PODS = { group: "", plural: "pods", kind: "Pod" };

const isNewPod = ({ operation, definition }: AdmissionRequest): boolean => operation === "CREATE" && definition.kind === POD;

function withSpec(pod: Pod, spec: Partial<Pod["spec"]>): Pod {
  return { ...pod, spec: { ...pod.spec, ...spec } };
}

/** A pod stays five minutes on a node that is not ready or cannot be reached, unless it says otherwise. Upstream: plugin/defaulttolerationseconds. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  alters: new Set([POD]),
  mutate(request) {
    if (request.definition.kind !== POD || request.subresource !== "" || !request.object) return undefined;
    const pod = request.object as Pod;
    const own = pod.spec.tolerations ?? [];
    const missing = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].filter((key) => !own.some((toleration) => covers(toleration, key)));
    if (missing.length === 0) return undefined;
    const added = missing.map((key): Toleration => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: TIMERS.nodes.tolerated.ms / 1000 }));
    return withSpec(pod, { tolerations: [...own, ...added] });
  },
};

function covers({ key, effect }: Toleration, wanted: string): boolean {
  return (key === wanted || key === undefined || key === "") && (effect === "NoExecute" || effect === undefined || effect === "");
}

/** Turns a pod's priority class into its priority; 0 without one. Upstream: plugin/priority. */
export const priority: AdmissionPlugin = {
  name: "Priority",
  alters: new Set([POD]),
  onlyNew: true,
  mutate(request, { store }) {
    if (!isNewPod(request)) return undefined;
    const pod = request.object as Pod;
    const chosen = pod.spec.priorityClassName ? classOf(pod.spec.priorityClassName, store) : defaultClass(store);
    if (!chosen) {
      if (pod.spec.priorityClassName) throw forbidden(PODS, request.ref.name, `no PriorityClass with name ${pod.spec.priorityClassName} was found`);
      computed(request, pod, 0);
      return withSpec(pod, { priority: 0, preemptionPolicy: pod.spec.preemptionPolicy ?? "PreemptLowerPriority" });
    }
    computed(request, pod, chosen.value);
    const policy = pod.spec.preemptionPolicy ?? chosen.preemptionPolicy ?? "PreemptLowerPriority";
    return withSpec(pod, { priorityClassName: chosen.name, priority: chosen.value, preemptionPolicy: policy });
  },
};

/** Nobody sets a priority by number: it may only be the one that comes out anyway. */
function computed({ ref }: AdmissionRequest, pod: Pod, value: number): void {
  const given = pod.spec.priority;
  if (given === undefined || given === value) return;
  throw forbidden(PODS, ref.name, `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
}

interface Chosen {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy?: string | undefined;
}

function classOf(name: string, store: ObjectStore): Chosen | undefined {
  const system = Object.hasOwn(SYSTEM_CLASSES, name) ? SYSTEM_CLASSES[name]?.value : undefined;
  if (system !== undefined) return { name, value: system };
  const found = store.get(refIn(PRIORITY_CLASS, { namespace: "", name })) as PriorityClass | undefined;
  return found ? { name, value: found.value, preemptionPolicy: found.preemptionPolicy } : undefined;
}

function defaultClass(store: ObjectStore): Chosen | undefined {
  if (store.count(PRIORITY_CLASS) === 0) return undefined;
  const defaults = (store.list(PRIORITY_CLASS) as readonly PriorityClass[]).filter((one) => one.globalDefault === true);
  const [lowest] = [...defaults].sort((a, b) => a.value - b.value);
  return lowest ? { name: lowest.metadata.name, value: lowest.value, preemptionPolicy: lowest.preemptionPolicy } : undefined;
}

const TOPOLOGY_LABELS = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"];

/** A pod bears its node's zone and region as labels once it is placed. Upstream: plugin/podtopologylabels. */
export const podTopologyLabels: AdmissionPlugin = {
  name: "PodTopologyLabels",
  alters: new Set([POD]),
  mutate(request, { store }) {
    if (!isNewPod(request) && !(request.definition.kind === POD && request.subresource === "binding")) return undefined;
    const pod = request.object as Pod;
    if (!pod.spec.nodeName) return undefined;
    const node = store.get(refIn(NODE, { namespace: "", name: pod.spec.nodeName })) as Node | undefined;
    const borne = node?.metadata.labels ?? {};
    const keys = TOPOLOGY_LABELS.filter((key) => borne[key] !== undefined);
    if (keys.length === 0) return undefined;
    return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...Object.fromEntries(keys.map((key) => [key, borne[key] ?? ""])) } } };
  },
};
