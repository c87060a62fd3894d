/** Does a value satisfy a schema? In the words of the API server. Upstream: kube-openapi/pkg/validation/validate. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject } from "../../../apimachinery/meta";
import { matchesPattern } from "../../../cel/index";
import { isObject, listAt, numberAt, textAt } from "../../json-object";
import { hasFormat, isKnownFormat } from "./formats";
import { additionalOf, counterpart, flagged, isIntOrString, itemsOf, propertyNames, propertyOf, typeNameOf, type Schema } from "./schema";

/** What was found wrong, and how many checks passed: of several alternatives, the one with most is told of. */
interface Outcome {
  readonly errors: readonly FieldError[];
  readonly matched: number;
}

const FINE: Outcome = { errors: [], matched: 1 };

interface Place {
  /** As messages name it: `spec.size`, `""` for the root. */
  readonly path: string;
  /** What stood here before. What has not changed is not looked at again. */
  readonly old?: Json | undefined;
}

function merged(parts: readonly Outcome[]): Outcome {
  return { errors: parts.flatMap(({ errors }) => errors), matched: parts.reduce((sum, { matched }) => sum + matched, 0) };
}

function wrong(code: FieldError["code"], path: string, badValue: Json, detail: string): Outcome {
  const at = path.startsWith(".") ? path.slice(1) : path;
  return { errors: [{ code, path: at === "" ? "<nil>" : at, badValue, detail, origin: `schema.${code}` }], matched: 0 };
}

/** A complaint about the whole, which upstream ties to no field. */
function composite(path: string, rest: string): Outcome {
  return { errors: [{ code: "invalid", path: "<nil>", badValue: "", detail: `${JSON.stringify(path)} must ${rest}`, origin: "schema.composite" }], matched: 0 };
}

function typesOf(schema: Schema): readonly string[] {
  if (isIntOrString(schema)) return ["integer", "string"];
  const type = textAt(schema, "type");
  return type === "" ? [] : [type];
}

function checkType(schema: Schema, value: Json, path: string): Outcome {
  const types = typesOf(schema);
  if (types.length === 0) return FINE;
  const actual = typeNameOf(value);
  const mistyped = (wanted: string, found: string): Outcome => wrong("type-invalid", path, found, `${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`);
  if (value === null) return flagged(schema, "nullable") || types.includes("null") ? FINE : mistyped(types.join(","), "null");
  const numeric = types.includes("integer") || types.includes("number");
  if (textAt(schema, "format") !== "" && !numeric && (typeof value === "string" || Array.isArray(value))) return FINE;
  return types.includes(actual) || (actual === "integer" && types.includes("number")) ? FINE : mistyped(types.join(","), actual);
}

function checkText(schema: Schema, value: string, path: string): Outcome {
  const [longest, shortest, pattern] = [numberAt(schema, "maxLength"), numberAt(schema, "minLength"), textAt(schema, "pattern")];
  const length = longest === undefined && shortest === undefined ? 0 : [...value].length;
  if (longest !== undefined && length > longest) return wrong("too-long", path, value, `may not be more than ${longest} bytes`);
  if (shortest !== undefined && length < shortest) return wrong("invalid", path, value, `${path} in body should be at least ${shortest} chars long`);
  if (pattern !== "" && !matchesPattern(pattern, value)) return wrong("invalid", path, value, `${path} in body should match '${pattern}'`);
  return FINE;
}

