import { compareNumbers, compareStrings } from "../apimachinery/compare";
import { labelSelectorMatches } from "../apimachinery/labels";
import { kindId, type KubeObject } from "../apimachinery/meta";
import { instantOf } from "../apimachinery/time";
import type { LabelSelector } from "../resources/apps/deployment/deployment";
import type { Pod } from "../resources/core/pod/pod";
import { filterNode, preFilter, type FilterOutcome } from "./cycle";
import type { Cycle, NodeInfo, SchedulerPlugin } from "./framework";
import { histogram } from "./message";
import { nodeInfo } from "./node-info";

const BUDGET = kindId("policy/v1", "PodDisruptionBudget");

/** A PodDisruptionBudget, as far as preemption cares. */
export interface Budget extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector };
  readonly status?: { readonly disruptionsAllowed?: number; readonly disruptedPods?: Readonly<Record<string, string>> };
}

/** The kind preemption looks budgets up by. */
export const POD_DISRUPTION_BUDGET = BUDGET;

/** What preemption came to: a node and whom to remove there, or why not. */
export type Preemption = { readonly node: string; readonly victims: readonly Pod[] } | { readonly message: string };

interface Candidate {
  readonly node: string;
  /** Most important first. */
  readonly victims: readonly Pod[];
  readonly violations: number;
}

const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0;
const startOf = (pod: Pod): number => instantOf(pod.status?.startTime ?? "") ?? Number.MAX_SAFE_INTEGER;

/** Higher priority first, then longer running. Upstream: util.MoreImportantPod. */
function byImportance(a: Pod, b: Pod): number {
  return compareNumbers(priorityOf(b), priorityOf(a)) || compareNumbers(startOf(a), startOf(b)) || compareStrings(a.metadata.name, b.metadata.name);
}

/**
 * Looks for a node where removing pods of lower priority makes room, removing as few and as unimportant
 * ones as it can. Upstream: plugins/defaultpreemption, framework/preemption.
 */
export function preempt(plugins: readonly SchedulerPlugin[], cycle: Cycle, outcome: FilterOutcome, budgets: readonly Budget[]): Preemption {
  const { pod, nodes } = cycle;
  if (pod.spec.preemptionPolicy === "Never") return { message: "preemption: not eligible due to preemptionPolicy=Never." };
  const nominated = pod.status?.nominatedNodeName ?? "";
  const waitsThere = nodes.some(({ node, pods }) => node.metadata.name === nominated && pods.some((other) => other.metadata.deletionTimestamp !== undefined && priorityOf(other) < priorityOf(pod)));
  const unresolvable = (name: string): boolean => outcome.refused !== undefined || outcome.rejected.get(name)?.status.code === "UnschedulableAndUnresolvable";
  if (waitsThere && !unresolvable(nominated)) return { message: "preemption: not eligible due to a terminating pod on the nominated node." };
  const texts: string[] = [];
  const candidates: Candidate[] = [];
  for (const info of nodes) {
    if (unresolvable(info.node.metadata.name)) {
      texts.push("Preemption is not helpful for scheduling");
      continue;
    }
    const found = candidateOn(plugins, cycle, info, budgets);
    if ("texts" in found) texts.push(...found.texts);
    else candidates.push(found);
  }
  const best = pick(candidates);
  if (!best) return { message: `preemption: 0/${nodes.length} nodes are available: ${histogram(texts)}.` };
  return { node: best.node, victims: best.victims };
}

function candidateOn(plugins: readonly SchedulerPlugin[], cycle: Cycle, info: NodeInfo, budgets: readonly Budget[]): Candidate | { readonly texts: readonly string[] } {
  const lower = info.pods.filter((other) => priorityOf(other) < priorityOf(cycle.pod));
  if (lower.length === 0) return { texts: ["No preemption victims found for incoming pod"] };
  const kept = info.pods.filter((other) => !lower.includes(other));
  const without = (pods: readonly Pod[]) => fits(plugins, cycle, nodeInfo(info.node, pods, info.allocatable));
  const emptied = without(kept);
  if (emptied.length > 0) return { texts: emptied };
  const { violating, others } = splitByBudget([...lower].sort(byImportance), budgets);
  const victims: Pod[] = [];
  let violations = 0;
  for (const [group, counts] of [[violating, true] as const, [others, false] as const]) {
    for (const candidate of group) {
      if (without([...kept, candidate]).length === 0) kept.push(candidate);
      else {
        victims.push(candidate);
        if (counts) violations += 1;
      }
    }
  }
  return { node: info.node.metadata.name, victims: victims.sort(byImportance), violations };
}

/** Texts of the refusal on the imagined node; empty when the pod fits. Plugins that look across nodes see the imagined one in its place. */
function fits(plugins: readonly SchedulerPlugin[], cycle: Cycle, imagined: NodeInfo): readonly string[] {
  const nodes = cycle.nodes.map((node) => (node.node.metadata.name === imagined.node.metadata.name ? imagined : node));
  const trial: Cycle = { ...cycle, nodes, memo: new Map() };
  const { active, refused } = preFilter(plugins, trial);
  if (refused) return refused.status.messages;
  return filterNode(active, trial, imagined)?.status.messages ?? [];
}

function splitByBudget(pods: readonly Pod[], budgets: readonly Budget[]): { readonly violating: readonly Pod[]; readonly others: readonly Pod[] } {
  const allowed = budgets.map((budget) => budget.status?.disruptionsAllowed ?? 0);
  const violating: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    let violates = false;
    budgets.forEach((budget, i) => {
      if (budget.metadata.namespace !== pod.metadata.namespace || Object.keys(pod.metadata.labels ?? {}).length === 0) return;
      const { selector } = budget.spec;
      const empty = Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
      if (empty || !labelSelectorMatches(selector, pod.metadata.labels) || budget.status?.disruptedPods?.[pod.metadata.name] !== undefined) return;
      allowed[i] = (allowed[i] ?? 0) - 1;
      if ((allowed[i] ?? 0) < 0) violates = true;
    });
    (violates ? violating : others).push(pod);
  }
  return { violating, others };
}

/** Fewest broken budgets, then the least important victims, then the fewest, then the youngest. Upstream: pickOneNodeForPreemption. */
function pick(candidates: readonly Candidate[]): Candidate | undefined {
  const free = candidates.find(({ victims }) => victims.length === 0);
  if (free) return free;
  const top = ({ victims }: Candidate): number => (victims[0] ? priorityOf(victims[0]) : 0);
  const sum = ({ victims }: Candidate): number => victims.reduce((total, pod) => total + priorityOf(pod) + 2_147_483_648, 0);
  const earliestOfTop = (candidate: Candidate): number => candidate.victims.filter((pod) => priorityOf(pod) === top(candidate)).reduce((least, pod) => Math.min(least, startOf(pod)), Number.MAX_SAFE_INTEGER);
  return [...candidates].sort(
    (a, b) =>
      compareNumbers(a.violations, b.violations) ||
      compareNumbers(top(a), top(b)) ||
      compareNumbers(sum(a), sum(b)) ||
      compareNumbers(a.victims.length, b.victims.length) ||
      compareNumbers(earliestOfTop(b), earliestOfTop(a)) ||
      compareStrings(a.node, b.node),
  )[0];
}
