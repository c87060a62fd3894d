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

/** What was said last of each type, when it held and when it did not. */
const said: Readonly<Record<Condition["status"], Map<string, Condition>>> = { True: new Map(), False: new Map(), Unknown: new Map() };
/** Types come from readiness gates too, which anybody may name. */
const MOST_TYPES = 100;

/** A condition of a pod, member by member in the kubelet's order. The same object for all who say the same in a row: pods that start together do. */
export function podCondition(type: string, status: Condition["status"], reason: string | undefined, message: string | undefined, generation: number | undefined, since: string): Condition {
  const known = said[status].get(type);
  if (known && known.lastTransitionTime === since && known.observedGeneration === generation && known.reason === reason && known.message === message) return known;
  const condition: { -readonly [K in keyof Condition]: Condition[K] } = { type, status };
  if (reason !== undefined) condition.reason = reason;
  if (message !== undefined) condition.message = message;
  if (generation !== undefined) condition.observedGeneration = generation;
  condition.lastProbeTime = null;
  condition.lastTransitionTime = since;
  if (said[status].size >= MOST_TYPES) said[status].clear();
  said[status].set(type, Object.freeze(condition));
  return condition;
}

/** The lists of conditions made last. */
const lists: { readonly known: (readonly Condition[])[]; next: number } = { known: [], next: 0 };
const MOST_LISTS = 16;

/** The list as it was made before of the very same conditions, if that was lately. */
export function sharedList(list: readonly Condition[]): readonly Condition[] {
  for (const known of lists.known) if (isMadeAlike(known, list)) return known;
  lists.known[lists.next] = Object.freeze(list);
  lists.next = (lists.next + 1) % MOST_LISTS;
  return list;
}

function isMadeAlike(one: readonly Condition[], other: readonly Condition[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i += 1) if (one[i] !== other[i]) return false;
  return true;
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
