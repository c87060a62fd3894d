/** A value as Go's `%v` prints it: `map[a:1 b:2]`, `[x y]`, `<nil>`, `true`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return "<none>";
  return nested(value);
}

function nested(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(nested).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return `map[${entries.map(([key, item]) => `${key}:${nested(item)}`).join(" ")}]`;
}

/** A value as Go's `%#v` prints what JSON held. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return "interface {}(nil)";
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return `map[string]interface {}{${entries.map(([key, item]) => `${JSON.stringify(key)}:${goSyntax(item)}`).join(", ")}}`;
}

/** A text as Go's `%q` quotes it. */
export function goQuoted(text: string): string {
  return JSON.stringify(text);
}
