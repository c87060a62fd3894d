/** Rules of a schema, written in CEL. Upstream: apiextensions-apiserver/pkg/apiserver/schema/cel. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { Json } from "../../../apimachinery/meta";
import { BOOL, BYTES, compile, COST_BUDGET, DOUBLE, DURATION, DYN, escapeField, INT, jsonValue, listOf, mapOf, objectType, Optional, run, STRING, TIMESTAMP, type Compiled, type CompileResult, type Type } from "../../../cel/index";
import { isObject, listAt, objectsAt, textAt } from "../../json-object";
import { additionalOf, counterpart, isEmbedded, isIntOrString, itemsOf, propertyNames, propertyOf, type Schema } from "./schema";

const METADATA: Type = objectType("objectMeta", new Map([["name", STRING], ["generateName", STRING]]));

/** The type expressions see for a schema; undefined where they see nothing. Upstream: cel/common, SchemaDeclType. */
export function typeOfSchema(schema: Schema, isResource: boolean): Type | undefined {
  if (isIntOrString(schema)) return DYN;
  switch (textAt(schema, "type")) {
    case "object":
      return objectOf(schema, isResource);
    case "array": {
      const items = itemsOf(schema);
      const inner = items === undefined ? undefined : typeOfSchema(items, isEmbedded(items));
      return inner === undefined ? undefined : listOf(inner);
    }
    case "string":
      return ofFormat(textAt(schema, "format"));
    case "boolean":
      return BOOL;
    case "integer":
      return INT;
    case "number":
      return DOUBLE;
    default:
      return undefined;
  }
}

function ofFormat(format: string): Type {
  if (format === "byte") return BYTES;
  if (format === "duration") return DURATION;
  return format === "date" || format === "date-time" ? TIMESTAMP : STRING;
}

function objectOf(schema: Schema, isResource: boolean): Type | undefined {
  const others = additionalOf(schema);
  if (others !== undefined) {
    const inner = typeOfSchema(others, isEmbedded(others));
    return inner === undefined ? undefined : mapOf(STRING, inner);
  }
  const fields = new Map<string, Type>();
  for (const name of propertyNames(schema)) {
    const property = propertyOf(schema, name) ?? {};
    const escaped = escapeField(name);
    const type = escaped === undefined ? undefined : typeOfSchema(property, isEmbedded(property));
    if (escaped !== undefined && type !== undefined) fields.set(escaped, type);
  }
  if (isResource) for (const [name, type] of [["apiVersion", STRING], ["kind", STRING], ["metadata", METADATA]] as const) fields.set(name, type);
  return objectType("object", fields);
}

/** A rule of a schema, ready to run where it is fit to. */
export interface Rule {
  readonly source: Schema;
  readonly rule: CompileResult;
  readonly message: CompileResult | undefined;
  /** It compares with what was there before. */
  readonly usesOld: boolean;
}

/** The rules of one place of a schema, compiled. */
export interface RulesHere {
  readonly type: Type | undefined;
  readonly rules: readonly Rule[];
}

/** Rules already compiled, by schema. A memory of answers: it changes none. */
const compiled = new WeakMap<object, { readonly root: boolean; readonly here: RulesHere }>();

/** The rules of one place of a schema. */
export function rulesOf(schema: Schema, isResource: boolean): RulesHere {
  const known = compiled.get(schema);
  if (known?.root === isResource) return known.here;
  const sources = objectsAt(schema, "x-kubernetes-validations");
  const type = sources.length === 0 ? undefined : typeOfSchema(schema, isResource);
  const here: RulesHere = { type, rules: type === undefined ? [] : sources.map((source) => compileRule(source, type)) };
  if (Object.isFrozen(schema)) compiled.set(schema, { root: isResource, here });
  return here;
}

function compileRule(source: Schema, type: Type): Rule {
  const old: Type = source["optionalOldSelf"] === true ? { type: "optional", of: type } : type;
  const rule = compile(textAt(source, "rule"), new Map([["self", type], ["oldSelf", old]]), []);
  const text = textAt(source, "messageExpression");
  const message = text === "" ? undefined : compile(text, new Map([["self", type], ["oldSelf", type]]), []);
  const checked: CompileResult = "error" in rule || rule.type.type === "bool" ? rule : { error: "cel expression must evaluate to a bool" };
  const said: CompileResult | undefined = message === undefined || "error" in message || message.type.type === "string" ? message : { error: "messageExpression must evaluate to a string" };
  return { source, rule: checked, message: said, usesOld: "used" in rule && rule.used.has("oldSelf") };
}

