/** Freezes a JSON value and all it holds. Stops at parts already frozen, so freezing a new version costs what changed. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) for (const part of value as readonly unknown[]) deepFreeze(part);
  else for (const key in value) deepFreeze(value[key]);
  return Object.freeze(value);
}
