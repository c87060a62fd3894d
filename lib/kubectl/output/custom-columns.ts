import { findJsonPath, relaxedJsonPath } from "@/lib/engine";
import { fail } from "../failure";
import { goText } from "./go-text";
import { alignRows } from "./tab-writer";

interface CustomColumn {
  readonly header: string;
  readonly template: string;
}

/** Reads `NAME:.metadata.name,IMAGE:.spec.x`. @throws {Failure} */
export function parseCustomColumns(spec: string): readonly CustomColumn[] {
  if (spec === "") fail("custom-columns format specified but no custom columns given");
  return spec.split(",").map((part) => {
    const colon = part.indexOf(":");
    if (colon < 0) fail(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    const relaxed = relaxedJsonPath(part.slice(colon + 1));
    if ("error" in relaxed) return fail(relaxed.error);
    return { header: part.slice(0, colon), template: relaxed.template };
  });
}

/** A table of any fields. What an object lacks is `<none>`. Upstream: kubectl/pkg/cmd/get/customcolumn.go. */
export function customColumns(columns: readonly CustomColumn[], objects: readonly unknown[], noHeaders: boolean): string {
  const rows = objects.map((object) => columns.map((column) => cellOf(column, object)));
  return alignRows(noHeaders ? rows : [columns.map((column) => column.header), ...rows]).text;
}

function cellOf(column: CustomColumn, object: unknown): string {
  const found = findJsonPath(column.template, object, true);
  if ("error" in found) return fail(found.error);
  return found.values.length === 0 ? "<none>" : found.values.map(goText).join(",");
}
