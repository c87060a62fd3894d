import { formatText } from "../builtins/printf";
import { compileRegex, type Regex } from "./regex";

/** A program awk cannot run. */
export class AwkError extends Error {}

/** A string or a number; the text of an input may be either. */
export type Value = string | number;
/** Something with a value. */
export type Expression = (scope: Scope) => Value;
/** Something to do. */
export type Statement = (scope: Scope) => void;

/** A running program. */
export interface Scope {
  fields: string[];
  readonly vars: Map<string, Value>;
  readonly arrays: Map<string, Map<string, Value>>;
  out: string;
  steps: number;
}

/** Thrown by `next`. */
export class NextLine {}
/** Thrown by `exit`. */
export class ExitProgram {}

const MAX_STEPS = 500_000;
/** An expression that may be assigned to, or be a regular expression. */
export interface Operand {
  readonly value: Expression;
  readonly assign?: (scope: Scope, value: Value) => Value;
  readonly name?: string;
  readonly regex?: Regex;
}

/** Counts one step of a loop; throws when there were too many. */
export function tick(scope: Scope): void {
  scope.steps += 1;
  if (scope.steps > MAX_STEPS) throw new AwkError("program ran too long");
}

/** The array of this name, made when first used. */
export function arrayOf(scope: Scope, name: string): Map<string, Value> {
  const known = scope.arrays.get(name) ?? new Map<string, Value>();
  scope.arrays.set(name, known);
  return known;
}

/** A value as a number: the digits it begins with. */
export function toNumber(value: Value): number {
  return typeof value === "number" ? value : Number(/^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/.exec(value)?.[0] ?? 0);
}

/** A value as text. */
export function toText(value: Value): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** Is it neither 0 nor empty? */
export function isTrue(value: Value): boolean {
  return typeof value === "number" ? value !== 0 : value !== "" && !(isNumeric(value) && Number(value) === 0);
}

function isNumeric(value: Value): boolean {
  return typeof value === "number" || /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(value);
}

/** Compares as numbers if both look like numbers, else as text. */
export function compare(op: string, a: Value, b: Value): boolean {
  const asNumbers = isNumeric(a) && isNumeric(b);
  const [x, y] = asNumbers ? [toNumber(a), toNumber(b)] : [toText(a), toText(b)];
  switch (op) {
    case "<": return x < y;
    case "<=": return x <= y;
    case ">": return x > y;
    case ">=": return x >= y;
    case "==": return x === y;
    default: return x !== y;
  }
}

/** One arithmetic operation. */
export function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case "+": return a + b;
    case "-": return a - b;
    case "*": return a * b;
    default:
      if (b === 0) throw new AwkError("Division by zero");
      return op === "/" ? a / b : a % b;
  }
}

function split(text: string, separator: string): string[] {
  if (separator === " ") return text.trim() === "" ? [] : text.trim().split(/\s+/);
  if (text === "") return [];
  if (separator.length === 1) return text.split(separator);
  const regex = compileRegex(separator, { extended: true });
  const parts: string[] = [];
  let at = 0;
  for (let match = regex.exec(text, at); match && match.end > match.start; match = regex.exec(text, at)) {
    parts.push(text.slice(at, match.start));
    at = match.end;
  }
  return [...parts, text.slice(at)];
}

/** Makes a line the current record. */
export function setRecord(scope: Scope, line: string): void {
  const fields = split(line, toText(scope.vars.get("FS") ?? " "));
  scope.fields = [line, ...fields];
  scope.vars.set("NF", fields.length);
}

/** Assigns `$n`. */
export function setField(scope: Scope, index: number, value: Value): Value {
  if (index === 0) {
    setRecord(scope, toText(value));
    return value;
  }
  if (!Number.isInteger(index) || index < 0 || index > 10_000) throw new AwkError("bad field number");
  while (scope.fields.length <= index) scope.fields.push("");
  scope.fields[index] = toText(value);
  scope.fields[0] = scope.fields.slice(1).join(toText(scope.vars.get("OFS") ?? " "));
  scope.vars.set("NF", scope.fields.length - 1);
  return value;
}

/** Calls a built-in function. */
export function callFunction(name: string, args: readonly Operand[], scope: Scope): Value {
  const text = (i: number): string => (args[i] ? toText(args[i].value(scope)) : i === 0 ? (scope.fields[0] ?? "") : "");
  const number = (i: number): number => toNumber(args[i]?.value(scope) ?? 0);
  switch (name) {
    case "length": {
      const array = args[0]?.name === undefined ? undefined : scope.arrays.get(args[0].name);
      return array ? array.size : text(0).length;
    }
    case "substr": {
      const start = Math.max(1, Math.round(number(1)));
      return args[2] ? text(0).slice(start - 1, Math.max(start - 1, Math.round(number(1)) + Math.round(number(2)) - 1)) : text(0).slice(start - 1);
    }
    case "index": return text(0).indexOf(text(1)) + 1;
    case "tolower": return text(0).toLowerCase();
    case "toupper": return text(0).toUpperCase();
    case "int": return Math.trunc(number(0));
    case "sprintf": return formatText(text(0), args.slice(1).map((_, i) => text(i + 1))).text;
    case "split": {
      const parts = split(text(0), args[2] ? text(2) : toText(scope.vars.get("FS") ?? " "));
      scope.arrays.set(args[1]?.name ?? "", new Map(parts.map((part, i) => [String(i + 1), part])));
      return parts.length;
    }
    case "sub": case "gsub": return replaceIn(name === "gsub", args, scope);
    default: throw new AwkError(`function ${name} is not known`);
  }
}

function replaceIn(isGlobal: boolean, args: readonly Operand[], scope: Scope): number {
  const regex = args[0]?.regex ?? compileRegex(toText(args[0]?.value(scope) ?? ""), { extended: true });
  const replacement = toText(args[1]?.value(scope) ?? "");
  const target = args[2];
  const source = target ? toText(target.value(scope)) : (scope.fields[0] ?? "");
  let out = "";
  let at = 0;
  let count = 0;
  for (let match = regex.exec(source, at); match && (isGlobal || count === 0) && at <= source.length; match = regex.exec(source, at)) {
    const found = match.groups[0] ?? "";
    out += source.slice(at, match.start) + replacement.replace(/\\&|&/g, (mark) => (mark === "&" ? found : "&"));
    if (match.end === match.start) out += source[match.end] ?? "";
    at = match.end === match.start ? match.end + 1 : match.end;
    count += 1;
  }
  const result = out + source.slice(at);
  if (count > 0) {
    if (target?.assign) target.assign(scope, result);
    else if (!target) setRecord(scope, result);
  }
  return count;
}
