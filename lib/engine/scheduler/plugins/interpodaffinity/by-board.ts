import type { Pod } from "../../../resources/core/pod/pod";
import type { NodeBoard } from "../../board";
import { MAX_SCORE, unresolvable, unschedulable, type Cycle } from "../../framework";
import type { AcrossNodes } from "../../cycle";
import type { Tally } from "../../tallies";
import { asksFor, means, namespaceLabels, termsOf, type NamespaceLabels, type Term } from "./terms";

const NAME = "InterPodAffinity";
const WEIGHT = 2;
const HARD_WEIGHT = 1;
const ALONE = { plugin: NAME, status: unresolvable("node(s) didn't match pod affinity rules") };
const CROWDED = { plugin: NAME, status: unschedulable("node(s) didn't match pod anti-affinity rules") };
const UNWANTED = { plugin: NAME, status: unschedulable("node(s) didn't satisfy existing pods anti-affinity rules") };

/** InterPodAffinity by kept-up sums: the same answers as the plugin itself gives by looking at every pod. */
export function affinityByBoard(cycle: Cycle, board: NodeBoard, likeness: string): AcrossNodes {
  const { pod, client } = cycle;
  const terms = termsOf(pod);
  const existing = board.tallies.affineKeys();
  const own = terms.affinity.length + terms.antiAffinity.length + terms.preferredAffinity.length + terms.preferredAntiAffinity.length;
  if (own === 0 && existing.length === 0) return {};
  const labels = namespaceLabels(client, pod.metadata.namespace ?? "");
  const meant = (term: Term, other: Pod): boolean => asksFor(term, other, namespaceLabels(client, other.metadata.namespace ?? ""));
  const tally = (what: string, topologyKey: string, amount: (sample: Pod) => number): Tally => board.tallies.tally({ name: `${NAME}\n${what}\n${topologyKey}\n${likeness}`, topologyKey, amount });
  const company = terms.affinity.map(({ topologyKey }) => tally("company", topologyKey, (other) => (terms.affinity.every((term) => meant(term, other)) ? 1 : 0)));
  const keys = (list: readonly Term[]): readonly string[] => [...new Set(list.map(({ topologyKey }) => topologyKey))];
  const crowd = keys(terms.antiAffinity).map((key) => tally("crowd", key, (other) => terms.antiAffinity.filter((term) => term.topologyKey === key && meant(term, other)).length));
  const unwanted = existing.map((key) => tally("unwanted", key, (other) => termsOf(other).antiAffinity.filter((term) => term.topologyKey === key && means(term, pod, labels)).length));
  // The first of a group that wants to be together has nobody to join but itself.
  const first = company.length > 0 && company.every(({ byValue }) => byValue.every((count) => count === 0)) && terms.affinity.every((term) => asksFor(term, pod, labels));
  return {
    refuse: (place) => {
      let alone = false;
      for (const { ids, byValue } of company) {
        const value = ids[place] as number;
        if (value < 0) return ALONE;
        if ((byValue[value] as number) <= 0) alone = true;
      }
      if (alone && !first) return ALONE;
      if (crowd.some((sum) => present(sum, place))) return CROWDED;
      return unwanted.some((sum) => present(sum, place)) ? UNWANTED : undefined;
    },
    score: scorer(pod, board, [...new Set([...existing, ...keys([...terms.preferredAffinity, ...terms.preferredAntiAffinity])])], tally, meant, labels),
  };
}

function present({ ids, byValue }: Tally, place: number): boolean {
  const value = ids[place] as number;
  return value >= 0 && (byValue[value] as number) > 0;
}

function scorer(pod: Pod, board: NodeBoard, keys: readonly string[], tally: (what: string, key: string, amount: (sample: Pod) => number) => Tally, meant: (term: Term, other: Pod) => boolean, labels: NamespaceLabels): NonNullable<AcrossNodes["score"]> {
  const { preferredAffinity, preferredAntiAffinity } = termsOf(pod);
  const wish = (key: string) => (other: Pod): number => {
    const sum = (terms: readonly Term[], asked: (term: Term) => boolean, weight?: number): number => terms.reduce((total, term) => (term.topologyKey === key && asked(term) ? total + (weight ?? term.weight) : total), 0);
    const theirs = termsOf(other);
    const means_ = (term: Term): boolean => means(term, pod, labels);
    return (
      sum(preferredAffinity, (term) => meant(term, other)) -
      sum(preferredAntiAffinity, (term) => meant(term, other)) +
      sum(theirs.affinity, means_, HARD_WEIGHT) +
      sum(theirs.preferredAffinity, means_) -
      sum(theirs.preferredAntiAffinity, means_)
    );
  };
  return ({ count, places, totals, raw }) => {
    const sums = keys.map((key) => tally("wish", key, wish(key)));
    let least = Number.MAX_SAFE_INTEGER;
    let most = -Number.MAX_SAFE_INTEGER;
    for (let i = 0; i < count; i += 1) {
      let score = 0;
      for (const { ids, byValue } of sums) {
        const value = ids[places[i] as number] as number;
        if (value >= 0) score += byValue[value] as number;
      }
      raw[i] = score;
      if (score < least) least = score;
      if (score > most) most = score;
    }
    const range = most - least;
    if (range > 0) for (let i = 0; i < count; i += 1) totals[i] = (totals[i] as number) + WEIGHT * Math.trunc(MAX_SCORE * (((raw[i] as number) - least) / range));
  };
}
