import { requirementErrors, type SelectorOperator } from "../../../apimachinery/labels";
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

const OPERATORS: Readonly<Record<string, SelectorOperator>> = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!", Gt: "gt", Lt: "lt" };
const unsupported = (path: string, operator: string, supported: readonly string[]): string => `${path}.operator: Unsupported value: ${JSON.stringify(operator)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(", ")}`;

/** What of a term found at `path` cannot be read, in upstream's words. A field is compared with one value only. */
export function termErrors({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, path: string): readonly string[] {
  const labels = matchExpressions.flatMap(({ key, operator, values = [] }, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    return known === undefined ? [unsupported(at, operator, Object.keys(OPERATORS))] : requirementErrors(key, known, values, at);
  });
  const fields = matchFields.flatMap(({ operator, values = [] }, i) => {
    const at = `${path}.matchFields[${i}]`;
    if (operator !== "In" && operator !== "NotIn") return [unsupported(at, operator, ["In", "NotIn"])];
    return values.length === 1 ? [] : [`${at}.values: Invalid value: ${values.length === 0 ? "null" : JSON.stringify(values)}: must have one element`];
  });
  return [...labels, ...fields];
}

// What a term says never changes; a pure memory of it may outlive any cluster.
const readable = new WeakMap<NodeSelectorTerm, boolean>();

/** A term with a part that cannot be read matches no node. */
function canBeRead(term: NodeSelectorTerm): boolean {
  let known = readable.get(term);
  if (known === undefined) readable.set(term, (known = termErrors(term, "").length === 0));
  return known;
}

/** Does a term say nothing at all? */
export function isEmptyTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
  return matchExpressions.length === 0 && matchFields.length === 0;
}

/** Does a node satisfy a term: all of its expressions and fields? A term that says nothing matches no node. Upstream: component-helpers nodeaffinity. */
export function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (isEmptyTerm(term) || !canBeRead(term)) return false;
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
