/** The words after `find`'s paths, taken apart. */

/** A test or an action with its words, or several of them together. */
export type FindNode =
  | { readonly t: "all" | "any" | "list"; readonly parts: readonly FindNode[] }
  | { readonly t: "not"; readonly body: FindNode }
  | { readonly t: "one"; readonly name: string; readonly words: readonly string[]; readonly isBatch: boolean };

/** An expression, and the options that hold for the whole walk. */
export interface FindExpression {
  readonly root: FindNode;
  readonly maxDepth: number;
  readonly minDepth: number;
  /** A directory after what it holds. */
  readonly isDepthFirst: boolean;
  /** Does any action say what becomes of a file? Otherwise it is printed. */
  readonly hasAction: boolean;
}

/** Words nobody can make an expression of; the message is busybox's. */
export class FindError extends Error {}

const BARE = new Set(["-empty", "-true", "-false", "-readable", "-writable", "-executable", "-nouser", "-nogroup", "-print", "-print0", "-ls", "-delete", "-prune", "-quit", "-daystart", "-follow", "-xdev", "-mount", "-noleaf", "-depth", "-d", "-warn", "-nowarn"]);
const VALUED = new Set(["-name", "-iname", "-path", "-wholename", "-ipath", "-iwholename", "-lname", "-type", "-xtype", "-size", "-mtime", "-mmin", "-atime", "-amin", "-ctime", "-cmin", "-newer", "-newermt", "-perm", "-user", "-group", "-uid", "-gid", "-links", "-inum", "-regex", "-iregex", "-regextype", "-samefile", "-printf", "-maxdepth", "-mindepth"]);
const EXECUTING = new Set(["-exec", "-execdir", "-ok", "-okdir"]);
const ACTIONS = new Set(["-print", "-print0", "-ls", "-delete", "-printf", "-quit", ...EXECUTING]);
const TRUE: FindNode = { t: "one", name: "-true", words: [], isBatch: false };
const DEEPEST = 60;

/** Reads an expression; throws {@link FindError}. */
export class FindReader {
  private at = 0;
  private depth = 0;
  private maxDepth = DEEPEST;
  private minDepth = 0;
  private isDepthFirst = false;
  private hasAction = false;

  constructor(private readonly words: readonly string[]) {}

  read(): FindExpression {
    const root = this.words.length === 0 ? TRUE : this.list();
    if (this.at < this.words.length) {
      const word = this.words[this.at] ?? "";
      throw new FindError(word === ")" ? "you have too many ')'" : `paths must precede expression: \`${word}'`);
    }
    return { root, maxDepth: this.maxDepth, minDepth: this.minDepth, isDepthFirst: this.isDepthFirst, hasAction: this.hasAction };
  }

  private joined(t: "all" | "any" | "list", marks: readonly string[], inner: () => FindNode): FindNode {
    const parts = [inner()];
    while (marks.includes(this.words[this.at] ?? "")) {
      this.at += 1;
      parts.push(inner());
    }
    return parts.length === 1 ? (parts[0] as FindNode) : { t, parts };
  }

  private list(): FindNode {
    return this.joined("list", [","], () => this.joined("any", ["-o", "-or"], () => this.sequence()));
  }

  private sequence(): FindNode {
    const parts = [this.negation()];
    for (;;) {
      const word = this.words[this.at];
      if (word === undefined || [")", ",", "-o", "-or"].includes(word) || !/^[-!(]/.test(word)) break;
      if (word === "-a" || word === "-and") this.at += 1;
      parts.push(this.negation());
    }
    return parts.length === 1 ? (parts[0] as FindNode) : { t: "all", parts };
  }

  private negation(): FindNode {
    const word = this.words[this.at];
    if (word !== "!" && word !== "-not") return this.primary();
    this.at += 1;
    this.deepen();
    const body = this.negation();
    this.depth -= 1;
    return { t: "not", body };
  }

  private deepen(): void {
    this.depth += 1;
    if (this.depth > 50) throw new FindError("too many levels of parentheses");
  }

  private primary(): FindNode {
    const name = this.words[this.at++];
    if (name === undefined) throw new FindError("expected an expression after the last operator");
    if (name === "(") {
      this.deepen();
      if (this.words[this.at] === ")") throw new FindError("empty parentheses");
      const inside = this.list();
      if (this.words[this.at++] !== ")") throw new FindError("unmatched '('");
      this.depth -= 1;
      return inside;
    }
    if (ACTIONS.has(name)) this.hasAction = true;
    if (name === "-delete" || name === "-depth" || name === "-d") this.isDepthFirst = true;
    if (EXECUTING.has(name)) return this.execution(name);
    if (BARE.has(name)) return { t: "one", name, words: [], isBatch: false };
    if (!VALUED.has(name)) throw new FindError(/^-/.test(name) ? `unrecognized: ${name}` : `paths must precede expression: \`${name}'`);
    const value = this.words[this.at++];
    if (value === undefined) throw new FindError(`${name} requires an argument`);
    if (name === "-maxdepth" || name === "-mindepth") {
      if (!/^\d{1,6}$/.test(value)) throw new FindError(`invalid number '${value}'`);
      if (name === "-maxdepth") this.maxDepth = Math.min(DEEPEST, Number(value));
      else this.minDepth = Number(value);
      return TRUE;
    }
    this.check(name, value);
    return { t: "one", name, words: [value], isBatch: false };
  }

  private check(name: string, value: string): void {
    const isBad = (name === "-type" || name === "-xtype" ? !/^[fdlcbps](?:,[fdlcbps])*$/.test(value)
      : /^-(?:[mac]time|[mac]min|links|inum|uid|gid)$/.test(name) ? !/^[-+]?\d+$/.test(value)
      : name === "-size" ? !/^[-+]?\d+[bcwkMG]?$/.test(value)
      : false);
    if (isBad) throw new FindError(`invalid argument '${value}' to '${name}'`);
  }

  private execution(name: string): FindNode {
    const words: string[] = [];
    for (;;) {
      const word = this.words[this.at++];
      if (word === undefined) throw new FindError(`${name} requires an argument`);
      if (word === ";") break;
      if (word === "+" && words.at(-1) === "{}") return { t: "one", name, words: words.slice(0, -1), isBatch: true };
      words.push(word);
    }
    if (words.length === 0) throw new FindError(`${name} requires an argument`);
    return { t: "one", name, words, isBatch: false };
  }
}
