import type { Command } from "../host";
import { sprintf } from "./awk/format";
import { failure, unknownOption } from "./files";

/** As much as a pipe holds. */
const MOST = 3_500_000;
const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

interface Options {
  readonly separator: string;
  readonly isPadded: boolean;
  readonly format: string | undefined;
  readonly words: readonly string[];
  readonly unknown: string | undefined;
}

function readOptions(args: readonly string[]): Options {
  const words = [...args];
  let separator = "\n";
  let isPadded = false;
  let format: string | undefined;
  let unknown: string | undefined;
  for (;;) {
    const word = words[0] ?? "";
    if (!word.startsWith("-") || NUMBER.test(word) || word === "-") break;
    words.shift();
    if (word === "--") break;
    const valued = /^(?:-([sf])|--(separator|format)(?:=|$))([^]*)$/.exec(word);
    if (valued) {
      const value = valued[3] !== "" || word.endsWith("=") ? (valued[3] ?? "") : (words.shift() ?? "");
      if (valued[1] === "s" || valued[2] === "separator") separator = value;
      else format = value;
    } else if (word === "-w" || word === "--equal-width") isPadded = true;
    else if (/^-w[sf]/.test(word)) {
      isPadded = true;
      words.unshift(`-${word.slice(2)}`);
    } else unknown ??= word.startsWith("--") ? word : word.slice(1, 2);
  }
  return { separator, isPadded, format, words, unknown };
}

const placesIn = (word: string): number => (/e/i.test(word) ? 0 : (word.split(".")[1] ?? "").length);

function padded(text: string, width: number): string {
  return text.startsWith("-") ? `-${text.slice(1).padStart(width - 1, "0")}` : text.padStart(width, "0");
}

/**
 * `seq [-w] [-s SEP] [-f FORMAT] [FIRST [STEP]] LAST`
 * @simplified ends after three and a half million characters, which is what a pipe holds.
 */
export const seq: Command = {
  name: "seq",
  run(args) {
    const { separator, isPadded, format, words, unknown } = readOptions(args);
    if (unknown !== undefined) return unknownOption("seq", unknown);
    if (words.length === 0) return failure("seq", "missing operand\nTry 'seq --help' for more information.");
    if (words.length > 3) return failure("seq", `extra operand '${words[3] ?? ""}'\nTry 'seq --help' for more information.`);
    const bad = words.find((word) => !NUMBER.test(word));
    if (bad !== undefined) return failure("seq", `invalid floating point argument: '${bad}'\nTry 'seq --help' for more information.`);
    if (format !== undefined && !/^(?:[^%]|%%)*%[-+ 0#']*\d*(?:\.\d*)?[eEfFgGaA](?:[^%]|%%)*$/.test(format)) return failure("seq", `format '${format}' has ${/%(?:[^%]|$)/.test(format) ? `unknown %${/%[^a-zA-Z]*([a-zA-Z])/.exec(format)?.[1] ?? ""} directive` : "no % directive"}`);
    const numbers = words.map(Number);
    const last = numbers.at(-1) ?? 0;
    const first = numbers.length > 1 ? (numbers[0] ?? 1) : 1;
    const step = numbers.length === 3 ? (numbers[1] ?? 1) : 1;
    if (step === 0) return failure("seq", `invalid Zero increment value: '${words[1] ?? ""}'\nTry 'seq --help' for more information.`);
    const places = Math.min(20, Math.max(0, ...words.slice(0, -1).map(placesIn)));
    const items: string[] = [];
    for (let i = 0, size = 0; size < MOST; i++) {
      const value = first + i * step;
      if (step > 0 ? value > last + step * 1e-9 : value < last + step * 1e-9) break;
      const item = format === undefined ? value.toFixed(places) : sprintf(format, [value], String);
      items.push(item);
      size += item.length + separator.length;
    }
    if (items.length === 0) return { status: 0 };
    const width = isPadded ? Math.max(...[first, last].map((value) => value.toFixed(places).length), ...words.slice(0, -1).map((word) => word.length)) : 0;
    return { status: 0, stdout: `${(isPadded ? items.map((item) => padded(item, width)) : items).join(separator)}\n` };
  },
};
