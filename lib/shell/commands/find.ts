import type { Command, CommandIo, CommandResult } from "../host";
import { baseOf, joinPath, resolvePath } from "../path";
import { failure, reasonOf } from "./files";
import { type FindExpression, FindError, type FindNode, FindReader } from "./find-expression";
import { answer, type Found, linksTo, printed } from "./find-tests";
import { formatDate } from "./calendar";
import { modeText } from "./listing";
import { RegexError } from "./regex";

const MOST_FOUND = 20_000;
const MOST_AT_ONCE = 1_000;

const quoted = (word: string): string => `'${word.replaceAll("'", `'"'"'`)}'`;

/** One walk through the trees asked for. */
class Walk {
  private stdout = "";
  private stderr = "";
  private isFailed = false;
  private isOver = false;
  private isPruned = false;
  private count = 0;
  /** Files that wait for an `-exec … +`. */
  private readonly batches = new Map<FindNode, Found[]>();

  constructor(
    private readonly expression: FindExpression,
    private readonly io: CommandIo,
    private readonly followsLinks: boolean,
  ) {}

  run(paths: readonly string[]): CommandResult {
    for (const path of paths) {
      if (this.io.fs.lstat(resolvePath(this.io.cwd, path))) this.visit(path, path, 0);
      else this.complain(`find: ${path}: No such file or directory`);
      if (this.isOver) break;
    }
    for (const [node, found] of this.batches) if (node.t === "one" && found.length > 0) this.execute(node, found);
    return { status: this.isFailed ? 1 : 0, stdout: this.stdout, stderr: this.stderr };
  }

  private complain(text: string): void {
    this.stderr += `${text}\n`;
    this.isFailed = true;
  }

  private visit(path: string, start: string, depth: number): void {
    const { io, expression } = this;
    const absolute = resolvePath(io.cwd, path);
    const stat = (this.followsLinks ? io.fs.stat(absolute) : undefined) ?? io.fs.lstat(absolute);
    this.count += 1;
    if (!stat || this.isOver || this.count > MOST_FOUND) return;
    const found: Found = { path, absolute, start, depth, stat };
    const look = (): void => {
      if (depth < expression.minDepth || this.isOver) return;
      if (this.holds(expression.root, found) && !expression.hasAction) this.stdout += `${path}\n`;
    };
    this.isPruned = false;
    if (!expression.isDepthFirst) look();
    const isClosed = this.isPruned;
    if (stat.type === "directory" && depth < expression.maxDepth && !isClosed) {
      const names = io.fs.list(absolute);
      for (const name of [...(names ?? [])].sort((a, b) => (a < b ? -1 : 1))) this.visit(joinPath(path, name), start, depth + 1);
    }
    if (expression.isDepthFirst) look();
  }

  private holds(node: FindNode, found: Found): boolean {
    if (this.isOver) return false;
    switch (node.t) {
      case "all": return node.parts.every((part) => this.holds(part, found));
      case "any": return node.parts.some((part) => this.holds(part, found));
      case "list": return node.parts.map((part) => this.holds(part, found)).at(-1) === true;
      case "not": return !this.holds(node.body, found);
      default: return answer(node.name, node.words[0] ?? "", found, this.io) ?? this.act(node, found);
    }
  }

  private act(node: Extract<FindNode, { t: "one" }>, found: Found): boolean {
    const { path, stat } = found;
    switch (node.name) {
      case "-print": this.stdout += `${path}\n`; return true;
      case "-print0": this.stdout += `${path}\0`; return true;
      case "-printf": this.stdout += printed(node.words[0] ?? "", found, this.io); return true;
      case "-ls": this.stdout += `${String(1).padStart(9)} ${String(Math.ceil(stat.size / 4096) * 4).padStart(6)} ${modeText(stat)} ${String(linksTo(found, this.io)).padStart(3)} ${stat.owner.padEnd(8)} ${stat.group.padEnd(8)} ${String(stat.size).padStart(8)} ${formatDate(stat.mtime, "%b %e %H:%M")} ${path}\n`; return true;
      case "-prune": this.isPruned = true; return true;
      case "-quit": this.isOver = true; return true;
      case "-delete": {
        if (path === ".") return true;
        const error = this.io.fs.remove(found.absolute);
        if (error) this.complain(`find: cannot delete '${path}': ${reasonOf(error)}`);
        return error === undefined;
      }
      default: return this.exec(node, found);
    }
  }

  private exec(node: Extract<FindNode, { t: "one" }>, found: Found): boolean {
    if (!node.isBatch) return this.execute(node, [found]) === 0;
    const waiting = this.batches.get(node) ?? [];
    this.batches.set(node, [...waiting, found]);
    if (waiting.length + 1 >= MOST_AT_ONCE) {
      this.execute(node, [...waiting, found]);
      this.batches.set(node, []);
    }
    return true;
  }

  /** Runs a command on files: on one in place of each `{}`, on several after its words. */
  private execute({ name, words, isBatch }: Extract<FindNode, { t: "one" }>, files: readonly Found[]): number {
    const isInPlace = name.endsWith("dir");
    const shown = files.map(({ path }) => (isInPlace ? `./${baseOf(path)}` : path));
    const argv = isBatch ? [...words, ...shown] : words.map((word) => word.replaceAll("{}", shown[0] ?? ""));
    const folder = isInPlace ? resolvePath(files[0]?.absolute ?? "/", "..") : undefined;
    const line = `${folder === undefined ? "" : `cd ${quoted(folder)} && `}${argv.map(quoted).join(" ")}`;
    const { status, stdout, stderr } = this.io.shell?.(line, "") ?? { status: 127, stdout: "", stderr: "find: too many levels of shells\n" };
    this.stdout += stdout;
    const isMissing = status === 127 && / not found\n$/.test(stderr);
    this.stderr += isMissing ? `find: ${argv[0] ?? ""}: No such file or directory\n` : stderr;
    if (status !== 0 && isBatch) this.isFailed = true;
    return status;
  }
}

/** `find [PATH…] [EXPRESSION]` */
export const find: Command = {
  name: "find",
  run(args, io) {
    const words = [...args];
    let followsLinks = false;
    while (/^-[HLP]$/.test(words[0] ?? "")) followsLinks = words.shift() === "-L";
    const first = words.findIndex((word) => /^-.|^[!(]$/.test(word));
    const paths = first < 0 ? words : words.slice(0, first);
    try {
      const expression = new FindReader(first < 0 ? [] : words.slice(first)).read();
      return new Walk(expression, io, followsLinks).run(paths.length > 0 ? paths : ["."]);
    } catch (error) {
      if (error instanceof FindError || error instanceof RegexError) return failure("find", error.message);
      throw error;
    }
  },
};
