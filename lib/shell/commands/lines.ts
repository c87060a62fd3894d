/** `tac`, `rev`, `nl`, `wc`: lines turned round, numbered and counted. */
import type { Command } from "../host";
import { failure, filtered, joinLines, linesOf, readArguments, readInputs, usesStdin } from "./files";
import { compileRegex } from "./regex";

/** A filter that maps the lines of all its inputs. */
function lineFilter(name: string, change: (lines: readonly string[]) => readonly string[], isLinewise = false): Command {
  return {
    name,
    readsStdin: usesStdin,
    isLinewise: () => isLinewise,
    run(args, io) {
      const { inputs, errors } = readInputs(name, args.filter((arg) => !/^-./.test(arg)), io);
      return filtered(inputs.map(({ text }) => joinLines(change(linesOf(text)))).join(""), errors);
    },
  };
}

/** `tac` and `rev`. */
export const tac = lineFilter("tac", (lines) => [...lines].reverse());
export const rev = lineFilter("rev", (lines) => lines.map((line) => [...line].reverse().join("")), true);

/** `nl [-b a|t|n|pRE] [-n ln|rn|rz] [-w N] [-s SEP] [-v N] [-i N] [FILE…]` */
export const nl: Command = {
  name: "nl",
  readsStdin: (args) => usesStdin(readArguments(args, "p", "bnwsvihfl").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "p", "bnwsvihfl", { "body-numbering": "b", "number-format": "n", "number-width": "w", "number-separator": "s", "starting-line-number": "v", "line-increment": "i" });
    const { inputs, errors } = readInputs("nl", operands, io);
    const style = flags.get("b") ?? "t";
    if (!/^(?:[atn]$|p)/.test(style)) return failure("nl", `invalid body numbering style: '${style}'`);
    const pattern = style.startsWith("p") ? compileRegex(style.slice(1), { extended: false }) : undefined;
    const width = Number(flags.get("w") ?? 6) || 6;
    const separator = flags.get("s") ?? "\t";
    const format = flags.get("n") ?? "rn";
    const step = Number(flags.get("i") ?? 1);
    let number = Number(flags.get("v") ?? 1);
    const lines = inputs.flatMap(({ text }) => linesOf(text)).map((line) => {
      const isNumbered = pattern ? pattern.test(line) : style === "a" || (style === "t" && line !== "");
      if (!isNumbered) return " ".repeat(width + separator.length) + line;
      const text = String(number);
      number += step;
      const shown = format === "ln" ? text.padEnd(width) : format === "rz" ? (text.startsWith("-") ? `-${text.slice(1).padStart(width - 1, "0")}` : text.padStart(width, "0")) : text.padStart(width);
      return shown + separator + line;
    });
    return filtered(joinLines(lines), errors);
  },
};

/** `wc [-l] [-w] [-c] [-m] [FILE…]` */
export const wc: Command = {
  name: "wc",
  readsStdin: (args) => usesStdin(readArguments(args, "lwcmL").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "lwcmL", "", { lines: "l", words: "w", bytes: "c", chars: "m" });
    const { inputs, errors } = readInputs("wc", operands, io);
    const kinds = [..."lwmcL"].filter((kind) => (flags.size === 0 ? "lwc".includes(kind) : flags.has(kind)));
    const rows = inputs.map(({ path, text }) => ({ path, counts: kinds.map((kind) => countOf(kind, text)) }));
    if (rows.length > 1) rows.push({ path: "total", counts: kinds.map((_, i) => rows.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0)) });
    const isBare = kinds.length === 1;
    const lines = rows.map(({ path, counts }) => {
      const shown = counts.map((count) => (isBare ? String(count) : String(count).padStart(9))).join(isBare ? "" : " ");
      return path === "-" ? shown : `${shown} ${path}`;
    });
    return filtered(joinLines(lines), errors);
  },
};

function countOf(kind: string, text: string): number {
  switch (kind) {
    case "l": return text.split("\n").length - 1;
    case "w": return text.split(/\s+/).filter((word) => word !== "").length;
    case "m": return [...text].length;
    case "L": return Math.max(0, ...linesOf(text).map((line) => [...line].reduce((at, char) => (char === "\t" ? (Math.floor(at / 8) + 1) * 8 : at + 1), 0)));
    default: return utf8Length(text);
  }
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
