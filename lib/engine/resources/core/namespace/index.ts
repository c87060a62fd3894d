import { NAMESPACE } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, qualifiedNameErrors } from "../../../apimachinery/names";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf, specOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, listAt, objectAt, textAt } from "../../json-object";
import type { FieldError } from "../../../apimachinery/api-error";
import { Findings } from "../../findings";
import { validateMetadata, validateMetadataUpdate } from "../../meta-validation";

const NAME_LABEL = "kubernetes.io/metadata.name";

function applyDefaults(object: KubeObject): KubeObject {
  const namespace = filled(jsonOf(normalize(NAMESPACE, object)), { metadata: {} });
  const labelled = changed(namespace, "metadata", (metadata) => {
    const labels = objectAt(metadata, "labels");
    const name = textAt(metadata, "name");
    return name === "" || labels[NAME_LABEL] === name ? metadata : { ...metadata, labels: { ...labels, [NAME_LABEL]: name } };
  });
  return labelled as unknown as KubeObject;
}

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("namespace");
  // Upstream looks at the metadata of one that changes twice.
  if (previous !== undefined) validateMetadataUpdate(found, object);
  validateMetadata(found, object, dns1123LabelErrors);
  for (const finalizer of listAt(specOf(object), "finalizers")) {
    if (typeof finalizer !== "string") continue;
    found.names("spec.finalizers", finalizer, qualifiedNameErrors(finalizer));
    if (!finalizer.includes("/") && !["kubernetes", "orphan", "foregroundDeletion"].includes(finalizer)) {
      found.invalid("spec.finalizers", finalizer, "name is neither a standard finalizer name nor is it fully qualified");
    }
  }
  return found.errors;
}

/** v1/Namespace. */
export const namespace = defineResource({
  kind: NAMESPACE,
  plural: "namespaces",
  shortNames: ["ns"],
  namespaced: false,
  subresources: ["status"],
  applyDefaults,
  prepare: (object, previous) => {
    if (previous !== undefined) return object;
    const finalizers = listAt(specOf(object), "finalizers");
    const spec = { ...specOf(object), finalizers: finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"] };
    return { ...object, spec, status: { phase: "Active" } } as unknown as KubeObject;
  },
  checkShape: (object) => checkStructure(NAMESPACE, object),
  validate,
  columns: [column("Status", (object) => textAt(objectAt(object, "status"), "phase")), age],
});
