import { LEASE } from "../../../apimachinery/kinds";
import { checkStructure } from "../../../openapi/validate";
import { age, column } from "../../cells";
import { defineResource } from "../../define";
import { objectAt, textAt } from "../../json-object";
import { metadataErrors } from "../../meta-validation";

/** coordination.k8s.io/v1/Lease: a node's sign of life. */
export const lease = defineResource({
  kind: LEASE,
  plural: "leases",
  checkShape: (object) => checkStructure(LEASE, object),
  validate: (object) => metadataErrors("lease", object),
  columns: [column("Holder", (object) => textAt(objectAt(object, "spec"), "holderIdentity")), age],
});
