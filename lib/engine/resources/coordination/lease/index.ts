import type { FieldError } from "../../../apimachinery/api-error";
import { LEASE } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { qualifiedNameErrors } from "../../../apimachinery/names";
import { checkStructure } from "../../../openapi/validate";
import { age, column, specOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { has, numberAt, objectAt, textAt } from "../../json-object";
import { validateMetadata } from "../../meta-validation";

const STRATEGIES = ["OldestEmulationVersion"];

function validate(object: KubeObject): readonly FieldError[] {
  const found = new Findings("lease");
  const spec = specOf(object);
  validateMetadata(found, object);
  const seconds = numberAt(spec, "leaseDurationSeconds");
  if (seconds !== undefined && seconds <= 0) found.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
  found.nonNegative("spec.leaseTransitions", numberAt(spec, "leaseTransitions"));
  const strategy = textAt(spec, "strategy");
  if (has(spec, "strategy") && strategy.includes("/")) found.names("spec.strategy.strategy", strategy, qualifiedNameErrors(strategy));
  else if (has(spec, "strategy") && !STRATEGIES.includes(strategy)) found.notSupported("spec.strategy.strategy", strategy, STRATEGIES);
  if (textAt(spec, "preferredHolder") !== "" && strategy === "") found.forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined");
  return found.errors;
}

/** coordination.k8s.io/v1/Lease: a node's sign of life. */
export const lease = defineResource({
  kind: LEASE,
  plural: "leases",
  applyDefaults: (object) => (object as { readonly spec?: unknown }).spec === undefined ? ({ ...object, spec: {} } as typeof object) : object,
  checkShape: (object) => checkStructure(LEASE, object),
  validate,
  columns: [column("Holder", (object) => textAt(objectAt(object, "spec"), "holderIdentity")), age],
});
