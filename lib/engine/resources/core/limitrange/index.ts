import { LIMIT_RANGE } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { createdAt, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, changedEach, filled, has, objectAt, textAt } from "../../json-object";
import type { ResourceList } from "../pod/pod";
import { validateLimitRange } from "./validation";

/** Bounds for one type of thing. */
export interface LimitRangeItem {
  readonly type: string;
  readonly max?: ResourceList;
  readonly min?: ResourceList;
  readonly default?: ResourceList;
  readonly defaultRequest?: ResourceList;
  readonly maxLimitRequestRatio?: ResourceList;
}

/** v1/LimitRange. */
export interface LimitRange extends KubeObject {
  readonly spec?: { readonly limits?: readonly LimitRangeItem[] };
}

/** For containers: what is not defaulted is limited by the most, and requested by the limit or the least. */
function item(limit: JsonObject): JsonObject {
  if (textAt(limit, "type") !== "Container") return limit;
  const limits = filled(objectAt(limit, "default"), objectAt(limit, "max"));
  const requests = filled(filled(objectAt(limit, "defaultRequest"), limits), objectAt(limit, "min"));
  return { ...limit, ...(Object.keys(limits).length > 0 ? { default: limits } : {}), ...(Object.keys(requests).length > 0 ? { defaultRequest: requests } : {}) };
}

const complete = (spec: JsonObject): JsonObject => changedEach(spec, "limits", item);

/** v1/LimitRange. A body without any name is named after its uid, as upstream's strategy does. */
export const limitRange = defineResource({
  kind: LIMIT_RANGE,
  plural: "limitranges",
  shortNames: ["limits"],
  applyDefaults: (object) => changed(jsonOf(normalize(LIMIT_RANGE, object)), "spec", complete) as unknown as KubeObject,
  checkShape: (object) => checkStructure(LIMIT_RANGE, object),
  validate: validateLimitRange,
  columns: [createdAt],
});

/** Does a LimitRange speak of this type? */
export function limitsOf(range: LimitRange, type: string): readonly LimitRangeItem[] {
  return (range.spec?.limits ?? []).filter((limit) => limit.type === type && has(limit as unknown as JsonObject, "type"));
}
