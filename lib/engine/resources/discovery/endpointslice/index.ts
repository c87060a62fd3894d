import { ENDPOINT_SLICE } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf, several } from "../../cells";
import { defineResource } from "../../define";
import { changedEach, filled, has, listAt, numberAt, objectsAt, textAt } from "../../json-object";
import { validateEndpointSlice } from "./validation";

function ports(object: JsonObject): string {
  const list = objectsAt(object, "ports");
  if (list.length === 0) return "<unset>";
  return several(list.map((port) => (has(port, "port") ? String(numberAt(port, "port")) : "*")));
}

function endpoints(object: JsonObject): string {
  const list = objectsAt(object, "endpoints");
  return list.length === 0 ? "<unset>" : several(list.flatMap((endpoint) => listAt(endpoint, "addresses").map(String)));
}

/** Go writes these two even when there is nothing in them: as null. */
function withLists(object: JsonObject): JsonObject {
  const nothing = { ...(object["endpoints"] === undefined ? { endpoints: null } : {}), ...(listAt(object, "ports").length === 0 ? { ports: null } : {}) };
  return Object.entries(nothing).every(([key, value]) => object[key] === value) ? object : { ...object, ...nothing };
}

/** discovery.k8s.io/v1/EndpointSlice. */
export const endpointSlice = defineResource({
  kind: ENDPOINT_SLICE,
  plural: "endpointslices",
  applyDefaults: (object) =>
    withLists(changedEach(changedEach(jsonOf(normalize(ENDPOINT_SLICE, object)), "ports", (port) => filled(port, { name: "", protocol: "TCP" })), "endpoints", (endpoint) => filled(endpoint, { conditions: {} }))) as unknown as KubeObject,
  checkShape: (object) => checkStructure(ENDPOINT_SLICE, object),
  validate: validateEndpointSlice,
  columns: [column("AddressType", (object) => textAt(object, "addressType")), column("Ports", ports), column("Endpoints", endpoints), age],
});
