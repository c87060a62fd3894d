import { matches } from "../../../apimachinery/labels";
import type { NodeBoard } from "../../board";
import { MAX_SCORE, unresolvable, unschedulable, type Cycle } from "../../framework";
import type { AcrossNodes, Contest } from "../../cycle";
import type { Tally } from "../../tallies";
import { constraintsFor, counts, hasAllKeys, isCounted, siblingSources, SYSTEM_DEFAULTS, type Constraint, type SiblingSources } from "./constraints";
import { naturalLog } from "./log";

const WEIGHT = 2;
const HOSTNAME = "kubernetes.io/hostname";
const NAME = "PodTopologySpread";
const UNLABELLED = { plugin: NAME, status: unresolvable("node(s) didn't match pod topology spread constraints (missing required label)") };
const SKEWED = { plugin: NAME, status: unschedulable("node(s) didn't match pod topology spread constraints") };
/** The raw score of a node that lacks a label: it gets none. */
const IGNORED = -1;

/** PodTopologySpread by kept-up counts, for pods that are all alike: the same answers as the plugin itself gives by looking at every pod. */
export interface Spread {
  for(cycle: Cycle, board: NodeBoard, likeness: string): AcrossNodes;
}

interface Rules {
  readonly sources: SiblingSources | undefined;
  readonly hard: readonly Constraint[];
  /** For each hard constraint: does the pod itself count? */
  readonly own: readonly (0 | 1)[];
  readonly soft: readonly Constraint[];
  readonly score: Pick<AcrossNodes, "score">;
}

/** Nothing known yet. */
export function createSpread(): Spread {
  return new Remembered();
}

/** What was made of the constraints for one pod holds for all alike, until what it was made of changes. */
class Remembered implements Spread {
  private rules: Rules | undefined;
  private kept: { readonly rules: Rules; readonly epoch: number; readonly tallies: readonly Tally[] } | undefined;

  for(cycle: Cycle, board: NodeBoard, likeness: string): AcrossNodes {
    const rules = this.rulesFor(cycle, board, likeness);
    if (rules.hard.length === 0) return rules.score;
    let { kept } = this;
    if (kept?.rules !== rules || kept.epoch !== board.tallies.epoch) {
      const { epoch } = board.tallies;
      this.kept = kept = { rules, epoch, tallies: rules.hard.map((one) => tallyOf(cycle, board, one, rules.hard, true, likeness)) };
    }
    return { refuse: filterBy(rules, kept.tallies), ...rules.score };
  }

  private rulesFor(cycle: Cycle, board: NodeBoard, likeness: string): Rules {
    const { pod, client } = cycle;
    const strict = (pod.spec.topologySpreadConstraints ?? []).length > 0;
    const sources = strict ? undefined : siblingSources(pod, client);
    const known = this.rules;
    if (known && sameSources(known.sources, sources)) return known;
    const hard = constraintsFor(pod, "DoNotSchedule", SYSTEM_DEFAULTS, client);
    const soft = constraintsFor(pod, "ScheduleAnyway", SYSTEM_DEFAULTS, client);
    const own = hard.map(({ selector }) => (matches(selector, pod.metadata.labels) ? 1 : 0));
    return (this.rules = { sources, hard, own, soft, score: soft.length > 0 ? { score: scoreBy(cycle, board, soft, strict, likeness) } : {} });
  }
}

function sameSources(a: SiblingSources | undefined, b: SiblingSources | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.services === b.services && a.kind === b.kind && a.selector === b.selector);
}

function tallyOf({ pod, nodes }: Cycle, board: NodeBoard, constraint: Constraint, all: readonly Constraint[], strict: boolean, likeness: string): Tally {
  const { text, topologyKey, honorAffinity, honorTaints } = constraint;
  const namespace = pod.metadata.namespace ?? "";
  const choosy = honorTaints || (honorAffinity && (pod.spec.nodeSelector !== undefined || pod.spec.affinity?.nodeAffinity !== undefined));
  const plain = !choosy && (!strict || all.every((one) => board.tallies.values(one.topologyKey).complete));
  const name = `${NAME}\n${namespace}\n${text}\n${topologyKey}\n${plain ? "" : `${strict}${honorAffinity}${honorTaints}${all.map((one) => one.topologyKey).join()}\n${likeness}`}`;
  const mask = plain ? undefined : () => Uint8Array.from(nodes, ({ node }) => ((!strict || hasAllKeys(node, all)) && counts(constraint, pod, node) ? 1 : 0));
  return board.tallies.tally({
    name,
    topologyKey,
    amount: (other) => (isCounted(constraint, other, namespace) ? 1 : 0),
    mask,
  });
}

