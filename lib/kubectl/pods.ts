import { DAEMON_SET, DEPLOYMENT, formatLabelSelector, JOB, POD, REPLICA_SET, REPLICATION_CONTROLLER, SERVICE, STATEFUL_SET, type JsonObject, type KindId, type KubeObject, type LabelSelector, type Pod } from "@/lib/engine";
import type { Call } from "./command";

/** The label selector of a workload or Service, as text; undefined when it has none. */
export function selectorOf(object: KubeObject): string | undefined {
  const selector = (((object as unknown as JsonObject)["spec"] ?? {}) as JsonObject)["selector"] as JsonObject | undefined;
  if (selector === undefined || selector === null) return undefined;
  const labels = "matchLabels" in selector || "matchExpressions" in selector ? (selector as unknown as LabelSelector) : { matchLabels: selector as unknown as Readonly<Record<string, string>> };
  return formatLabelSelector(labels);
}

/** Can objects of this kind stand for their pods? Upstream: polymorphichelpers.SelectorsForObject. */
export function hasPods(kind: KindId): boolean {
  return SELECTING.has(kind);
}

const SELECTING: ReadonlySet<KindId> = new Set<KindId>([DAEMON_SET, DEPLOYMENT, JOB, REPLICA_SET, REPLICATION_CONTROLLER, SERVICE, STATEFUL_SET]);

const PHASES: readonly (string | undefined)[] = ["Running", "Unknown", "Pending"];

/** When a pod became ready; undefined when it is not. */
function readySince(pod: Pod): string | undefined {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === "Ready" && status === "True");
  return ready === undefined ? undefined : (ready.lastTransitionTime ?? "");
}

function restarts(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
}

/** Which of two pods has more to say: the one that has run longest. Upstream: kubectl/pkg/util/podutils ByLogging. */
function byLogging(a: Pod, b: Pod): number {
  const flag = (one: boolean, other: boolean): number => Number(other) - Number(one);
  const earlier = (one: string, other: string): number => (one === other ? 0 : one === "" ? 1 : other === "" ? -1 : one < other ? -1 : 1);
  const [since, sinceToo] = [readySince(a), readySince(b)];
  return (
    flag((a.spec.nodeName ?? "") !== "", (b.spec.nodeName ?? "") !== "") ||
    (PHASES.indexOf(a.status?.phase) - PHASES.indexOf(b.status?.phase)) ||
    flag(since !== undefined, sinceToo !== undefined) ||
    (since !== undefined && sinceToo !== undefined ? earlier(since, sinceToo) : 0) ||
    restarts(b) - restarts(a) ||
    earlier(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "")
  );
}

/** The pods of a workload or Service, the one to ask first at the front. */
export function podsOf(call: Call, object: KubeObject): readonly Pod[] {
  const labelSelector = selectorOf(object);
  if (labelSelector === undefined) return [];
  const pods = call.client.list<Pod>(POD, { namespace: object.metadata.namespace ?? "", labelSelector });
  return [...pods].sort(byLogging);
}
