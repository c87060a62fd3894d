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
  const byHosts = new HostScores(board);
  return (contest) => {
    if (epoch !== board.tallies.epoch) {
      ({ epoch } = board.tallies);
      tallies = constraints.map((constraint) => tallyOf(cycle, board, constraint, constraints, strict, likeness));
    }
    const only = onlyHosts(constraints, tallies, strict);
    if (only >= 0 && byHosts.score(tallies[only] as Tally, (constraints[only] as Constraint).maxSkew - 1, contest)) return;
    contest.raw.fill(0, 0, contest.count);
    const scored = strict && tallies.some(({ complete }) => !complete) ? leaveOut(tallies, contest) : contest.count;
    constraints.forEach(({ topologyKey, maxSkew }, k) => addUp(tallies[k] as Tally, topologyKey === HOSTNAME, maxSkew - 1, contest, scored));
    weigh(contest);
  };
}

/** Which constraint has anything to say, if it is but one, of hosts, and no node is left out; -1 otherwise. */
function onlyHosts(constraints: readonly Constraint[], tallies: readonly Tally[], strict: boolean): number {
  let only = -1;
  for (let k = 0; k < tallies.length; k += 1) {
    const { byValue, complete } = tallies[k] as Tally;
    if (strict && !complete) return -1;
    if (byValue.length === 0) continue;
    if (only >= 0 || (constraints[k] as Constraint).topologyKey !== HOSTNAME) return -1;
    only = k;
  }
  return only;
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

/** What a host scores follows from its own pods: reckoned once, and again where something changed. */
class HostScores {
  private rounded = new Int32Array(0);
  private tally: Tally | undefined;
  private weight = 0;
  private tick = 0;
  private readonly steps = new Float64Array(64);

  constructor(private readonly board: NodeBoard) {}

  /** False, and nothing done, when scores lie too far apart. */
  score(tally: Tally, more: number, { count, places, totals }: Contest): boolean {
    this.reckon(tally, naturalLog(count + 2), more);
    const { rounded, steps } = this;
    let least = Number.MAX_SAFE_INTEGER;
    let most = 0;
    for (let i = 0; i < count; i += 1) {
      const value = rounded[places[i] as number] as number;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (most - least >= steps.length) return false;
    for (let value = least; value <= most; value += 1) steps[value - least] = weighed(value, least, most);
    for (let i = 0; i < count; i += 1) totals[i] = (totals[i] as number) + (steps[(rounded[places[i] as number] as number) - least] as number);
    return true;
  }

  private reckon(tally: Tally, weight: number, more: number): void {
    const { ids, perNode } = tally;
    const { board } = this;
    const changed = tally === this.tally && weight === this.weight ? board.changedSince(this.tick) : undefined;
    if (!changed && this.rounded.length !== ids.length) this.rounded = new Int32Array(ids.length);
    const { rounded } = this;
    const at = (place: number): number => ((ids[place] as number) < 0 ? 0 : Math.floor((perNode[place] as number) * weight + more + 0.5));
    if (changed) for (const place of changed) rounded[place] = at(place);
    else for (let place = 0; place < ids.length; place += 1) rounded[place] = at(place);
    this.tally = tally;
    this.weight = weight;
    this.tick = board.tick;
  }
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

/** The fewest pods the most. */
function weighed(value: number, least: number, most: number): number {
  return WEIGHT * (most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - value)) / most));
}

/** Rounds the raw scores, brings them to 0..100, and adds them to the totals. */
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
    if (value !== last) score = weighed(value, least, most);
    last = value;
    totals[i] = (totals[i] as number) + score;
  }
}
