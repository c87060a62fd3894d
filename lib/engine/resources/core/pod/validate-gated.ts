/** What may change about the placement of a pod that still waits at its gates. Upstream: `validateNodeAffinityMutation`. */
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject } from "../../../apimachinery/meta";
import type { Findings } from "../../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../../json-object";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PATH = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;

const termsOf = (spec: JsonObject): readonly JsonObject[] => objectsAt(objectAt(objectAt(objectAt(spec, "affinity"), "nodeAffinity"), REQUIRED), "nodeSelectorTerms");

/** A term as Go prints the struct. */
function goTerm(term: JsonObject): JsonObject {
  const list = (field: string): Json => (has(term, field) ? objectsAt(term, field).map((one) => ({ Key: textAt(one, "key"), Operator: textAt(one, "operator"), Values: listAt(one, "values") })) : null);
  return { MatchExpressions: list("matchExpressions"), MatchFields: list("matchFields") };
}

/** Requirements may be added to the node affinity of a gated pod; none may go. */
export function validateGatedAffinity(found: Findings, spec: JsonObject, before: JsonObject): void {
  const [terms, old] = [termsOf(spec), termsOf(before)];
  if (old.length === 0) return;
  if (terms.length !== old.length) {
    found.invalid(PATH, terms.length === 0 ? null : terms.map(goTerm), "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
    return;
  }
  old.forEach((term, i) => {
    const now = terms[i] ?? {};
    // Terms are alternatives: an empty one can only be filled with more freedom, so it must stay.
    const empty = ["matchExpressions", "matchFields"].every((field) => listAt(term, field).length === 0);
    const keeps = ["matchExpressions", "matchFields"].every((field) => listAt(term, field).every((one, j) => deepEqual(one, listAt(now, field)[j])));
    if (!keeps || (empty && !deepEqual(now, term))) found.invalid(`${PATH}[${i}]`, goTerm(now), "only additions are allowed (no mutations or deletions)");
  });
}

/** A spec without its node affinity: what was preferred may change at will, the rest is for {@link validateGatedAffinity}. */
export function withoutNodeAffinity(spec: JsonObject): JsonObject {
  const affinity = objectAt(spec, "affinity");
  const { nodeAffinity: _node, ...rest } = affinity;
  const { affinity: _affinity, ...bare } = spec;
  return Object.keys(rest).length === 0 ? bare : { ...bare, affinity: rest };
}
