/** A value as the API server prints what it keeps in memory: Go's names in Go's order, with everything that is unset. Upstream: `k8s.io/apimachinery/pkg/util/diff`. */
import { compareStrings } from "./compare";
import { goShapes } from "./go-shapes";
import { goInternalShapes } from "./go-shapes-internal";
import type { Json, JsonObject } from "./meta";
import { unifiedDiff } from "./unified-diff";

/** Types that carry JSON names of their own, and leave out what is empty. */
const TAGGED = new Set(["v1.LabelSelector", "v1.ObjectMeta"]);

function shapeOf(type: string): string | undefined {
  if (type === "v1.EphemeralContainer") return `${goShapes["v1.Container"] ?? ""},TargetContainerName targetContainerName string`;
  return goInternalShapes[type] ?? goShapes[type];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

/** What JSON would be made of it. Empty maps count as unset. */
function inGo(type: string, value: Json | undefined): Json {
  if (type.startsWith("*")) return value === undefined || value === null ? null : inGo(type.slice(1), value);
  if (type.startsWith("[]")) return value === undefined || value === null ? null : (value as readonly Json[]).map((one) => inGo(type.slice(2), one));
  if (type.startsWith("map[") || type === "v1.ResourceList") return isEmpty(value) ? null : sorted(value as JsonObject);
  if (TAGGED.has(type)) return value ?? {};
  const shape = shapeOf(type);
  if (shape !== undefined) return structOf(shape, (typeof value === "object" && value !== null ? value : {}) as JsonObject);
  if (value !== undefined && value !== null) return value;
  if (/^u?int/.test(type) || type === "intstr.IntOrString") return 0;
  return type === "bool" ? false : type === "resource.Quantity" ? "0" : "";
}

function structOf(shape: string, object: JsonObject): JsonObject {
  const entries = shape.split(",").flatMap((field): [string, Json][] => {
    const [name = "", key = "", type = ""] = field.split(" ");
    return key === "~" ? Object.entries(inGo(type, object) as JsonObject).map(([inner, value]) => [inner, value ?? null]) : [[name, inGo(type, object[key])]];
  });
  return Object.fromEntries(entries);
}

function sorted(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(map).sort(compareStrings).map((key) => [key, map[key] ?? null]));
}

const ESCAPED: Readonly<Record<string, string>> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026" };

function linesOf(type: string, value: JsonObject): readonly string[] {
  return JSON.stringify(inGo(type, value), undefined, 1).replace(/[<>&]/g, (one) => ESCAPED[one] ?? one).split("\n");
}

/** A pod template as a refusal quotes it: what Go embeds has no level of its own, and what has no JSON name has Go's. */
export function goTemplate({ metadata, spec }: JsonObject): JsonObject {
  return { ...(metadata as JsonObject | undefined), Spec: inGo("core.PodSpec", spec) };
}

/** How two values of a Go type differ, line by line: what a refusal of a forbidden change ends with. */
export function goDiff(type: string, before: JsonObject, after: JsonObject): string {
  return unifiedDiff(linesOf(type, before), linesOf(type, after));
}