function filterBy({ hard, own }: Rules, tallies: readonly Tally[]): NonNullable<AcrossNodes["refuse"]> {
  const most = hard.map(({ maxSkew, minDomains }, k) => {
    const { byValue, present, domains } = tallies[k] as Tally;
    let least = Number.MAX_SAFE_INTEGER;
    for (let value = 0; value < byValue.length; value += 1) if (present[value] === 1 && (byValue[value] as number) < least) least = byValue[value] as number;
    return maxSkew + (domains < minDomains ? 0 : least) - (own[k] as number);
  });
  return (place) => {
    for (let k = 0; k < tallies.length; k += 1) {
      const { ids, byValue } = tallies[k] as Tally;
      const value = ids[place] as number;
      if (value < 0) return UNLABELLED;
      if ((byValue[value] as number) > (most[k] as number)) return SKEWED;
    }
    return undefined;
  };
}

function scoreBy(cycle: Cycle, board: NodeBoard, constraints: readonly Constraint[], strict: boolean, likeness: string): NonNullable<AcrossNodes["score"]> {
  let tallies: readonly Tally[] = [];
  let epoch = -1;
  return (contest) => {
    if (epoch !== board.tallies.epoch) {
      ({ epoch } = board.tallies);
      tallies = constraints.map((constraint) => tallyOf(cycle, board, constraint, constraints, strict, likeness));
    }
    contest.raw.fill(0, 0, contest.count);
    const scored = strict && tallies.some(({ complete }) => !complete) ? leaveOut(tallies, contest) : contest.count;
    constraints.forEach(({ topologyKey, maxSkew }, k) => addUp(tallies[k] as Tally, topologyKey === HOSTNAME, maxSkew - 1, contest, scored));
    weigh(contest);
  };
}

/** Marks the nodes that lack a label; how many are left. */
function leaveOut(tallies: readonly Tally[], { count, places, raw }: Contest): number {
  let left = count;
  for (let i = 0; i < count; i += 1) {
    if (tallies.every(({ ids }) => (ids[places[i] as number] as number) >= 0)) continue;
    raw[i] = IGNORED;
    left -= 1;
  }
  return left;
}

/** Adds what a constraint has to say of each node. */
function addUp(tally: Tally, byHost: boolean, more: number, contest: Contest, scored: number): void {
  const { ids, perNode, byValue } = tally;
  // A label that no node has.
  if (byValue.length === 0) return;
  const { count, places, raw } = contest;
  const weight = naturalLog((byHost ? scored : domainsAmong(tally, contest)) + 2);
  for (let i = 0; i < count; i += 1) {
    const place = places[i] as number;
    const value = ids[place] as number;
    if (value >= 0 && raw[i] !== IGNORED) raw[i] = (raw[i] as number) + ((byHost ? (perNode[place] as number) : (byValue[value] as number)) * weight + more);
  }
}

/** Different values among the nodes that are scored; nodes without the label are one more. */
function domainsAmong({ ids, byValue, complete }: Tally, { count, places, raw }: Contest): number {
  const seen = new Uint8Array(byValue.length + 1);
  const most = byValue.length + (complete ? 0 : 1);
  let size = 0;
  for (let i = 0; i < count && size < most; i += 1) {
    const at = (ids[places[i] as number] as number) + 1;
    if (seen[at] === 1 || raw[i] === IGNORED) continue;
    seen[at] = 1;
    size += 1;
  }
  return size;
}

/** Rounds the raw scores, brings them to 0..100, the fewest pods the most, and adds them to the totals. */
function weigh({ count, raw, totals }: Contest): void {
  let least = Number.MAX_SAFE_INTEGER;
  let most = 0;
  for (let i = 0; i < count; i += 1) {
    if (raw[i] === IGNORED) continue;
    const rounded = Math.floor((raw[i] as number) + 0.5);
    raw[i] = rounded;
    if (rounded < least) least = rounded;
    if (rounded > most) most = rounded;
  }
  let last = IGNORED;
  let score = 0;
  for (let i = 0; i < count; i += 1) {
    const value = raw[i] as number;
    if (value === IGNORED) continue;
    if (value !== last) score = WEIGHT * (most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - value)) / most));
    last = value;
    totals[i] = (totals[i] as number) + score;
  }
}
