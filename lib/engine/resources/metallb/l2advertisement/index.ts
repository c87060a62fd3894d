import { L2_ADVERTISEMENT } from "../../../apimachinery/kinds";
import type { JsonObject } from "../../../apimachinery/meta";
import { checkStructure } from "../../../openapi/validate";
import { column } from "../../cells";
import { defineResource } from "../../define";
import { has, objectAt } from "../../json-object";

const shown = (key: string) => (object: JsonObject): string => (has(objectAt(object, "spec"), key) ? JSON.stringify(objectAt(object, "spec")[key]) : "");

/** metallb.io/v1beta1/L2Advertisement. */
export const l2Advertisement = defineResource({
  kind: L2_ADVERTISEMENT,
  plural: "l2advertisements",
  subresources: ["status"],
  checkShape: (object) => checkStructure(L2_ADVERTISEMENT, object),
  columns: [column("IPAddressPools", shown("ipAddressPools")), column("IPAddressPool Selectors", shown("ipAddressPoolSelectors")), column("Interfaces", shown("interfaces"))],
});
