import type { Command, CommandIo, CommandResult } from "../../host";
import { resolvePath } from "../../path";
import { reasonOf } from "../files";
import { evaluate, scopeOf } from "./evaluate";
import { parseJq } from "./parse";
import { JqError, type Filter, type JsonValue } from "./tree";
import { asText, isTrue, written, type Layout } from "./values";

interface Asked {
  readonly program: string | undefined;
  readonly files: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly layout: Layout;
  readonly variables: Readonly<Record<string, JsonValue>>;
}

/** A value of the input, and the line its end was read in. */
interface Input {
  readonly value: JsonValue;
  readonly line: number;
}

const LONG: Readonly<Record<string, string>> = { "--raw-output": "r", "--compact-output": "c", "--slurp": "s", "--null-input": "n", "--exit-status": "e", "--sort-keys": "S", "--raw-input": "R", "--join-output": "j", "--color-output": "C", "--monochrome-output": "M", "--tab": "tab", "--ascii-output": "a", "--args": "args" };

function jsonOf(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Sorts out the command line; a text is what is wrong with it. */
function asked(args: readonly string[], io: CommandIo): Asked | string {
  const flags = new Set<string>();
  const words: string[] = [];
  const named: Record<string, JsonValue> = {};
  let indent = 2;
  let program: string | undefined;
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    if (arg === "--arg" || arg === "--argjson" || arg === "--slurpfile" || arg === "--rawfile") {
      const [name = "", text = ""] = [args[i + 1], args[i + 2]];
      if (args[i + 2] === undefined) return `jq: error: ${arg} takes two parameters (e.g. ${arg} varname value)`;
      const content = arg.endsWith("file") ? io.fs.readFile(resolvePath(io.cwd, text)) : { text };
      if ("error" in content) return `jq: error: Bad JSON in --${arg.slice(2)} ${name} ${text}: Could not open ${text}: ${reasonOf(content.error)}`;
      const value = arg === "--arg" || arg === "--rawfile" ? content.text : jsonOf(arg === "--slurpfile" ? `[${content.text}]` : content.text);
      if (value === undefined) return `jq: Invalid JSON text passed to --${arg.slice(2)}`;
      named[name] = value;
      i += 2;
    } else if (arg === "--indent") indent = Math.max(0, Math.min(7, Math.trunc(Number(args[(i += 1)]) || 0)));
    else if (arg === "-f" || arg === "--from-file") {
      const content = io.fs.readFile(resolvePath(io.cwd, args[(i += 1)] ?? ""));
      if ("error" in content) return `jq: error: Could not open ${args[i] ?? ""}: ${reasonOf(content.error)}`;
      program = content.text;
    } else if (arg.startsWith("--")) {
      if (!Object.hasOwn(LONG, arg)) return `jq: Unknown option: ${arg}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq`;
      flags.add(LONG[arg] ?? "");
    } else if (arg.startsWith("-") && arg.length > 1) for (const letter of arg.slice(1)) flags.add(letter);
    else words.push(arg);
  }
  const [first, ...rest] = words;
  const files = program === undefined ? rest : words;
  const layout: Layout = { indent: flags.has("c") ? 0 : indent, sorted: flags.has("S"), ...(flags.has("tab") ? { tab: true } : {}) };
  return { program: program ?? first, files: flags.has("args") ? [] : files, flags, layout, variables: { ...named, ENV: { ...io.env }, __now: io.now / 1000, __loc__: { file: "<top-level>", line: 1 } } };
}

/** The values of a text, one after another; the error is jq's. */
function valuesIn(text: string): { readonly values: readonly Input[]; readonly error?: string } {
  const values: Input[] = [];
  let at = 0;
  let line = 0;
  while (at < text.length) {
    const space = /^\s+/.exec(text.slice(at, at + 1000));
    if (space) {
      at += space[0].length;
      continue;
    }
    const end = endOfValue(text, at);
    const value = end === undefined ? undefined : jsonOf(text.slice(at, end));
    if (end === undefined || value === undefined) return { values, error: parseError(text, at, end) };
    at = end;
    const newline = text.indexOf("\n", at);
    line = text.slice(0, newline < 0 ? text.length : newline + 1).split("\n").length - 1;
    values.push({ value, line });
  }
  return { values };
}

/** Deepest nesting that is read, as jq's own parser has a limit. */
const DEEPEST = 256;

