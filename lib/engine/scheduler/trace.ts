import { keyOf, keyText, type KubeObject, type ObjectKey } from "../apimachinery/meta";
import type { StateTree } from "../sim/state";
import type { SchedulingTrace } from "./framework";

/** Attempts kept of each pod. */
const KEPT = 5;
const TABLE = "scheduler:traces";

/** The latest attempts to place a pod, oldest first; none once the pod is gone. */
export function schedulingTraces(state: StateTree, pod: ObjectKey): readonly SchedulingTrace[] {
  return state.table<readonly SchedulingTrace[]>(TABLE).get(keyText(pod)) ?? [];
}

/** Notes an attempt. */
export function noteTrace(state: StateTree, trace: SchedulingTrace): void {
  const table = state.table<readonly SchedulingTrace[]>(TABLE);
  const key = keyText(trace.pod);
  table.set(key, [...(table.get(key) ?? []), trace].slice(-KEPT));
}

/** Forgets a pod that is gone. */
export function forgetTraces(state: StateTree, pod: KubeObject): void {
  const table = state.table<readonly SchedulingTrace[]>(TABLE);
  if (table.size > 0) table.delete(keyText(keyOf(pod)));
}
