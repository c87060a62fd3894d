/** A document of OpenAPI 2 as protobuf. Upstream: gnostic-models/openapiv2/OpenAPIv2.proto, whose field numbers these are. */
import type { Json, JsonObject } from "@/lib/engine";
import { flag, float, joined, message, text, whole, type Piece } from "./writer";

/** A member that is there, as what `write` makes of it. */
function member(value: Json | undefined, write: (value: Json) => Piece): readonly Piece[] {
  return value === undefined ? [] : [write(value)];
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const object = (value: Json | undefined): JsonObject => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {});

const yaml = (field: number, value: Json): Piece => message(field, [text(2, `${JSON.stringify(value)}\n`)]);
const texts = (field: number, value: Json | undefined): readonly Piece[] => list(value).map((one) => text(field, String(one)));
const anyNamed = (field: number, name: string, value: Json): Piece => message(field, [text(1, name), yaml(2, value)]);

function extensions(field: number, from: JsonObject): readonly Piece[] {
  return Object.entries(from).flatMap(([name, value]) => (name.startsWith("x-") && value !== undefined ? [anyNamed(field, name, value)] : []));
}

function named(field: number, from: JsonObject, write: (value: JsonObject) => readonly Piece[]): readonly Piece[] {
  return Object.entries(from).map(([name, value]) => message(field, [text(1, name), message(2, write(object(value)))]));
}

/** Number and kind of a schema's plain members. */
const PLAIN: Readonly<Record<string, readonly [field: number, kind: "text" | "number" | "whole" | "truth"]>> = {
  $ref: [1, "text"],
  format: [2, "text"],
  title: [3, "text"],
  description: [4, "text"],
  multipleOf: [6, "number"],
  maximum: [7, "number"],
  exclusiveMaximum: [8, "truth"],
  minimum: [9, "number"],
  exclusiveMinimum: [10, "truth"],
  maxLength: [11, "whole"],
  minLength: [12, "whole"],
  pattern: [13, "text"],
  maxItems: [14, "whole"],
  minItems: [15, "whole"],
  uniqueItems: [16, "truth"],
  maxProperties: [17, "whole"],
  minProperties: [18, "whole"],
};

function plain(name: string, value: Json): readonly Piece[] {
  const known = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (known === undefined) return [];
  const [field, kind] = known;
  if (kind === "text") return [text(field, String(value))];
  if (kind === "truth") return [flag(field, value === true)];
  return [kind === "whole" ? whole(field, Number(value)) : float(field, Number(value))];
}

function schema(from: JsonObject): readonly Piece[] {
  const { additionalProperties, items, properties, type } = from;
  return [
    ...Object.entries(from).flatMap(([name, value]) => (value === undefined ? [] : plain(name, value))),
    ...member(from["default"], (value) => yaml(5, value)),
    ...texts(19, from["required"]),
    ...list(from["enum"]).map((value) => yaml(20, value)),
    ...member(additionalProperties, (value) => message(21, typeof value === "boolean" ? [flag(2, value)] : [message(1, schema(object(value)))])),
    ...member(type, (value) => message(22, [text(1, String(value))])),
    ...member(items, (value) => message(23, [message(1, schema(object(value)))])),
    ...member(properties, (value) => message(25, named(1, object(value), schema))),
    ...extensions(31, from),
  ];
}

/** A parameter; those in the path and in the query are numbered alike, but for `allowEmptyValue`. */
function parameter(value: Json): Piece {
  const from = object(value);
  const name = text(from["in"] === "body" ? 2 : 4, String(from["name"]));
  const required = from["required"] === true;
  if (from["in"] === "body") return message(1, [message(1, [name, text(3, "body"), flag(4, required), message(5, schema(object(from["schema"])))])]);
  const inPath = from["in"] === "path";
  const type = inPath ? 5 : 6;
  const unique = inPath ? 18 : 19;
  return message(1, [message(2, [message(inPath ? 4 : 3, [flag(1, required), text(2, String(from["in"])), name, text(type, String(from["type"])), flag(unique, from["uniqueItems"] === true)])])]);
}

function response(from: JsonObject): readonly Piece[] {
  return [message(1, [text(1, String(from["description"])), ...member(from["schema"], (value) => message(2, [message(1, schema(object(value)))]))])];
}

function operation(from: JsonObject): readonly Piece[] {
  return [
    ...texts(1, from["tags"]),
    text(5, String(from["operationId"])),
    ...texts(6, from["produces"]),
    ...texts(7, from["consumes"]),
    ...list(from["parameters"]).map((value) => message(8, [parameter(value)])),
    message(9, named(1, object(from["responses"]), response)),
    ...texts(10, from["schemes"]),
    ...extensions(13, from),
  ];
}

const METHODS: readonly (readonly [name: string, field: number])[] = [["get", 2], ["put", 3], ["post", 4], ["delete", 5], ["patch", 8]];

function pathItem(from: JsonObject): readonly Piece[] {
  return [...METHODS.flatMap(([name, field]) => member(from[name], (value) => message(field, operation(object(value))))), ...list(from["parameters"]).map((value) => message(9, [parameter(value)]))];
}

/** The document's bytes, as the text that carries bytes everywhere here: one that spells no UTF-8 is U+DC80 to U+DCFF. */
export function openApiProtobuf(document: JsonObject): string {
  const info = object(document["info"]);
  return joined([
    text(1, String(document["swagger"])),
    message(2, [text(1, String(info["title"])), text(2, String(info["version"]))]),
    message(8, named(2, object(document["paths"]), pathItem)),
    message(9, named(1, object(document["definitions"]), schema)),
  ]).text;
}
