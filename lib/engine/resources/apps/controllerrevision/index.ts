import { CONTROLLER_REVISION } from "../../../apimachinery/kinds";
import { checkStructure } from "../../../openapi/validate";
import { age, column, controllerText, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import type { FieldError } from "../../../apimachinery/api-error";
import type { KubeObject } from "../../../apimachinery/meta";
import { Findings } from "../../findings";
import { has, numberAt } from "../../json-object";
import { immutable, validateMetadata, validateMetadataUpdate } from "../../meta-validation";

/** Upstream: `ValidateControllerRevision`, `ValidateControllerRevisionUpdate`. */
function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("controllerrevision");
  const revision = jsonOf(object);
  if (previous !== undefined) validateMetadataUpdate(found, object);
  validateMetadata(found, object);
  if (!has(revision, "data")) found.required("data", "data is mandatory");
  found.nonNegative("revision", numberAt(revision, "revision"));
  if (previous !== undefined) immutable(found, "data", revision["data"], jsonOf(previous)["data"]);
  return found.errors;
}

/** apps/v1/ControllerRevision: a past template of a StatefulSet or DaemonSet. */
export const controllerRevision = defineResource({
  kind: CONTROLLER_REVISION,
  plural: "controllerrevisions",
  checkShape: (object) => checkStructure(CONTROLLER_REVISION, object),
  validate,
  columns: [column("Controller", controllerText), column("Revision", (object) => String(numberAt(object, "revision") ?? 0)), age],
});
