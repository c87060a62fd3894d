/** `cp` and `mv`. */
import type { Command, CommandIo, CommandResult, FileError } from "../host";
import { baseOf, joinPath, resolvePath } from "../path";
import { failure, readArguments, reasonOf, unknownOption } from "./files";

const MAX_DEPTH = 60;

type Flags = ReadonlyMap<string, string>;

interface Pair {
  readonly from: string;
  readonly to: string;
  /** As they were written. */
  readonly shown: string;
  readonly target: string;
}

/** Where `cp` and `mv` put each source. */
function pairsOf(name: string, operands: readonly string[], flags: Flags, io: CommandIo): readonly Pair[] | CommandResult {
  const hint = `\nTry '${name} --help' for more information.`;
  const words = flags.has("t") ? [...operands, flags.get("t") ?? ""] : operands;
  if (words.length === 0) return failure(name, `missing file operand${hint}`);
  if (words.length === 1) return failure(name, `missing destination file operand after '${words[0] ?? ""}'${hint}`);
  const last = words.at(-1) as string;
  const target = resolvePath(io.cwd, last);
  const isDirectory = io.fs.stat(target)?.type === "directory" && !flags.has("T");
  if ((words.length > 2 || flags.has("t")) && !isDirectory) return failure(name, `target '${last}' is not a directory`);
  if (!isDirectory && last.endsWith("/") && name === "cp" && io.fs.stat(resolvePath(io.cwd, words[0] ?? ""))?.type !== "directory") return failure(name, `can't create '${last}': Is a directory`);
  return words.slice(0, -1).map((shown) => {
    const from = resolvePath(io.cwd, shown);
    // What was typed counts, not where it leads: `folder/.` has no name of its own, so its contents go into the target.
    const typed = shown.replace(/\/+$/, "").split("/").at(-1) ?? "";
    const isNameless = typed === "" || typed === "." || typed === "..";
    const goesInside = isDirectory && !isNameless;
    return { from, to: goesInside ? joinPath(target, baseOf(from)) : target, shown, target: goesInside ? joinPath(last, baseOf(from)) : last };
  });
}

/** One run of `cp`. */
class Copying {
  private readonly errors: string[] = [];
  private stdout = "";
  private readonly isRecursive: boolean;
  private readonly keepsLinks: boolean;

  constructor(
    private readonly flags: Flags,
    private readonly io: CommandIo,
  ) {
    this.isRecursive = ["r", "R", "a"].some((flag) => flags.has(flag));
    this.keepsLinks = !flags.has("L") && (this.isRecursive || flags.has("d") || flags.has("P"));
  }

  run(pairs: readonly Pair[]): CommandResult {
    for (const pair of pairs) this.copy(pair, 0);
    return { status: this.errors.length === 0 ? 0 : 1, stdout: this.stdout, stderr: this.errors.map((line) => `cp: ${line}\n`).join("") };
  }

  private copy(pair: Pair, depth: number): void {
    const { from, to, shown, target } = pair;
    const { fs } = this.io;
    const stat = this.keepsLinks && !(depth === 0 && this.flags.has("H")) ? fs.lstat(from) : fs.stat(from);
    if (!stat) return void this.errors.push(`can't stat '${shown}': No such file or directory`);
    if (from === to) return void this.errors.push(`'${shown}' and '${target}' are the same file`);
    if (stat.type === "directory") return this.directory(pair, depth);
    const there = fs.lstat(to);
    if (there?.type === "directory") return void this.errors.push(`cannot overwrite directory '${target}' with non-directory '${shown}'`);
    if (there && (this.flags.has("n") || (this.flags.has("u") && there.mtime >= stat.mtime))) return;
    const error = this.file(pair, stat.type === "symlink");
    if (error) return void this.errors.push(error === "ENOENT" || fs.readFile(from) ? `can't create '${target}': ${reasonOf(error)}` : `can't open '${shown}': ${reasonOf(error)}`);
    if (stat.type !== "symlink" && (!there || this.flags.has("p") || this.flags.has("a")) && fs.stat(to)?.mode !== stat.mode) fs.setMode(to, stat.mode);
    if (stat.type !== "symlink" && (this.flags.has("p") || this.flags.has("a"))) fs.touch(to, stat.mtime);
    if (this.flags.has("v")) this.stdout += `'${shown}' -> '${target}'\n`;
  }

