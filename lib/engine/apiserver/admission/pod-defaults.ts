import { forbidden } from "../../apimachinery/api-error";
import { NODE, POD, PRIORITY_CLASS, SERVICE_ACCOUNT } from "../../apimachinery/kinds";
import type { KubeObject } from "../../apimachinery/meta";
import { refIn, type ObjectStore } from "../../store/store";
import type { Node } from "../../resources/core/node/node";
import type { Pod, Toleration } from "../../resources/core/pod/pod";
import type { AdmissionPlugin, AdmissionRequest } from "../request";

const PODS = { group: "", plural: "pods", kind: "Pod" };
/** Priorities every cluster has without anybody making them. */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = { "system-node-critical": 2000001000, "system-cluster-critical": 2000000000 };

interface PriorityClass extends KubeObject {
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
}

const isNewPod = ({ operation, definition }: AdmissionRequest): boolean => operation === "CREATE" && definition.kind === POD;

function withSpec(pod: Pod, spec: Partial<Pod["spec"]>): Pod {
  return { ...pod, spec: { ...pod.spec, ...spec } };
}

/**
 * Gives a pod the `default` ServiceAccount, and refuses one that does not exist. Upstream: plugin/serviceaccount.
 *
 * @simplified The projected token volume is left out: `kubectl get pod -o yaml` shows no kube-api-access volume. The
 * `default` account is not looked for, so a pod may come in the same instant as its namespace.
 */
export const serviceAccount: AdmissionPlugin = {
  name: "ServiceAccount",
  mutate(request) {
    if (!isNewPod(request)) return undefined;
    const pod = request.object as Pod;
    const name = pod.spec.serviceAccountName || pod.spec.serviceAccount || "default";
    return withSpec(pod, { serviceAccountName: name, serviceAccount: name });
  },
  validate(request, { store }) {
    if (!isNewPod(request)) return;
    const { namespace } = request.ref;
    const name = (request.object as Pod).spec.serviceAccountName ?? "default";
    if (name === "default" || store.get(refIn(SERVICE_ACCOUNT, { namespace, name }))) return;
    throw forbidden(PODS, request.ref.name, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
  },
};

/** A pod stays five minutes on a node that is not ready or cannot be reached, unless it says otherwise. Upstream: plugin/defaulttolerationseconds. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  mutate(request) {
    if (request.definition.kind !== POD || request.subresource !== "" || !request.object) return undefined;
    const pod = request.object as Pod;
    const own = pod.spec.tolerations ?? [];
    const missing = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].filter((key) => !own.some((toleration) => covers(toleration, key)));
    if (missing.length === 0) return undefined;
    const added = missing.map((key): Toleration => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 }));
    return withSpec(pod, { tolerations: [...own, ...added] });
  },
};

function covers({ key, effect }: Toleration, wanted: string): boolean {
  return (key === wanted || key === undefined || key === "") && (effect === "NoExecute" || effect === undefined || effect === "");
}

/** Turns a pod's priority class into its priority; 0 without one. Upstream: plugin/priority. */
export const priority: AdmissionPlugin = {
  name: "Priority",
  mutate(request, { store }) {
    if (!isNewPod(request)) return undefined;
    const pod = request.object as Pod;
    const chosen = pod.spec.priorityClassName ? classOf(pod.spec.priorityClassName, store) : defaultClass(store);
    if (!chosen) {
      if (pod.spec.priorityClassName) throw forbidden(PODS, request.ref.name, `no PriorityClass with name ${pod.spec.priorityClassName} was found`);
      return withSpec(pod, { priority: 0, preemptionPolicy: pod.spec.preemptionPolicy ?? "PreemptLowerPriority" });
    }
    const policy = pod.spec.preemptionPolicy ?? chosen.preemptionPolicy ?? "PreemptLowerPriority";
    return withSpec(pod, { priorityClassName: chosen.name, priority: chosen.value, preemptionPolicy: policy });
  },
};

interface Chosen {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy?: string | undefined;
}

function classOf(name: string, store: ObjectStore): Chosen | undefined {
  const system = Object.hasOwn(SYSTEM_PRIORITIES, name) ? SYSTEM_PRIORITIES[name] : undefined;
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
  mutate(request, { store }) {
    if (!isNewPod(request) && !(request.definition.kind === POD && request.subresource === "binding")) return undefined;
    const pod = request.object as Pod;
    if (!pod.spec.nodeName) return undefined;
    const node = store.get(refIn(NODE, { namespace: "", name: pod.spec.nodeName })) as Node | undefined;
    const labels = TOPOLOGY_LABELS.flatMap((key) => {
      const value = node?.metadata.labels?.[key];
      return value === undefined ? [] : [[key, value] as const];
    });
    if (labels.length === 0) return undefined;
    return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...Object.fromEntries(labels) } } };
  },
};
