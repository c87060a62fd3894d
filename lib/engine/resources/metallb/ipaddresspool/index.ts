import { IP_ADDRESS_POOL } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { checkStructure } from "../../../openapi/validate";
import { column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, listAt, objectAt } from "../../json-object";

/** metallb.io/v1beta1/IPAddressPool. */
export const ipAddressPool = defineResource({
  kind: IP_ADDRESS_POOL,
  plural: "ipaddresspools",
  subresources: ["status"],
  applyDefaults: (object) => changed(jsonOf(object), "spec", (spec) => filled(spec, { autoAssign: true, avoidBuggyIPs: false })) as unknown as KubeObject,
  checkShape: (object) => checkStructure(IP_ADDRESS_POOL, object),
  columns: [
    column("Auto Assign", (object) => String(objectAt(object, "spec")["autoAssign"] === true)),
    column("Avoid Buggy IPs", (object) => String(objectAt(object, "spec")["avoidBuggyIPs"] === true)),
    column("Addresses", (object) => JSON.stringify(listAt(objectAt(object, "spec"), "addresses"))),
  ],
});
