import { compareNumbers, compareStrings } from "../apimachinery/compare";
import { labelSelectorMatches } from "../apimachinery/labels";
import { kindId, type KubeObject } from "../apimachinery/meta";
import { instantOf } from "../apimachinery/time";
import type { LabelSelector } from "../resources/apps/deployment/deployment";
import type { Pod } from "../resources/core/pod/pod";
import { hash32 } from "../apimachinery/canonical";
import { FindingsByPlace, type Cost, type Finding } from "./candidates";
import { filterNode, fitsOn, preFilter, type FilterOutcome } from "./cycle";
import type { Cycle, NodeInfo, SchedulerPlugin } from "./framework";
import { counted as countedText } from "./message";
import { nodeInfo, withPod, withPodOf } from "./node-info";

const BUDGET = kindId("policy/v1", "PodDisruptionBudget");

/** A PodDisruptionBudget, as far as preemption cares. */
export interface Budget extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector };
  readonly status?: { readonly disruptionsAllowed?: number; readonly disruptedPods?: Readonly<Record<string, string>> };
}

/** The kind preemption looks budgets up by. */
export const POD_DISRUPTION_BUDGET = BUDGET;

/** What preemption came to: a node and whom to remove there, or why not. `hopeless`: it looked and found no place at all. */
export type Preemption = { readonly node: string; readonly victims: readonly Pod[] } | { readonly message: string; readonly hopeless?: true };

/** Pods no less important than `pod` that room was made for on a node. */
export type Nominated = (node: string, pod: Pod) => readonly Pod[] | undefined;

const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0;
const startOf = ({ status }: Pod): number => (status?.startTime === undefined ? undefined : instantOf(status.startTime)) ?? Number.MAX_SAFE_INTEGER;

/** Is the pod on its way out because preemption chose it? Whoever leaves for another reason holds nobody up. Upstream: podTerminatingByPreemption. */
function isMakingWay({ metadata, status }: Pod): boolean {
  const condition = status?.conditions?.find(({ type }) => type === "DisruptionTarget");
  return metadata.deletionTimestamp !== undefined && condition?.status === "True" && condition.reason === "PreemptionByScheduler";
}

/** Higher priority first, then longer running. Upstream: util.MoreImportantPod. */
function byImportance(a: Pod, b: Pod): number {
  return compareNumbers(priorityOf(b), priorityOf(a)) || (a.status?.startTime === b.status?.startTime ? 0 : compareNumbers(startOf(a), startOf(b))) || compareStrings(a.metadata.name, b.metadata.name);
}

/**
 * Looks for a node where removing pods of lower priority makes room, removing as few and as unimportant
 * ones as it can. Room that was made for others (`expecting`) counts as taken. Upstream: plugins/defaultpreemption,
 * framework/preemption.
 */
export function preempt(plugins: readonly SchedulerPlugin[], cycle: Cycle, outcome: FilterOutcome, budgets: readonly Budget[], expecting: Nominated = () => undefined): Preemption {
  const { pod, nodes } = cycle;
  const { counted } = outcome;
  if (pod.spec.preemptionPolicy === "Never") return { message: "preemption: not eligible due to preemptionPolicy=Never." };
  const nominated = pod.status?.nominatedNodeName ?? "";
  const place = nominated === "" ? -1 : nodes.findIndex(({ node }) => node.metadata.name === nominated);
  const waitsThere = nodes[place]?.pods.some((other) => priorityOf(other) < priorityOf(pod) && isMakingWay(other)) ?? false;
  const unresolvable = (at: number): boolean => outcome.refused !== undefined || (counted ? counted.helpless(at) : outcome.rejected.get((nodes[at] as NodeInfo).node.metadata.name)?.status.code === "UnschedulableAndUnresolvable");
  if (waitsThere && !unresolvable(place)) return { message: "preemption: not eligible due to a terminating pod on the nominated node." };
  const wanted = Math.max(LEAST_CANDIDATES, Math.trunc(nodes.length / 10));
  // In a large cluster some candidates are enough; which part is looked at first is the pod's own draw.
  const offset = nodes.length > LEAST_CANDIDATES ? hash32(pod.metadata.uid) % nodes.length : 0;
  const local = counted?.findings ? outcome.active : undefined;
  // With budgets about, what others found does not hold.
  const findings = (budgets.length === 0 ? counted?.findings : undefined) ?? new FindingsByPlace(nodes.length);
  const found = findings.search(offset, wanted, place, (at) => (unresolvable(at) ? NOT_HELPFUL : candidateOn(plugins, cycle, nodes[at] as NodeInfo, expecting, budgets, local)));
  if ("victims" in found) return { node: found.node, victims: found.victims };
  return { message: `preemption: 0/${nodes.length} nodes are available: ${countedText(found)}.`, hopeless: true };
}

