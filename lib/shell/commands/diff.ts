import type { Command, CommandIo, CommandResult } from "../host";
import { baseOf, joinPath, resolvePath } from "../path";
import { failure, linesOf, readArguments, reasonOf, unknownOption } from "./files";
import { changesBetween, normal, UNENDED, unified } from "./line-changes";

type Flags = ReadonlyMap<string, string>;

const LONG = { unified: "u", brief: "q", recursive: "r", "new-file": "N", "ignore-case": "i", "ignore-all-space": "w", "ignore-space-change": "b", "ignore-blank-lines": "B", "report-identical-files": "s", text: "a", label: "L", color: "k" };

/** A line as it is compared. */
function shaped(line: string, flags: Flags): string {
  let text = flags.has("i") ? line.toLowerCase() : line;
  if (flags.has("w")) text = text.replace(/[ \t]+/g, "");
  else if (flags.has("b")) text = text.replace(/[ \t]+$/, "").replace(/[ \t]+/g, " ");
  return text;
}

function linesIn(text: string): string[] {
  const lines = linesOf(text);
  return text === "" || text.endsWith("\n") ? lines : [...lines.slice(0, -1), `${lines.at(-1) ?? ""}${UNENDED}`];
}

/** Two texts: what is to be said of them, nothing when they are the same. */
function difference(left: string, right: string, names: readonly [string, string], flags: Flags): string {
  if (left === right) return "";
  const [a, b] = [linesIn(left), linesIn(right)];
  const changes = changesBetween(a.map((line) => shaped(line, flags)), b.map((line) => shaped(line, flags)));
  const differ = `Files ${names[0]} and ${names[1]} differ\n`;
  if (!changes) return differ;
  const isBlank = (lines: readonly string[]): boolean => lines.every((line) => line === "");
  const kept = flags.has("B") ? changes.filter(({ from, to }) => !(isBlank(a.slice(...from)) && isBlank(b.slice(...to)))) : changes;
  if (kept.length === 0) return "";
  if (flags.has("q")) return differ;
  if (!flags.has("u") && !flags.has("U")) return normal(kept, a, b);
  return `--- ${names[0]}\n+++ ${names[1]}\n${unified(kept, a, b, Number(flags.get("U") ?? 3) || 0)}`;
}

/** One run of `diff`. */
class Comparison {
  private stdout = "";
  private stderr = "";
  private status = 0;

  constructor(
    private readonly flags: Flags,
    private readonly args: readonly string[],
    private readonly io: CommandIo,
  ) {}

  run(left: string, right: string): CommandResult {
    const isFolder = (path: string): boolean => path !== "-" && this.io.fs.stat(resolvePath(this.io.cwd, path))?.type === "directory";
    if (isFolder(left) && isFolder(right)) this.folders(left, right, 0);
    else this.files(isFolder(left) ? joinPath(left, baseOf(right)) : left, isFolder(right) ? joinPath(right, baseOf(left)) : right, false);
    return { status: this.status, stdout: this.stdout, stderr: this.stderr };
  }

  private textOf(path: string): string | undefined {
    if (path === "-") return this.io.stdin;
    const content = this.io.fs.readFile(resolvePath(this.io.cwd, path));
    if ("text" in content) return content.text;
    if (this.flags.has("N") && content.error === "ENOENT") return "";
    this.stderr += `diff: ${path}: ${reasonOf(content.error)}\n`;
    this.status = 2;
    return undefined;
  }

  private files(left: string, right: string, isTitled: boolean): void {
    const [a, b] = [this.textOf(left), this.textOf(right)];
    if (a === undefined || b === undefined) return;
    const text = difference(a, b, [left, right], this.flags);
    if (text === "") {
      if (this.flags.has("s")) this.stdout += `Files ${left} and ${right} are identical\n`;
      return;
    }
    this.status = Math.max(1, this.status);
    const options = this.args.filter((arg) => /^-./.test(arg)).join(" ");
    this.stdout += (isTitled && !this.flags.has("q") ? `diff ${options === "" ? "" : `${options} `}${left} ${right}\n` : "") + text;
  }

  private folders(left: string, right: string, depth: number): void {
    const { fs, cwd } = this.io;
    const namesIn = (path: string): readonly string[] => fs.list(resolvePath(cwd, path)) ?? [];
    const names = [...new Set([...namesIn(left), ...namesIn(right)])].sort((a, b) => (a < b ? -1 : 1));
    for (const name of names) {
      const [a, b] = [joinPath(left, name), joinPath(right, name)];
      const [one, other] = [fs.stat(resolvePath(cwd, a)), fs.stat(resolvePath(cwd, b))];
      const isFolder = (one ?? other)?.type === "directory";
      if ((!one || !other) && !this.flags.has("N")) {
        this.stdout += `Only in ${one ? left : right}: ${name}\n`;
        this.status = Math.max(1, this.status);
      } else if (isFolder && this.flags.has("r") && depth < 40) this.folders(a, b, depth + 1);
      else if (isFolder) this.stdout += `Common subdirectories: ${a} and ${b}\n`;
      else this.files(a, b, true);
    }
  }
}

/** `diff [-u | -U N] [-q] [-s] [-r] [-N] [-i] [-w] [-b] [-B] A B`: 0 when equal, 1 when not, 2 for trouble. */
export const diff: Command = {
  name: "diff",
  readsStdin: (args) => args.includes("-"),
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "uqNwbBrsaitd", "UL", LONG);
    if (unknown !== undefined) return unknownOption("diff", unknown, 2);
    const hint = "\ndiff: Try 'diff --help' for more information.";
    if (operands.length < 2) return failure("diff", `missing operand after '${operands[0] ?? "diff"}'${hint}`, 2);
    if (operands.length > 2) return failure("diff", `extra operand '${operands[2] ?? ""}'${hint}`, 2);
    return new Comparison(flags, args, io).run(operands[0] ?? "", operands[1] ?? "");
  },
};
