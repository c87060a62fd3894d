import type { HorizontalPodAutoscaler, ScalingRules } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";

/** What was recommended at an instant. */
export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/** What the controller remembers of one autoscaler. Absent recommendations were never begun. */
export interface Memory {
  readonly recommendations?: readonly Recommendation[];
  /** Changes made, in each direction, as positive numbers. */
  readonly ups: readonly Recommendation[];
  readonly downs: readonly Recommendation[];
}

/** Nothing remembered yet. */
export const NO_MEMORY: Memory = { ups: [], downs: [] };

/** What a recommendation is measured against. */
export interface Bounds {
  readonly current: number;
  readonly min: number;
  readonly max: number;
  readonly now: number;
  /** Window over which the highest recommendation wins where the autoscaler names none, in milliseconds. */
  readonly downscaleStabilization: number;
  /** Without `behavior`, no more than so many times the present replicas at once. */
  readonly scaleUpLimitFactor: number;
}

/** A status, a reason and a message of a condition. */
export type Verdict = readonly [status: "True" | "False", reason: string, message: string];

/** The replicas to go for, and what the conditions say of it. */
export interface Normalized {
  readonly replicas: number;
  readonly able: Verdict;
  readonly limited: Verdict;
  readonly recommendations: readonly Recommendation[];
}

const READY: Verdict = ["True", "ReadyForNewScale", "recommended size matches current size"];
const DOWN: Verdict = ["True", "ScaleDownStabilized", "recent recommendations were higher than current one, applying the highest recent recommendation"];
const UP: Verdict = ["True", "ScaleUpStabilized", "recent recommendations were lower than current one, applying the lowest recent recommendation"];
const WITHIN = ["DesiredWithinRange", "the desired count is within the acceptable range"] as const;
const TOO_FEW = ["TooFewReplicas", "the desired replica count is less than the minimum replica count"] as const;
const TOO_MANY = ["TooManyReplicas", "the desired replica count is more than the maximum replica count"] as const;
const FAST_UP = ["ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate"] as const;
const FAST_DOWN = ["ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate"] as const;
const SCALE_UP_MINIMUM = 4;

type Limited = readonly [replicas: number, words: readonly [string, string]];

/** Brings a recommendation within what stabilisation, rates and bounds allow. Upstream: normalizeDesiredReplicas and …WithBehaviors. */
export function normalize(behavior: HorizontalPodAutoscaler["spec"]["behavior"], memory: Memory, bounds: Bounds, wanted: number): Normalized {
  const before = memory.recommendations ?? [];
  const recommendations = [...before.filter(({ at }) => at >= bounds.now - longestWindow(behavior, bounds)), { at: bounds.now, replicas: wanted }];
  const stable = behavior === undefined ? stabilized(before, bounds, wanted) : stabilizedBy(behavior, before, bounds, wanted);
  const able = stable === wanted ? READY : behavior !== undefined && wanted >= bounds.current ? UP : DOWN;
  const [replicas, [reason, message]] = behavior === undefined ? limited(bounds, stable) : limitedBy(behavior, memory, bounds, stable);
  return { replicas, able, limited: [replicas === stable ? "False" : "True", reason, message], recommendations };
}

const windowOf = (rules: ScalingRules | undefined, fallback: number): number => (rules?.stabilizationWindowSeconds === undefined ? fallback : rules.stabilizationWindowSeconds * 1000);

function longestWindow(behavior: HorizontalPodAutoscaler["spec"]["behavior"], { downscaleStabilization }: Bounds): number {
  return behavior === undefined ? downscaleStabilization : Math.max(windowOf(behavior.scaleUp, 0), windowOf(behavior.scaleDown, downscaleStabilization));
}

function stabilized(before: readonly Recommendation[], { now, downscaleStabilization }: Bounds, wanted: number): number {
  return before.reduce((most, { at, replicas }) => (at >= now - downscaleStabilization && replicas > most ? replicas : most), wanted);
}

