import { forbidden } from "../../apimachinery/api-error";
import { deepEqual } from "../../apimachinery/compare";
import { NODE, POD, RUNTIME_CLASS } from "../../apimachinery/kinds";
import { isTrue } from "../../apimachinery/conditions";
import type { Node } from "../../resources/core/node/node";
import type { Pod, Toleration } from "../../resources/core/pod/pod";
import type { RuntimeClass } from "../../resources/node/runtimeclass/index";
import { refIn, type ObjectStore } from "../../store/store";
import type { AdmissionPlugin } from "../request";

const PODS = { group: "", plural: "pods", kind: "Pod" };

function classOf(pod: Pod, store: ObjectStore, name: string): RuntimeClass | undefined {
  const wanted = (pod.spec as { readonly runtimeClassName?: string }).runtimeClassName;
  if (wanted === undefined || wanted === "") return undefined;
  const found = store.get(refIn(RUNTIME_CLASS, { namespace: "", name: wanted })) as RuntimeClass | undefined;
  if (!found) throw forbidden(PODS, name, `pod rejected: RuntimeClass "${wanted}" not found`);
  return found;
}

/** A pod gets its runtime class's overhead, node selector and tolerations. Upstream: plugin/pkg/admission/runtimeclass. */
export const runtimeClass: AdmissionPlugin = {
  name: "RuntimeClass",
  alters: new Set([POD]),
  onlyNew: true,
  mutate({ operation, definition, object, ref }, { store }) {
    if (operation !== "CREATE" || definition.kind !== POD || !object) return undefined;
    const pod = object as Pod;
    const chosen = classOf(pod, store, ref.name);
    if (!chosen) return undefined;
    const overhead = chosen.overhead?.podFixed;
    const given = (pod.spec as { readonly overhead?: unknown }).overhead;
    if (given !== undefined && !deepEqual(given, overhead)) throw forbidden(PODS, ref.name, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    const selector = chosen.scheduling?.nodeSelector ?? {};
    for (const [key, value] of Object.entries(selector)) {
      const own = pod.spec.nodeSelector?.[key];
      if (own !== undefined && own !== value) throw forbidden(PODS, ref.name, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`);
    }
    const own = pod.spec.tolerations ?? [];
    const added = (chosen.scheduling?.tolerations ?? []).filter((toleration: Toleration) => !own.some((other) => deepEqual(other, toleration)));
    const spec = {
      ...pod.spec,
      ...(overhead === undefined ? {} : { overhead }),
      ...(Object.keys(selector).length === 0 ? {} : { nodeSelector: { ...selector, ...pod.spec.nodeSelector } }),
      ...(added.length === 0 ? {} : { tolerations: [...own, ...added] }),
    };
    return { ...pod, spec } as Pod;
  },
};

const NOT_READY = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" as const };

/**
 * A new node takes no pods until it says it is ready. Upstream: plugin/pkg/admission/nodetaint.
 *
 * @simplified A node that is created ready is not tainted, and the engine's own kubelets register without the taint: the
 * node lifecycle controller would take it away in the same instant.
 */
export const taintNodes: AdmissionPlugin = {
  name: "TaintNodesByCondition",
  alters: new Set([NODE]),
  onlyNew: true,
  mutate({ operation, definition, object, user }) {
    if (operation !== "CREATE" || definition.kind !== NODE || !object || (user.startsWith("system:") && !user.startsWith("system:node:"))) return undefined;
    const node = object as Node;
    if (isTrue(node.status?.conditions, "Ready")) return undefined;
    const taints = node.spec?.taints ?? [];
    if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return undefined;
    return { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } } as Node;
  },
};

/**
 * A kubelet changes its own Node and its own pods only. Upstream: plugin/pkg/admission/noderestriction.
 *
 * @simplified The engine's own kubelets share one identity and are trusted; this guards requests made in a node's name.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: "NodeRestriction",
  judges: new Set([NODE, POD]),
  validate({ operation, definition, object, previous, ref, user }) {
    if (!user.startsWith("system:node:")) return;
    const node = user.slice("system:node:".length);
    const kind = { group: "", plural: definition.plural, kind: definition.singular };
    if (definition.kind === NODE && ref.name !== node) throw forbidden(kind, ref.name, `node "${node}" is not allowed to modify node "${ref.name}"`);
    if (definition.kind !== POD) return;
    const pod = (previous ?? object) as Pod | undefined;
    if (operation === "CREATE" && pod?.metadata.annotations?.["kubernetes.io/config.mirror"] === undefined) throw forbidden(kind, ref.name, `pod does not have "kubernetes.io/config.mirror" annotation, node "${node}" can only create mirror pods`);
    if (pod?.spec.nodeName !== node) throw forbidden(kind, ref.name, `node "${node}" can only ${operation === "DELETE" ? "delete pods with spec.nodeName set to itself" : "update pod status for pods with spec.nodeName set to itself"}`);
  },
};
