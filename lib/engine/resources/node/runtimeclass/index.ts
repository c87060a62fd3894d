import type { FieldError } from "../../../apimachinery/api-error";
import { RUNTIME_CLASS } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors } from "../../../apimachinery/names";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { has, objectAt, objectsAt, textAt } from "../../json-object";
import { immutable, validateLabels, validateMetadata } from "../../meta-validation";
import { validateResources } from "../../core/pod-template/validate-resources";
import { validateTolerations } from "../../core/pod-template/validate-placement";
import type { ResourceList, Toleration } from "../../core/pod/pod";

/** node.k8s.io/v1/RuntimeClass. */
export interface RuntimeClass extends KubeObject {
  readonly handler: string;
  readonly overhead?: { readonly podFixed?: ResourceList };
  readonly scheduling?: { readonly nodeSelector?: Readonly<Record<string, string>>; readonly tolerations?: readonly Toleration[] };
}

function validateScheduling(found: Findings, scheduling: JsonObject): void {
  validateLabels(found, "scheduling.nodeSelector", objectAt(scheduling, "nodeSelector"));
  const tolerations = objectsAt(scheduling, "tolerations");
  validateTolerations(found, "scheduling.tolerations.tolerations", tolerations);
  const identity = (toleration: JsonObject): string => ["key", "operator", "value", "effect"].map((field) => textAt(toleration, field)).join("\n");
  tolerations.forEach((toleration, i) => {
    if (tolerations.slice(0, i).some((other) => identity(other) === identity(toleration))) found.duplicate(`scheduling.tolerations[${i}]`, toleration);
  });
}

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("runtimeclass");
  validateMetadata(found, object);
  const one = jsonOf(object);
  const handler = textAt(one, "handler");
  found.names("handler", handler, dns1123LabelErrors(handler));
  if (has(one, "overhead")) validateResources(found, "overhead", { limits: objectAt(objectAt(one, "overhead"), "podFixed") });
  if (has(one, "scheduling")) validateScheduling(found, objectAt(one, "scheduling"));
  if (previous !== undefined) immutable(found, "handler", handler, textAt(jsonOf(previous), "handler"));
  return found.errors;
}

/** node.k8s.io/v1/RuntimeClass. */
export const runtimeClass = defineResource({
  kind: RUNTIME_CLASS,
  plural: "runtimeclasses",
  namespaced: false,
  applyDefaults: (object) => normalize(RUNTIME_CLASS, object),
  checkShape: (object) => checkStructure(RUNTIME_CLASS, object),
  validate,
  columns: [column("Handler", (object) => textAt(object, "handler")), age],
});
