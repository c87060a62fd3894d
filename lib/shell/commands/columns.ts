/** `paste`, `column`, `fold`, `expand`, `unexpand`: text by its columns. */
import type { Command } from "../host";
import { failure, filtered, joinLines, linesOf, readArguments, readInputs, unknownOption, usesStdin } from "./files";

const ESCAPES: Readonly<Record<string, string>> = { "\\n": "\n", "\\t": "\t", "\\\\": "\\", "\\0": "" };

function delimitersIn(text: string): readonly string[] {
  const marks = [...text.matchAll(/\\[^]|[^]/gu)].map(([mark]) => ESCAPES[mark] ?? mark);
  return marks.length === 0 ? [""] : marks;
}

/** `paste [-s] [-d LIST] FILE…`; each `-` takes the next line of the input in turn. */
export const paste: Command = {
  name: "paste",
  readsStdin: (args) => usesStdin(readArguments(args, "sz", "d").operands),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "sz", "d", { delimiters: "d", serial: "s" });
    if (unknown !== undefined) return unknownOption("paste", unknown);
    const { inputs, errors } = readInputs("paste", operands, io);
    if (errors !== "") return { status: 1, stderr: errors };
    const marks = delimitersIn(flags.get("d") ?? "\t");
    const join = (cells: readonly string[]): string => cells.map((cell, i) => (i === 0 ? cell : (marks[(i - 1) % marks.length] ?? "") + cell)).join("");
    const own = linesOf(io.stdin);
    if (flags.has("s")) {
      const firstDash = inputs.findIndex(({ path }) => path === "-");
      return filtered(joinLines(inputs.map(({ path, text }, i) => join(path === "-" && i !== firstDash ? [] : linesOf(text)))), "");
    }
    const dashes = inputs.filter(({ path }) => path === "-").length;
    const dealt = inputs.map(({ path }, i) => (path === "-" ? inputs.slice(0, i).filter((input) => input.path === "-").length : 0));
    const columns = inputs.map(({ path, text }, i) => (path === "-" ? own.filter((_, j) => j % dashes === dealt[i]) : linesOf(text)));
    const height = Math.max(0, ...columns.map((lines) => lines.length));
    return filtered(joinLines(Array.from({ length: height }, (_, i) => join(columns.map((lines) => lines[i] ?? "")))), "");
  },
};

/** `column [-t] [-s MARKS] [-o TEXT] [-c WIDTH] [FILE…]` */
export const column: Command = {
  name: "column",
  readsStdin: (args) => usesStdin(readArguments(args, "txnLe", "socNR").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "txnLe", "socNR", { table: "t", separator: "s", "output-separator": "o", "output-width": "c", "table-columns": "N", "table-right": "R" });
    const { inputs, errors } = readInputs("column", operands, io);
    const lines = inputs.flatMap(({ text }) => linesOf(text)).filter((line) => line.trim() !== "");
    if (!flags.has("t")) return filtered(filled(lines, Number(flags.get("c") ?? 80) || 80, flags.has("x")), errors);
    const marks = flags.get("s");
    const cells = (line: string): string[] => (marks === undefined ? line.trim().split(/[ \t]+/) : line.split(new RegExp(`[${marks.replace(/[\\\]^-]/g, "\\$&")}]`)));
    const rows = [...(flags.has("N") ? [(flags.get("N") ?? "").split(",")] : []), ...lines.map(cells)];
    const count = Math.max(0, ...rows.map((row) => row.length));
    const widths = Array.from({ length: count }, (_, i) => Math.max(0, ...rows.map((row) => [...(row[i] ?? "")].length)));
    const right = new Set((flags.get("R") ?? "").split(",").map((name) => Number(name) - 1));
    const shown = rows.map((row) => row.map((cell, i) => (right.has(i) ? cell.padStart(widths[i] ?? 0) : i < count - 1 && i < row.length ? cell.padEnd(widths[i] ?? 0) : cell)).concat(Array.from({ length: count - row.length }, (_, i) => (row.length + i < count - 1 ? " ".repeat(widths[row.length + i] ?? 0) : ""))).join(flags.get("o") ?? "  "));
    return filtered(joinLines(shown.map((line, i) => ((rows[i]?.length ?? 0) < count && flags.get("o") === undefined ? line.replace(/ +$/, (blanks) => blanks) : line))), errors);
  },
};

/** Words in columns as wide as the longest, filled downwards. */
function filled(lines: readonly string[], width: number, across: boolean): string {
  const cell = (Math.floor(Math.max(0, ...lines.map((line) => [...line].length)) / 8) + 1) * 8;
  const perRow = Math.max(1, Math.floor(width / cell));
  const height = Math.ceil(lines.length / perRow);
  const rows = Array.from({ length: height }, (_, row) => (across ? lines.slice(row * perRow, (row + 1) * perRow) : lines.filter((_line, i) => i % height === row)));
  return joinLines(rows.map((row) => row.map((text, i) => (i < row.length - 1 ? text + "\t".repeat(Math.ceil((cell - [...text].length) / 8)) : text)).join("")));
}

