import type { Command } from "../host";
import { failure, filtered, readArguments, readInputs, unknownOption, usesStdin } from "./files";
import { fromBytes, toBytes } from "./bytes";

type Range = readonly [from: number, to: number];

/** `1,3-5,7-` as ranges in order, joined where they touch nothing else; a text says what is wrong. */
function readRanges(text: string, isFields: boolean): readonly Range[] | string {
  const kind = isFields ? "field" : "byte/character";
  const ranges: [number, number][] = [];
  for (const part of text.split(/[, ]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match) return isFields ? `invalid field value '${/^\d*-?(.*)$/.exec(part)?.[1] ?? part}'` : `invalid byte/character position '${part}'`;
    if (part === "" || part === "-") return part === "-" ? "invalid range with no endpoint: -" : isFields ? "fields are numbered from 1" : "byte/character positions are numbered from 1";
    const from = match[1] === "" ? 1 : Number(match[1]);
    const to = match[2] === "" ? from : match[3] === "" ? Infinity : Number(match[3]);
    if (from === 0 || to === 0) return isFields ? "fields are numbered from 1" : "byte/character positions are numbered from 1";
    if (to < from) return `invalid decreasing range`;
    ranges.push([from, to]);
  }
  if (ranges.length === 0) return `missing list of ${kind}s`;
  ranges.sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    if (before && range[0] <= before[1]) before[1] = Math.max(before[1], range[1]);
    else joined.push([...range]);
  }
  return joined;
}

function complementOf(ranges: readonly Range[]): readonly Range[] {
  const out: Range[] = [];
  let next = 1;
  for (const [from, to] of ranges) {
    if (from > next) out.push([next, from - 1]);
    next = to + 1;
  }
  return next === Infinity ? out : [...out, [next, Infinity]];
}

const LONG = { delimiter: "d", fields: "f", characters: "c", bytes: "b", "only-delimited": "s", "output-delimiter": "O", complement: "C", "zero-terminated": "z" };
const parse = (args: readonly string[]) => readArguments(args, "snCz", "dfcbO", LONG);

/** `cut -f LIST [-d C] [-s] | -c LIST | -b LIST [--complement] [--output-delimiter=TEXT] [FILE…]` */
export const cut: Command = {
  name: "cut",
  readsStdin: (args) => usesStdin(parse(args).operands),
  isLinewise: (args) => !parse(args).flags.has("z"),
  run(args, io) {
    const { flags, operands, unknown } = parse(args);
    if (unknown !== undefined) return unknownOption("cut", unknown);
    const hint = "\nTry 'cut --help' for more information.";
    const kinds = ["f", "c", "b"].filter((letter) => flags.has(letter));
    if (kinds.length === 0) return failure("cut", `you must specify a list of bytes, characters, or fields${hint}`);
    if (kinds.length > 1) return failure("cut", `only one list may be specified${hint}`);
    const isFields = flags.has("f");
    const read = readRanges(flags.get(kinds[0] ?? "f") ?? "", isFields);
    if (typeof read === "string") return failure("cut", read + hint);
    const delimiter = flags.get("d") === "" ? "\0" : (flags.get("d") ?? "\t");
    if ([...delimiter].length !== 1) return failure("cut", `the delimiter must be a single character${hint}`);
    if (!isFields && flags.has("d")) return failure("cut", `an input delimiter may be specified only when operating on fields${hint}`);
    const ranges = flags.has("C") ? complementOf(read) : read;
    const glue = flags.get("O");
    const end = flags.has("z") ? "\0" : "\n";
    const { inputs, errors } = readInputs("cut", operands, io);
    const lines = inputs.flatMap(({ text }) => (text === "" ? [] : (text.endsWith(end) ? text.slice(0, -1) : text).split(end))).flatMap((line) => {
      if (isFields) {
        if (!line.includes(delimiter)) return flags.has("s") ? [] : [line];
        const fields = line.split(delimiter);
        return [ranges.flatMap(([from, to]) => fields.slice(from - 1, to)).join(glue ?? delimiter)];
      }
      if (flags.has("b") && !/^[\0-\x7f]*$/.test(line)) {
        const bytes = toBytes(line);
        return [fromBytes(ranges.flatMap(([from, to]) => bytes.slice(from - 1, to)))];
      }
      const chars = [...line];
      return [ranges.map(([from, to]) => chars.slice(from - 1, to).join("")).filter((part) => part !== "").join(glue ?? "")];
    });
    return filtered(lines.map((line) => line + end).join(""), errors);
  },
};
