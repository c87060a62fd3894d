/** Go's own dump of a pod template, which upstream hashes. Upstream: `k8s.io/apimachinery/pkg/util/dump`, go-spew's `%#v`. */
import { compareStrings } from "./compare";
import { goShapes } from "./go-shapes";

type Field = readonly [name: string, key: string, type: string];

// The table is text to be short; what has been read of it is kept.
const read = new Map<string, readonly Field[]>();

function fieldsOf(type: string): readonly Field[] | undefined {
  const known = read.get(type);
  if (known) return known;
  const shape = goShapes[type];
  if (shape === undefined) return undefined;
  const fields = shape.split(",").map((field): Field => {
    const [name = "", key = "", inner = ""] = field.split(" ");
    return [name, key, inner];
  });
  read.set(type, fields);
  return fields;
}

/** A value of a Go type as a dump shows it, the type first. */
export function goDump(type: string, value: unknown): string {
  return `(${type})${bare(type, value)}`;
}

/** The same without the type. */
function bare(type: string, value: unknown): string {
  if (type.startsWith("*")) return value === undefined || value === null ? "<nil>" : bare(type.slice(1), value);
  if (type.startsWith("[]")) return isEmpty(value) ? "<nil>" : `[${(value as readonly unknown[]).map((one) => bare(type.slice(2), one)).join(" ")}]`;
  if (type === "map[string]string") return mapText(value, (one) => String(one));
  if (type === "v1.ResourceList") return mapText(value, (one) => quantity(one));
  if (type === "resource.Quantity") return quantity(value);
  if (type === "intstr.IntOrString") return intOrString(value);
  const fields = fieldsOf(type);
  if (fields) {
    const object = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
    return `{${fields.map(([name, key, inner]) => `${name}:${goDump(inner, key === "~" ? object : object[key])}`).join(" ")}}`;
  }
  if (/^u?int/.test(type)) return String(value ?? 0);
  if (type === "bool") return String(value ?? false);
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || Object.keys(value).length === 0;
}

function mapText(value: unknown, show: (one: unknown) => string): string {
  if (isEmpty(value)) return "<nil>";
  const map = value as Readonly<Record<string, unknown>>;
  return `map[${Object.keys(map).sort(compareStrings).map((key) => `${key}:${show(map[key])}`).join(" ")}]`;
}

const BINARY: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** A quantity as it is kept: a number and a power of ten, and the text it was read from. */
function quantity(given: unknown): string {
  const text = given === undefined || given === null ? "" : String(given);
  const kept = (value: string, scale: number, format: string): string => `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${text} Format:(resource.Format)${format}}`;
  const [, sign = "", whole = "0", fraction = "", suffix = ""] = /^([+-]?)([0-9]*)\.?([0-9]*)(.*)$/.exec(text) ?? [];
  // Nought is read without looking at its form.
  if (text === "" || text === "0") return kept("0", 0, "");
  const digits = BigInt(`${whole}${fraction}` || "0") * (sign === "-" ? -1n : 1n);
  if (Object.hasOwn(BINARY, suffix)) {
    let factor = 1n;
    for (let i = 0; i < (BINARY[suffix] ?? 0); i += 1) factor *= 1024n;
    return kept(String(digits * factor), 0, "BinarySI");
  }
  const exponent = /^[eE]([+-]?[0-9]+)$/.exec(suffix)?.[1];
  return kept(String(digits), (exponent === undefined ? (DECIMAL[suffix] ?? 0) : Number(exponent)) - fraction.length, exponent === undefined ? "DecimalSI" : "DecimalExponent");
}

function intOrString(value: unknown): string {
  const named = typeof value === "string";
  return `{Type:(intstr.Type)${named ? 1 : 0} IntVal:(int32)${named ? 0 : String(value ?? 0)} StrVal:(string)${named ? value : ""}}`;
}
