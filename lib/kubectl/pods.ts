import { formatLabelSelector, POD, type JsonObject, type KubeObject, type LabelSelector, type Pod } from "@/lib/engine";
import type { Call } from "./command";

/** The label selector of a workload or Service, as text; undefined when it has none. */
export function selectorOf(object: KubeObject): string | undefined {
  const selector = (((object as unknown as JsonObject)["spec"] ?? {}) as JsonObject)["selector"] as JsonObject | undefined;
  if (selector === undefined || selector === null) return undefined;
  const labels = "matchLabels" in selector || "matchExpressions" in selector ? (selector as unknown as LabelSelector) : { matchLabels: selector as unknown as Readonly<Record<string, string>> };
  return formatLabelSelector(labels);
}

/** The pods of a workload or Service, running ones first. */
export function podsOf(call: Call, object: KubeObject): readonly Pod[] {
  const labelSelector = selectorOf(object);
  if (labelSelector === undefined) return [];
  const pods = call.client.list<Pod>(POD, { namespace: object.metadata.namespace ?? "", labelSelector });
  const rank = (pod: Pod): number => (pod.metadata.deletionTimestamp !== undefined ? 3 : pod.status?.phase === "Running" ? 0 : pod.spec.nodeName ? 1 : 2);
  return [...pods].sort((a, b) => rank(a) - rank(b));
}
