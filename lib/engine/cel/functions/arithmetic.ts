/** Operators. Upstream: cel-go/common/stdlib. */
import { compareValues, equal, wholeOf } from "../compare";
import { Bytes, CelError, Duration, isDictionary, List, Optional, Timestamp, Uint, type Value } from "../values";
import { timestamp } from "../time";
import { noOverload, type Functions } from "./function";

/** The bounds of whole numbers. */
export const INT_MIN = -9223372036854775808n;
export const INT_MAX = 9223372036854775807n;
/** The largest whole number without sign. */
export const UINT_MAX = 18446744073709551615n;

/** A whole number that fits. @throws {CelError} */
export function int(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new CelError("integer overflow");
  return value;
}

/** A whole number without sign that fits. @throws {CelError} */
export function uint(value: bigint): Uint {
  if (value < 0n || value > UINT_MAX) throw new CelError("unsigned integer overflow");
  return new Uint(value);
}

function span(nanos: bigint): Duration {
  if (nanos < INT_MIN || nanos > INT_MAX) throw new CelError("duration overflow");
  return new Duration(nanos);
}

interface Kinds {
  readonly int: (a: bigint, b: bigint) => bigint;
  readonly double?: (a: number, b: number) => number;
  readonly other?: (a: Value, b: Value) => Value | undefined;
}

function arithmetic({ int: whole, double, other }: Kinds): (args: readonly Value[]) => Value {
  return ([a = null, b = null]) => {
    if (typeof a === "bigint" && typeof b === "bigint") return int(whole(a, b));
    if (typeof a === "number" && typeof b === "number" && double) return double(a, b);
    if (a instanceof Uint && b instanceof Uint) return uint(whole(a.value, b.value));
    return other?.(a, b) ?? noOverload();
  };
}

function plus(a: Value, b: Value): Value | undefined {
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (a instanceof List && b instanceof List) return new List([...a.items(), ...b.items()]);
  if (a instanceof Bytes && b instanceof Bytes) return new Bytes(a.text + b.text);
  if (a instanceof Duration && b instanceof Duration) return span(a.nanos + b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return timestamp(a.nanos + b.nanos);
  return a instanceof Duration && b instanceof Timestamp ? timestamp(a.nanos + b.nanos) : undefined;
}

function minus(a: Value, b: Value): Value | undefined {
  if (a instanceof Duration && b instanceof Duration) return span(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return timestamp(a.nanos - b.nanos);
  return a instanceof Timestamp && b instanceof Timestamp ? span(a.nanos - b.nanos) : undefined;
}

function divided(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new CelError("division by zero");
  return a / b;
}

function remainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new CelError("modulus by zero");
  return a % b;
}

const ordered = (holds: (order: number) => boolean) => ([a = null, b = null]: readonly Value[]): Value => holds(compareValues(a, b));

function isIn([item = null, range = null]: readonly Value[]): Value {
  if (range instanceof List) return range.items().some((other) => equal(item, other));
  if (isDictionary(range)) return range.get(item) !== undefined;
  return noOverload();
}

/** The item at an index or key; undefined when there is none. */
export function itemAt(range: Value, index: Value): Value | undefined {
  if (range instanceof List) {
    const place = typeof index === "number" && Number.isInteger(index) ? BigInt(index) : wholeOf(index);
    if (place === undefined) return noOverload();
    return place >= 0n && place < BigInt(range.length) ? range.at(Number(place)) : undefined;
  }
  return isDictionary(range) ? range.get(index) : noOverload();
}

/** A key as messages print it. */
export function printedKey(key: Value): string {
  if (key instanceof Uint) return String(key.value);
  return typeof key === "string" || typeof key === "bigint" || typeof key === "number" || typeof key === "boolean" ? String(key) : "";
}

function index([range = null, key = null]: readonly Value[]): Value {
  if (range instanceof Optional) return optionalIndex([range, key]);
  const found = itemAt(range, key);
  if (found !== undefined) return found;
  throw new CelError(range instanceof List ? `index out of bounds: ${printedKey(key)}` : `no such key: ${printedKey(key)}`);
}

function optionalIndex([range = null, key = null]: readonly Value[]): Value {
  if (!(range instanceof Optional)) return new Optional(itemAt(range, key));
  return range.value === undefined ? range : new Optional(itemAt(range.value, key));
}

function negated([value = null]: readonly Value[]): Value {
  if (typeof value === "bigint") return int(-value);
  return typeof value === "number" ? -value : noOverload();
}

/** Operators, by the names the parser gives them. What decides lazily (`&&`, `||`, `?:`) is the evaluator's. */
export const operators: Functions = {
  "!_": ([value = null]) => (typeof value === "boolean" ? !value : noOverload()),
  "-_": negated,
  "_+_": arithmetic({ int: (a, b) => a + b, double: (a, b) => a + b, other: plus }),
  "_-_": arithmetic({ int: (a, b) => a - b, double: (a, b) => a - b, other: minus }),
  "_*_": arithmetic({ int: (a, b) => a * b, double: (a, b) => a * b }),
  "_/_": arithmetic({ int: divided, double: (a, b) => a / b }),
  "_%_": arithmetic({ int: remainder }),
  "_==_": ([a = null, b = null]) => equal(a, b),
  "_!=_": ([a = null, b = null]) => !equal(a, b),
  "_<_": ordered((order) => order < 0),
  "_<=_": ordered((order) => order <= 0),
  "_>_": ordered((order) => order > 0),
  "_>=_": ordered((order) => order >= 0),
  "@in": isIn,
  "_[_]": index,
  "_[?_]": optionalIndex,
};