function stabilizedBy(behavior: NonNullable<HorizontalPodAutoscaler["spec"]["behavior"]>, before: readonly Recommendation[], { current, now, downscaleStabilization }: Bounds, wanted: number): number {
  const [upCut, downCut] = [now - windowOf(behavior.scaleUp, 0), now - windowOf(behavior.scaleDown, downscaleStabilization)];
  let [up, down] = [wanted, wanted];
  for (const { at, replicas } of before) {
    if (at > upCut) up = Math.min(up, replicas);
    if (at > downCut) down = Math.max(down, replicas);
  }
  return Math.min(Math.max(current, up), down);
}

function limited({ current, min, max, scaleUpLimitFactor }: Bounds, wanted: number): Limited {
  const limit = Math.max(scaleUpLimitFactor * current, SCALE_UP_MINIMUM);
  if (wanted < min) return [min, TOO_FEW];
  if (max > limit && wanted > limit) return [limit, FAST_UP];
  return wanted > max ? [max, TOO_MANY] : [wanted, WITHIN];
}

function limitedBy({ scaleUp, scaleDown }: NonNullable<HorizontalPodAutoscaler["spec"]["behavior"]>, memory: Memory, bounds: Bounds, wanted: number): Limited {
  const { current, min, max } = bounds;
  if (wanted > current) {
    const rate = Math.max(current, upLimit(scaleUp, memory, bounds));
    const [most, words] = max > rate ? ([rate, FAST_UP] as const) : ([max, TOO_MANY] as const);
    if (wanted > most) return [most, words];
  } else if (wanted < current) {
    const rate = Math.min(current, downLimit(scaleDown, memory, bounds));
    const [least, words] = min < rate ? ([rate, FAST_DOWN] as const) : ([min, TOO_FEW] as const);
    if (wanted < least) return [least, words];
  }
  return [wanted, WITHIN];
}

/** How many replicas there were when a policy's period began. */
function atPeriodStart({ ups, downs }: Memory, { current, now }: Bounds, periodSeconds: number): number {
  const since = (events: readonly Recommendation[]): number => events.reduce((sum, { at, replicas }) => (at > now - periodSeconds * 1000 ? sum + replicas : sum), 0);
  return current - since(ups) + since(downs);
}

function upLimit(rules: ScalingRules | undefined, memory: Memory, bounds: Bounds): number {
  if (rules?.selectPolicy === "Disabled") return bounds.current;
  const proposals = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const start = atPeriodStart(memory, bounds, periodSeconds);
    return type === "Pods" ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return rules?.selectPolicy === "Min" ? Math.min(...proposals) : Math.max(...proposals);
}

function downLimit(rules: ScalingRules | undefined, memory: Memory, bounds: Bounds): number {
  if (rules?.selectPolicy === "Disabled") return bounds.current;
  const proposals = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const start = atPeriodStart(memory, bounds, periodSeconds);
    return type === "Pods" ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return rules?.selectPolicy === "Min" ? Math.max(...proposals) : Math.min(...proposals);
}

/** Remembers a change made, as long as some policy may ask for it. Upstream: storeScaleEvent. */
export function withChange(behavior: HorizontalPodAutoscaler["spec"]["behavior"], memory: Memory, from: number, to: number, now: number): Memory {
  if (behavior === undefined || from === to) return memory;
  const rules = to > from ? behavior.scaleUp : behavior.scaleDown;
  const longest = (rules?.policies ?? []).reduce((most, { periodSeconds }) => Math.max(most, periodSeconds), 0) * 1000;
  const kept = (to > from ? memory.ups : memory.downs).filter(({ at }) => at >= now - longest);
  const change = { at: now, replicas: to > from ? to - from : from - to };
  return to > from ? { ...memory, ups: [...kept, change] } : { ...memory, downs: [...kept, change] };
}