interface Budget {
  left: number;
}

interface Here {
  readonly path: string;
  readonly isResource: boolean;
  /** What stood here before, where that can be told. */
  readonly old: Json | undefined;
  /** Has nothing changed here? Then what is wrong was wrong before. */
  readonly unchanged: boolean;
}

/** The value as an error shows it: containers are left out. */
function shownValue(value: Json): Pick<FieldError, "badValue" | "shown"> {
  return typeof value === "object" && value !== null ? { shown: "" } : { badValue: value };
}

const CODES: Readonly<Record<string, FieldError["code"]>> = { FieldValueForbidden: "forbidden", FieldValueRequired: "required", FieldValueDuplicate: "duplicate" };

function failure(path: string, value: Json, detail: string, reason = ""): FieldError {
  const code = CODES[reason] ?? "invalid";
  return { code, path: path === "" ? "<nil>" : path, ...shownValue(value), detail: code === "duplicate" ? "" : detail, origin: "schema.rule" };
}

/** A rule as messages call it: by its message where it has one. */
function ruleText(source: Schema): string {
  const message = textAt(source, "message").trim();
  return message === "" ? textAt(source, "rule").trim() : message;
}

function detailOf({ source, message }: Rule, variables: Parameters<typeof run>[1], budget: Budget): string {
  const plain = textAt(source, "message").trim();
  const fallback = plain === "" ? `failed rule: ${ruleText(source)}` : plain;
  if (message === undefined || "error" in message) return fallback;
  const outcome = run(message, variables);
  budget.left -= outcome.cost;
  if ("error" in outcome || typeof outcome.value !== "string") return fallback;
  const text = outcome.value.trim();
  return text === "" || text.includes("\n") || text.length > 5 * 1024 ? fallback : text;
}

/** `.a.b` and `['a'].b` as the end of a path. */
function joinedPath(path: string, relative: string): string {
  const rest = relative.trim().replace(/\['((?:[^'\\]|\\.)*)'\]/g, ".$1");
  return path === "" ? rest.replace(/^\./, "") : path + rest;
}

function runRule(rule: Rule, value: Json, type: Type, here: Here, budget: Budget): readonly FieldError[] {
  const { source } = rule;
  const optional = source["optionalOldSelf"] === true;
  if (rule.usesOld && here.old === undefined && !optional) return [];
  if ("error" in rule.rule) return [failure(here.path, value, `rule compile error: ${rule.rule.error}`)];
  const self = jsonValue(value, type);
  const before = here.old === undefined ? undefined : jsonValue(here.old, type);
  const oldSelf = optional ? new Optional(before) : before;
  const variables = { self, ...(oldSelf === undefined ? {} : { oldSelf }) };
  const outcome = run(rule.rule as Compiled, variables);
  if (outcome.cost > budget.left) return exhausted(here.path, value, budget);
  budget.left -= outcome.cost;
  if ("error" in outcome) {
    if (outcome.error.startsWith("no such overload")) return [failure(here.path, value, `'${outcome.error}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(source)}`)];
    if (!outcome.error.startsWith("operation cancelled")) return [failure(here.path, value, `${outcome.error} evaluating rule: ${ruleText(source)}`)];
    budget.left = -1;
    return [failure(here.path, value, `'${outcome.error}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(source)}`)];
  }
  if (outcome.value === true || (here.unchanged && !rule.usesOld)) return [];
  return [failure(joinedPath(here.path, textAt(source, "fieldPath")), value, detailOf(rule, variables, budget), textAt(source, "reason"))];
}

function exhausted(path: string, value: Json, budget: Budget): readonly FieldError[] {
  budget.left = -1;
  return [failure(path, value, "validation failed due to running out of cost budget, no further validation rules will be run")];
}

