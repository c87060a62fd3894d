import type { FieldError } from "../../../apimachinery/api-error";
import { LEASE } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { checkStructure } from "../../../openapi/validate";
import { age, column, specOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { numberAt, objectAt, textAt } from "../../json-object";
import { validateMetadata } from "../../meta-validation";

function validate(object: KubeObject): readonly FieldError[] {
  const found = new Findings("lease");
  const spec = specOf(object);
  validateMetadata(found, object);
  const seconds = numberAt(spec, "leaseDurationSeconds");
  if (seconds !== undefined && seconds <= 0) found.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
  found.nonNegative("spec.leaseTransitions", numberAt(spec, "leaseTransitions"));
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
