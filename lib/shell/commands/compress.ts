/** `gzip`, `gunzip`, `zcat`, `zgrep`: files made smaller, as text. */
import type { Command, CommandIo } from "../host";
import { baseOf, joinPath, parentOf, resolvePath } from "../path";
import { fromBytes, toBytes } from "./bytes";
import { failure, readArguments, reasonOf } from "./files";
import { grep } from "./grep";

const MAGIC = "\u001f\u008b\b";
const CODES = 2048;

/** A text made smaller: byte sequences seen before become one character. Only {@link gunzipped} reads it. */
export function gzipped(text: string): string {
  const table = new Map<string, number>();
  let out = MAGIC;
  let held = "";
  const put = (piece: string): void => {
    out += String.fromCharCode(piece.length === 1 ? piece.charCodeAt(0) : (table.get(piece) ?? 0));
  };
  for (const byte of toBytes(text)) {
    const next = held + String.fromCharCode(byte);
    if (next.length === 1 || table.has(next)) {
      held = next;
      continue;
    }
    put(held);
    if (table.size + 256 < CODES) table.set(next, table.size + 256);
    held = String.fromCharCode(byte);
  }
  if (held !== "") put(held);
  return out;
}

/** The text behind {@link gzipped}; undefined when it is none. */
export function gunzipped(data: string): string | undefined {
  if (!data.startsWith(MAGIC)) return undefined;
  const table: string[] = [];
  const bytes: number[] = [];
  let before = "";
  for (let i = MAGIC.length; i < data.length; i += 1) {
    const code = data.charCodeAt(i);
    const known = code < 256 ? String.fromCharCode(code) : table[code - 256];
    // A piece may be used in the very step that makes it.
    const piece = known ?? (before !== "" && code - 256 === table.length ? before + (before[0] ?? "") : undefined);
    if (piece === undefined) return undefined;
    for (let j = 0; j < piece.length; j += 1) bytes.push(piece.charCodeAt(j));
    if (before !== "" && table.length + 256 < CODES) table.push(before + (piece[0] ?? ""));
    before = piece;
  }
  return fromBytes(bytes);
}

/**
 * `gzip`, `gunzip`, `zcat`: round trips only.
 *
 * @simplified Files are made smaller in a way of our own, so that they stay text.
 */
function zip(name: string): Command {
  const unpacks = (args: readonly string[]): boolean => name !== "gzip" || args.some((arg) => /^-\w*[dt]/.test(arg) || /^--(?:decompress|uncompress|test)$/.test(arg));
  const parse = (args: readonly string[]) => readArguments(args, "dckfvrnqtl123456789", "S", { decompress: "d", stdout: "c", keep: "k", force: "f", test: "t", "to-stdout": "c", quiet: "q", verbose: "v", best: "9", fast: "1" });
  return {
    name,
    readsStdin: (args) => parse(args).operands.every((operand) => operand === "-"),
    run(args, io) {
      const { flags, operands } = parse(args);
      const back = unpacks(args);
      const turn = (text: string): string | undefined => (back ? gunzipped(text) : gzipped(text));
      if (operands.every((operand) => operand === "-")) {
        const out = turn(io.stdin);
        return out === undefined ? failure(name, "invalid magic") : { status: 0, stdout: out };
      }
      let stdout = "";
      for (const operand of operands) {
        const named = resolvePath(io.cwd, operand);
        const path = back && !io.fs.lstat(named) && io.fs.lstat(`${named}.gz`) ? `${named}.gz` : named;
        const content = io.fs.readFile(path);
        if ("error" in content) return { ...failure(name, `${operand}: ${reasonOf(content.error)}`), stdout };
        const keepsFiles = flags.has("c") || flags.has("t") || name === "zcat";
        if (back && !keepsFiles && !/\.(gz|tgz)$/.test(path)) return { ...failure(name, `${operand}: unknown suffix - ignored`), stdout };
        if (!back && !keepsFiles && /\.gz$/.test(path)) return { ...failure(name, `${operand} already has .gz suffix -- unchanged`), stdout };
        const out = turn(content.text);
        if (out === undefined) return { ...failure(name, "invalid magic"), stdout };
        if (keepsFiles) {
          if (!flags.has("t")) stdout += out;
          continue;
        }
        const target = back ? path.replace(/\.gz$/, "").replace(/\.tgz$/, ".tar") : `${path}.gz`;
        if (io.fs.stat(target) && !flags.has("f")) return { ...failure(name, `can't open '${joinPath(parentOf(operand), baseOf(target))}': File exists`), stdout };
        const problem = io.fs.writeFile(target, out, false) ?? (flags.has("k") ? undefined : io.fs.remove(path));
        if (problem) return { ...failure(name, `${operand}: ${reasonOf(problem)}`), stdout };
      }
      return { status: 0, stdout };
    },
  };
}

export const gzip = zip("gzip");
export const gunzip = zip("gunzip");
export const zcat = zip("zcat");

/** `zgrep`: `grep` in what packed files hold. */
export const zgrep: Command = {
  name: "zgrep",
  readsStdin: (args) => grep.readsStdin?.(args) === true,
  run(args, io) {
    const readFile = (path: string): ReturnType<CommandIo["fs"]["readFile"]> => {
      const content = io.fs.readFile(path);
      return "text" in content ? { text: gunzipped(content.text) ?? content.text } : content;
    };
    return grep.run(args, { ...io, stdin: gunzipped(io.stdin) ?? io.stdin, fs: { ...io.fs, readFile } });
  },
};
