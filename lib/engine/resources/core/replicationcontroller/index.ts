import type { FieldError } from "../../../apimachinery/api-error";
import { matches, selectorOfMap } from "../../../apimachinery/labels";
import { REPLICATION_CONTROLLER } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { freshStatus } from "../../apps/workload";
import { age, count, formatLabels, jsonOf, specOf, templateColumns, wide } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { changed, filled, has, numberAt, objectAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";
import { defaultPodTemplate } from "../pod-template/defaults";
import { validatePodTemplate } from "../pod-template/validation";

function applyDefaults(object: KubeObject): KubeObject {
  const controller = changed(jsonOf(normalize(REPLICATION_CONTROLLER, object)), "spec", (spec) => filled(changed(spec, "template", defaultPodTemplate), { replicas: 1 }));
  const labels = objectAt(objectAt(objectAt(objectAt(controller, "spec"), "template"), "metadata"), "labels");
  if (Object.keys(labels).length === 0) return controller as unknown as KubeObject;
  const selecting = changed(controller, "spec", (spec) => filled(spec, { selector: labels }));
  return changed(selecting, "metadata", (metadata) => filled(metadata, { labels })) as unknown as KubeObject;
}

function template(found: Findings, spec: JsonObject): void {
  if (!has(spec, "template")) {
    found.required("spec.template");
    return;
  }
  const [given, selector] = [objectAt(spec, "template"), objectAt(spec, "selector")];
  const labels = objectAt(objectAt(given, "metadata"), "labels");
  if (Object.keys(selector).length > 0 && !matches(selectorOfMap(selector as Record<string, string>), labels as Record<string, string>)) {
    found.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`", "selector-matches-template");
  }
  validatePodTemplate(found, "spec.template", given);
  const policy = textAt(objectAt(given, "spec"), "restartPolicy");
  if (policy !== "Always") found.notSupported("spec.template.spec.restartPolicy", policy, ["Always"]);
  if (has(objectAt(given, "spec"), "activeDeadlineSeconds")) found.forbidden("spec.template.spec.activeDeadlineSeconds", "activeDeadlineSeconds in ReplicationController is not Supported");
}

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("replicationcontroller");
  const spec = specOf(object);
  validateMetadata(found, object);
  found.nonNegative("spec.minReadySeconds", numberAt(spec, "minReadySeconds"));
  if (Object.keys(objectAt(spec, "selector")).length === 0) found.required("spec.selector");
  found.nonNegative("spec.replicas", numberAt(spec, "replicas"));
  template(found, spec);
  return found.errors;
}

/** v1/ReplicationController. */
export const replicationController = defineResource({
  kind: REPLICATION_CONTROLLER,
  plural: "replicationcontrollers",
  shortNames: ["rc"],
  categories: ["all"],
  subresources: ["status", "scale"],
  applyDefaults,
  prepare: freshStatus({ replicas: 0 }),
  checkShape: (object) => checkStructure(REPLICATION_CONTROLLER, object),
  validate,
  columns: [
    count("Desired", (object) => numberAt(objectAt(object, "spec"), "replicas")),
    count("Current", (object) => numberAt(objectAt(object, "status"), "replicas")),
    count("Ready", (object) => numberAt(objectAt(object, "status"), "readyReplicas")),
    age,
    ...templateColumns,
    wide("Selector", (object) => formatLabels(objectAt(objectAt(object, "spec"), "selector"))),
  ],
});
