import { matches } from "../../../apimachinery/labels";
import type { NodeBoard } from "../../board";
import { MAX_SCORE, unresolvable, unschedulable, type Cycle } from "../../framework";
import type { AcrossNodes } from "../../cycle";
import type { Tally } from "../../tallies";
import { constraintsFor, counts, hasAllKeys, isCounted, SYSTEM_DEFAULTS, type Constraint } from "./constraints";
import { naturalLog } from "./log";

const WEIGHT = 2;
const HOSTNAME = "kubernetes.io/hostname";
const NAME = "PodTopologySpread";
const UNLABELLED = { plugin: NAME, status: unresolvable("node(s) didn't match pod topology spread constraints (missing required label)") };
const SKEWED = { plugin: NAME, status: unschedulable("node(s) didn't match pod topology spread constraints") };

/** PodTopologySpread by kept-up counts: the same answers as the plugin itself gives by looking at every pod. */
export function spreadByBoard(cycle: Cycle, board: NodeBoard, likeness: string): AcrossNodes {
  const hard = constraintsFor(cycle.pod, "DoNotSchedule", SYSTEM_DEFAULTS, cycle.client);
  const soft = constraintsFor(cycle.pod, "ScheduleAnyway", SYSTEM_DEFAULTS, cycle.client);
  return { ...(hard.length > 0 ? { refuse: filterBy(cycle, board, hard, likeness) } : {}), ...(soft.length > 0 ? { score: scoreBy(cycle, board, soft, likeness) } : {}) };
}

function tallyOf({ pod, nodes }: Cycle, board: NodeBoard, constraint: Constraint, all: readonly Constraint[], strict: boolean, likeness: string): Tally {
  const { text, topologyKey, honorAffinity, honorTaints } = constraint;
  const namespace = pod.metadata.namespace ?? "";
  const choosy = honorTaints || (honorAffinity && (pod.spec.nodeSelector !== undefined || pod.spec.affinity?.nodeAffinity !== undefined));
  const plain = !choosy && (!strict || all.every((one) => board.tallies.values(one.topologyKey).ids.every((value) => value >= 0)));
  const name = `${NAME}\n${namespace}\n${text}\n${topologyKey}\n${plain ? "" : `${strict}${honorAffinity}${honorTaints}${all.map((one) => one.topologyKey).join()}\n${likeness}`}`;
  const mask = plain ? undefined : () => Uint8Array.from(nodes, ({ node }) => ((!strict || hasAllKeys(node, all)) && counts(constraint, pod, node) ? 1 : 0));
  return board.tallies.tally({
    name,
    topologyKey,
    amount: (other) => (isCounted(constraint, other, namespace) ? 1 : 0),
    mask,
  });
}

function filterBy(cycle: Cycle, board: NodeBoard, constraints: readonly Constraint[], likeness: string): NonNullable<AcrossNodes["refuse"]> {
  const rules = constraints.map((constraint) => {
    const tally = tallyOf(cycle, board, constraint, constraints, true, likeness);
    let least = Number.MAX_SAFE_INTEGER;
    tally.byValue.forEach((count, value) => {
      if (tally.present[value] === 1 && count < least) least = count;
    });
    if (tally.domains < constraint.minDomains) least = 0;
    const own = matches(constraint.selector, cycle.pod.metadata.labels) ? 1 : 0;
    return { tally, most: constraint.maxSkew + least - own };
  });
  return (place) => {
    for (const { tally, most } of rules) {
      const value = tally.ids[place] as number;
      if (value < 0) return UNLABELLED;
      if ((tally.byValue[value] as number) > most) return SKEWED;
    }
    return undefined;
  };
}

function scoreBy(cycle: Cycle, board: NodeBoard, constraints: readonly Constraint[], likeness: string): NonNullable<AcrossNodes["score"]> {
  const strict = (cycle.pod.spec.topologySpreadConstraints ?? []).length > 0;
  return (places, totals) => {
    const tallies = constraints.map((constraint) => tallyOf(cycle, board, constraint, constraints, strict, likeness));
    const ignored = (place: number): boolean => strict && tallies.some(({ ids }) => (ids[place] as number) < 0);
    const scored = strict ? places.filter((place) => !ignored(place)) : places;
    const rules = constraints.map(({ topologyKey, maxSkew }, i) => {
      const tally = tallies[i] as Tally;
      const size = topologyKey === HOSTNAME ? scored.length : domainsAmong(tally, scored);
      const byHost = topologyKey === HOSTNAME;
      return { ids: tally.ids, counts: byHost ? tally.perNode : tally.byValue, byHost, weight: naturalLog(size + 2), more: maxSkew - 1 };
    });
    const raw = new Float64Array(places.length);
    let least = Number.MAX_SAFE_INTEGER;
    let most = 0;
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i] as number;
      if (strict && ignored(place)) continue;
      let sum = 0;
      for (let k = 0; k < rules.length; k += 1) {
        const { ids, counts: found, byHost, weight, more } = rules[k] as (typeof rules)[number];
        const value = ids[place] as number;
        if (value >= 0) sum += (found[byHost ? place : value] as number) * weight + more;
      }
      const rounded = Math.floor(sum + 0.5);
      raw[i] = rounded;
      if (rounded < least) least = rounded;
      if (rounded > most) most = rounded;
    }
    for (let i = 0; i < places.length; i += 1) {
      if (strict && ignored(places[i] as number)) continue;
      totals[i] = (totals[i] as number) + WEIGHT * (most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - (raw[i] as number))) / most));
    }
  };
}

/** Different values among these nodes; nodes without the label are one more. */
function domainsAmong({ ids, byValue }: Tally, places: Int32Array): number {
  const seen = new Uint8Array(byValue.length + 1);
  let size = 0;
  for (const place of places) {
    const at = (ids[place] as number) + 1;
    if (seen[at] === 1) continue;
    seen[at] = 1;
    size += 1;
  }
  return size;
}
