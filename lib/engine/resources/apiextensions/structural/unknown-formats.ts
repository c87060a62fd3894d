import { compareStrings } from "../../../apimachinery/compare";
import { textAt } from "../../json-object";
import { isKnownFormat } from "./formats";
import { additionalOf, itemsOf, propertyNames, propertyOf, type Schema } from "./schema";

const OF_NUMBERS: ReadonlySet<string> = new Set(["int32", "int64", "float", "double"]);
const DEEPEST = 60;

function collect(schema: Schema, depth: number, found: Set<string>): void {
  if (depth > DEEPEST) return;
  const [type, format] = [textAt(schema, "type"), textAt(schema, "format")];
  const isNumeric = type === "integer" || type === "number";
  if (format !== "" && !(isNumeric ? OF_NUMBERS.has(format) : type === "string" && isKnownFormat(format))) found.add(format);
  for (const inner of [...propertyNames(schema).map((name) => propertyOf(schema, name)), itemsOf(schema), additionalOf(schema)]) if (inner !== undefined) collect(inner, depth + 1, found);
}

/** Formats of a schema that ask nothing, because nobody knows them or they stand where none is looked at, in order. Upstream: GetUnrecognizedFormats. */
export function unknownFormats(schema: Schema): readonly string[] {
  const found = new Set<string>();
  collect(schema, 0, found);
  return [...found].sort(compareStrings);
}
