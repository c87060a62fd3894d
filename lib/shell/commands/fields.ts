import type { Command } from "../host";
import { resolvePath } from "../path";
import { failure, filtered, joinLines, linesOf, readArguments, readInputs, reasonOf, usesStdin } from "./files";

/** `1,3-5,7-` as a test. */
function readRanges(text: string): ((n: number) => boolean) | undefined {
  const ranges = text.split(",").map((part) => /^(\d*)(-?)(\d*)$/.exec(part));
  if (text === "" || ranges.some((match) => !match || match[0] === "" || match[0] === "-")) return undefined;
  const bounds = ranges.map((match) => {
    const from = match?.[1] === "" ? 1 : Number(match?.[1]);
    const to = match?.[2] === "" ? from : match?.[3] === "" ? Infinity : Number(match?.[3]);
    return [from, to] as const;
  });
  return (n) => bounds.some(([from, to]) => n >= from && n <= to);
}

/** `cut -d C -f LIST | -c LIST | -b LIST [-s] [FILE…]` */
export const cut: Command = {
  name: "cut",
  readsStdin: (args) => usesStdin(readArguments(args, "sn", "dfcb").operands),
  isLinewise: () => true,
  run(args, io) {
    const { flags, operands } = readArguments(args, "sn", "dfcb", { delimiter: "d", fields: "f", characters: "c", "output-delimiter": "" });
    const list = flags.get("f") ?? flags.get("c") ?? flags.get("b");
    if (list === undefined) return failure("cut", "expected a list of bytes, characters, or fields");
    const wanted = readRanges(list);
    if (!wanted) return failure("cut", `invalid range '${list}'`);
    const { inputs, errors } = readInputs("cut", operands, io);
    const delimiter = flags.get("d") ?? "\t";
    const lines = inputs.flatMap(({ text }) => linesOf(text)).flatMap((line) => {
      if (!flags.has("f")) return [[...line].filter((_, i) => wanted(i + 1)).join("")];
      if (!line.includes(delimiter)) return flags.has("s") ? [] : [line];
      return [line.split(delimiter).filter((_, i) => wanted(i + 1)).join(delimiter)];
    });
    return filtered(joinLines(lines), errors);
  },
};

const CLASSES: Readonly<Record<string, string>> = {
  upper: "A-Z", lower: "a-z", digit: "0-9", alpha: "A-Za-z", alnum: "0-9A-Za-z", space: " \t\n\v\f\r", blank: " \t", punct: "!-/:-@[-`{-~",
};

function expandSet(text: string): string[] {
  const plain = text
    .replace(/\[:([a-z]+):\]/g, (whole, name: string) => CLASSES[name] ?? whole)
    .replace(/\\(n|t|r|\\|[0-7]{1,3})/g, (_, code: string) => ({ n: "\n", t: "\t", r: "\r", "\\": "\\" })[code] ?? String.fromCharCode(parseInt(code, 8) & 255));
  const set: string[] = [];
  const chars = [...plain];
  for (let i = 0; i < chars.length && set.length < 70_000; i++) {
    const low = chars[i] as string;
    const high = chars[i + 2];
    if (chars[i + 1] === "-" && high !== undefined) {
      for (let code = low.codePointAt(0) ?? 0; code <= Math.min(high.codePointAt(0) ?? 0, (low.codePointAt(0) ?? 0) + 66_000); code++) set.push(String.fromCodePoint(code));
      i += 2;
    } else {
      set.push(low);
    }
  }
  return set;
}

/** `tr [-d] [-s] [-c] SET1 [SET2]` */
export const tr: Command = {
  name: "tr",
  readsStdin: () => true,
  isLinewise: (args) => !readArguments(args, "dscCt").flags.has("s"),
  run(args, io) {
    const { flags, operands } = readArguments(args, "dscCt");
    const [first, second] = operands;
    if (first === undefined || (second === undefined && !flags.has("d") && !flags.has("s"))) return failure("tr", "missing operand");
    const from = expandSet(first);
    const to = second === undefined ? [] : expandSet(second);
    const positions = new Map(from.map((char, i) => [char, i] as const).reverse());
    const isComplement = flags.has("c") || flags.has("C");
    const isIn = (char: string): boolean => positions.has(char) !== isComplement;
    const squeezed = new Set(flags.has("s") ? (to.length > 0 ? to : from) : []);
    let out = "";
    let last: string | undefined;
    for (const char of io.stdin) {
      let next = char;
      if (isIn(char)) {
        if (flags.has("d")) continue;
        if (to.length > 0) next = isComplement ? (to.at(-1) ?? char) : (to[positions.get(char) ?? 0] ?? to.at(-1) ?? char);
      }
      const squeezes = flags.has("s") && (isComplement && to.length === 0 ? isIn(next) : squeezed.has(next));
      if (!(squeezes && last === next)) out += next;
      last = next;
    }
    return { status: 0, stdout: out };
  },
};

/** `tee [-a] FILE…` */
export const tee: Command = {
  name: "tee",
  readsStdin: () => true,
  run(args, io) {
    const { flags, operands } = readArguments(args, "ai");
    let stderr = "";
    for (const shown of operands) {
      const path = resolvePath(io.cwd, shown);
      const error = path === "/dev/null" || path === "/dev/stderr" ? undefined : io.fs.writeFile(path, io.stdin, flags.has("a"));
      if (error) stderr += `tee: ${shown}: ${reasonOf(error)}\n`;
    }
    return { status: stderr === "" ? 0 : 1, stdout: io.stdin, stderr };
  },
};

/** `column -t [-s C]` */
export const column: Command = {
  name: "column",
  readsStdin: (args) => usesStdin(readArguments(args, "tx", "sco").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "tx", "sco");
    const { inputs, errors } = readInputs("column", operands, io);
    const lines = inputs.flatMap(({ text }) => linesOf(text)).filter((line) => line.trim() !== "");
    if (!flags.has("t")) return filtered(joinLines(lines), errors);
    const separators = flags.get("s");
    const rows = lines.map((line) => (separators === undefined ? line.trim().split(/\s+/) : line.split(separators)));
    const widths: number[] = [];
    for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
    return filtered(joinLines(rows.map((row) => row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell)).join("  "))), errors);
  },
};

/** `paste [-d C] [-s] FILE…` */
export const paste: Command = {
  name: "paste",
  readsStdin: (args) => usesStdin(readArguments(args, "s", "d").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "s", "d");
    const { inputs, errors } = readInputs("paste", operands, io);
    const delimiter = flags.get("d") ?? "\t";
    const columns = inputs.map(({ text }) => linesOf(text));
    if (flags.has("s")) return filtered(joinLines(columns.map((lines) => lines.join(delimiter))), errors);
    const height = Math.max(0, ...columns.map((lines) => lines.length));
    return filtered(joinLines(Array.from({ length: height }, (_, i) => columns.map((lines) => lines[i] ?? "").join(delimiter))), errors);
  },
};
