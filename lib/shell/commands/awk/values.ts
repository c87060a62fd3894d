/** A program awk cannot run, or that went wrong. */
export class AwkError extends Error {}

/** Text that came from outside and looks like a number: it is compared as one. Nothing yet is such a text, too. */
export interface NumericText {
  readonly text: string;
  readonly number: number;
}

/** A value of awk. */
export type Value = number | string | NumericText;

/** What a variable holds that nothing was put into. */
export const UNSET: NumericText = Object.freeze({ text: "", number: 0 });

const NUMBER = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;
const WHOLE = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[ \t\n\r\f\v]*$/;

/** Text from outside: a field, a line, an argument. */
export function fromInput(text: string): Value {
  return WHOLE.test(text) ? { text, number: Number(text) } : text;
}

/** A value as a number: the digits it begins with. */
export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  return typeof value === "string" ? Number(NUMBER.exec(value)?.[0] ?? 0) : value.number;
}

/** Is it neither 0 nor empty? */
export function isTrue(value: Value): boolean {
  if (typeof value === "string") return value !== "";
  return (typeof value === "number" ? value : value.number) !== 0;
}

/** Below 0, 0 or above: as numbers when both are or look like such, else as texts by `textOf`. */
export function compareValues(a: Value, b: Value, textOf: (value: Value) => string): number {
  if (typeof a !== "string" && typeof b !== "string") return toNumber(a) - toNumber(b);
  const [x, y] = [textOf(a), textOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