const NOT_HELPFUL: Finding = { texts: ["Preemption is not helpful for scheduling"] };
const NO_VICTIMS: Finding = { texts: ["No preemption victims found for incoming pod"] };
const NOTHING: readonly string[] = Object.freeze([]);

/** Fewest candidates that are looked for. Upstream: minCandidateNodesAbsolute, and a tenth of the nodes. */
const LEAST_CANDIDATES = 100;

/** `local`: the only plugins with a say, when none of them looks across nodes. */
function candidateOn(plugins: readonly SchedulerPlugin[], cycle: Cycle, info: NodeInfo, expecting: Nominated, budgets: readonly Budget[], local: readonly SchedulerPlugin[] | undefined): Finding {
  const own = priorityOf(cycle.pod);
  const lower: Pod[] = [];
  const kept: Pod[] = [];
  for (const other of info.pods) (priorityOf(other) < own ? lower : kept).push(other);
  if (lower.length === 0) return NO_VICTIMS;
  const expected = expecting(info.node.metadata.name, cycle.pod);
  const refusal = (imagined: NodeInfo): readonly string[] => (local ? (filterNode(local, cycle, imagined)?.status.messages ?? NOTHING) : fits(plugins, cycle, imagined));
  const hasRoom = (imagined: NodeInfo): boolean => (local ? fitsOn(local, cycle, imagined) : fits(plugins, cycle, imagined).length === 0);
  // Those expected may never come: the pod must fit with them and without.
  let standing = nodeInfo(info.node, kept, info.allocatable);
  const crowded = expected ? refusal(expected.reduce(withPod, standing)) : NOTHING;
  const emptied = crowded.length > 0 ? crowded : refusal(standing);
  if (emptied.length > 0) return { texts: emptied };
  lower.sort(byImportance);
  const { violating, others } = budgets.length === 0 ? { violating: [], others: lower } : splitByBudget(lower, budgets);
  const victims: Pod[] = [];
  const spare = (victim: Pod): boolean => {
    const more = withPodOf(info, standing, victim);
    const spared = (!expected || hasRoom(expected.reduce(withPod, more))) && hasRoom(more);
    if (spared) standing = more;
    else victims.push(victim);
    return spared;
  };
  let violations = 0;
  for (const victim of violating) if (!spare(victim)) violations += 1;
  for (const victim of others) spare(victim);
  return { node: info.node.metadata.name, victims: victims.sort(byImportance), cost: costOf(victims, violations) };
}

function costOf(victims: readonly Pod[], violations: number): Cost {
  const top = victims[0] ? priorityOf(victims[0]) : 0;
  let sum = 0;
  let earliest = Number.MAX_SAFE_INTEGER;
  let read: string | undefined;
  for (const victim of victims) {
    sum += priorityOf(victim) + 2_147_483_648;
    const started = victim.status?.startTime;
    if (started === read || priorityOf(victim) !== top) continue;
    read = started;
    earliest = Math.min(earliest, startOf(victim));
  }
  return { violations, top, sum, victims: victims.length, earliest };
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
