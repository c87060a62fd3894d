/** `tr`: sets of characters. */
import type { Command } from "../host";
import { failure, readArguments, unknownOption } from "./files";

const CLASSES: Readonly<Record<string, string>> = {
  upper: "A-Z", lower: "a-z", digit: "0-9", alpha: "A-Za-z", alnum: "0-9A-Za-z", space: "\t-\r ", blank: "\t ", punct: "!-/:-@[-`{-~", xdigit: "0-9A-Fa-f", print: " -~", graph: "!-~", cntrl: "\0-\x1f\x7f",
};
const ESCAPES: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\" };
const MOST = 70_000;

class SetError extends Error {}

function range(low: string, high: string): string[] {
  const [from, to] = [low.codePointAt(0) ?? 0, high.codePointAt(0) ?? 0];
  if (to < from) throw new SetError(`range-endpoints of '${low}-${high}' are in reverse collating sequence order`);
  return Array.from({ length: Math.min(MOST, to - from + 1) }, (_, i) => String.fromCodePoint(from + i));
}

const plainRanges = (text: string): string[] => [...text.matchAll(/([^])-([^])|[^]/g)].flatMap(([whole, low, high]) => (low !== undefined && high !== undefined ? range(low, high) : [whole]));

const ITEM = /\[:(\w+):\]|\[=([^])=\]|\[([^\\]|\\[^])\*(\d*)\]|\\([0-7]{1,3}|[^])|([^])/gu;

/** A set written out; `[c*]` fills it up to `length`. */
function expandSet(text: string, length: number): string[] {
  const items = [...text.matchAll(ITEM)];
  const set: string[] = [];
  let fill: { readonly at: number; readonly char: string } | undefined;
  const charOf = (escaped: string | undefined, char: string | undefined): string => (escaped === undefined ? (char ?? "") : /^[0-7]/.test(escaped) ? String.fromCharCode(parseInt(escaped, 8) & 255) : (ESCAPES[escaped] ?? escaped));
  for (let i = 0; i < items.length && set.length < MOST; i++) {
    const [, name, equal, repeated, count, escaped, char] = items[i] as RegExpMatchArray;
    if (name !== undefined) {
      const known = CLASSES[name];
      if (known === undefined) throw new SetError(`invalid character class '${name}'`);
      set.push(...plainRanges(known));
    } else if (equal !== undefined) set.push(equal);
    else if (repeated !== undefined) {
      const one = repeated.startsWith("\\") ? charOf(repeated.slice(1), undefined) : repeated;
      const times = count === "" || count === undefined ? 0 : parseInt(count, count.startsWith("0") ? 8 : 10);
      if (times === 0) fill = { at: set.length, char: one };
      else for (let left = Math.min(times, MOST); left > 0; left--) set.push(one);
    } else {
      const low = charOf(escaped, char);
      const next = items[i + 2];
      const isRange = items[i + 1]?.[6] === "-" && next !== undefined && (next[5] !== undefined || next[6] !== undefined);
      if (isRange) {
        set.push(...range(low, charOf(next[5], next[6])));
        i += 2;
      } else set.push(low);
    }
  }
  if (fill && set.length < length) set.splice(fill.at, 0, ...Array.from({ length: length - set.length }, () => fill.char));
  return set;
}

interface Sets {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

function translated(text: string, flags: ReadonlyMap<string, string>, { from, to }: Sets, hasSecond: boolean): string {
  const positions = new Map(from.map((char, i) => [char, i] as const).reverse());
  const isComplement = flags.has("c") || flags.has("C");
  const isIn = (char: string): boolean => positions.has(char) !== isComplement;
  const deletes = flags.has("d");
  const target = new Set(to);
  const squeezes = (char: string): boolean => flags.has("s") && (hasSecond ? target.has(char) : isIn(char));
  let out = "";
  let last: string | undefined;
  for (const char of text) {
    let next = char;
    if (isIn(char)) {
      if (deletes) continue;
      if (hasSecond) {
        const at = isComplement ? to.length - 1 : (positions.get(char) ?? 0);
        if (!(flags.has("t") && at >= to.length)) next = to[at] ?? to.at(-1) ?? char;
      }
    }
    if (last === next && squeezes(next)) continue;
    out += next;
    last = next;
  }
  return out;
}

const LONG = { delete: "d", "squeeze-repeats": "s", complement: "c", "truncate-set1": "t" };
const parse = (args: readonly string[]) => {
  // Options come before the sets: `tr -d -x` would be one, `tr a -x` is not.
  const first = args.findIndex((arg) => !arg.startsWith("-") || arg === "-" || arg === "--");
  const split = first < 0 ? args.length : first;
  const { flags, unknown } = readArguments(args.slice(0, split), "dscCt", "", LONG);
  return { flags, unknown, operands: args[split] === "--" ? args.slice(split + 1) : args.slice(split) };
};

/** `tr [-c] [-d] [-s] [-t] SET1 [SET2]` */
export const tr: Command = {
  name: "tr",
  readsStdin: () => true,
  isLinewise: (args) => !parse(args).flags.has("s"),
  run(args, io) {
    const { flags, operands, unknown } = parse(args);
    if (unknown !== undefined) return unknownOption("tr", unknown);
    const [first, second, extra] = operands;
    const hint = "\nTry 'tr --help' for more information.";
    if (first === undefined) return failure("tr", `missing operand${hint}`);
    if (second === undefined && !flags.has("d") && !flags.has("s")) return failure("tr", `missing operand after '${first}'\nTwo strings must be given when translating.${hint}`);
    if (second === undefined && flags.has("d") && flags.has("s")) return failure("tr", `missing operand after '${first}'\nTwo strings must be given when both deleting and squeezing repeats.${hint}`);
    if (second !== undefined && flags.has("d") && !flags.has("s")) return failure("tr", `extra operand '${second}'\nOnly one string may be given when deleting without squeezing repeats.${hint}`);
    if (extra !== undefined) return failure("tr", `extra operand '${extra}'${hint}`);
    try {
      const from = expandSet(first, 0);
      const to = second === undefined ? [] : expandSet(second, from.length);
      if (second === "" && !flags.has("d") && !flags.has("t")) return failure("tr", "when not truncating set1, string2 must be non-empty");
      if (flags.has("d")) {
        const kept = translated(io.stdin, new Map([...flags].filter(([flag]) => flag !== "s")), { from, to: [] }, false);
        return { status: 0, stdout: flags.has("s") ? translated(kept, new Map([["s", ""]]), { from: to, to: [] }, false) : kept };
      }
      return { status: 0, stdout: translated(io.stdin, flags, { from, to }, second !== undefined) };
    } catch (error) {
      if (error instanceof SetError) return failure("tr", error.message);
      throw error;
    }
  },
};
