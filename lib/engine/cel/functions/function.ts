/** What the implementation of a function is. */
import { CelError, List, type Value } from "../values";

/** What functions may use besides their arguments. */
export interface FunctionContext {
  /** Counts work. @throws {CelError} when there was too much. */
  spend(cost: number): void;
}

/** A function; the value before the dot is its first argument. @throws {CelError} */
export type Fn = (args: readonly Value[], context: FunctionContext) => Value;

/** Functions by name. */
export type Functions = Readonly<Record<string, Fn>>;

/** The arguments are not what the function takes. @throws {CelError} */
export function noOverload(): never {
  throw new CelError("no such overload");
}

/** An argument that must be text. @throws {CelError} */
export function text(value: Value | undefined): string {
  return typeof value === "string" ? value : noOverload();
}

/** An argument that must be a whole number. @throws {CelError} */
export function whole(value: Value | undefined): number {
  return typeof value === "bigint" ? Number(value) : noOverload();
}

/** An argument that must be a list. @throws {CelError} */
export function list(value: Value | undefined): List {
  return value instanceof List ? value : noOverload();
}

/** Walking over text costs a tenth of its length. */
export const TEXT_COST = 0.1;
