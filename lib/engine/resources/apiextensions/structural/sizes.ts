/** How large values of a schema can be. Upstream: apiserver/pkg/cel/common/schemas.go, SchemaDeclType. */
import { utf8Bytes } from "../../../apimachinery/utf8";
import { escapeField, type Sized } from "../../../cel/index";
import { listAt, numberAt, textAt } from "../../json-object";
import { additionalOf, isEmbedded, isIntOrString, itemsOf, propertyNames, propertyOf, type Schema } from "./schema";

/** The largest request there is, in bytes. */
const LARGEST_REQUEST = 3 * 1024 * 1024;
/** Quotes, brackets or braces. */
const AROUND = 2;

const TEXT: Sized = { maxElements: LARGEST_REQUEST - AROUND, minSize: 2 };
const METADATA: Sized = { maxElements: 0, minSize: 2, fields: new Map([["name", TEXT], ["generateName", TEXT]]) };
const BOOLEAN: Sized = { maxElements: 0, minSize: 4 };
const NUMBER: Sized = { maxElements: 0, minSize: 1 };
const FORMATS: Readonly<Record<string, Sized>> = { duration: { maxElements: 32, minSize: 3 }, date: { maxElements: 12, minSize: 12 }, "date-time": { maxElements: 32, minSize: 21 } };

/** A bound of a schema; none where it says nothing. */
function bound(schema: Schema, name: string): number | undefined {
  const value = numberAt(schema, name);
  return value === undefined ? undefined : Math.max(0, value);
}

/** How many bytes a text may have: a character can take four. */
function lengthOf(schema: Schema): number | undefined {
  const most = bound(schema, "maxLength");
  return most === undefined ? undefined : most * 4;
}

function textSizes(schema: Schema): Sized {
  const format = textAt(schema, "format");
  const known = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (known) return known;
  if (format === "byte") return { ...TEXT, maxElements: bound(schema, "maxLength") ?? TEXT.maxElements };
  const most = lengthOf(schema);
  if (most !== undefined) return { ...TEXT, maxElements: most };
  const values = listAt(schema, "enum");
  return values.length === 0 ? TEXT : { ...TEXT, maxElements: values.reduce<number>((longest, value) => Math.max(longest, typeof value === "string" ? utf8Bytes(value).length : 0), 0) };
}

function objectSizes(schema: Schema, isResource: boolean): Sized | undefined {
  const others = additionalOf(schema);
  if (others !== undefined) {
    const items = sizesOf(others, isEmbedded(others));
    return items && { maxElements: bound(schema, "maxProperties") ?? Math.floor((LARGEST_REQUEST - AROUND) / (items.minSize + 6)), minSize: 2, key: { ...TEXT, maxElements: 0 }, items };
  }
  const required = listAt(schema, "required");
  const fields = new Map<string, Sized>();
  let minSize = 2;
  for (const name of propertyNames(schema)) {
    const property = propertyOf(schema, name) ?? {};
    const sizes = sizesOf(property, isEmbedded(property));
    if (sizes === undefined) continue;
    const escaped = escapeField(name);
    if (escaped !== undefined) fields.set(escaped, sizes);
    if (required.includes(name) && property["default"] === undefined) minSize += name.length + sizes.minSize + 4;
  }
  if (isResource) for (const [name, sizes] of [["apiVersion", TEXT], ["kind", TEXT], ["metadata", METADATA]] as const) fields.set(name, sizes);
  return { maxElements: 0, minSize, fields };
}

/** The sizes of what a schema describes; undefined where expressions see nothing. */
export function sizesOf(schema: Schema, isResource: boolean): Sized | undefined {
  if (isIntOrString(schema)) return { maxElements: lengthOf(schema) ?? TEXT.maxElements, minSize: 1 };
  switch (textAt(schema, "type")) {
    case "object":
      return objectSizes(schema, isResource);
    case "array": {
      const items = itemsOf(schema);
      const inner = items && sizesOf(items, isEmbedded(items));
      return inner && { maxElements: bound(schema, "maxItems") ?? Math.floor((LARGEST_REQUEST - AROUND) / (inner.minSize + 1)), minSize: 2, items: inner };
    }
    case "string":
      return textSizes(schema);
    case "boolean":
      return BOOLEAN;
    case "integer":
    case "number":
      return NUMBER;
    default:
      return undefined;
  }
}

/** How often what has these sizes can occur in one request, where nothing bounds it. */
export function mostOccurrences({ minSize }: Sized): number {
  return Math.floor(LARGEST_REQUEST / (minSize + 1));
}

/** How many values a schema has for each of its own; undefined where it sets no bound. */
export function mostInside(schema: Schema): number | undefined {
  const type = textAt(schema, "type");
  if (type === "array") return bound(schema, "maxItems");
  return type === "object" && additionalOf(schema) !== undefined ? bound(schema, "maxProperties") : 1;
}
