import { resolvePath } from "../path";
import { type Builtin, fail } from "./builtin";

interface Options {
  perCall: number;
  perLine: number;
  placeholder: string | undefined;
  /** What ends an item; blanks and quotes count when undefined. */
  mark: string | undefined;
  skipsEmpty: boolean;
  traces: boolean;
  file: string | undefined;
  stop: string | undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\n": "\n", "\\t": "\t", "\\0": "\0", "\\\\": "\\", "\\r": "\r" };
const LONG: Readonly<Record<string, string>> = { null: "0", "no-run-if-empty": "r", "max-args": "n", "max-lines": "L", "max-procs": "P", "max-chars": "s", replace: "I", delimiter: "d", verbose: "t", "arg-file": "a", eof: "E" };
const MOST = 5_000;

/** Reads options up to the command; a text names the first nobody knows. */
function readOptions(args: readonly string[]): { readonly options: Options; readonly rest: readonly string[] } | string {
  const options: Options = { perCall: Infinity, perLine: 0, placeholder: undefined, mark: undefined, skipsEmpty: false, traces: false, file: undefined, stop: undefined };
  let i = 0;
  for (; i < args.length && /^-./.test(args[i] as string); i++) {
    const arg = args[i] as string;
    if (arg === "--") return { options, rest: args.slice(i + 1) };
    const long = /^--([a-z-]+)(?:=([^]*))?$/.exec(arg);
    const letters = long ? (LONG[long[1] ?? ""] ?? "?") : arg.slice(1);
    for (let j = 0; j < letters.length; j++) {
      const letter = letters[j] as string;
      if ("0rtpx".includes(letter)) {
        if (letter === "0") options.mark = "\0";
        if (letter === "r") options.skipsEmpty = true;
        if (letter === "t") options.traces = true;
        continue;
      }
      if (!"nLIdPasE".includes(letter)) return letter === "?" ? arg : letter;
      const value = long ? (long[2] ?? args[++i] ?? "") : j + 1 < letters.length ? letters.slice(j + 1) : (args[++i] ?? "");
      if (letter === "n") options.perCall = Number(value) || 1;
      if (letter === "L") options.perLine = Number(value) || 1;
      if (letter === "I") options.placeholder = value;
      if (letter === "d") options.mark = ESCAPES[value] ?? value.slice(0, 1);
      if (letter === "a") options.file = value;
      if (letter === "E") options.stop = value;
      break;
    }
  }
  return { options, rest: args.slice(i) };
}

/** Words with quotes and backslashes undone; undefined when a quote is left open. */
function splitQuoted(text: string): string[] | undefined {
  const words = [...text.matchAll(/(?:[^\s"'\\]|\\.|"[^"\n]*"|'[^'\n]*')+/gs)];
  if (/["']/.test(text.replace(/\\.|"[^"\n]*"|'[^'\n]*'/gs, ""))) return undefined;
  return words.map(([word]) => word.replace(/\\(.)|"([^"]*)"|'([^']*)'/gs, (_, escaped?: string, double?: string, single?: string) => escaped ?? double ?? single ?? ""));
}

/** The command lines to run; undefined when a quote is left open. */
function argvsOf(text: string, base: readonly string[], { mark, placeholder, perCall, perLine, skipsEmpty, stop }: Options): string[][] | undefined {
  const marked = mark === undefined ? undefined : (text.endsWith(mark) ? text.slice(0, -1) : text).split(mark);
  if (placeholder !== undefined) {
    const items = marked ?? text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    return text === "" ? [] : items.map((item) => base.map((word) => word.replaceAll(placeholder, () => item)));
  }
  if (perLine > 0 && marked === undefined) {
    const lines = text.split("\n").filter((line) => line.trim() !== "").map(splitQuoted);
    if (lines.includes(undefined)) return undefined;
    return Array.from({ length: Math.ceil(lines.length / perLine) }, (_, i) => [...base, ...lines.slice(i * perLine, (i + 1) * perLine).flatMap((line) => line ?? [])]);
  }
  const all = text === "" ? [] : (marked ?? splitQuoted(text));
  if (!all) return undefined;
  const end = stop === undefined ? -1 : all.indexOf(stop);
  const items = end < 0 ? all : all.slice(0, end);
  const size = Math.min(Math.max(1, perLine > 0 ? perLine : perCall), MOST);
  const argvs = Array.from({ length: Math.ceil(items.length / size) }, (_, i) => [...base, ...items.slice(i * size, (i + 1) * size)]);
  return argvs.length === 0 && !skipsEmpty ? [[...base]] : argvs;
}

/** `xargs [-0] [-d C] [-n N | -L N | -I TEXT] [-r] [-t] [-a FILE] [-E WORD] [-P N] [COMMAND…]`; one after another, whatever `-P` says. */
export const xargs: Builtin = (machine, process, args) => {
  const read = readOptions(args);
  if (typeof read === "string") return fail(machine, process, `xargs: invalid option -- '${read}'`);
  const { options, rest } = read;
  const base = rest.length > 0 ? rest : ["echo"];
  let text = "";
  if (options.file !== undefined) {
    const content = machine.host.fs.readFile(resolvePath(process.cwd, options.file));
    if ("error" in content) return fail(machine, process, `xargs: ${options.file}: No such file or directory`);
    text = content.text;
  } else {
    const input = machine.read(process, 0);
    if (!input.ended) {
      machine.unread(process, 0, input.text);
      machine.push(process, { k: "again", argv: ["xargs", ...args] });
      return undefined;
    }
    text = input.text;
  }
  const argvs = argvsOf(text, base, options);
  if (!argvs) return fail(machine, process, "xargs: unmatched quote");
  if (options.traces) for (const argv of argvs) machine.write(process, 2, `${argv.join(" ")}\n`);
  machine.push(process, { k: "each", argvs, i: 0, worst: 0 });
  return undefined;
};
