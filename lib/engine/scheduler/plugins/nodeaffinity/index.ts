import { NODE } from "../../../apimachinery/kinds";
import { compareStrings } from "../../../apimachinery/compare";
import { aggregate } from "../../../apimachinery/labels";
import { reason } from "../../../reason";
import type { Node } from "../../../resources/core/node/node";
import type { NodeSelectorTerm, Pod } from "../../../resources/core/pod/pod";
import { anyTermMatches, isEmptyTerm, nodeMatchesPod, termErrors, termMatches } from "../../../resources/core/node/node-selector";
import { normalizeByMax, SKIP, SUCCESS, unresolvable, type SchedulerPlugin } from "../../framework";

type Preference = NonNullable<NonNullable<NonNullable<Pod["spec"]["affinity"]>["nodeAffinity"]>["preferredDuringSchedulingIgnoredDuringExecution"]>[number];

/**
 * nodeSelector and node affinity: required terms keep nodes out, preferred ones add their weights. `added` and `preferred`
 * are what the scheduler itself asks of every pod.
 */
export function createNodeAffinity(added?: readonly NodeSelectorTerm[], preferred: readonly Preference[] = []): SchedulerPlugin {
  const worth = (list: readonly Preference[], node: Node): number => list.reduce((sum, { weight, preference }) => (termMatches(preference, node) ? sum + weight : sum), 0);
  return {
    name: "NodeAffinity",
    weight: 2,
    preFilter({ pod }) {
      const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (!required && pod.spec.nodeSelector === undefined && added === undefined) return SKIP;
      const names = namedNodes(required?.nodeSelectorTerms ?? []);
      if (names === undefined) return SUCCESS;
      return names.length === 0 ? unresolvable("pod affinity terms conflict") : { code: "Success", nodeNames: names };
    },
    filter({ pod }, { node }) {
      const because = reason("scheduler.node-affinity-mismatch", { node: node.metadata.name }, [{ kind: NODE, namespace: "", name: node.metadata.name }]);
      if (added !== undefined && !anyTermMatches(added, node)) return unresolvable("node(s) didn't match scheduler-enforced node affinity", because);
      return nodeMatchesPod(pod, node) ? SUCCESS : unresolvable("node(s) didn't match Pod's node affinity/selector", because);
    },
    scoringError: (pod) => aggregate((preferences(pod) ?? []).flatMap(({ weight, preference }, i) => (weight === 0 || isEmptyTerm(preference) ? [] : termErrors(preference, `[${i}]`)))),
    preScore({ pod }) {
      const error = this.scoringError?.(pod);
      if (error !== undefined) return { code: "Error", messages: [error], reasons: [] };
      return preferences(pod) === undefined && preferred.length === 0 ? SKIP : SUCCESS;
    },
    score: ({ pod }, { node }) => worth(preferred, node) + worth(preferences(pod) ?? [], node),
    normalize: (_cycle, scores) => normalizeByMax(scores, false),
  };
}

/** Upstream: plugins/nodeaffinity. */
export const nodeAffinity = createNodeAffinity();

function preferences(pod: Pod): readonly Preference[] | undefined {
  return pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
}

/** The nodes that terms name by `metadata.name`, when every term does; so a DaemonSet's pod looks at one node only. */
function namedNodes(terms: readonly NodeSelectorTerm[]): readonly string[] | undefined {
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of terms) {
    const lists = (term.matchFields ?? []).filter(({ key, operator }) => key === "metadata.name" && operator === "In").map(({ values = [] }) => values);
    const [first, ...rest] = lists;
    if (first === undefined) return undefined;
    for (const name of first) if (rest.every((list) => list.includes(name))) names.add(name);
  }
  return [...names].sort(compareStrings);
}
