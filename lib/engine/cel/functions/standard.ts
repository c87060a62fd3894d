/** Sizes, conversions and moments. Upstream: cel-go/common/stdlib. */
import { equal, typeNameOf, wholeOf } from "../compare";
import { civilOf, durationText, floorDiv, offsetOf, readDuration, readTimestamp, timestamp, timestampText } from "../time";
import { Bytes, CelError, Duration, isDictionary, List, Opaque, Timestamp, TypeValue, Uint, type Value } from "../values";
import { fromUtf8, utf8 } from "../utf8";
import { int, INT_MAX, INT_MIN, uint, UINT_MAX } from "./arithmetic";
import { noOverload, text, type Fn, type Functions } from "./function";

const size: Fn = ([value = null]) => {
  if (typeof value === "string") return BigInt([...value].length);
  if (value instanceof List) return BigInt(value.length);
  if (value instanceof Bytes) return BigInt(value.text.length);
  return isDictionary(value) ? BigInt(value.size) : noOverload();
};

function truncated(value: number): bigint {
  if (!Number.isFinite(value) || value >= 9223372036854775808 || value < -9223372036854775808) throw new CelError("integer overflow");
  return BigInt(Math.trunc(value));
}

const toInt: Fn = ([value = null]) => {
  if (typeof value === "bigint") return value;
  if (value instanceof Uint) return int(value.value);
  if (typeof value === "number") return truncated(value);
  if (value instanceof Timestamp) return floorDiv(value.nanos, 1_000_000_000n);
  if (value instanceof Duration) return value.nanos;
  if (typeof value !== "string") return noOverload();
  const found = /^[+-]?\d+$/.test(value) ? BigInt(value.replace(/^\+/, "")) : undefined;
  return found === undefined || found < INT_MIN || found > INT_MAX ? unconvertible("int") : found;
};

const toUint: Fn = ([value = null]) => {
  if (value instanceof Uint) return value;
  if (typeof value === "number") return uint(Number.isFinite(value) ? BigInt(Math.trunc(value)) : -1n);
  if (typeof value !== "string") return uint(wholeOf(value) ?? noOverload());
  const found = /^\d+$/.test(value) ? BigInt(value) : undefined;
  return found === undefined || found > UINT_MAX ? unconvertible("uint") : uint(found);
};

/** A text that is none of a type's. @throws {CelError} */
function unconvertible(type: string): never {
  throw new CelError(`type conversion error from 'string' to '${type}'`);
}

const toDouble: Fn = ([value = null]) => {
  if (typeof value === "number") return value;
  const known = wholeOf(value);
  if (known !== undefined) return Number(known);
  if (typeof value !== "string") return noOverload();
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? Number(value) : unconvertible("double");
};

const toBool: Fn = ([value = null]) => {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return noOverload();
  if (["1", "t", "T", "true", "TRUE", "True"].includes(value)) return true;
  return ["0", "f", "F", "false", "FALSE", "False"].includes(value) ? false : unconvertible("bool");
};

/** A number as Go prints it without a format. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const plain = String(value);
  return plain.replace(/e([+-])(\d)$/, "e$10$2");
}

const toText: Fn = ([value = null]) => {
  switch (typeof value) {
    case "string":
      return value;
    case "bigint":
    case "boolean":
      return String(value);
    case "number":
      return doubleText(value);
  }
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Bytes) return fromUtf8(value.text);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  return value instanceof Opaque && (value.name === "net.IP" || value.name === "net.CIDR") ? value.text : noOverload();
};

const toBytes: Fn = ([value = null]) => (value instanceof Bytes ? value : new Bytes(utf8(text(value))));
const toTimestamp: Fn = ([value = null]) => (value instanceof Timestamp ? value : typeof value === "bigint" ? timestamp(value * 1_000_000_000n) : readTimestamp(text(value)));
const toDuration: Fn = ([value = null]) => (value instanceof Duration ? value : typeof value === "bigint" ? new Duration(value) : readDuration(text(value)));

type Part = keyof ReturnType<typeof civilOf>;

function part(name: Part, offset: bigint, ofDuration?: (nanos: bigint) => bigint): Fn {
  return ([value = null, zone]) => {
    if (value instanceof Duration && ofDuration) return ofDuration(value.nanos);
    if (!(value instanceof Timestamp)) return noOverload();
    const shift = zone === undefined ? 0n : offsetOf(text(zone));
    return civilOf(value.nanos + shift * 1_000_000_000n)[name] + offset;
  };
}

const milliseconds: Fn = ([value = null]) => {
  if (value instanceof Duration) return value.nanos / 1_000_000n % 1000n;
  return value instanceof Timestamp ? civilOf(value.nanos).nanos / 1_000_000n : noOverload();
};

/** Sizes, conversions and parts of moments. */
export const standard: Functions = {
  size,
  int: toInt,
  uint: toUint,
  double: toDouble,
  bool: toBool,
  string: toText,
  bytes: toBytes,
  timestamp: toTimestamp,
  duration: toDuration,
  dyn: ([value = null]) => value,
  type: ([value = null]) => new TypeValue(typeNameOf(value)),
  getFullYear: part("year", 0n),
  getMonth: part("month", -1n),
  getDayOfYear: part("dayOfYear", 0n),
  getDayOfMonth: part("day", -1n),
  getDate: part("day", 0n),
  getDayOfWeek: part("weekday", 0n),
  getHours: part("hour", 0n, (nanos) => nanos / 3_600_000_000_000n),
  getMinutes: part("minute", 0n, (nanos) => nanos / 60_000_000_000n),
  getSeconds: part("second", 0n, (nanos) => nanos / 1_000_000_000n),
  getMilliseconds: milliseconds,
};

/** Is a value what is left out of JSON: empty, zero, false? */
export function isZero(value: Value): boolean {
  if (value === null || value === false || value === "" || value === 0 || value === 0n) return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof List) return value.length === 0;
  return equal(value, new Duration(0n)) || (isDictionary(value) && value.size === 0);
}
