import { compileLabelSelector } from "../../../apimachinery/labels";
import type { Node } from "./node";
import type { NodeSelectorTerm, Pod } from "../pod/pod";

type Expression = NonNullable<NodeSelectorTerm["matchExpressions"]>[number];

const WHOLE = /^[+-]?[0-9]+$/;

function holds({ key, operator, values = [] }: Expression, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
    case "Lt": {
      const bound = values[0] ?? "";
      if (value === undefined || values.length !== 1 || !WHOLE.test(value) || !WHOLE.test(bound)) return false;
      return operator === "Gt" ? BigInt(value.replace("+", "")) > BigInt(bound.replace("+", "")) : BigInt(value.replace("+", "")) < BigInt(bound.replace("+", ""));
    }
    default:
      return false;
  }
}

/** Can an expression on labels be read at all? */
function isReadable({ key, operator, values = [] }: Expression): boolean {
  if (operator !== "Gt" && operator !== "Lt") return !("error" in compileLabelSelector({ matchExpressions: [{ key, operator, values }] }));
  return values.length === 1 && WHOLE.test(values[0] ?? "") && !("error" in compileLabelSelector({ matchExpressions: [{ key, operator: "Exists" }] }));
}

// What a term says never changes; a pure memory of it may outlive any cluster.
const readable = new WeakMap<NodeSelectorTerm, boolean>();

/** A field is compared with one value; anything else cannot be read, and a term with a part that cannot be read matches no node. */
function canBeRead(term: NodeSelectorTerm): boolean {
  let known = readable.get(term);
  if (known === undefined) {
    known = (term.matchExpressions ?? []).every(isReadable) && (term.matchFields ?? []).every(({ operator, values }) => (operator === "In" || operator === "NotIn") && values?.length === 1);
    readable.set(term, known);
  }
  return known;
}

/** Does a node satisfy a term: all of its expressions and fields? A term that says nothing matches no node. Upstream: component-helpers nodeaffinity. */
export function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if ((expressions.length === 0 && fields.length === 0) || !canBeRead(term)) return false;
  const labels = node.metadata.labels ?? {};
  return expressions.every((expression) => holds(expression, labels)) && fields.every((field) => holds(field, { "metadata.name": node.metadata.name }));
}

/** Does a node satisfy one of the terms? */
export function anyTermMatches(terms: readonly NodeSelectorTerm[], node: Node): boolean {
  return terms.some((term) => termMatches(term, node));
}

/** Does a node satisfy what the pod requires: its nodeSelector and its required node affinity? Upstream: GetRequiredNodeAffinity. */
export function nodeMatchesPod(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required === null ? true : anyTermMatches(required.nodeSelectorTerms ?? [], node);
}
