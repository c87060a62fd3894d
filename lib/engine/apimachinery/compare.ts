/** Orders strings by UTF-16 code unit, the same on every machine and in every locale. */
export function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders numbers ascending. */
export function compareNumbers(a: number, b: number): number {
  return a - b;
}

/** The entries of a record, ordered by key, so that iteration never depends on insertion history. */
export function sortedEntries<V>(record: Readonly<Record<string, V>>): [string, V][] {
  return Object.entries(record).sort(([a], [b]) => compareStrings(a, b));
}

/** Are two JSON values equal? Shared parts are recognised by reference, so comparing versions of one object is cheap. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  let count = 0;
  // JSON objects inherit nothing that would be enumerated.
  for (const key in left) {
    const value = left[key];
    if (value === undefined) continue;
    count += 1;
    const other = right[key];
    if (value !== other && !deepEqual(value, other)) return false;
  }
  for (const key in right) if (right[key] !== undefined) count -= 1;
  return count === 0;
}
