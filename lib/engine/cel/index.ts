/**
 * Expressions in the language of Kubernetes' rules, read, checked and run by the engine itself: nothing of theirs can
 * reach out, run for ever or differ from one machine to the next.
 */
import { issueText, NOWHERE, type Expr } from "./ast";
import { checkExpression, type Scope } from "./check";
import { estimateCost, type Sized } from "./cost/estimate";
import { evaluate, type Activation } from "./evaluate";
import { parseExpression } from "./parser";
import { decodeBase64Bytes } from "../apimachinery/base64";
import type { Json } from "../apimachinery/meta";
import { formatQuantity } from "../apimachinery/quantity";
import { durationText, readDuration, readMoment, timestampText } from "./time";
import { BOOL, typeText, type Type } from "./expression-types";
import { heldBytes } from "./utf8";
import { Bytes, CelError, Duration, isDictionary, List, QuantityValue, Timestamp, valueOf, type TextReader, type Value } from "./values";

export { matchesPattern, compilePattern } from "./regex/match";
export { PatternError } from "./regex/parse";
export { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, objectType, opaque, optionalOf, STRING, TIMESTAMP, typeText, type Type } from "./expression-types";
export { CelError, escapeField, Optional, type Value } from "./values";
export { MESSAGES } from "./check";
export type { Activation } from "./evaluate";
export type { Sized } from "./cost/estimate";
export { MOST } from "./cost/bounds";
export { authorizerValue, resourceCheckValue, type AuthorizerAnswer, type AuthorizerQuestion } from "./functions/kubernetes";

/** Most work one expression may do. Upstream: apiserver/pkg/apis/cel, PerCallLimit. */
export const PER_CALL_LIMIT = 1_000_000;
/** Most work all expressions of one request may do. Upstream: RuntimeCELCostBudget. */
export const COST_BUDGET = 10_000_000;

/** An expression ready to run. */
export interface Compiled {
  readonly expr: Expr;
  readonly type: Type;
  /** The types of its parts. */
  readonly types: ReadonlyMap<Expr, Type>;
  /** The variables it names. */
  readonly used: ReadonlySet<string>;
}

/** An expression that is fit to run, or what upstream says is wrong with it. */
export type CompileResult = Compiled | { readonly error: string };

/** What a schema calls `byte`: what is no base64 is taken as it stands. */
function bytesOf(text: string): Bytes {
  return new Bytes(/^[A-Za-z0-9+/]*=*$/.test(text) ? heldBytes(decodeBase64Bytes(text)) : text);
}

const readText: TextReader = (type, text) => {
  if (type.type === "timestamp") return readMoment(text);
  return type.type === "duration" ? readDuration(text) : bytesOf(text);
};

/** JSON as a value expressions compute with, read by its type where it has one. */
export function jsonValue(json: unknown, type?: Type): Value {
  return valueOf(json, type, readText);
}

/** An object whose members are worked out when they are asked for. */
export function lazyDictionary(names: readonly string[], value: (name: string) => Value): Value {
  return { dictionary: true, struct: true, size: names.length, keys: () => names, get: (key) => (typeof key === "string" && names.includes(key) ? value(key) : undefined) };
}

/** A declared variable could not be worked out. @throws {CelError} */
export function failedVariable(name: string, why: string): never {
  throw new CelError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${why}`);
}

/** A value as JSON. @throws {CelError} for what JSON cannot say */
export function jsonOf(value: Value): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof List) return value.items().map(jsonOf);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof QuantityValue) return formatQuantity(value.quantity);
  if (isDictionary(value)) return Object.fromEntries(value.keys().map((key) => [String(key), jsonOf(value.get(key) ?? null)] as const));
  throw new CelError("unsupported conversion to JSON");
}

/** Reads and checks an expression over variables. `wanted` is the type it must have; several will do. Nothing a stranger writes is thrown at the caller. */
export function compile(source: string, scope: Scope, wanted: readonly Type[] = [BOOL]): CompileResult {
  try {
    return checked(source, scope, wanted);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { error: `compilation failed: ${issueText(source, [{ at: NOWHERE, message: "max recursion depth exceeded" }])}` };
  }
}

function checked(source: string, scope: Scope, wanted: readonly Type[]): CompileResult {
  const parsed = parseExpression(source);
  if ("issues" in parsed) return { error: `compilation failed: ${issueText(source, parsed.issues)}` };
  const { type, types, issues, used } = checkExpression(parsed.expr, scope);
  if (issues.length > 0) return { error: `compilation failed: ${issueText(source, issues)}` };
  if (wanted.length > 0 && !wanted.some((one) => typeText(one) === typeText(type)) && type.type !== "dyn") {
    return { error: wanted.length === 1 ? `must evaluate to ${typeText(wanted[0] as Type)}` : `must evaluate to one of ${wanted.map(typeText).join(", ")}` };
  }
  return { expr: parsed.expr, type, types, used };
}

/** What an expression costs at worst, over variables of a declared size. */
export function worstCost({ expr, types }: Compiled, declared: Sized | undefined): number {
  return estimateCost(expr, types, declared).max;
}

/** Runs an expression. */
export function run(compiled: Compiled, variables: Activation["variables"], limit = PER_CALL_LIMIT): ReturnType<typeof evaluate> {
  return evaluate(compiled.expr, { variables }, limit);
}