/** Where the value that begins here ends; undefined when it does not. */
function endOfValue(text: string, from: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let i = from; i < text.length; i += 1) {
    const char = text[i] ?? "";
    if (quoted) {
      if (char === "\\") i += 1;
      else if (char === '"') {
        quoted = false;
        if (depth === 0) return i + 1;
      }
    } else if (char === '"') quoted = true;
    else if (char === "{" || char === "[") {
      depth += 1;
      if (depth > DEEPEST) return undefined;
    } else if (char === "}" || char === "]") {
      depth -= 1;
      if (depth <= 0) return i + 1;
    } else if (depth === 0 && /\s/.test(text[i + 1] ?? " ")) return i + 1;
    else if (depth === 0 && /["{[]/.test(text[i + 1] ?? "")) return i + 1;
  }
  return undefined;
}

function parseError(text: string, from: number, end: number | undefined): string {
  const before = text.slice(0, end ?? text.length);
  const line = before.split("\n").length;
  const column = before.length - before.lastIndexOf("\n") - 1;
  if (end === undefined) return `jq: parse error: Unfinished JSON term at line ${line}, column ${column}`;
  return `jq: parse error: Invalid ${/^[\w'.-]/.test(text[from] ?? "") ? "numeric literal" : "literal"} at line ${line}, column ${column + 1}`;
}

/** Words and a status, when there is nothing to run. */
function refused(stderr: string, status: number): CommandResult {
  return { status, stderr: `${stderr}\n` };
}

/** Reads what jq works on: files, or standard input. */
function inputsOf(given: Asked, io: CommandIo): { readonly inputs: readonly Input[]; readonly stderr: string; readonly status: number } {
  let stderr = "";
  let status = 0;
  const texts = given.files.length === 0 ? [io.stdin] : given.files.flatMap((file) => {
    const content = io.fs.readFile(resolvePath(io.cwd, file));
    if ("text" in content) return [content.text];
    stderr += `jq: error: Could not open ${file}: ${reasonOf(content.error)}\n`;
    status = 2;
    return [];
  });
  const text = texts.join("");
  if (given.flags.has("n")) return { inputs: [{ value: null, line: 0 }], stderr, status };
  if (given.flags.has("R")) {
    const lines = text === "" ? [] : (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    return { inputs: given.flags.has("s") ? [{ value: text, line: 0 }] : lines.map((value, i) => ({ value, line: i + 1 })), stderr, status };
  }
  const { values, error } = valuesIn(text);
  if (error !== undefined) return { inputs: given.flags.has("s") ? [] : values, stderr: `${stderr}${error}\n`, status: 2 };
  return { inputs: given.flags.has("s") ? [{ value: values.map(({ value }) => value), line: values.at(-1)?.line ?? 0 }] : values, stderr, status };
}

function runAll(filter: Filter, given: Asked, io: CommandIo): CommandResult {
  const read = inputsOf(given, io);
  const raw = given.flags.has("r") || given.flags.has("j");
  let { stderr, status } = read;
  let stdout = "";
  let last: JsonValue | undefined;
  for (const { value, line } of read.inputs) {
    try {
      for (const item of evaluate(filter, { value, path: [] }, scopeOf(given.variables))) {
        last = item.value;
        stdout += `${raw ? (typeof item.value === "string" ? item.value : written(item.value, given.layout)) : written(item.value, given.layout)}${given.flags.has("j") ? "" : "\n"}`;
      }
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      if (/ is not defined$/.test(error.message)) return refused(`jq: error: ${error.message} at <top-level>, line 1, column 1:\n    ${given.program ?? ""}\njq: 1 compile error`, 3);
      stderr += `jq: error (at ${given.flags.has("n") ? "<unknown>" : given.files.length > 0 ? `${given.files[0] ?? ""}:${line}` : `<stdin>:${line}`}): ${asText(error.message)}\n`;
      status = 5;
    }
  }
  if (status === 0 && given.flags.has("e")) status = last === undefined ? 4 : isTrue(last) ? 0 : 1;
  return { status, stdout, stderr };
}

/** `jq [-rcsneSRj] [--arg NAME TEXT] [--argjson NAME JSON] FILTER [FILE…]` */
export const jq: Command = {
  name: "jq",
  readsStdin(args) {
    return !args.some((arg) => /^-[a-zA-Z]*n/.test(arg) || arg === "--null-input");
  },
  run(args, io) {
    if (args.includes("--version")) return { status: 0, stdout: "jq-1.8.1\n" };
    const given = asked(args, io);
    if (typeof given === "string") return refused(given, 2);
    if (given.program === undefined) return refused("jq - commandline JSON processor [version 1.8.1]\n\nUsage:\tjq [OPTIONS] FILTER [FILES...]", 2);
    try {
      return runAll(parseJq(given.program), given, io);
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      return refused(`jq: error: ${error.message} at <top-level>, line 1, column 1:\n    ${given.program}\njq: 1 compile error`, 3);
    }
  },
};
