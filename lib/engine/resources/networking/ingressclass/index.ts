import { INGRESS_CLASS } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, has, objectAt, textAt } from "../../json-object";
import { validateIngressClass } from "./validation";

function parameters(object: JsonObject): string {
  const spec = objectAt(object, "spec");
  if (!has(spec, "parameters")) return "<none>";
  const reference = objectAt(spec, "parameters");
  const group = textAt(reference, "apiGroup");
  return `${textAt(reference, "kind")}${group === "" ? "" : `.${group}`}/${textAt(reference, "name")}`;
}

/** networking.k8s.io/v1/IngressClass. */
export const ingressClass = defineResource({
  kind: INGRESS_CLASS,
  plural: "ingressclasses",
  namespaced: false,
  applyDefaults: (object) =>
    changed(jsonOf(normalize(INGRESS_CLASS, object)), "spec", (spec) => changed(spec, "parameters", (reference) => filled(reference, { scope: "Cluster" }))) as unknown as KubeObject,
  checkShape: (object) => checkStructure(INGRESS_CLASS, object),
  validate: validateIngressClass,
  columns: [column("Controller", (object) => textAt(objectAt(object, "spec"), "controller")), column("Parameters", parameters), age],
});
