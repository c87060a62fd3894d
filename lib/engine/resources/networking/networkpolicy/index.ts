import { formatLabelSelector, type LabelSelector } from "../../../apimachinery/labels";
import { NETWORK_POLICY } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, changedEach, filled, listAt, objectAt } from "../../json-object";
import { validateNetworkPolicy } from "./validation";

const ports = (rule: JsonObject): JsonObject => changedEach(rule, "ports", (port) => filled(port, { protocol: "TCP" }));

function complete(spec: JsonObject): JsonObject {
  const types = listAt(spec, "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
  return filled(changedEach(changedEach(spec, "ingress", ports), "egress", ports), { podSelector: {}, policyTypes: types });
}

/** networking.k8s.io/v1/NetworkPolicy. */
export const networkPolicy = defineResource({
  kind: NETWORK_POLICY,
  plural: "networkpolicies",
  shortNames: ["netpol"],
  applyDefaults: (object) => changed(jsonOf(normalize(NETWORK_POLICY, object)), "spec", complete) as unknown as KubeObject,
  checkShape: (object) => checkStructure(NETWORK_POLICY, object),
  validate: validateNetworkPolicy,
  columns: [column("Pod-Selector", (object) => formatLabelSelector(objectAt(objectAt(object, "spec"), "podSelector") as LabelSelector)), age],
});
