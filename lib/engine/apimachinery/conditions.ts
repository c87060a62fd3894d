/** An entry of `status.conditions`. Pods use `lastProbeTime`, Deployments `lastUpdateTime`; the rest is common. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastProbeTime?: string | null;
  readonly lastUpdateTime?: string;
  readonly lastHeartbeatTime?: string;
  readonly observedGeneration?: number;
}

/** The condition of a type, if present. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  if (!conditions) return undefined;
  // By number: what is stored is frozen, and going through a frozen list is slow.
  for (let i = 0; i < conditions.length; i += 1) if (conditions[i]?.type === type) return conditions[i];
  return undefined;
}

/** Is the condition of a type present and `True`? */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === "True";
}

function sameMembers(a: Condition, b: Condition): boolean {
  for (const key in a) if (a[key as keyof Condition] !== b[key as keyof Condition]) return false;
  return true;
}

/**
 * Replaces or adds a condition. `lastTransitionTime` moves only when `status` changes.
 * Returns the same array when nothing differs, so that no-op status writes stay no-ops.
 */
export function setCondition(conditions: readonly Condition[] | undefined, next: Condition): readonly Condition[] {
  const list = conditions ?? [];
  const at = list.findIndex((condition) => condition.type === next.type);
  const previous = list[at];
  // Joined, not spread: the list has then just the room it needs, and there are very many of them.
  if (!previous) return list.concat(next);
  const kept = previous.status === next.status && previous.lastTransitionTime !== undefined ? { ...next, lastTransitionTime: previous.lastTransitionTime } : next;
  if (sameMembers(previous, kept) && sameMembers(kept, previous)) return list;
  return list.map((condition, i) => (i === at ? kept : condition));
}
