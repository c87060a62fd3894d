import { NAMESPACE } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors } from "../../../apimachinery/names";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf, specOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, listAt, objectAt, textAt } from "../../json-object";
import { metadataErrors } from "../../meta-validation";

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
  validate: (object) => metadataErrors("namespace", object, dns1123LabelErrors),
  columns: [column("Status", (object) => textAt(objectAt(object, "status"), "phase")), age],
});
