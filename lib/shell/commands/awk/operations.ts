import type { Regex } from "../regex";
import { regexOf } from "./fields";
import { power } from "./numeric";
import type { Cell, Flow, Runtime } from "./runtime";
import { AwkError, fromInput, toNumber, UNSET, type Value } from "./values";

/** Something with a value. */
export type Expression = (run: Runtime) => Value;
/** Something to do. */
export type Statement = (run: Runtime) => Flow;

/** An expression, and what else it may be: a place to assign to, a variable by itself, a regular expression. */
export interface Operand {
  readonly value: Expression;
  readonly assign?: (run: Runtime, value: Value) => void;
  readonly cell?: (run: Runtime) => Cell;
  readonly regex?: Regex;
  /** In parentheses it is only a value: `(x) = 1` is none of awk's. */
  readonly group?: readonly Operand[];
}

/** A function was left by `exit` or `next`: whatever expression called it is given up. */
export class Leave {
  constructor(readonly flow: Exclude<Flow, undefined>) {}
}

/** The variable a parameter stands for: the caller's array, or a copy of its value. */
export function cellFor(run: Runtime, arg: Operand | undefined): Cell {
  if (!arg) return { value: UNSET };
  const source = arg.cell?.(run);
  if (source?.array) return { value: UNSET, array: source.array };
  if (source && source.value === UNSET) return { value: UNSET, lender: source };
  return { value: arg.value(run) };
}

/** The subscript that some values make. */
export function keyOf(run: Runtime, keys: readonly Expression[]): string {
  if (keys.length === 1) return run.text((keys[0] as Expression)(run));
  return keys.map((key) => run.text(key(run))).join(run.textOf("SUBSEP"));
}

/** The regular expression an operand is, or whose text it gives. */
export function patternOf(run: Runtime, operand: Operand): Regex {
  return operand.regex ?? regexOf(run.text(operand.value(run)));
}

/** Adds to a variable; answers what it was before. */
export function moved(run: Runtime, value: Expression, assign: (run: Runtime, value: Value) => void, by: number): number {
  const before = toNumber(value(run));
  assign(run, before + by);
  return before;
}

/** Puts a record that `getline` got where it belongs; answers 1, 0 at the end, -1 when it cannot be read. */
export function taken(run: Runtime, got: ReturnType<Runtime["recordFrom"]>, place: ((run: Runtime, value: Value) => void) | undefined, isCounted: boolean): number {
  run.tick();
  if (got === undefined) return 0;
  if (got === "missing") return -1;
  if (isCounted) run.global("NR").value = toNumber(run.global("NR").value) + 1;
  if (place) place(run, fromInput(got.line));
  else run.setRecord(got.line);
  return 1;
}

/** Does a comparison hold, by the order of its operands? */
export function holds(op: string, order: number): boolean {
  switch (op) {
    case "<": return order < 0;
    case "<=": return order <= 0;
    case ">": return order > 0;
    case ">=": return order >= 0;
    case "==": return order === 0;
    default: return order !== 0;
  }
}

/** One operation on numbers. @throws {AwkError} division by zero */
export function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case "+": return a + b;
    case "-": return a - b;
    case "*": return a * b;
    case "^": return power(a, b);
    default:
      if (b === 0) throw new AwkError("division by zero");
      return op === "/" ? a / b : a % b;
  }
}
