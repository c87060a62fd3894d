/** Freezes a JSON value and all it holds. Stops at parts already frozen, so freezing a new version costs what changed. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) for (let i = 0; i < value.length; i += 1) deepFreeze(value[i] as unknown);
  else {
    for (const key in value) {
      const part: unknown = value[key];
      if (typeof part === "object" && part !== null) deepFreeze(part);
    }
  }
  return Object.freeze(value);
}

/** {@link deepFreeze} of a new version of something frozen: what both share is not looked at again. */
export function freezeAfter(value: object, before: object | undefined): void {
  if (before === undefined) return void deepFreeze(value);
  if (Object.isFrozen(value)) return;
  const was = before as Readonly<Record<string, unknown>>;
  const is = value as Readonly<Record<string, unknown>>;
  if (Array.isArray(value)) for (let i = 0; i < value.length; i += 1) part(is[i], was[i]);
  else {
    for (const key in is) {
      const one = is[key];
      if (typeof one === "object" && one !== null) part(one, was[key]);
    }
  }
  Object.freeze(value);
}

function part(value: unknown, before: unknown): void {
  if (value === before || typeof value !== "object" || value === null) return;
  freezeAfter(value, typeof before === "object" && before !== null ? before : undefined);
}
