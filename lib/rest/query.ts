/** Query strings, as Go's `url.ParseQuery` reads them. */

/** The parameters of a query, in order of appearance. */
export interface Query {
  /** The first value of a name; `undefined` when it is absent. */
  get(name: string): string | undefined;
  all(name: string): readonly string[];
}

function decoded(text: string): string {
  const spaced = text.replace(/\+/g, " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Reads a query. What cannot be decoded stays as it is. */
export function parseQuery(text: string): Query {
  const values = new Map<string, string[]>();
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = decoded(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? "" : decoded(part.slice(equals + 1));
    const list = values.get(name);
    if (list) list.push(value);
    else values.set(name, [value]);
  }
  return { get: (name) => values.get(name)?.[0], all: (name) => values.get(name) ?? [] };
}

/** Is a switch on? Absent, `false` and `0` are off. Upstream: `conversion.Convert_Slice_string_To_bool`. */
export function isOn(query: Query, name: string): boolean {
  const value = query.get(name);
  return value !== undefined && value !== "false" && value !== "0";
}

/** The segments of a path, decoded; `undefined` when a segment cannot be. */
export function pathSegments(path: string): readonly string[] | undefined {
  try {
    return path.split("/").filter((segment) => segment !== "").map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}
