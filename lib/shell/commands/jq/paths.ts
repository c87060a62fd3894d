import { JqError, type JsonValue } from "./tree";
import { isList, isMap, shown, typeOf } from "./values";

/** Where a value is in what was given; `null` for a value that was made. */
export type Path = readonly JsonValue[] | null;

/** A value on its way, and where it was found. */
export interface Item {
  readonly value: JsonValue;
  readonly path: Path;
}

/** A value that was made, and is nowhere in what was given. */
export const made = (value: JsonValue): Item => ({ value, path: null });

/** A path with one more step. */
export function below(path: Path, key: JsonValue): Path {
  return path === null ? null : [...path, key];
}

/** What a value holds under a key. */
export function indexed({ value, path }: Item, key: JsonValue): Item {
  const at = below(path, key);
  if (value === null && (typeof key === "string" || typeof key === "number" || key === null)) return { value: null, path: at };
  if (isMap(value) && typeof key === "string") return { value: Object.hasOwn(value, key) ? (value[key] ?? null) : null, path: at };
  if (isList(value) && typeof key === "number") {
    const i = Math.floor(key);
    return { value: value[i < 0 ? value.length + i : i] ?? null, path: at };
  }
  if (isMap(key) && (isList(value) || typeof value === "string")) return { value: cut(value, key["start"] ?? null, key["end"] ?? null), path: at };
  if (typeof key === "string") throw new JqError(`Cannot index ${typeOf(value)} with "${key}"`);
  throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
}

/** Part of a list or a text. */
export function cut(value: readonly JsonValue[] | string, start: JsonValue, end: JsonValue): JsonValue {
  const from = typeof start === "number" ? Math.floor(start) : undefined;
  const to = typeof end === "number" ? Math.ceil(end) : undefined;
  return value.slice(from, to);
}

/** What a list or an object holds. */
export function children({ value, path }: Item): readonly Item[] {
  if (isList(value)) return value.map((item, i) => ({ value: item, path: below(path, i) }));
  if (isMap(value)) return Object.keys(value).map((key) => ({ value: value[key] ?? null, path: below(path, key) }));
  throw new JqError(`Cannot iterate over ${value === null ? "null" : shown(value)}`);
}

/** The value with another one at a path; undefined takes it away. */
export function withAt(value: JsonValue, path: readonly JsonValue[], next: JsonValue | undefined): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return next ?? null;
  const inner = indexed(made(value), key).value;
  if (next === undefined && rest.length === 0) return without(value, key);
  if (next === undefined && inner === null) return value;
  const changed = withAt(inner, rest, next);
  if (typeof key === "string") return { ...(isMap(value) ? value : {}), [key]: changed };
  const list = isList(value) ? [...value] : [];
  if (isMap(key)) {
    const [start, end] = [key["start"], key["end"]].map((bound) => (typeof bound === "number" ? bound : undefined));
    const from = start === undefined ? 0 : start < 0 ? Math.max(0, list.length + start) : start;
    const to = end === undefined ? list.length : end < 0 ? list.length + end : end;
    return [...list.slice(0, from), ...(isList(changed) ? changed : []), ...list.slice(Math.max(from, to))];
  }
  const at = typeof key === "number" ? (key < 0 ? list.length + key : key) : 0;
  if (at < 0) throw new JqError("Out of bounds negative array index");
  if (at > 100_000) throw new JqError("Array index too large");
  while (list.length < at) list.push(null);
  list[at] = changed;
  return list;
}

function without(value: JsonValue, key: JsonValue): JsonValue {
  if (isMap(value)) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  if (!isList(value)) return value;
  if (isMap(key)) return withAt(value, [key], []);
  const at = typeof key === "number" && key < 0 ? value.length + key : key;
  return value.filter((_, i) => i !== at);
}
