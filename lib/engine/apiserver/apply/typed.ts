/** Values seen through their shape: the fields they set, how two differ, how they merge, and what is left without some. */
import { deepEqual } from "../../apimachinery/compare";
import type { Json, JsonObject } from "../../apimachinery/meta";
import { isObject, put } from "../../apimachinery/patch/merge";
import { EMPTY, isEmpty, LEAF, type FieldSet } from "./field-set";
import { elementStep, isDeclared, memberShape, type Shape } from "./shapes";

type Elements = Extract<Shape, { readonly shape: "keyed" | "set" }>;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isMap = (shape: Shape): boolean => shape.shape === "struct" || shape.shape === "map" || shape.shape === "declared" || shape.shape === "deduced";
const isElements = (shape: Shape): shape is Elements => shape.shape === "keyed" || shape.shape === "set";
const elementShape = (shape: Elements): Shape => (shape.shape === "keyed" ? shape.of : { shape: "scalar" });
const hollow = (value: Json | undefined): boolean => value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0) || (isList(value) && value.length === 0);

/** The fields a value sets. Upstream: typed.ToFieldSet. */
export function fieldsOf(value: Json, shape: Shape): FieldSet {
  const steps = new Map<string, FieldSet>();
  if (isMap(shape) && isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const inner = fieldsOf(member, memberShape(shape, key));
      const own = inner.own || member === null || (isObject(member) && Object.keys(member).length === 0) || !isDeclared(shape, key);
      if (own || inner.steps.size > 0) steps.set(`f:${key}`, { own, steps: inner.steps });
    }
    return { own: false, steps };
  }
  if (isElements(shape) && isList(value)) {
    for (const element of value) steps.set(elementStep(shape, element), { own: true, steps: fieldsOf(element, elementShape(shape)).steps });
    return { own: false, steps };
  }
  return shape.shape !== "deduced" && (isMap(shape) || isElements(shape)) ? EMPTY : LEAF;
}

/** How two values differ, field by field. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const SAME: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY };

function gathered(parts: readonly (readonly [string, Comparison])[], own: Pick<Comparison, never> & { readonly added: boolean; readonly removed: boolean }): Comparison {
  const collect = (which: keyof Comparison, self: boolean): FieldSet => ({
    own: self,
    steps: new Map(parts.flatMap(([step, part]): [string, FieldSet][] => (isEmpty(part[which]) ? [] : [[step, part[which]]]))),
  });
  return { added: collect("added", own.added), modified: collect("modified", false), removed: collect("removed", own.removed) };
}

/** What changed from one value to the other. Upstream: typed.Compare. */
export function compareFields(from: Json | undefined, to: Json | undefined, shape: Shape): Comparison {
  if (from === undefined && to === undefined) return SAME;
  const own = { added: from === undefined, removed: to === undefined };
  if (isMap(shape) && !(hollow(from) && hollow(to)) && [from, to].every((value) => value === undefined || value === null || isObject(value))) {
    const left = isObject(from) ? from : {};
    const right = isObject(to) ? to : {};
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return gathered(keys.map((key) => [`f:${key}`, compareFields(left[key], right[key], memberShape(shape, key))] as const), own);
  }
  if (isElements(shape) && !(hollow(from) && hollow(to)) && [from, to].every((value) => value === undefined || value === null || isList(value))) {
    const left = byStep(from, shape);
    const right = byStep(to, shape);
    const inner = elementShape(shape);
    return gathered([...new Set([...left.keys(), ...right.keys()])].map((step) => [step, compareFields(left.get(step), right.get(step), inner)] as const), own);
  }
  if (from === undefined) return { ...SAME, added: LEAF };
  if (to === undefined) return { ...SAME, removed: LEAF };
  return deepEqual(from, to) ? SAME : { ...SAME, modified: LEAF };
}

function byStep(value: Json | undefined, shape: Elements): ReadonlyMap<string, Json> {
  return new Map(isList(value) ? value.map((element) => [elementStep(shape, element), element]) : []);
}

