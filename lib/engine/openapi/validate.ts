/** Structural validation: does a document have the shape of its kind? Messages are those of the API server's Go decoder. */
import type { FieldError } from "../apimachinery/api-error";
import type { Json, JsonObject, KindId } from "../apimachinery/meta";
import { instantOf } from "../apimachinery/time";
import { parseQuantity } from "../apimachinery/quantity";
import { goTypeName, schemaNameOf, typeSchema, type FieldType, type Scalar } from "./schema";

interface Found {
  readonly errors: FieldError[];
  readonly unknown: FieldError[];
}

/** Where a value stands: its path with indexes, and Go's name of the struct and path for its messages. */
interface Place {
  readonly path: string;
  readonly goPath: string;
  readonly struct: string;
}

const GO_SCALAR: Readonly<Record<Scalar, string>> = { s: "string", i: "int32", l: "int64", f: "float64", b: "bool", t: "string", q: "string", y: "[]uint8", x: "int32", j: "" };
const MAX_INT32 = 2147483647;

/**
 * Everything about the document's shape that the API server would refuse: wrong types first (Go stops at the first),
 * then unknown fields (only refused under strict validation, the default). Empty when the shape is right or the kind is unknown.
 */
export function checkStructure(kind: KindId, document: JsonObject): readonly FieldError[] {
  const name = schemaNameOf(kind);
  if (name === undefined) return [];
  const found: Found = { errors: [], unknown: [] };
  checkObject(name, document, { path: "", goPath: "", struct: name }, found);
  const [first] = found.errors;
  return first === undefined ? found.unknown : [first];
}

/** Frozen objects already found in good shape. A memory of answers: it changes none. */
const sound = new WeakSet<object>();

function checkObject(name: string, value: JsonObject, place: Place, found: Found): void {
  if (sound.has(value)) return;
  const before = found.errors.length + found.unknown.length;
  checkFields(name, value, place, found);
  if (found.errors.length + found.unknown.length === before && Object.isFrozen(value)) sound.add(value);
}

function checkFields(name: string, value: JsonObject, place: Place, found: Found): void {
  const schema = typeSchema(name);
  if (schema === undefined) return;
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (inner === undefined) continue;
    const field = schema.get(key);
    const path = place.path === "" ? key : `${place.path}.${key}`;
    if (field === undefined) {
      found.unknown.push({ code: "unknown-field", path, detail: `unknown field "${path}"`, origin: "schema.unknown-field" });
      continue;
    }
    const embedded = embeddedIn(name, key);
    const goKey = embedded === undefined ? key : `${embedded}.${key}`;
    checkValue(field.type, inner, { path, goPath: place.goPath === "" ? goKey : `${place.goPath}.${goKey}`, struct: embedded ?? goTypeName(name) }, found);
  }
}

/** Go's paths name the struct a field was embedded from. */
function embeddedIn(type: string, field: string): string | undefined {
  if (type === "IngressRule" && field === "http") return "IngressRuleValue";
  if (type === "Volume" && field !== "name") return "VolumeSource";
  if (type === "Probe" && ["exec", "httpGet", "tcpSocket", "grpc"].includes(field)) return "ProbeHandler";
  return undefined;
}

function jsonType(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

function goType(type: FieldType): string {
  switch (type.type) {
    case "scalar":
      return GO_SCALAR[type.scalar];
    case "object":
      return `v1.${goTypeName(type.name)}`;
    case "list":
      return `[]${goType(type.of)}`;
    case "map":
      return `map[string]${goType(type.of)}`;
  }
}

function refuse(type: FieldType, value: Json, place: Place, found: Found, shown = jsonType(value)): void {
  const where = place.goPath.includes(".") || place.goPath !== "" ? `Go struct field ${place.struct}.${place.goPath}` : "Go value";
  found.errors.push({ code: "type-invalid", path: place.path, badValue: value, detail: `json: cannot unmarshal ${shown} into ${where} of type ${goType(type)}`, origin: "schema.type" });
}

function checkValue(type: FieldType, value: Json, place: Place, found: Found): void {
  if (value === null) return;
  switch (type.type) {
    case "scalar":
      checkScalar(type.scalar, value, place, found);
      return;
    case "object":
      if (typeof value !== "object" || Array.isArray(value)) refuse(type, value, place, found);
      else checkObject(type.name, value as JsonObject, place, found);
      return;
    case "list":
      if (!Array.isArray(value)) refuse(type, value, place, found);
      else (value as readonly Json[]).forEach((item, i) => checkValue(type.of, item, { ...place, path: `${place.path}[${i}]` }, found));
      return;
    case "map":
      if (typeof value !== "object" || Array.isArray(value)) refuse(type, value, place, found);
      else for (const [key, item] of Object.entries(value as JsonObject)) if (item !== undefined) checkValue(type.of, item, { ...place, path: `${place.path}.${key}` }, found);
  }
}

function checkScalar(scalar: Scalar, value: Json, place: Place, found: Found): void {
  const type: FieldType = { type: "scalar", scalar };
  switch (scalar) {
    case "j":
      return;
    case "b":
      if (typeof value !== "boolean") refuse(type, value, place, found);
      return;
    case "i":
    case "l":
    case "f":
      if (typeof value !== "number") refuse(type, value, place, found);
      else if (scalar !== "f" && !Number.isInteger(value)) refuse(type, value, place, found, `number ${value}`);
      else if (scalar === "i" && Math.abs(value) > MAX_INT32) refuse(type, value, place, found, `number ${value}`);
      return;
    case "x":
      if (typeof value === "string") return;
      if (typeof value !== "number" || !Number.isInteger(value)) refuse(type, value, place, found);
      return;
    case "q":
      checkQuantity(value, place, found);
      return;
    case "y":
      checkBytes(value, place, found);
      return;
    case "t":
      if (typeof value !== "string") refuse(type, value, place, found);
      else if (value !== "" && instantOf(value) === undefined) {
        found.errors.push({ code: "type-invalid", path: place.path, badValue: value, detail: `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`, origin: "schema.time" });
      }
      return;
    case "s":
      if (typeof value !== "string") refuse(type, value, place, found);
  }
}

function checkQuantity(value: Json, place: Place, found: Found): void {
  const result = typeof value === "string" || typeof value === "number" ? parseQuantity(String(value).trim()) : parseQuantity("");
  if ("error" in result) found.errors.push({ code: "type-invalid", path: place.path, badValue: value, detail: result.error, origin: "schema.quantity" });
}

function checkBytes(value: Json, place: Place, found: Found): void {
  if (typeof value !== "string") {
    refuse({ type: "scalar", scalar: "y" }, value, place, found);
    return;
  }
  const text = value.replace(/[\r\n]/g, "");
  const wrong = /[^A-Za-z0-9+/=]/.exec(text)?.index ?? (text.length % 4 === 0 && /^[^=]*={0,2}$/.test(text) ? undefined : text.length - (text.length % 4));
  if (wrong !== undefined) found.errors.push({ code: "type-invalid", path: place.path, badValue: value, detail: `illegal base64 data at input byte ${wrong}`, origin: "schema.base64" });
}