function columnAfter(char: string, column: number): number {
  if (char === "\t") return (Math.floor(column / 8) + 1) * 8;
  return char === "\b" ? Math.max(0, column - 1) : char === "\r" ? 0 : column + 1;
}

function folded(line: string, width: number, atBlanks: boolean, isBytes: boolean): string {
  const out: string[] = [];
  let held = "";
  let column = 0;
  for (const char of line) {
    let next = isBytes ? column + 1 : columnAfter(char, column);
    while (next > width && held !== "") {
      const blank = atBlanks ? Math.max(held.lastIndexOf(" "), held.lastIndexOf("\t")) : -1;
      const cut = blank < 0 ? held.length : blank + 1;
      out.push(held.slice(0, cut));
      held = held.slice(cut);
      column = [...held].reduce((at, one) => (isBytes ? at + 1 : columnAfter(one, at)), 0);
      next = isBytes ? column + 1 : columnAfter(char, column);
    }
    held += char;
    column = next;
  }
  return [...out, held].join("\n");
}

/** `fold [-s] [-b] [-w WIDTH] [FILE…]` */
export const fold: Command = {
  name: "fold",
  readsStdin: (args) => usesStdin(readArguments(args, "sb0123456789", "w").operands),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args.flatMap((arg) => (/^-\d+$/.test(arg) ? ["-w", arg.slice(1)] : [arg])), "sb", "w", { width: "w", spaces: "s", bytes: "b" });
    if (unknown !== undefined) return unknownOption("fold", unknown);
    const width = flags.get("w") ?? "80";
    if (!/^\d{1,6}$/.test(width) || Number(width) === 0) return failure("fold", `invalid number of columns: '${width}'`);
    const { inputs, errors } = readInputs("fold", operands, io);
    return filtered(inputs.map(({ text }) => text.split("\n").map((line) => folded(line, Number(width), flags.has("s"), flags.has("b"))).join("\n")).join(""), errors);
  },
};

/** Tab stops: every so many columns, or where the list says and single blanks after it. */
function stopsIn(text: string): (column: number) => number {
  const stops = text.split(/[, ]/).map(Number).filter((stop) => stop > 0);
  if (stops.length === 1) return (at) => (Math.floor(at / (stops[0] as number)) + 1) * (stops[0] as number);
  return (at) => stops.find((stop) => stop > at) ?? at + 1;
}

/** `expand [-i] [-t N] [FILE…]` */
export const expand: Command = {
  name: "expand",
  readsStdin: (args) => usesStdin(readArguments(args, "i", "t").operands),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args.flatMap((arg) => (/^-\d+$/.test(arg) ? ["-t", arg.slice(1)] : [arg])), "i", "t", { tabs: "t", initial: "i" });
    if (unknown !== undefined) return unknownOption("expand", unknown);
    const next = stopsIn(flags.get("t") ?? "8");
    const { inputs, errors } = readInputs("expand", operands, io);
    const one = (line: string): string => {
      let out = "";
      let isLeading = true;
      for (const char of line) {
        if (char !== " " && char !== "\t") isLeading = false;
        out += char === "\t" && (isLeading || !flags.has("i")) ? " ".repeat(next([...out].length) - [...out].length) : char;
      }
      return out;
    };
    return filtered(inputs.map(({ text }) => text.split("\n").map(one).join("\n")).join(""), errors);
  },
};

/** `unexpand [-a] [-t N] [FILE…]` */
export const unexpand: Command = {
  name: "unexpand",
  readsStdin: (args) => usesStdin(readArguments(args, "a", "t").operands),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "af", "t", { tabs: "t", all: "a", "first-only": "f" });
    if (unknown !== undefined) return unknownOption("unexpand", unknown);
    const width = Number(flags.get("t") ?? "8") || 8;
    const isAll = (flags.has("a") || flags.has("t")) && !flags.has("f");
    const { inputs, errors } = readInputs("unexpand", operands, io);
    const squeezed = (blanks: string, from: number): string => {
      const until = [...blanks].reduce((at, char) => (char === "\t" ? (Math.floor(at / width) + 1) * width : at + 1), from);
      let out = "";
      let at = from;
      for (let stop = (Math.floor(at / width) + 1) * width; stop <= until; stop += width) {
        // One blank before a stop stays a blank, unless more blanks follow.
        out += stop - at === 1 && blanks.length === 1 ? " " : "\t";
        at = stop;
      }
      return out + " ".repeat(until - at);
    };
    const one = (line: string): string => {
      const leading = /^[ \t]*/.exec(line)?.[0] ?? "";
      if (!isAll) return squeezed(leading, 0) + line.slice(leading.length);
      let column = 0;
      return line.replace(/[ \t]+|[^ \t]+/g, (part) => {
        const from = column;
        column = /^[ \t]/.test(part) ? [...part].reduce((at, char) => (char === "\t" ? (Math.floor(at / width) + 1) * width : at + 1), from) : column + [...part].length;
        return /^[ \t]/.test(part) ? squeezed(part, from) : part;
      });
    };
    return filtered(inputs.map(({ text }) => text.split("\n").map(one).join("\n")).join(""), errors);
  },
};
