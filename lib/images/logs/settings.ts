/** Reading the settings files of log shippers: a small YAML, and the values in it. */

/** What a settings file holds. */
export type Setting = string | readonly Setting[] | { readonly [key: string]: Setting };

interface Line {
  readonly indent: number;
  readonly text: string;
}

const MOST_LINES = 2_000;
const DEEPEST = 30;

function scalar(text: string): Setting {
  const trimmed = text.trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"$|^'((?:[^']|'')*)'$/.exec(trimmed);
  if (quoted) return quoted[1]?.replace(/\\(["\\])/g, "$1") ?? quoted[2]?.replaceAll("''", "'") ?? "";
  if (trimmed.startsWith("[") && trimmed.endsWith("]")) return (trimmed.slice(1, -1).match(/"[^"]*"|'[^']*'|[^,]+/g) ?? []).map((part) => part.trim()).filter((part) => part !== "").map(scalar);
  return trimmed === "{}" ? {} : trimmed;
}

function withoutComment(line: string): string {
  const at = line.search(/(^|\s)#/);
  return at < 0 || /["'][^"']*#/.test(line) ? line : line.slice(0, at);
}

/** `a.b: c` is `a: {b: c}`. */
function nested(target: Record<string, Setting>, key: string, value: Setting): void {
  const [first = "", ...rest] = key.split(".");
  if (rest.length === 0) {
    const old = Object.hasOwn(target, first) ? target[first] : undefined;
    target[first] = isMap(old) && isMap(value) ? { ...old, ...value } : value;
    return;
  }
  const old = Object.hasOwn(target, first) ? target[first] : undefined;
  const inner: Record<string, Setting> = { ...(isMap(old) ? old : {}) };
  nested(inner, rest.join("."), value);
  target[first] = inner;
}

/** Is it a group of settings? */
export function isMap(value: Setting | undefined): value is { readonly [key: string]: Setting } {
  return typeof value === "object" && !Array.isArray(value);
}

function block(lines: readonly Line[], from: number, depth: number): { readonly value: Setting; readonly next: number } {
  const indent = lines[from]?.indent ?? 0;
  if (depth > DEEPEST) return { value: "", next: lines.length };
  if (/^-(\s|$)/.test(lines[from]?.text ?? "")) return list(lines, from, indent, depth);
  const map: Record<string, Setting> = {};
  let at = from;
  while (at < lines.length) {
    const line = lines[at] as Line;
    if (line.indent !== indent || /^-(\s|$)/.test(line.text)) break;
    const match = /^("[^"]*"|'[^']*'|[^\s:][^:]*?)\s*:(?:\s+(.*))?$/.exec(line.text);
    if (!match) {
      at += 1;
      continue;
    }
    const key = (match[1] ?? "").replace(/^["']|["']$/g, "");
    const following = lines[at + 1];
    const isNested = (match[2] ?? "") === "" && following !== undefined && (following.indent > indent || (following.indent === indent && /^-(\s|$)/.test(following.text)));
    const inner = isNested ? block(lines, at + 1, depth + 1) : { value: scalar(match[2] ?? ""), next: at + 1 };
    nested(map, key, inner.value);
    at = inner.next;
  }
  return { value: map, next: Math.max(at, from + 1) };
}

function list(lines: readonly Line[], from: number, indent: number, depth: number): { readonly value: Setting; readonly next: number } {
  const items: Setting[] = [];
  let at = from;
  while (at < lines.length) {
    const line = lines[at] as Line;
    const [, space = "", rest = ""] = /^-(\s*)(.*)$/.exec(line.text) ?? [];
    if (line.indent !== indent || !/^-(\s|$)/.test(line.text)) break;
    if (rest !== "" && !/^[\w.-]+:(\s|$)/.test(rest)) {
      items.push(scalar(rest));
      at += 1;
      continue;
    }
    const inside: Line[] = rest === "" ? [] : [{ indent: indent + 1 + space.length, text: rest }];
    let end = at + 1;
    while (end < lines.length && (lines[end]?.indent ?? 0) > indent) inside.push(lines[end++] as Line);
    items.push(inside.length === 0 ? "" : block(inside, 0, depth + 1).value);
    at = end;
  }
  return { value: items, next: at };
}

/** Reads a settings file: maps, lists, dotted names, and `${NAME:default}` from the environment. What it cannot read is left out. */
export function readSettings(text: string, env: Readonly<Record<string, string>>): { readonly [key: string]: Setting } {
  const lines = withEnvironment(text, env).split("\n").slice(0, MOST_LINES).map(withoutComment).filter((line) => line.trim() !== "" && line.trim() !== "---").map((line): Line => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  if (lines.length === 0) return {};
  const { value } = block(lines, 0, 0);
  return isMap(value) ? value : {};
}

/** Puts values of the environment in place of `${NAME}` and `${NAME:default}`. */
export function withEnvironment(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([\w.]+)(?::([^}]*))?\}/g, (_, name: string, fallback?: string) => (Object.hasOwn(env, name) ? (env[name] ?? "") : (fallback ?? "")));
}

/** The setting at `a.b.c`. */
export function settingAt(settings: Setting | undefined, path: string): Setting | undefined {
  let at: Setting | undefined = settings;
  for (const part of path.split(".")) at = isMap(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  return at;
}

/** A setting as text; undefined when it is none. */
export function textAt(settings: Setting | undefined, path: string): string | undefined {
  const found = settingAt(settings, path);
  return typeof found === "string" ? found : undefined;
}

/** A setting as a list of texts: one text is a list of one. */
export function textsAt(settings: Setting | undefined, path: string): readonly string[] {
  const found = settingAt(settings, path);
  if (typeof found === "string") return found === "" ? [] : [found];
  return Array.isArray(found) ? (found as readonly Setting[]).filter((item): item is string => typeof item === "string") : [];
}

/** A setting as a list of groups. */
export function groupsAt(settings: Setting | undefined, path: string): readonly Setting[] {
  const found = settingAt(settings, path);
  return Array.isArray(found) ? (found as readonly Setting[]).filter(isMap) : [];
}
