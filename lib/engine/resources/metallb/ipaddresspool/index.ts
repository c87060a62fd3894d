import type { FieldError } from "../../../apimachinery/api-error";
import { IP_ADDRESS_POOL } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { checkStructure } from "../../../openapi/validate";
import { column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, listAt, objectAt } from "../../json-object";

/** An address block as MetalLB reads it: `10.0.0.0/24` or `10.0.0.1-10.0.0.9`. */
const BLOCK = /^\s*\d{1,3}(\.\d{1,3}){3}\s*(\/\d{1,2}|-\s*\d{1,3}(\.\d{1,3}){3})\s*$/;

/**
 * What the schema of the custom resource and MetalLB's webhook refuse.
 * @simplified One wording for every malformed block; MetalLB's webhook has several.
 */
function validate(object: KubeObject): readonly FieldError[] {
  const spec = objectAt(jsonOf(object), "spec");
  if (spec["addresses"] === undefined || spec["addresses"] === null) return [{ code: "required", path: "spec.addresses", detail: "", origin: "metallb.pool" }];
  return listAt(spec, "addresses").flatMap((block, i): FieldError[] =>
    typeof block === "string" && BLOCK.test(block) ? [] : [{ code: "invalid", path: `spec.addresses[${i}]`, badValue: block, detail: `invalid CIDR ${JSON.stringify(block)} in pool ${JSON.stringify(object.metadata.name)}`, origin: "metallb.pool" }],
  );
}

/** metallb.io/v1beta1/IPAddressPool. */
export const ipAddressPool = defineResource({
  kind: IP_ADDRESS_POOL,
  plural: "ipaddresspools",
  subresources: ["status"],
  applyDefaults: (object) => changed(jsonOf(object), "spec", (spec) => filled(spec, { autoAssign: true, avoidBuggyIPs: false })) as unknown as KubeObject,
  validate,
  checkShape: (object) => checkStructure(IP_ADDRESS_POOL, object),
  columns: [
    column("Auto Assign", (object) => String(objectAt(object, "spec")["autoAssign"] === true)),
    column("Avoid Buggy IPs", (object) => String(objectAt(object, "spec")["avoidBuggyIPs"] === true)),
    column("Addresses", (object) => JSON.stringify(listAt(objectAt(object, "spec"), "addresses"))),
  ],
});
