import { SERVICE_ACCOUNT } from "../../../apimachinery/kinds";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age } from "../../cells";
import { defineResource } from "../../define";
import { metadataErrors } from "../../meta-validation";

/** v1/ServiceAccount. */
export const serviceAccount = defineResource({
  kind: SERVICE_ACCOUNT,
  plural: "serviceaccounts",
  shortNames: ["sa"],
  applyDefaults: (object) => normalize(SERVICE_ACCOUNT, object),
  checkShape: (object) => checkStructure(SERVICE_ACCOUNT, object),
  validate: (object, previous) => metadataErrors("serviceaccount", object, undefined, previous),
  columns: [age],
});
