/** Sets of fields, as `metadata.managedFields` writes them. Upstream: sigs.k8s.io/structured-merge-diff/fieldpath. */
import { compareStrings } from "../../apimachinery/compare";
import type { Json, JsonObject } from "../../apimachinery/meta";

/** A set of paths as a tree. A step is `f:name`, `k:{keys}` or `v:value`; `own` says that the path itself is in the set. */
export interface FieldSet {
  readonly own: boolean;
  readonly steps: ReadonlyMap<string, FieldSet>;
}

/** No field at all. */
export const EMPTY: FieldSet = { own: false, steps: new Map() };
/** A path that ends here. */
export const LEAF: FieldSet = { own: true, steps: new Map() };

/** Is nothing in the set? */
export function isEmpty(set: FieldSet): boolean {
  return !set.own && [...set.steps.values()].every(isEmpty);
}

function combine(a: FieldSet, b: FieldSet, own: (a: boolean, b: boolean) => boolean): FieldSet {
  const steps = new Map<string, FieldSet>();
  for (const step of new Set([...a.steps.keys(), ...b.steps.keys()])) {
    const inner = combine(a.steps.get(step) ?? EMPTY, b.steps.get(step) ?? EMPTY, own);
    if (!isEmpty(inner)) steps.set(step, inner);
  }
  return { own: own(a.own, b.own), steps };
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x || y);
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x && y);
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x && !y);

/** The set with one more path. */
export function withPath(set: FieldSet, path: readonly string[]): FieldSet {
  const [step, ...rest] = path;
  if (step === undefined) return { own: true, steps: set.steps };
  return { own: set.own, steps: new Map([...set.steps, [step, withPath(set.steps.get(step) ?? EMPTY, rest)]]) };
}

/** The set without a path and everything beneath it. */
export function withoutTree(set: FieldSet, path: readonly string[]): FieldSet {
  const [step, ...rest] = path;
  if (step === undefined) return EMPTY;
  const inner = set.steps.get(step);
  if (!inner) return set;
  const steps = new Map(set.steps);
  const left = withoutTree(inner, rest);
  if (isEmpty(left)) steps.delete(step);
  else steps.set(step, left);
  return { own: set.own, steps };
}

/** Every field that lies on the way to another counts as a member too, elements of lists aside. */
export function withNamedFields(set: FieldSet, named = false): FieldSet {
  const steps = new Map([...set.steps].map(([step, inner]): [string, FieldSet] => [step, withNamedFields(inner, step.startsWith("f:"))]));
  return { own: set.own || (named && steps.size > 0), steps };
}

/** Steps as upstream orders them: keys by their values, numbers as numbers. */
function compareSteps(a: string, b: string): number {
  if (!a.startsWith("k:") || !b.startsWith("k:")) return compareStrings(a, b);
  const [left, right] = [JSON.parse(a.slice(2)) as JsonObject, JSON.parse(b.slice(2)) as JsonObject];
  for (const key of Object.keys(left)) {
    const [x, y] = [left[key], right[key]];
    const order = typeof x === "number" && typeof y === "number" ? x - y : compareStrings(JSON.stringify(x), JSON.stringify(y ?? null));
    if (order !== 0) return order;
  }
  return compareStrings(a, b);
}

/** The paths of a set, in order: at every level first what ends there. */
export function pathsOf(set: FieldSet): readonly (readonly string[])[] {
  const steps = [...set.steps.keys()].sort(compareSteps);
  const ending = steps.filter((step) => set.steps.get(step)?.own);
  const deeper = steps.flatMap((step) => pathsOf(set.steps.get(step) ?? EMPTY).map((rest): readonly string[] => [step, ...rest]));
  return [...ending.map((step): readonly string[] => [step]), ...deeper];
}

/** `.spec.ports[port=80,protocol="TCP"].name`. Upstream: fieldpath.Path.String. */
export function pathText(path: readonly string[]): string {
  return path.map(stepText).join("");
}

function stepText(step: string): string {
  if (step.startsWith("f:")) return `.${step.slice(2)}`;
  if (step.startsWith("v:")) return `[=${step.slice(2)}]`;
  const keys = JSON.parse(step.slice(2)) as JsonObject;
  return `[${Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
}

/** As `fieldsV1`. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const fields: Record<string, Json> = {};
  if (set.own && set.steps.size > 0) fields["."] = {};
  for (const step of [...set.steps.keys()].sort(compareStrings)) fields[step] = toFieldsV1(set.steps.get(step) ?? EMPTY);
  return fields;
}

/** From `fieldsV1`; what is no step of a path is left out. */
export function fromFieldsV1(fields: Json | undefined, depth = 0): FieldSet {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields) || depth > 60) return EMPTY;
  const entries = Object.entries(fields as JsonObject);
  const steps = new Map<string, FieldSet>();
  for (const [step, inner] of entries) {
    if (!/^[fkv]:/.test(step) || (step.startsWith("k:") && !isKeys(step.slice(2)))) continue;
    const set = fromFieldsV1(inner, depth + 1);
    steps.set(step, set.steps.size === 0 ? LEAF : set);
  }
  return { own: entries.length === 0 || Object.hasOwn(fields, "."), steps };
}

function isKeys(text: string): boolean {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Are the sets the same? */
export function sameSet(a: FieldSet, b: FieldSet): boolean {
  return isEmpty(difference(a, b)) && isEmpty(difference(b, a));
}
