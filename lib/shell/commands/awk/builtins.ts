import type { Regex } from "../regex";
import { formatDate } from "../calendar";
import { cut, cutBy, regexOf, replaced } from "./fields";
import { sprintf } from "./format";
import { atan2, cos, exp, log, sin, sqrt } from "./numeric";
import type { Cell, Runtime } from "./runtime";
import { AwkError, fromInput, toNumber, UNSET, type Value } from "./values";

/** An argument of a built-in function: what of an operand they need. */
export interface Argument {
  readonly value: (run: Runtime) => Value;
  readonly assign?: (run: Runtime, value: Value) => void;
  readonly cell?: (run: Runtime) => Cell;
  readonly regex?: Regex;
}

/** Calls a built-in function. */
export function callBuiltin(name: string, args: readonly Argument[], run: Runtime): Value {
  run.tick();
  const given = (i: number): Value => args[i]?.value(run) ?? UNSET;
  const text = (i: number): string => run.text(args[i] || i > 0 ? given(i) : run.field(0));
  const number = (i: number): number => toNumber(args[i] || i > 0 ? given(i) : run.field(0));
  const bits = (combine: (a: bigint, b: bigint) => bigint): number => Number(BigInt.asUintN(64, args.map((_, i) => BigInt(Math.trunc(number(i)))).reduce(combine)));
  switch (name) {
    case "length": {
      const cell = args[0]?.cell?.(run);
      return cell?.array ? cell.array.size : [...text(0)].length;
    }
    case "substr": return substring(text(0), number(1), args[2] && number(2));
    case "index": return text(0).indexOf(text(1)) + 1;
    case "tolower": return text(0).toLowerCase();
    case "toupper": return text(0).toUpperCase();
    case "sprintf": return run.hold(sprintf(text(0), args.slice(1).map((arg) => arg.value(run)), run.text));
    case "split": return splitInto(args, run);
    case "sub": case "gsub": return substitute(name === "gsub" ? "all" : 1, args, run);
    case "gensub": return generalSubstitute(args, run);
    case "match": return matchIn(args, run);
    case "int": return Math.trunc(number(0));
    case "sqrt": return sqrt(number(0));
    case "sin": return sin(number(0));
    case "cos": return cos(number(0));
    case "atan2": return atan2(number(0), number(1));
    case "exp": return exp(number(0));
    case "log": return log(number(0));
    case "rand": return rand(run);
    case "srand": return reseed(args[0] ? number(0) : Math.floor(run.io.now / 1000), run);
    case "system": return system(text(0), run);
    case "close": return run.close(text(0));
    case "fflush": return 0;
    case "systime": return Math.floor(run.io.now / 1000);
    case "strftime": return formatDate(args[1] ? number(1) * 1000 : run.io.now, args[0] ? text(0) : "%a %b %e %H:%M:%S %Z %Y");
    case "mktime": return secondsOf(text(0));
    case "and": return bits((a, b) => a & b);
    case "or": return bits((a, b) => a | b);
    case "xor": return bits((a, b) => a ^ b);
    case "compl": return Number(BigInt.asUintN(53, ~BigInt(Math.trunc(number(0)))));
    case "lshift": return Number(BigInt.asUintN(64, BigInt(Math.trunc(number(0))) << BigInt(Math.max(0, Math.min(63, Math.trunc(number(1)))))));
    case "rshift": return Number(BigInt.asUintN(64, BigInt(Math.trunc(number(0)))) >> BigInt(Math.max(0, Math.min(63, Math.trunc(number(1))))));
    default: throw new AwkError(`function ${name} is not known`);
  }
}

/** Characters from `start` on, `length` of them; both rounded, and what lies outside the text left out. */
function substring(text: string, start: number, length: number | undefined): string {
  const chars = [...text];
  const first = Math.round(Number.isNaN(start) ? 0 : start);
  const last = length === undefined ? chars.length : first + Math.round(Number.isNaN(length) ? 0 : length) - 1;
  return chars.slice(Math.max(0, first - 1), Math.max(0, Math.min(last, chars.length))).join("");
}

function splitInto(args: readonly Argument[], run: Runtime): number {
  const text = run.text(args[0]?.value(run) ?? "");
  const separator = args[2];
  const parts = separator?.regex ? (text === "" ? [] : cutBy(text, separator.regex)) : cut(text, separator ? run.text(separator.value(run)) : run.textOf("FS"));
  const cell = args[1]?.cell?.(run);
  if (!cell) throw new AwkError("split: second argument must be an array");
  const array = run.array(cell);
  array.clear();
  parts.forEach((part, i) => array.set(String(i + 1), fromInput(part)));
  return parts.length;
}

function patternAt(args: readonly Argument[], at: number, run: Runtime): Regex {
  return args[at]?.regex ?? regexOf(run.text(args[at]?.value(run) ?? ""));
}

function substitute(which: 1 | "all", args: readonly Argument[], run: Runtime): number {
  const target = args[2];
  const regex = patternAt(args, 0, run);
  const replacement = run.text(args[1]?.value(run) ?? "");
  const { text, count } = replaced(run.text(target ? target.value(run) : run.field(0)), regex, replacement, which, false);
  if (count === 0) return 0;
  run.hold(text);
  if (!target) run.setField(0, text);
  else target.assign?.(run, text);
  return count;
}

function generalSubstitute(args: readonly Argument[], run: Runtime): string {
  const how = run.text(args[2]?.value(run) ?? "g");
  const which = /^[gG]/.test(how) ? "all" : Math.max(1, Math.trunc(toNumber(how)));
  const source = args[3] ? args[3].value(run) : run.field(0);
  return run.hold(replaced(run.text(source), patternAt(args, 0, run), run.text(args[1]?.value(run) ?? ""), which, true).text);
}

function matchIn(args: readonly Argument[], run: Runtime): number {
  const text = run.text(args[0]?.value(run) ?? "");
  const found = patternAt(args, 1, run).exec(text);
  const start = found ? found.start + 1 : 0;
  run.global("RSTART").value = start;
  run.global("RLENGTH").value = found ? found.end - found.start : -1;
  const cell = args[2]?.cell?.(run);
  if (cell) {
    const array = run.array(cell);
    array.clear();
    found?.groups.forEach((group, i) => void (group !== undefined && array.set(String(i), fromInput(group))));
  }
  return start;
}

/** The same numbers for the same seed, on every machine. */
function rand(run: Runtime): number {
  run.draw += 1;
  let h = Math.imul((run.seed ^ 0x9e3779b9) + Math.imul(run.draw, 0x85ebca6b), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296;
}

function reseed(seed: number, run: Runtime): number {
  const before = run.seed;
  run.seed = Math.trunc(seed);
  run.draw = 0;
  return before;
}

function system(line: string, run: Runtime): number {
  const { status, stdout } = run.run(line, "");
  run.write(stdout);
  return status;
}

/** `YYYY MM DD HH MM SS` in seconds since 1970, UTC; -1 when it is none. */
function secondsOf(text: string): number {
  const [year, month, day, hour, minute, second] = text.trim().split(/\s+/).map(Number);
  if ([year, month, day, hour, minute, second].some((part) => part === undefined || Number.isNaN(part))) return -1;
  const [y, m] = (month as number) <= 2 ? [(year as number) - 1, (month as number) + 9] : [year as number, (month as number) - 3];
  const days = 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((153 * m + 2) / 5) + (day as number) - 719_469;
  return ((days * 24 + (hour as number)) * 60 + (minute as number)) * 60 + (second as number);
}
