/** `cat` and `more`: files as they are. */
import type { Command } from "../host";
import { toBytes } from "./bytes";
import { filtered, readArguments, readInputs, unknownOption, usesStdin } from "./files";

const LONG = { number: "n", "number-nonblank": "b", "show-all": "A", "show-ends": "E", "show-tabs": "T", "show-nonprinting": "v", "squeeze-blank": "s" };
const parse = (args: readonly string[]) => readArguments(args, "nbeAuvtTEs", "", LONG);

/** What cannot be seen as `^X` and `M-X`. */
function visible(text: string): string {
  const one = (byte: number): string => {
    if (byte >= 128) return `M-${byte - 128 < 32 || byte === 255 ? one(byte - 128) : String.fromCharCode(byte - 128)}`;
    return byte === 127 ? "^?" : byte < 32 ? `^${String.fromCharCode(byte + 64)}` : String.fromCharCode(byte);
  };
  return toBytes(text).map((byte) => (byte === 9 ? "\t" : one(byte))).join("");
}

/** `cat [-n] [-b] [-s] [-A] [-e] [-t] [-v] [-E] [-T] [FILE…]` */
export const cat: Command = {
  name: "cat",
  readsStdin: (args) => usesStdin(parse(args).operands),
  isLinewise: (args) => args.length === 0,
  run(args, io) {
    const { flags, operands, unknown } = parse(args);
    if (unknown !== undefined) return unknownOption("cat", unknown);
    const { inputs, errors } = readInputs("cat", operands, io);
    const text = inputs.map((input) => input.text).join("");
    const has = (letters: string): boolean => [...letters].some((letter) => flags.has(letter));
    if (!has("nbeAvtTEs") || text === "") return filtered(text, errors);
    let number = 0;
    let blanks = 0;
    const isEnded = text.endsWith("\n");
    const lines = (isEnded ? text.slice(0, -1) : text).split("\n");
    const shown = lines.flatMap((line, i) => {
      blanks = line === "" ? blanks + 1 : 0;
      if (has("s") && blanks > 1) return [];
      const isNumbered = has("b") ? line !== "" : has("n");
      if (isNumbered) number += 1;
      let marked = has("vAet") ? visible(line) : line;
      if (has("AtT")) marked = marked.replaceAll("\t", "^I");
      return [`${isNumbered ? `${String(number).padStart(6)}\t` : ""}${marked}${has("AeE") && (isEnded || i < lines.length - 1) ? "$" : ""}`];
    });
    return filtered(shown.join("\n") + (isEnded ? "\n" : ""), errors);
  },
};

/** `more [FILE…]` where there is no terminal to page for: the files, several of them under their names. */
export const more: Command = {
  name: "more",
  readsStdin: (args) => usesStdin(args.filter((arg) => !arg.startsWith("-"))),
  run(args, io) {
    const { inputs, errors } = readInputs("more", args.filter((arg) => !/^-./.test(arg)), io);
    const isTitled = inputs.length > 1;
    return filtered(inputs.map(({ path, text }) => (isTitled ? `::::::::::::::\n${path}\n::::::::::::::\n${text}` : text)).join(""), errors);
  },
};
