/** Equality, order and names of values. Upstream: cel-go/common/types. */
import { compareQuantities } from "../apimachinery/quantity";
import { Bytes, CelError, Duration, isDictionary, List, Opaque, Optional, QuantityValue, Timestamp, TypeValue, Uint, type Dictionary, type Value } from "./values";

/** A whole number of either kind. */
export function wholeOf(value: Value): bigint | undefined {
  if (typeof value === "bigint") return value;
  return value instanceof Uint ? value.value : undefined;
}

const isNumeric = (value: Value): boolean => typeof value === "number" || wholeOf(value) !== undefined;

/** Orders numbers of any kind; undefined where one is not a number. */
function compareNumeric(a: Value, b: Value): number | undefined {
  const [left, right] = [wholeOf(a), wholeOf(b)];
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : 0;
  const [x, y] = [typeof a === "number" ? a : Number(left), typeof b === "number" ? b : Number(right)];
  if (x !== x || y !== y) return undefined;
  return x < y ? -1 : x > y ? 1 : 0;
}

function equalDictionaries(a: Dictionary, b: Dictionary): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every((key) => {
    const [left, right] = [a.get(key), b.get(key)];
    return left !== undefined && right !== undefined && equal(left, right);
  });
}

/** Are two values equal? Values of different types are not. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) return compareNumeric(a, b) === 0;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (a instanceof List) return b instanceof List && a.length === b.length && a.items().every((item, i) => equal(item, b.at(i)));
  if (a instanceof Bytes) return b instanceof Bytes && a.text === b.text;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof QuantityValue) return b instanceof QuantityValue && compareQuantities(a.quantity, b.quantity) === 0;
  if (a instanceof Opaque) return b instanceof Opaque && a.name === b.name && a.text === b.text;
  if (a instanceof Optional) return b instanceof Optional && (a.value === undefined ? b.value === undefined : b.value !== undefined && equal(a.value, b.value));
  return isDictionary(a) && isDictionary(b) && equalDictionaries(a, b);
}

/** Orders two values of one kind. @throws {CelError} for values without order */
export function compareValues(a: Value, b: Value): number {
  if (isNumeric(a) && isNumeric(b)) return compareNumeric(a, b) ?? NaN;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (a instanceof Bytes && b instanceof Bytes) return compareText(a.text, b.text);
  if ((a instanceof Timestamp && b instanceof Timestamp) || (a instanceof Duration && b instanceof Duration)) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  throw new CelError("no such overload");
}

/** By code point, as Go orders bytes of UTF-8. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The name of a value's type, as `type(x)` prints it. */
export function typeNameOf(value: Value): string {
  if (value === null) return "null_type";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "double";
    case "string":
      return "string";
  }
  if (value instanceof Uint) return "uint";
  if (value instanceof Bytes) return "bytes";
  if (value instanceof List) return "list";
  if (value instanceof Timestamp) return "google.protobuf.Timestamp";
  if (value instanceof Duration) return "google.protobuf.Duration";
  if (value instanceof Optional) return "optional_type";
  if (value instanceof TypeValue) return "type";
  if (value instanceof QuantityValue) return "kubernetes.Quantity";
  return value instanceof Opaque ? value.name : "map";
}
