/** Protobuf request bodies, as kubectl's and helm's typed clients send them. Upstream: runtime/serializer/protobuf. */
import { encodeBase64Bytes, timestamp, utf8Text, type Json, type JsonObject } from "@/lib/engine";
import { bad } from "../status";
import { messages } from "./messages";
import { Malformed, packed, rawFields, type RawField } from "./reader";

interface Field {
  readonly name: string;
  /** What one value is: a letter, or the name of a message. */
  readonly type: string;
  readonly many: "" | "list" | "map";
  readonly keepEmpty: boolean;
  readonly inline: boolean;
}

const parsed = new Map<string, ReadonlyMap<number, Field>>();

function fieldsOf(message: string): ReadonlyMap<number, Field> | undefined {
  const known = parsed.get(message);
  if (known) return known;
  const text = Object.hasOwn(messages, message) ? messages[message] : undefined;
  if (text === undefined) return undefined;
  const fields = new Map<number, Field>();
  for (const word of text.split(" ")) {
    const [number = "0", name = "", code = ""] = word.split(":");
    const many = code.startsWith("[]") ? "list" : code.startsWith("{}") ? "map" : "";
    fields.set(Number(number), { name, type: code.replace(/^(\[\]|\{\}|[*~])/, ""), many, keepEmpty: code.startsWith("*"), inline: code.startsWith("~") });
  }
  parsed.set(message, fields);
  return fields;
}

/** Days from 1970-01-01 to the day every cluster is born, in seconds. */
const EPOCH = 20454 * 86_400;
const DEEPEST = 60;

function bytesOf(value: RawField["value"]): Uint8Array {
  if (typeof value === "number") throw new Malformed("wrong wireType");
  return value;
}

function numberOf(value: RawField["value"]): number {
  if (typeof value !== "number") throw new Malformed("wrong wireType");
  return value;
}

function member(bytes: Uint8Array, number: number): RawField["value"] | undefined {
  return rawFields(bytes).find((field) => field.number === number)?.value;
}

function timeOf(bytes: Uint8Array): Json | undefined {
  const seconds = member(bytes, 1);
  // The zero time is written as an empty message.
  return seconds === undefined ? undefined : timestamp((numberOf(seconds) - EPOCH) * 1000);
}

function intOrString(bytes: Uint8Array): Json {
  if (numberOf(member(bytes, 1) ?? 0) === 1) return utf8Text(bytesOf(member(bytes, 3) ?? new Uint8Array()));
  return numberOf(member(bytes, 2) ?? 0);
}

function jsonOf(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(utf8Text(bytesOf(member(bytes, 1) ?? new Uint8Array()))) as Json;
  } catch {
    return undefined;
  }
}

function valueOf(type: string, value: RawField["value"], depth: number): Json | undefined {
  switch (type) {
    case "s":
      return utf8Text(bytesOf(value));
    case "i":
    case "d":
      return numberOf(value);
    case "b":
      return numberOf(value) !== 0;
    case "y":
      return encodeBase64Bytes(bytesOf(value));
    case "t":
      return timeOf(bytesOf(value));
    case "q":
      return utf8Text(bytesOf(member(bytesOf(value), 1) ?? new Uint8Array()));
    case "x":
      return intOrString(bytesOf(value));
    case "j":
      return jsonOf(bytesOf(value));
    default:
      return messageOf(type, bytesOf(value), depth + 1);
  }
}

function isEmpty(value: Json): boolean {
  if (value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function entryOf(type: string, bytes: Uint8Array, depth: number): readonly [string, Json] {
  const key = utf8Text(bytesOf(member(bytes, 1) ?? new Uint8Array()));
  const value = member(bytes, 2);
  const empty = type === "s" || type === "y" ? "" : null;
  return [key, value === undefined ? empty : (valueOf(type, value, depth) ?? empty)];
}

function place(into: Record<string, Json>, { name, type, many, keepEmpty, inline }: Field, raw: RawField["value"], depth: number): void {
  if (many === "map") {
    const [key, value] = entryOf(type, bytesOf(raw), depth);
    into[name] = Object.fromEntries([...Object.entries((into[name] ?? {}) as JsonObject), [key, value]]) as Json;
  } else if (many === "list") {
    const before = (into[name] ?? []) as readonly Json[];
    const values = type === "i" && typeof raw !== "number" ? packed(raw) : [valueOf(type, raw, depth) ?? null];
    into[name] = [...before, ...values];
  } else {
    const value = valueOf(type, raw, depth);
    if (value === undefined) return;
    if (inline) Object.assign(into, value);
    else if (keepEmpty || !isEmpty(value)) into[name] = value;
  }
}

function messageOf(message: string, bytes: Uint8Array, depth: number): JsonObject {
  const fields = fieldsOf(message);
  if (!fields || depth > DEEPEST) throw new Malformed(fields ? "exceeded max depth" : `no message ${message}`);
  const object: Record<string, Json> = {};
  for (const { number, value } of rawFields(bytes)) {
    const field = fields.get(number);
    if (field) place(object, field, value, depth);
  }
  return object;
}

const MAGIC = [0x6b, 0x38, 0x73, 0x00];

/**
 * The object in a protobuf body: four bytes of magic, then a `runtime.Unknown` that names the kind and holds the message.
 *
 * @throws {Refusal} 400
 */
export function decodeProtobuf(body: string | Uint8Array, kind: string): JsonObject {
  const bytes = typeof body === "string" ? new Uint8Array() : body;
  const refuse = (why: string): Error => bad(`the object provided is unrecognized (must be of type ${kind}): ${why}`);
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) throw refuse("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  try {
    const fields = rawFields(bytes.subarray(4));
    const meta = bytesOf(fields.find(({ number }) => number === 1)?.value ?? new Uint8Array());
    const raw = bytesOf(fields.find(({ number }) => number === 2)?.value ?? new Uint8Array());
    const apiVersion = utf8Text(bytesOf(member(meta, 1) ?? new Uint8Array()));
    const named = utf8Text(bytesOf(member(meta, 2) ?? new Uint8Array()));
    return { apiVersion, kind: named, ...messageOf(named, raw, 0) };
  } catch (error) {
    if (error instanceof Malformed) throw refuse(error.message);
    throw error;
  }
}
