import { NODE } from "../../../apimachinery/kinds";
import { reason } from "../../../reason";
import type { Pod } from "../../../resources/core/pod/pod";
import { MAX_SCORE, SKIP, SUCCESS, unresolvable, unschedulable, type Cycle, type NodeInfo, type SchedulerPlugin } from "../../framework";
import { asksFor, means, namespaceLabels, termsOf, type NamespaceLabels, type PodTerms, type Term } from "./terms";

const MEMO = "InterPodAffinity";
const SCORES = "InterPodAffinity/scores";
/** What a required affinity of a running pod is worth to a newcomer it means, as `hardPodAffinityWeight`. */
const HARD_WEIGHT = 1;

/** `key\nvalue` of a topology → how many pods count there. */
type Counts = Map<string, number>;

interface Memo {
  readonly terms: PodTerms;
  readonly affinity: Counts;
  readonly anti: Counts;
  readonly existingAnti: Counts;
}

const affine = new WeakMap<NodeInfo, readonly Pod[]>();

/** Pods of a node that have any pod affinity of their own. */
function podsWithAffinity(info: NodeInfo): readonly Pod[] {
  const known = affine.get(info);
  if (known) return known;
  const found = info.pods.filter(({ spec }) => spec.affinity?.podAffinity !== undefined || spec.affinity?.podAntiAffinity !== undefined);
  affine.set(info, found);
  return found;
}

function count(counts: Counts, info: NodeInfo, key: string, amount: number): void {
  const value = info.node.metadata.labels?.[key];
  if (value === undefined) return;
  const place = `${key}\n${value}`;
  counts.set(place, (counts.get(place) ?? 0) + amount);
}

/** Pods that want to be near others or far from them, by topology. Built with other weights only to be measured against recordings. */
export function createInterPodAffinity(hardWeight = HARD_WEIGHT, ignoreExistingPreferences = false): SchedulerPlugin {
  return {
    name: MEMO,
    weight: 2,
    preFilter,
    filter,
    preScore(cycle) {
      const scores = preferences(cycle, hardWeight, ignoreExistingPreferences);
      if (scores.size === 0) return SKIP;
      cycle.memo.set(SCORES, scores);
      return SUCCESS;
    },
    score({ memo }, { node }) {
      let sum = 0;
      for (const [place, weight] of (memo.get(SCORES) as Counts | undefined) ?? []) {
        const [key = "", value] = place.split("\n");
        if (node.metadata.labels?.[key] === value) sum += weight;
      }
      return sum;
    },
    normalize(_cycle, scores) {
      const values = [...scores.values()];
      const least = Math.min(...values);
      const range = Math.max(...values) - least;
      for (const [node, score] of scores) scores.set(node, range > 0 ? Math.trunc(MAX_SCORE * ((score - least) / range)) : 0);
    },
  };
}

/** Upstream: plugins/interpodaffinity. */
export const interPodAffinity = createInterPodAffinity();

function preFilter(cycle: Cycle) {
  const { pod, client, nodes, memo } = cycle;
  const terms = termsOf(pod);
  if (terms.error !== undefined) return unresolvable(terms.error);
  const found: Memo = { terms, affinity: new Map(), anti: new Map(), existingAnti: new Map() };
  const labels = namespaceLabels(client, pod.metadata.namespace ?? "");
  const choosy = terms.affinity.length > 0 || terms.antiAffinity.length > 0;
  for (const info of nodes) {
    for (const other of podsWithAffinity(info)) for (const term of termsOf(other).antiAffinity) if (means(term, pod, labels)) count(found.existingAnti, info, term.topologyKey, 1);
    if (!choosy) continue;
    for (const other of info.pods) {
      const theirs = namespaceLabels(client, other.metadata.namespace ?? "");
      if (terms.affinity.length > 0 && terms.affinity.every((term) => asksFor(term, other, theirs))) for (const term of terms.affinity) count(found.affinity, info, term.topologyKey, 1);
      for (const term of terms.antiAffinity) if (asksFor(term, other, theirs)) count(found.anti, info, term.topologyKey, 1);
    }
  }
  if (!choosy && found.existingAnti.size === 0) return SKIP;
  memo.set(MEMO, found);
  return SUCCESS;
}

function filter(cycle: Cycle, info: NodeInfo) {
  const memo = cycle.memo.get(MEMO) as Memo | undefined;
  if (!memo) return SUCCESS;
  const because = reason("scheduler.anti-affinity", { node: info.node.metadata.name }, [{ kind: NODE, namespace: "", name: info.node.metadata.name }]);
  if (!hasCompany(cycle, memo, info)) return unresolvable("node(s) didn't match pod affinity rules", because);
  const labels = info.node.metadata.labels ?? {};
  const crowded = (term: Term): boolean => (memo.anti.get(`${term.topologyKey}\n${labels[term.topologyKey]}`) ?? 0) > 0;
  if (memo.terms.antiAffinity.some(crowded)) return unschedulable("node(s) didn't match pod anti-affinity rules", because);
  const unwanted = [...memo.existingAnti.keys()].some((place) => {
    const [key = "", value] = place.split("\n");
    return labels[key] === value;
  });
  return unwanted ? unschedulable("node(s) didn't satisfy existing pods anti-affinity rules", because) : SUCCESS;
}

function hasCompany({ pod, client }: Cycle, { terms, affinity }: Memo, { node }: NodeInfo): boolean {
  const labels = node.metadata.labels ?? {};
  let present = true;
  for (const { topologyKey } of terms.affinity) {
    if (labels[topologyKey] === undefined) return false;
    if ((affinity.get(`${topologyKey}\n${labels[topologyKey]}`) ?? 0) <= 0) present = false;
  }
  if (present) return true;
  // The first of a group that wants to be together has nobody to join but itself.
  const own = namespaceLabels(client, pod.metadata.namespace ?? "");
  return affinity.size === 0 && terms.affinity.every((term) => asksFor(term, pod, own));
}

function preferences({ pod, client, nodes }: Cycle, hardWeight: number, ignoreExisting: boolean): Counts {
  const { preferredAffinity, preferredAntiAffinity } = termsOf(pod);
  const wishes = preferredAffinity.length > 0 || preferredAntiAffinity.length > 0;
  const scores: Counts = new Map();
  // Whoever has wishes of its own hears those of the others all the same.
  if (ignoreExisting && !wishes) return scores;
  const labels = namespaceLabels(client, pod.metadata.namespace ?? "");
  const add = (terms: readonly Term[], means_: (term: Term) => boolean, info: NodeInfo, sign: number, weight?: number): void => {
    for (const term of terms) if (means_(term)) count(scores, info, term.topologyKey, sign * (weight ?? term.weight));
  };
  const meansNewcomer = (term: Term): boolean => means(term, pod, labels);
  for (const info of nodes) {
    for (const other of wishes ? info.pods : podsWithAffinity(info)) {
      const theirs: NamespaceLabels = wishes ? namespaceLabels(client, other.metadata.namespace ?? "") : undefined;
      const wished = (term: Term): boolean => asksFor(term, other, theirs);
      add(preferredAffinity, wished, info, 1);
      add(preferredAntiAffinity, wished, info, -1);
      const own = termsOf(other);
      if (hardWeight > 0) add(own.affinity, meansNewcomer, info, 1, hardWeight);
      add(own.preferredAffinity, meansNewcomer, info, 1);
      add(own.preferredAntiAffinity, meansNewcomer, info, -1);
    }
  }
  return scores;
}
