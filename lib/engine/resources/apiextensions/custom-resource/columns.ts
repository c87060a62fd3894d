/** Columns of custom kinds. Upstream: apiextensions-apiserver/pkg/registry/customresource/tableconvertor. */
import { findJsonPath, renderJsonPath } from "../../../apimachinery/jsonpath";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { instantOf } from "../../../apimachinery/time";
import type { Instant } from "../../../sim/clock";
import { age, since } from "../../cells";
import type { Column } from "../../define";
import { numberAt, objectsAt, textAt } from "../../json-object";

function dateCell(value: unknown, now: Instant): Json {
  if (typeof value !== "string") return null;
  return instantOf(value) === undefined ? "<invalid>" : since(value, now);
}

function textCell(path: string, object: KubeObject): Json {
  const found = renderJsonPath(`{${path}}`, object);
  return "error" in found ? null : found.output;
}

function cellOf(type: string, path: string, object: KubeObject, now: Instant): Json {
  const found = findJsonPath(`{${path}}`, object);
  if ("error" in found) return null;
  const [value] = found.values;
  if (value === undefined || value === null) return null;
  switch (type) {
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      return dateCell(value, now);
    default:
      return textCell(path, object);
  }
}

function columnOf(source: JsonObject): Column {
  const type = textAt(source, "type") as NonNullable<Column["type"]>;
  const path = textAt(source, "jsonPath");
  const priority = numberAt(source, "priority") ?? 0;
  const cell = (object: KubeObject, now: Instant): Json => cellOf(type, path, object, now);
  return {
    name: textAt(source, "name"),
    type,
    format: textAt(source, "format"),
    description: textAt(source, "description"),
    priority,
    wide: priority > 0,
    cell,
    value: (object, now) => {
      const found = cell(object, now);
      return found === null ? "" : String(found);
    },
  };
}

/** The columns a version of a definition asks for; the age when it asks for none. */
export function columnsOf(version: JsonObject): readonly Column[] {
  const asked = objectsAt(version, "additionalPrinterColumns");
  return asked.length === 0 ? [age] : asked.map(columnOf);
}