function checkFormat(schema: Schema, value: string, path: string): Outcome {
  const format = textAt(schema, "format");
  return hasFormat(format, value) ? FINE : wrong("type-invalid", path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`);
}

/** A multiple, also where binary fractions are not exact. */
function isMultiple(value: number, factor: number): boolean {
  const quotient = value / factor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function checkNumber(schema: Schema, value: number, path: string): Outcome {
  const factor = numberAt(schema, "multipleOf");
  const [most, least] = [numberAt(schema, "maximum"), numberAt(schema, "minimum")];
  const found: Outcome[] = [];
  if (factor !== undefined && factor > 0 && !isMultiple(value, factor)) found.push(wrong("invalid", path, value, `${path} in body should be a multiple of ${factor}`));
  if (most !== undefined && (flagged(schema, "exclusiveMaximum") ? value >= most : value > most)) found.push(wrong("invalid", path, value, `${path} in body should be less than ${flagged(schema, "exclusiveMaximum") ? "" : "or equal to "}${most}`));
  if (least !== undefined && (flagged(schema, "exclusiveMinimum") ? value <= least : value < least)) found.push(wrong("invalid", path, value, `${path} in body should be greater than ${flagged(schema, "exclusiveMinimum") ? "" : "or equal to "}${least}`));
  return found.length === 0 ? FINE : merged(found);
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

function checkList(schema: Schema, value: readonly Json[], { path, old }: Place): Outcome {
  const items = itemsOf(schema);
  const found = items === undefined ? [] : value.map((item, i) => checkAt(items, item, { path: `${path}[${i}]`, old: counterpart(schema, item, old) }));
  const [most, least] = [numberAt(schema, "maxItems"), numberAt(schema, "minItems")];
  if (least !== undefined && value.length < least) found.push(wrong("invalid", path, value.length, `${path} in body should have at least ${least} items`));
  if (most !== undefined && value.length > most) found.push(wrong("too-many", path, value.length, `must have at most ${plural(most, "item")}`));
  if (flagged(schema, "uniqueItems") && value.some((item, i) => value.slice(0, i).some((other) => deepEqual(item, other)))) found.push(wrong("invalid", path, "", `${path} in body shouldn't contain duplicates`));
  return merged([...found, FINE]);
}

function checkObject(schema: Schema, value: JsonObject, { path, old }: Place): Outcome {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const [most, least] = [numberAt(schema, "maxProperties"), numberAt(schema, "minProperties")];
  if (least !== undefined && keys.length < least) return wrong("invalid", path, least, `${path} in body should have at least ${least} properties`);
  if (most !== undefined && keys.length > most) return wrong("too-many", path, keys.length, `must have at most ${plural(most, "item")}`);
  const before = isObject(old) ? old : {};
  const found: Outcome[] = [];
  const inside = (key: string): Place => ({ path: path === "" ? key : `${path}.${key}`, old: before[key] });
  const others = additionalOf(schema);
  const loose = keys.filter((key) => propertyOf(schema, key) === undefined).sort((a, b) => (a < b ? -1 : 1));
  if (schema["additionalProperties"] === false) for (const key of loose) found.push(wrong("invalid", path, key, `${path}.${key} in body is a forbidden property`));
  if (others !== undefined) for (const key of loose) found.push(checkAt(others, value[key] as Json, inside(key)));
  for (const name of propertyNames(schema)) {
    const inner = propertyOf(schema, name);
    if (inner !== undefined && Object.hasOwn(value, name) && value[name] !== undefined) found.push(checkAt(inner, value[name] as Json, inside(name)));
  }
  for (const name of listAt(schema, "required")) {
    if (typeof name === "string" && (!Object.hasOwn(value, name) || value[name] === undefined)) found.push(wrong("required", `${path}.${name}`, null, ""));
  }
  return merged([...found, FINE]);
}

function checkEnum(schema: Schema, value: Json, path: string): Outcome {
  const allowed = listAt(schema, "enum");
  if (allowed.length === 0 || allowed.some((one) => deepEqual(one, value))) return FINE;
  const texts = allowed.map((one) => JSON.stringify(typeof one === "string" ? one : JSON.stringify(one)));
  return wrong("not-supported", path, value, `supported values: ${texts.join(", ")}`);
}

const schemasAt = (schema: Schema, key: string): readonly Schema[] => listAt(schema, key).filter(isObject);

/** Of several failures, the one that got furthest. */
function furthest(outcomes: readonly Outcome[]): Outcome | undefined {
  return outcomes.reduce<Outcome | undefined>((best, next) => (best === undefined || next.matched > best.matched ? next : best), undefined);
}

function checkCombinations(schema: Schema, value: Json, path: string): Outcome {
  const found: Outcome[] = [];
  const run = (key: string): readonly Outcome[] => schemasAt(schema, key).map((one) => checkAt(one, value, { path }));
  const any = run("anyOf");
  if (any.length > 0 && !any.some(({ errors }) => errors.length === 0)) found.push(composite(path, "validate at least one schema (anyOf)"), furthest(any) ?? FINE);
  const one = run("oneOf");
  const valid = one.filter(({ errors }) => errors.length === 0).length;
  if (one.length > 0 && valid !== 1) {
    found.push(composite(path, `validate one and only one schema (oneOf). ${valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`}`));
    if (valid === 0) found.push(furthest(one) ?? FINE);
  }
  const all = run("allOf");
  const failed = all.filter(({ errors }) => errors.length > 0);
  found.push(...failed);
  if (failed.length > 0) found.push(composite(path, `validate all the schemas (allOf)${failed.length === all.length ? ". None validated" : ""}`));
  const not = schema["not"];
  if (isObject(not) && checkAt(not, value, { path }).errors.length === 0) found.push(composite(path, "not validate the schema (not)"));
  return merged([...found, FINE]);
}

const IGNORED_AT_ROOT: readonly string[] = ["apiVersion", "kind", "metadata"];

function checkAt(schema: Schema, value: Json, place: Place): Outcome {
  const { path, old } = place;
  // What was stored before the schema grew stricter may stay as it is. Upstream: CRDValidationRatcheting.
  if (old !== undefined && !IGNORED_AT_ROOT.includes(path) && deepEqual(old, value)) return FINE;
  const type = checkType(schema, value, path);
  if (value === null) return merged([type, checkEnum(schema, value, path)]);
  const found: Outcome[] = [type, checkCombinations(schema, value, path)];
  if (typeof value === "string") {
    found.push(checkText(schema, value, path));
    if (isKnownFormat(textAt(schema, "format"))) found.push(checkFormat(schema, value, path));
  } else if (typeof value === "number") found.push(checkNumber(schema, value, path));
  else if (Array.isArray(value)) found.push(checkList(schema, value as readonly Json[], place));
  found.push(checkEnum(schema, value, path));
  if (isObject(value)) found.push(checkObject(schema, value, place));
  return merged(found);
}

/**
 * Everything about a value that its schema forbids. `previous` is what the value replaces: parts that have not changed are
 * let be. Paths begin at the value; a complaint about the value itself has the path `<nil>`.
 */
export function checkAgainst(schema: Schema, value: Json, previous?: Json): readonly FieldError[] {
  return checkAt(schema, value, { path: "", old: previous }).errors;
}
