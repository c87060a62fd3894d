import { compareStrings } from "../../../apimachinery/compare";
import { RESOURCE_QUOTA } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { freshStatus } from "../../apps/workload";
import { age, column } from "../../cells";
import { defineResource } from "../../define";
import { has, objectAt } from "../../json-object";
import type { ResourceList } from "../pod/pod";
import { validateResourceQuota } from "./validation";

/** One condition on what a quota counts. */
export interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

/** v1/ResourceQuota. */
export interface ResourceQuota extends KubeObject {
  readonly spec?: { readonly hard?: ResourceList; readonly scopes?: readonly string[]; readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] } };
  readonly status?: { readonly hard?: ResourceList; readonly used?: ResourceList };
}

function usage(object: JsonObject, limits: boolean): string {
  const status = objectAt(object, "status");
  const [hard, used] = [objectAt(status, "hard"), objectAt(status, "used")];
  return Object.keys(hard)
    .sort(compareStrings)
    .filter((name) => name.startsWith("limits.") === limits)
    .map((name) => `${name}: ${has(used, name) ? String(used[name]) : "0"}/${String(hard[name])}`)
    .join(", ");
}

/** v1/ResourceQuota. */
export const resourceQuota = defineResource({
  kind: RESOURCE_QUOTA,
  plural: "resourcequotas",
  shortNames: ["quota"],
  subresources: ["status"],
  applyDefaults: (object) => normalize(RESOURCE_QUOTA, object),
  prepare: freshStatus({}),
  checkShape: (object) => checkStructure(RESOURCE_QUOTA, object),
  validate: validateResourceQuota,
  columns: [column("Request", (object) => usage(object, false)), column("Limit", (object) => usage(object, true)), age],
});
