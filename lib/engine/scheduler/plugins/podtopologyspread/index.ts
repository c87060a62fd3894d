import { matches } from "../../../apimachinery/labels";
import { NODE } from "../../../apimachinery/kinds";
import { reason } from "../../../reason";
import { MAX_SCORE, SKIP, SUCCESS, unresolvable, unschedulable, type Cycle, type NodeInfo, type SchedulerPlugin, type Status } from "../../framework";
import { constraintsFor, countPods, counts, hasAllKeys, SYSTEM_DEFAULTS, type Constraint, type RawConstraint } from "./constraints";
import { naturalLog } from "./log";

const HARD = "PodTopologySpread/hard";
const SOFT = "PodTopologySpread/soft";
const HOSTNAME = "kubernetes.io/hostname";

interface Hard {
  readonly constraints: readonly Constraint[];
  /** For each constraint: value of the topology → pods there. */
  readonly found: readonly ReadonlyMap<string, number>[];
}

interface Soft {
  readonly constraints: readonly Constraint[];
  readonly found: readonly ReadonlyMap<string, number>[];
  readonly weights: readonly number[];
  readonly ignored: ReadonlySet<string>;
}

/** Spreads pods over zones, nodes or any other topology: hard constraints filter, soft ones score. */
export function createPodTopologySpread(defaults: readonly RawConstraint[] = SYSTEM_DEFAULTS, systemDefaults = true): SchedulerPlugin {
  return {
    name: "PodTopologySpread",
    weight: 2,
    preFilter(cycle) {
      const constraints = constraintsFor(cycle.pod, "DoNotSchedule", defaults, cycle.client);
      if (constraints.length === 0) return SKIP;
      cycle.memo.set(HARD, { constraints, found: countAll(cycle, constraints) } satisfies Hard);
      return SUCCESS;
    },
    filter,
    preScore(cycle, nodes) {
      const constraints = constraintsFor(cycle.pod, "ScheduleAnyway", defaults, cycle.client);
      if (constraints.length === 0) return SKIP;
      const strict = !systemDefaults || (cycle.pod.spec.topologySpreadConstraints ?? []).length > 0;
      cycle.memo.set(SOFT, soften(cycle, constraints, nodes, strict));
      return SUCCESS;
    },
    score,
    normalize,
  };
}

/** Upstream: plugins/podtopologyspread with its system defaults. */
export const podTopologySpread = createPodTopologySpread();

function countAll({ pod, nodes }: Cycle, constraints: readonly Constraint[]): readonly ReadonlyMap<string, number>[] {
  const namespace = pod.metadata.namespace ?? "";
  const found = constraints.map(() => new Map<string, number>());
  for (const info of nodes) {
    if (!hasAllKeys(info.node, constraints)) continue;
    constraints.forEach((constraint, i) => {
      if (!counts(constraint, pod, info.node)) return;
      const value = info.node.metadata.labels?.[constraint.topologyKey] ?? "";
      found[i]?.set(value, (found[i]?.get(value) ?? 0) + countPods(info, constraint, namespace));
    });
  }
  return found;
}

function filter({ pod, memo }: Cycle, { node }: NodeInfo): Status {
  const hard = memo.get(HARD) as Hard | undefined;
  if (!hard) return SUCCESS;
  const because = reason("scheduler.anti-affinity", { node: node.metadata.name }, [{ kind: NODE, namespace: "", name: node.metadata.name }]);
  for (const [i, constraint] of hard.constraints.entries()) {
    const value = node.metadata.labels?.[constraint.topologyKey];
    if (value === undefined) return unresolvable("node(s) didn't match pod topology spread constraints (missing required label)", because);
    const found = hard.found[i] ?? new Map<string, number>();
    let least = Number.MAX_SAFE_INTEGER;
    for (const count of found.values()) if (count < least) least = count;
    if (found.size < constraint.minDomains) least = 0;
    const own = matches(constraint.selector, pod.metadata.labels) ? 1 : 0;
    if ((found.get(value) ?? 0) + own - least > constraint.maxSkew) return unschedulable("node(s) didn't match pod topology spread constraints", because);
  }
  return SUCCESS;
}

function soften({ pod, nodes: all }: Cycle, constraints: readonly Constraint[], nodes: readonly NodeInfo[], strict: boolean): Soft {
  const namespace = pod.metadata.namespace ?? "";
  const ignored = new Set<string>();
  const found = constraints.map(() => new Map<string, number>());
  for (const { node } of nodes) {
    if (strict && !hasAllKeys(node, constraints)) {
      ignored.add(node.metadata.name);
      continue;
    }
    constraints.forEach(({ topologyKey }, i) => {
      const value = node.metadata.labels?.[topologyKey];
      if (topologyKey !== HOSTNAME) found[i]?.set(value ?? "", 0);
    });
  }
  const weights = constraints.map(({ topologyKey }, i) => naturalLog((topologyKey === HOSTNAME ? nodes.length - ignored.size : (found[i]?.size ?? 0)) + 2));
  for (const info of all) {
    if (strict && !hasAllKeys(info.node, constraints)) continue;
    constraints.forEach((constraint, i) => {
      const value = info.node.metadata.labels?.[constraint.topologyKey] ?? "";
      const before = found[i]?.get(value);
      if (before === undefined || !counts(constraint, pod, info.node)) return;
      found[i]?.set(value, before + countPods(info, constraint, namespace));
    });
  }
  return { constraints, found, weights, ignored };
}

function score({ pod, memo }: Cycle, info: NodeInfo): number {
  const soft = memo.get(SOFT) as Soft | undefined;
  if (!soft || soft.ignored.has(info.node.metadata.name)) return 0;
  let sum = 0;
  soft.constraints.forEach((constraint, i) => {
    const value = info.node.metadata.labels?.[constraint.topologyKey];
    if (value === undefined) return;
    const count = constraint.topologyKey === HOSTNAME ? countPods(info, constraint, pod.metadata.namespace ?? "") : (soft.found[i]?.get(value) ?? 0);
    sum += count * (soft.weights[i] ?? 0) + (constraint.maxSkew - 1);
  });
  return Math.floor(sum + 0.5);
}

function normalize({ memo }: Cycle, scores: Map<string, number>): void {
  const soft = memo.get(SOFT) as Soft | undefined;
  if (!soft) return;
  let least = Number.MAX_SAFE_INTEGER;
  let most = 0;
  for (const [node, value] of scores) {
    if (soft.ignored.has(node)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  for (const [node, value] of scores) {
    if (soft.ignored.has(node)) scores.set(node, 0);
    else scores.set(node, most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - value)) / most));
  }
}
