import { INGRESS } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, loadBalancerAddresses, several } from "../../cells";
import { defineResource } from "../../define";
import { listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { validateIngress } from "./validation";

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");

function hosts(object: JsonObject): string {
  const named = objectsAt(spec(object), "rules").map((rule) => textAt(rule, "host")).filter((host) => host !== "");
  return named.length === 0 ? "*" : several(named);
}

/** networking.k8s.io/v1/Ingress. */
export const ingress = defineResource({
  kind: INGRESS,
  plural: "ingresses",
  shortNames: ["ing"],
  subresources: ["status"],
  applyDefaults: (object) => normalize(INGRESS, object),
  prepare: (object, previous) => (previous === undefined ? ({ ...object, status: { loadBalancer: {} } } as unknown as KubeObject) : object),
  checkShape: (object) => checkStructure(INGRESS, object),
  validate: validateIngress,
  columns: [
    column("Class", (object) => textAt(spec(object), "ingressClassName") || textAt(objectAt(objectAt(object, "metadata"), "annotations"), "kubernetes.io/ingress.class") || "<none>"),
    column("Hosts", hosts),
    column("Address", loadBalancerAddresses),
    column("Ports", (object) => (listAt(spec(object), "tls").length > 0 ? "80, 443" : "80")),
    age,
  ],
});