/** The value with what was applied merged in. Upstream: typed.Merge. */
export function mergeTyped(live: Json | undefined, applied: Json, shape: Shape): Json {
  if (live === undefined || live === null) return applied;
  if (isMap(shape) && isObject(applied) && isObject(live)) {
    const result: Record<string, Json> = {};
    for (const key of new Set([...Object.keys(live), ...Object.keys(applied)])) {
      const [old, next] = [live[key], applied[key]];
      if (next !== undefined) put(result, key, mergeTyped(old, next, memberShape(shape, key)));
      else if (old !== undefined) put(result, key, old);
    }
    return result;
  }
  return isElements(shape) && isList(applied) && isList(live) ? mergeElements(live, applied, shape) : applied;
}

/** Shared elements come in the applied order; others stay beside their neighbours. Upstream: typed/merge.go, mergeListItems. */
function mergeElements(live: readonly Json[], applied: readonly Json[], shape: Elements): readonly Json[] {
  const left = live.map((element) => elementStep(shape, element));
  const right = applied.map((element) => elementStep(shape, element));
  const inLeft = new Map(left.map((step, index) => [step, live[index] as Json]));
  const inRight = new Set(right);
  const shared = right.filter((step) => inLeft.has(step));
  const merged = new Set<string>();
  const result: Json[] = [];
  const take = (index: number): void => {
    const step = right[index] ?? "";
    merged.add(step);
    result.push(mergeTyped(inLeft.get(step), applied[index] as Json, elementShape(shape)));
    if (shared[0] === step) shared.shift();
  };
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const step = left[l];
    if (step !== undefined && r < right.length) {
      if (step === right[r]) {
        take(r);
        l += 1;
        r += 1;
        continue;
      }
      if (inRight.has(step) && shared[0] !== undefined && shared[0] !== step) {
        l += 1;
        continue;
      }
    }
    if (step !== undefined && (!inRight.has(step) || merged.has(step))) {
      if (!inRight.has(step)) result.push(live[l] as Json);
      l += 1;
      continue;
    }
    if (r < right.length) {
      take(r);
      r += 1;
    }
  }
  return result;
}

/** The value without the fields of a set; `undefined` when nothing is left. Upstream: typed.RemoveItems. */
export function withoutFields(value: Json, fields: FieldSet, shape: Shape): Json | undefined {
  if (isMap(shape) && isObject(value)) {
    const result: Record<string, Json> = {};
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const inner = fields.steps.get(`f:${key}`);
      if (inner?.own) continue;
      const left = inner && inner.steps.size > 0 ? withoutFields(member, inner, memberShape(shape, key)) : member;
      if (left !== undefined) put(result, key, left);
    }
    return Object.keys(result).length === 0 && Object.keys(value).length > 0 ? undefined : result;
  }
  if (!isElements(shape) || !isList(value)) return value;
  const kept = value.flatMap((element): readonly Json[] => {
    const inner = fields.steps.get(elementStep(shape, element));
    if (inner?.own) return [];
    const left = inner && inner.steps.size > 0 ? withoutFields(element, inner, elementShape(shape)) : element;
    return left === undefined ? [] : [left];
  });
  return kept.length === 0 && value.length > 0 ? undefined : kept;
}

/** Elements of keyed lists and sets that occur twice, as paths. */
export function duplicatesIn(value: JsonObject, shape: Shape): readonly string[] {
  const found: string[] = [];
  const walk = (at: Json, of: Shape, path: string): void => {
    if (isMap(of) && isObject(at)) for (const [key, member] of Object.entries(at)) if (member !== undefined) walk(member, memberShape(of, key), `${path}.${key}`);
    if (!isElements(of) || !isList(at)) return;
    const seen = new Set<string>();
    for (const element of at) {
      const step = elementStep(of, element);
      if (seen.has(step)) found.push(`${path}: duplicate entries for key ${step.startsWith("k:") ? `[${Object.entries(JSON.parse(step.slice(2)) as JsonObject).map(([key, text]) => `${key}=${JSON.stringify(text)}`).join(",")}]` : `[=${step.slice(2)}]`}`);
      seen.add(step);
      walk(element, elementShape(of), `${path}[]`);
    }
  };
  walk(value, shape, "");
  return found;
}
