/** Where a cursor stands in a YAML text that may be half written: by its indentation, as people read it. */
export interface YamlPlace {
  readonly apiVersion: string;
  readonly kind: string;
  /** Fields from the root, lists left out; for a value, the field it belongs to is the last. */
  readonly path: readonly string[];
  readonly at: "field" | "value";
  /** Fields already written beside the one at the cursor. */
  readonly siblings: readonly string[];
  /** Column, from 0, where the field at the cursor begins. */
  readonly indent: number;
}

interface Line {
  /** Column where the field's name begins, after any `- `. */
  readonly indent: number;
  readonly field: string;
  /** Columns of the dashes before it: each begins an item of a list. */
  readonly dashes: readonly number[];
  readonly blank: boolean;
}

function readLine(text: string): Line {
  let column = 0;
  const dashes: number[] = [];
  for (;;) {
    while (text[column] === " ") column += 1;
    if (text[column] !== "-" || (text[column + 1] !== " " && text[column + 1] !== undefined)) break;
    dashes.push(column);
    column += 1;
  }
  const rest = text.slice(column);
  const field = /^("[^"]*"|'[^']*'|[^\s#:{}[\],][^:#]*?):(?:\s|$)/.exec(rest)?.[1]?.replace(/^["']|["']$/g, "") ?? "";
  return { indent: column, field, dashes, blank: rest.trim() === "" && dashes.length === 0 };
}

/** Reads the place of a cursor (line and column from 1). With `on`, the field under the cursor is the last of the path. */
export function placeIn(text: string, line: number, column: number, on = false): YamlPlace {
  const lines = text.split("\n");
  const at = line - 1;
  const current = lines[at] ?? "";
  const upTo = on ? current : current.slice(0, column - 1);
  const first = lastSeparator(lines, at);
  const last = nextSeparator(lines, at);
  const own = readLine(upTo);
  const isValue = !on && own.field !== "";
  const above = climb(lines, at, first, own.indent, own.dashes);
  const root = lines.slice(first, last).map(readLine);
  const valueOf = (name: string): string => {
    const found = lines.slice(first, last).find((candidate) => candidate.startsWith(`${name}:`));
    return found?.slice(name.length + 1).replace(/#.*$/, "").trim().replace(/^["']|["']$/g, "") ?? "";
  };
  return {
    apiVersion: valueOf("apiVersion"),
    kind: valueOf("kind"),
    path: isValue || (on && own.field !== "") ? [...above, own.field] : above,
    at: isValue ? "value" : "field",
    siblings: siblingsOf(root, at - first, own.indent),
    indent: own.indent,
  };
}

function lastSeparator(lines: readonly string[], at: number): number {
  for (let i = at; i >= 0; i -= 1) if (lines[i]?.startsWith("---") === true && i !== at) return i + 1;
  return 0;
}

function nextSeparator(lines: readonly string[], at: number): number {
  for (let i = at + 1; i < lines.length; i += 1) if (lines[i]?.startsWith("---") === true) return i;
  return lines.length;
}

/** The fields above a line that contain it: each less indented than what it holds. */
function climb(lines: readonly string[], at: number, first: number, indent: number, dashes: readonly number[]): readonly string[] {
  const path: string[] = [];
  // A list's dash may stand level with the field that holds it.
  let limit = dashes[0] === undefined ? indent : dashes[0] + 1;
  let inItem = dashes.length > 0;
  for (let i = at - 1; i >= first && limit > 0; i -= 1) {
    const line = readLine(lines[i] ?? "");
    if (line.blank || (lines[i] ?? "").trimStart().startsWith("#")) continue;
    if (line.dashes.length > 0 && line.indent === limit && !inItem) {
      // The first field of this item: what holds the list stands at the dash or before.
      limit = (line.dashes[0] ?? 0) + 1;
      inItem = true;
      continue;
    }
    if (line.indent >= limit || line.field === "") continue;
    path.unshift(line.field);
    limit = line.dashes[0] === undefined ? line.indent : line.dashes[0] + 1;
    inItem = line.dashes.length > 0;
  }
  return path;
}

function siblingsOf(lines: readonly Line[], at: number, indent: number): readonly string[] {
  const names: string[] = [];
  for (const step of (lines[at]?.dashes.length ?? 0) > 0 ? [1] : [-1, 1]) {
    for (let i = at + step; i >= 0 && i < lines.length; i += step) {
      const line = lines[i];
      if (!line || line.blank) continue;
      if (line.indent < indent || (step === 1 && line.dashes.length > 0 && line.indent === indent)) break;
      if (line.indent === indent && line.field !== "") names.push(line.field);
      // A dash begins the item; above it, and from the next one on, there are other items.
      if (line.indent === indent && line.dashes.length > 0) break;
    }
  }
  return names;
}
