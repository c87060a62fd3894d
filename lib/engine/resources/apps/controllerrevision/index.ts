import { CONTROLLER_REVISION } from "../../../apimachinery/kinds";
import { checkStructure } from "../../../openapi/validate";
import { age, column, controllerText } from "../../cells";
import { defineResource } from "../../define";
import { numberAt } from "../../json-object";
import { metadataErrors } from "../../meta-validation";

/** apps/v1/ControllerRevision: a past template of a StatefulSet or DaemonSet. */
export const controllerRevision = defineResource({
  kind: CONTROLLER_REVISION,
  plural: "controllerrevisions",
  checkShape: (object) => checkStructure(CONTROLLER_REVISION, object),
  validate: (object) => metadataErrors("controllerrevision", object),
  columns: [column("Controller", controllerText), column("Revision", (object) => String(numberAt(object, "revision") ?? 0)), age],
});