function walk(schema: Schema, value: Json, here: Here, budget: Budget): readonly FieldError[] {
  if (value === null || budget.left < 0) return [];
  const { type, rules } = rulesOf(schema, here.isResource);
  const found: FieldError[] = [];
  for (const rule of rules) if (type !== undefined && budget.left >= 0) found.push(...runRule(rule, value, type, here, budget));
  for (const inner of listAt(schema, "allOf")) if (isObject(inner) && hasRules(inner)) found.push(...walk(overlaid(schema, inner), value, here, budget));
  if (Array.isArray(value)) found.push(...walkList(schema, value as readonly Json[], here, budget));
  else if (isObject(value)) found.push(...walkObject(schema, value, here, budget));
  return found;
}

/** Schemas already laid over others. A memory of answers: it changes none. */
const laid = new WeakMap<object, Schema>();

/** What a part of `allOf` adds to a schema: its own rules alone, over the types of the whole. Upstream: schema/cel, validator. */
function overlaid(schema: Schema, inner: Schema): Schema {
  const known = laid.get(inner);
  if (known !== undefined) return known;
  const items = itemsOf(schema);
  const others = additionalOf(schema);
  const made: Schema = Object.freeze({
    ...schema,
    "x-kubernetes-validations": listAt(inner, "x-kubernetes-validations"),
    allOf: listAt(inner, "allOf"),
    ...(isObject(schema["properties"]) ? { properties: Object.fromEntries(propertyNames(schema).map((name) => [name, overlaid(propertyOf(schema, name) ?? {}, propertyOf(inner, name) ?? {})])) } : {}),
    ...(items === undefined ? {} : { items: overlaid(items, itemsOf(inner) ?? {}) }),
    ...(others === undefined ? {} : { additionalProperties: overlaid(others, additionalOf(inner) ?? {}) }),
  });
  if (Object.isFrozen(inner)) laid.set(inner, made);
  return made;
}

function walkList(schema: Schema, value: readonly Json[], here: Here, budget: Budget): readonly FieldError[] {
  const items = itemsOf(schema);
  if (items === undefined || !hasRules(items)) return [];
  return value.flatMap((item, i) => {
    const old = counterpart(schema, item, here.old);
    return walk(items, item, { path: `${here.path}[${i}]`, isResource: isEmbedded(items), old, unchanged: here.unchanged || (old !== undefined && deepEqual(old, item)) }, budget);
  });
}

function walkObject(schema: Schema, value: Schema, here: Here, budget: Budget): readonly FieldError[] {
  const others = additionalOf(schema);
  const before = isObject(here.old) && textAt(schema, "x-kubernetes-map-type") !== "atomic" ? here.old : undefined;
  return Object.keys(value)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap((key) => {
      const declared = propertyOf(schema, key);
      const inner = declared ?? others;
      const item = value[key];
      if (inner === undefined || item === undefined || !hasRules(inner)) return [];
      const old = before?.[key];
      const path = declared === undefined ? `${here.path}[${key}]` : here.path === "" ? key : `${here.path}.${key}`;
      return walk(inner, item, { path, isResource: isEmbedded(inner), old, unchanged: here.unchanged || (old !== undefined && deepEqual(old, item)) }, budget);
    });
}

/** Schemas with rules somewhere beneath. A memory of answers: it changes none. */
const ruled = new WeakMap<object, boolean>();

/** Has a schema rules, itself or beneath? */
export function hasRules(schema: Schema): boolean {
  const known = ruled.get(schema);
  if (known !== undefined) return known;
  const inner = [...propertyNames(schema).map((name) => propertyOf(schema, name)), additionalOf(schema), itemsOf(schema), ...listAt(schema, "allOf").filter(isObject)];
  const found = listAt(schema, "x-kubernetes-validations").length > 0 || inner.some((one) => one !== undefined && hasRules(one));
  if (Object.isFrozen(schema)) ruled.set(schema, found);
  return found;
}

/** What the rules of a schema say against an object. `previous` is what it replaces. */
export function checkRules(schema: Schema, value: Json, previous: Json | undefined): readonly FieldError[] {
  if (!hasRules(schema)) return [];
  return walk(schema, value, { path: "", isResource: true, old: previous, unchanged: false }, { left: COST_BUDGET });
}
