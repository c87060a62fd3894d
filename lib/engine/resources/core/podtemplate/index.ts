import type { FieldError } from "../../../apimachinery/api-error";
import { POD_TEMPLATE } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { column, formatLabels, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { changed, filled, objectAt, objectsAt, textAt } from "../../json-object";
import { validateMetadata } from "../../meta-validation";
import { defaultPodTemplate } from "../pod-template/defaults";
import { validatePodTemplate } from "../pod-template/validation";

function validate(object: KubeObject): readonly FieldError[] {
  const found = new Findings("podtemplate");
  validateMetadata(found, object);
  validatePodTemplate(found, "template", objectAt(jsonOf(object), "template"));
  return found.errors;
}

const template = (object: JsonObject): JsonObject => objectAt(object, "template");
const containers = (object: JsonObject): readonly JsonObject[] => objectsAt(objectAt(template(object), "spec"), "containers");

/** v1/PodTemplate: a template kept by itself. */
export const podTemplate = defineResource({
  kind: POD_TEMPLATE,
  plural: "podtemplates",
  applyDefaults: (object) => changed(filled(jsonOf(normalize(POD_TEMPLATE, object)), { template: {} }), "template", defaultPodTemplate) as unknown as KubeObject,
  checkShape: (object) => checkStructure(POD_TEMPLATE, object),
  validate,
  columns: [
    column("Containers", (object) => containers(object).map((one) => textAt(one, "name")).join(",")),
    column("Images", (object) => containers(object).map((one) => textAt(one, "image")).join(",")),
    column("Pod Labels", (object) => formatLabels(objectAt(objectAt(template(object), "metadata"), "labels"))),
  ],
});
