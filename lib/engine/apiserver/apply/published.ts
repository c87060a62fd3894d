/** How fields merge, as OpenAPI documents tell clients. Upstream: the `x-kubernetes-` extensions that openapi-gen writes. */
import type { JsonObject } from "../../apimachinery/meta";
import { partsOfKind } from "../../apimachinery/meta";
import { patchedKinds, patchTypeBeneath, patchTypeOfKind, type PatchField, type PatchType } from "../../apimachinery/patch/merge-keys";
import { typeSchema, type FieldType } from "../../openapi/schema";
import { fieldShape } from "./shapes";

/** The rules of strategic merge by `Type.field`. Filled when first asked for. */
const rules = new Map<string, PatchField>();

function inner(type: FieldType | undefined): string | undefined {
  if (type === undefined || type.type === "scalar") return undefined;
  return type.type === "object" ? type.name : inner(type.of);
}

function collect(type: string, patched: PatchType): void {
  for (const [field, rule] of Object.entries(patched)) {
    const name = `${type}.${field}`;
    if (rules.has(name)) continue;
    rules.set(name, rule);
    const beneath = inner(typeSchema(type)?.get(field)?.type);
    if (beneath !== undefined) collect(beneath, patchTypeBeneath(rule));
  }
}

function ruleOf(type: string, field: string): PatchField | undefined {
  if (rules.size === 0) for (const kind of patchedKinds()) collect(partsOfKind(kind).kind, patchTypeOfKind(kind));
  return rules.get(`${type}.${field}`);
}

function strategic(rule: PatchField | undefined): JsonObject {
  if (rule === undefined) return {};
  const ways = [...(rule.mergeKey === undefined ? [] : ["merge"]), ...(rule.retainKeys ? ["retainKeys"] : []), ...(rule.replace ? ["replace"] : [])];
  if (ways.length === 0) return {};
  return { ...(rule.mergeKey ? { "x-kubernetes-patch-merge-key": rule.mergeKey } : {}), "x-kubernetes-patch-strategy": ways.join(",") };
}

/** The extensions of a field of a type: how its list or map merges in an apply and in a strategic patch. */
export function mergeExtensions(type: string, field: string): JsonObject {
  const shape = fieldShape(type, field);
  const list = typeSchema(type)?.get(field)?.type.type === "list";
  const kept = strategic(ruleOf(type, field));
  if (shape?.shape === "keyed") return { "x-kubernetes-list-map-keys": shape.keys, "x-kubernetes-list-type": "map", ...kept };
  if (shape?.shape === "set") return { "x-kubernetes-list-type": "set", ...kept };
  return { ...(list ? { "x-kubernetes-list-type": "atomic" } : {}), ...kept };
}