  private file({ from, to, shown }: Pair, isLink: boolean): FileError | undefined {
    const { fs, cwd } = this.io;
    if (isLink || this.flags.has("s")) {
      const leads = isLink ? (fs.readLink?.(from) ?? "") : shown.startsWith("/") ? shown : resolvePath(cwd, shown);
      if (fs.lstat(to)) fs.remove(to);
      return fs.link ? fs.link(leads, to) : "ENOTSUP";
    }
    const content = fs.readFile(from);
    if ("error" in content) return content.error;
    if (this.flags.has("f") && fs.lstat(to)?.type === "symlink") fs.remove(to);
    return fs.writeFile(to, content.text, false);
  }

  private directory({ from, to, shown, target }: Pair, depth: number): void {
    const { fs } = this.io;
    if (!this.isRecursive) return void this.errors.push(`omitting directory '${shown}'`);
    if (to.startsWith(`${from}/`) || depth > MAX_DEPTH) return void this.errors.push(`recursion detected, omitting directory '${shown}'`);
    const there = fs.stat(to);
    if (there && there.type !== "directory") return void this.errors.push(`cannot overwrite non-directory '${target}' with directory '${shown}'`);
    const error = there ? undefined : fs.makeDirectory(to);
    if (error) return void this.errors.push(`can't create directory '${target}': ${reasonOf(error)}`);
    if (!there && this.flags.has("v")) this.stdout += `'${shown}' -> '${target}'\n`;
    for (const name of [...(fs.list(from) ?? [])].sort((a, b) => (a < b ? -1 : 1))) this.copy({ from: joinPath(from, name), to: joinPath(to, name), shown: joinPath(shown, name), target: joinPath(target, name) }, depth + 1);
  }
}

const LONG = { recursive: "r", archive: "a", force: "f", "no-clobber": "n", verbose: "v", update: "u", "target-directory": "t", "no-target-directory": "T", preserve: "p", interactive: "i", dereference: "L", "no-dereference": "P", "symbolic-link": "s", link: "l" };

/**
 * `cp [-r] [-a] [-p] [-f] [-n] [-u] [-v] [-L] [-P] [-s] [-t DIR] [-T] SOURCE… TARGET`
 * @simplified the times of files are not kept: nobody can set them.
 */
export const cp: Command = {
  name: "cp",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "rRapfnvdLPHTulsi", "t", LONG);
    if (unknown !== undefined) return unknownOption("cp", unknown);
    const pairs = pairsOf("cp", operands, flags, io);
    return "status" in pairs ? pairs : new Copying(flags, io).run(pairs);
  },
};

/** `mv [-f] [-n] [-u] [-v] [-t DIR] [-T] SOURCE… TARGET` */
export const mv: Command = {
  name: "mv",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "finvTu", "t", LONG);
    if (unknown !== undefined) return unknownOption("mv", unknown);
    const pairs = pairsOf("mv", operands, flags, io);
    if ("status" in pairs) return pairs;
    let stdout = "";
    const errors = pairs.flatMap(({ from, to, shown, target }) => {
      const stat = io.fs.lstat(from);
      const there = io.fs.lstat(to);
      if (!stat) return [`can't rename '${shown}': No such file or directory`];
      if (from === to) return [`'${shown}' and '${target}' are the same file`];
      if (there && (flags.has("n") || (flags.has("u") && there.mtime >= stat.mtime))) return [];
      if (there && stat.type === "directory" && there.type !== "directory") return [`cannot overwrite non-directory '${target}' with directory '${shown}'`];
      if (there?.type === "directory" && stat.type !== "directory") return [`cannot overwrite directory '${target}' with non-directory '${shown}'`];
      const error = io.fs.rename(from, to);
      if (error) return [`can't rename '${shown}': ${reasonOf(error)}`];
      if (flags.has("v")) stdout += `renamed '${shown}' -> '${target}'\n`;
      return [];
    });
    return { status: errors.length === 0 ? 0 : 1, stdout, stderr: errors.map((line) => `mv: ${line}\n`).join("") };
  },
};
