import { expandBraces } from "./braces";
import { ConditionParser } from "./condition-parser";
import { type Assignment, type Code, type NodeId, type Redirection, ShellSyntaxError, type Word } from "./syntax-tree";
import { CLOSERS, isName, RESERVED, type Token } from "./token-reader";

/** Longest source read at once. */
const MAX_SOURCE = 256 * 1024;

interface Item {
  readonly n: NodeId;
  readonly bg: boolean;
}

/** What {@link parse} answers. The message is what `sh` prints after `sh: `. */
export type ParseResult = { readonly program: Code; readonly root: NodeId } | { readonly error: { readonly message: string; readonly line: number } };

/** Parses a script. Never throws, whatever the text. */
export function parse(source: string, isBash = false): ParseResult {
  const program: Code = { nodes: [], roots: {} };
  try {
    return { program, root: new Parser(program, checked(source), 0, 0, isBash).parseProgram() };
  } catch (error) {
    if (error instanceof ShellSyntaxError) return { error: { message: error.message, line: error.line } };
    throw error;
  }
}

function checked(source: string): string {
  if (source.length > MAX_SOURCE) throw new ShellSyntaxError("script too long", 1);
  return source;
}

/**
 * Parses `source` into an existing program and answers its root. A shell reads and runs line by line: when a later line is
 * wrong, what comes before it is there to be run, and the mistake stands at its end. Throws {@link ShellSyntaxError} when
 * there is nothing before it.
 */
export function parseInto(code: Code, source: string, isBash = false, aliases: Readonly<Record<string, string>> = {}): NodeId {
  if (Object.keys(aliases).length > 0) return new Parser(code, checked(source), 0, 0, isBash, aliases).parseLines();
  const key = isBash ? `#!bash\n${source}` : source;
  if (Object.hasOwn(code.roots, key)) return code.roots[key] as NodeId;
  const before = code.nodes.length;
  try {
    const parser = new Parser(code, checked(source), 0, 0, isBash);
    const root = parser.parseLines();
    if (key !== "__proto__") code.roots[key] = root;
    return root;
  } catch (error) {
    code.nodes.length = before;
    throw error;
  }
}

class Parser extends ConditionParser {
  parseProgram(): NodeId {
    const root = this.parseList();
    const token = this.peek();
    if (token.type !== "end") throw this.unexpected(token);
    return root;
  }

  /** As {@link parseProgram}, with a mistake taken for the last command. */
  parseLines(): NodeId {
    const items: Item[] = [];
    // Commands of whole lines, and the nodes there were when the last of them ended.
    let whole = { items: 0, nodes: this.code.nodes.length };
    try {
      const root = this.parseList(items, () => (whole = { items: items.length, nodes: this.code.nodes.length }));
      const token = this.peek();
      if (token.type !== "end") throw this.unexpected(token);
      return root;
    } catch (error) {
      if (!(error instanceof ShellSyntaxError) || whole.items === 0) throw error;
      this.code.nodes.length = whole.nodes;
      const n = this.add({ t: "broken", message: error.message, line: error.line });
      return this.add({ t: "seq", items: [...items.slice(0, whole.items), { n, bg: false }] });
    }
  }

  protected parseBackquoted(text: string): NodeId {
    return new Parser(this.code, text, 0, this.deeper(), this.isBash).parseProgram();
  }

  protected parseSubstitution(text: string, at: number): { readonly n: NodeId; readonly end: number } {
    const inner = new Parser(this.code, text, at, this.deeper(), this.isBash);
    const n = inner.parseList();
    const token = inner.peek();
    if (token.type !== "op" || token.text !== ")") throw inner.unexpected(token, ")");
    return { n, end: inner.reader.position };
  }

  /** Commands up to something that closes them: end, `)`, `;;` or a closing word. */
  private parseList(items: Item[] = [], lineEnded: () => void = () => undefined): NodeId {
    for (;;) {
      if (this.peek().type === "newline") lineEnded();
      this.skipNewlines();
      const token = this.peek();
      if (token.type === "end" || (token.type === "op" && (token.text === ")" || token.text === ";;"))) break;
      if (token.type === "word" && token.bare && CLOSERS.has(token.text)) break;
      const n = this.parseAndOr();
      const bg = this.isOp("&");
      items.push({ n, bg });
      if (bg || this.isOp(";")) this.next();
      else if (this.peek().type !== "newline") break;
    }
    return this.add({ t: "seq", items });
  }

  /** A list that must not be empty, as in `then … fi`. */
  private parseBody(): NodeId {
    const n = this.parseList();
    const node = this.code.nodes[n];
    if (node?.t === "seq" && node.items.length === 0) throw this.unexpected(this.peek());
    return n;
  }

  private parseAndOr(): NodeId {
    const first = this.parsePipeline();
    const rest: { and: boolean; n: NodeId }[] = [];
    while (this.isOp("&&") || this.isOp("||")) {
      const and = this.next().text === "&&";
      this.skipNewlines();
      rest.push({ and, n: this.parsePipeline() });
    }
    return rest.length === 0 ? first : this.add({ t: "andor", first, rest });
  }

  private parsePipeline(): NodeId {
    let negations = 0;
    while (this.isReserved(this.peek(), "!")) {
      this.next();
      negations += 1;
    }
    const parts = [this.parseCommand()];
    while (this.isOp("|") || this.isOp("|&")) {
      // `a |& b` is `a 2>&1 | b`.
      if (this.next().text === "|&") parts.push(this.add({ t: "redir", n: parts.pop() as NodeId, redirs: [{ op: ">&", fd: 2, word: [{ t: "lit", s: "1", q: false }] }] }));
      this.skipNewlines();
      parts.push(this.parseCommand());
    }
    const n = parts.length === 1 ? (parts[0] as NodeId) : this.add({ t: "pipe", parts });
    return negations % 2 === 1 ? this.add({ t: "not", n }) : n;
  }

  private parseCommand(): NodeId {
    const token = this.peek();
    if (token.type === "op" && token.text === "(") return this.withRedirections(this.nested(() => this.parseParenthesis()));
    if (token.type === "word" && token.bare && token.text === "[[") return this.withRedirections(this.parseTest());
    if (token.type === "word" && token.bare && token.text === "function") return this.parseKeywordFunction();
    if (token.type === "word" && token.bare && RESERVED.has(token.text)) {
      return this.withRedirections(this.nested(() => this.parseCompound(token)));
    }
    return this.parseSimple();
  }

  private nested(read: () => NodeId): NodeId {
    this.nesting = this.deeper();
    const n = read();
    this.nesting -= 1;
    return n;
  }

  private withRedirections(n: NodeId): NodeId {
    const redirs: Redirection[] = [];
    for (let redir = this.tryRedirection(); redir; redir = this.tryRedirection()) redirs.push(redir);
    return redirs.length === 0 ? n : this.add({ t: "redir", n, redirs });
  }

  /** `( … )` or, in bash, `(( … ))`. */
  private parseParenthesis(): NodeId {
    this.next();
    const text = this.isBash && this.reader.isNext("(") ? this.reader.readArithmetic() : undefined;
    if (text !== undefined) return this.add({ t: "let", expression: this.reader.arithmeticWord(text) });
    const n = this.parseBody();
    this.expect(")");
    return this.add({ t: "subshell", n });
  }

  private parseCompound(token: Token): NodeId {
    this.next();
    switch (token.text) {
      case "{": {
        const n = this.parseBody();
        this.expect("}");
        return this.add({ t: "group", n });
      }
      case "if":
        return this.parseIf();
      case "while":
      case "until": {
        const cond = this.parseBody();
        const body = this.parseDoGroup();
        return this.add({ t: "loop", until: token.text === "until", cond, body });
      }
      case "for":
        return this.parseFor();
      case "case":
        return this.parseCase();
      default:
        throw this.unexpected(token);
    }
  }

  private parseDoGroup(): NodeId {
    this.expect("do");
    const body = this.parseBody();
    this.expect("done");
    return body;
  }

  private parseIf(): NodeId {
    const branches: { cond: NodeId; body: NodeId }[] = [];
    for (;;) {
      const cond = this.parseBody();
      this.expect("then");
      branches.push({ cond, body: this.parseBody() });
      if (!this.isReserved(this.peek(), "elif")) break;
      this.next();
    }
    let otherwise = -1;
    if (this.isReserved(this.peek(), "else")) {
      this.next();
      otherwise = this.parseBody();
    }
    this.expect("fi");
    return this.add({ t: "if", branches, otherwise });
  }

  private parseFor(): NodeId {
    const name = this.next();
    if (this.isBash && name.text === "(" && this.reader.isNext("(")) return this.parseCountingFor();
    if (name.type !== "word" || !isName(name.text)) throw new ShellSyntaxError("syntax error: bad for loop variable", this.reader.line());
    this.skipNewlines();
    let words: Word[] | null = null;
    if (this.isReserved(this.peek(), "in")) {
      this.next();
      words = [];
      while (this.peek().type === "word") words.push(...this.braced(this.next().word));
      if (!this.isOp(";") && this.peek().type !== "newline") throw this.unexpected(this.peek());
    }
    if (this.isOp(";")) this.next();
    this.skipNewlines();
    const body = this.parseDoGroup();
    return this.add({ t: "for", name: name.text, words, body });
  }

  /** `for ((first; condition; step)); do … done` */
  private parseCountingFor(): NodeId {
    const [first, condition, step, ...more] = (this.reader.readArithmetic() ?? "").split(";");
    if (step === undefined || more.length > 0) throw new ShellSyntaxError("syntax error: bad for loop", this.reader.line());
    if (this.isOp(";")) this.next();
    this.skipNewlines();
    const quiet = (text: string | undefined): NodeId => this.add({ t: "let", expression: this.reader.arithmeticWord(text ?? ""), isQuiet: true });
    const cond = this.add({ t: "let", expression: this.reader.arithmeticWord((condition ?? "").trim() === "" ? "1" : (condition as string)) });
    const body = this.isReserved(this.peek(), "{") ? this.nested(() => this.parseCommand()) : this.parseDoGroup();
    const loop = this.add({ t: "loop", until: false, cond, body, step: quiet(step) });
    return this.add({ t: "seq", items: [{ n: quiet(first), bg: false }, { n: loop, bg: false }] });
  }

  private braced(word: Word): readonly Word[] {
    return this.isBash ? expandBraces(word) : [word];
  }

  /** `function NAME [()] { … }` */
  private parseKeywordFunction(): NodeId {
    this.next();
    const name = this.next();
    if (name.type !== "word") throw this.unexpected(name);
    if (!this.isOp("(")) return this.functionNamed(name);
    return this.parseFunction(name);
  }

  private parseCase(): NodeId {
    const subject = this.next();
    if (subject.type !== "word") throw this.unexpected(subject);
    this.skipNewlines();
    this.expect("in");
    const arms: { patterns: Word[]; body: NodeId }[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.isReserved(this.peek(), "esac")) break;
      if (this.isOp("(")) this.next();
      const patterns: Word[] = [];
      do {
        const pattern = this.next();
        if (pattern.type !== "word") throw this.unexpected(pattern, ")");
        patterns.push(pattern.word);
      } while (this.isOp("|") && this.next());
      this.expect(")");
      arms.push({ patterns, body: this.parseList() });
      if (!this.isOp(";;") && this.peek().type === "op") throw this.unexpected(this.peek(), ";;");
      if (!this.isOp(";;")) break;
      this.next();
    }
    this.skipNewlines();
    this.expect("esac");
    return this.add({ t: "case", word: subject.word, arms });
  }

  private tryRedirection(): Redirection | undefined {
    const token = this.peek();
    const match = token.type === "op" ? /^(\d*)(<<<|<<-?|<&|<>|<|>>|>&|>\||>|&>>?)$/.exec(token.text) : null;
    if (!match) return undefined;
    this.next();
    const fd = match[1] === "" ? -1 : Number(match[1]);
    const op = match[2] as Redirection["op"] | "<<-";
    const target = this.next();
    if (target.type !== "word") throw this.unexpected(target);
    if (op === "<<" || op === "<<-") {
      const redirection = { op: "<<" as const, fd, word: [] as Word };
      this.reader.awaitHereDocument(target.text, op === "<<-", (word) => {
        redirection.word = word;
      });
      return redirection;
    }
    return { op, fd, word: target.word };
  }

  private parseSimple(): NodeId {
    const assigns: Assignment[] = [];
    const words: Word[] = [];
    const redirs: Redirection[] = [];
    this.unaliased();
    const line = this.reader.line();
    for (;;) {
      const redirection = this.tryRedirection();
      if (redirection) {
        redirs.push(redirection);
        continue;
      }
      const token = this.peek();
      if (token.type !== "word") break;
      const assignment = words.length === 0 ? this.assignmentOf(token) : undefined;
      this.next();
      const listed = this.isBash && this.isOp("(") && (words.length === 0 ? assignment?.value.length === 0 : DECLARERS.has(firstText(words)) && /^[A-Za-z_]\w*\+?=$/.test(token.text));
      if (listed) assigns.push(this.arrayOf(token.text, words.length > 0));
      if (listed && words.length > 0) words.push([{ t: "lit", s: token.text.replace(/\+?=$/, ""), q: true }]);
      if (listed) continue;
      if (assignment) assigns.push(assignment);
      else words.push(...this.braced(token.word));
      if (words.length === 1 && assigns.length === 0 && redirs.length === 0 && this.isOp("(")) return this.parseFunction(token);
    }
    if (assigns.length + words.length + redirs.length === 0) throw this.unexpected(this.peek());
    return this.add({ t: "cmd", assigns, words, redirs, ...(line > 1 ? { line } : {}) });
  }

  /** An alias where a command begins gives way to its text, each once. */
  private unaliased(): void {
    const seen = new Set<string>();
    for (let token = this.peek(); token.type === "word" && token.bare && Object.hasOwn(this.aliases, token.text) && !seen.has(token.text); token = this.peek()) {
      seen.add(token.text);
      this.replaceToken(token, this.aliases[token.text] ?? "");
    }
  }

  private assignmentOf(token: Token): Assignment | undefined {
    const plain = splitAssignment(token.word, this.isBash);
    if (plain || !this.isBash || !token.text.includes("]")) return plain;
    const element = this.reader.elementOf(token.text);
    return element && { name: element.name, value: element.value, index: element.index, ...(element.isAppended ? { isAppended: true as const } : {}) };
  }

  /** `name=( … )`: words, or `[key]=word`. */
  private arrayOf(text: string, isLate: boolean): Assignment {
    this.next();
    const items: { key?: Word; value: Word }[] = [];
    for (this.skipNewlines(); this.peek().type === "word"; this.skipNewlines()) {
      const token = this.next();
      const keyed = token.text.startsWith("[") ? this.reader.elementOf(`_${token.text}`) : undefined;
      if (keyed) items.push({ key: keyed.index, value: keyed.value });
      else items.push(...this.braced(token.word).map((value) => ({ value })));
    }
    this.expect(")");
    return { name: text.replace(/\+?=$/, ""), value: [], items, ...(text.endsWith("+=") ? { isAppended: true as const } : {}), ...(isLate ? { late: true as const } : {}) };
  }

  private parseFunction(name: Token): NodeId {
    this.next();
    this.expect(")");
    return this.functionNamed(name);
  }

  private functionNamed(name: Token): NodeId {
    if (!name.bare || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name.text)) throw new ShellSyntaxError("syntax error: bad function name", this.reader.line());
    this.skipNewlines();
    const body = this.nested(() => this.parseCommand());
    return this.add({ t: "func", name: name.text, body });
  }
}

/** Commands whose words may be assignments of arrays. */
const DECLARERS: ReadonlySet<string> = new Set(["declare", "typeset", "local", "readonly", "export"]);

function firstText(words: readonly Word[]): string {
  const [part] = words[0] ?? [];
  return part?.t === "lit" ? part.s : "";
}

function splitAssignment(word: Word, isBash: boolean): { name: string; value: Word; isAppended?: true } | undefined {
  const first = word[0];
  if (first?.t !== "lit" || first.q) return undefined;
  const at = first.s.indexOf("=");
  const isAppended = isBash && first.s[at - 1] === "+";
  const name = first.s.slice(0, isAppended ? at - 1 : at);
  if (at <= 0 || !isName(name)) return undefined;
  const rest = first.s.slice(at + 1);
  const value = [...(rest === "" ? [] : [{ t: "lit" as const, s: rest, q: false }]), ...word.slice(1)];
  if (/^~(\/|$)/.test(rest)) value.splice(0, 1, { t: "tilde" }, { t: "lit", s: rest.slice(1), q: false });
  return { name, value, ...(isAppended ? { isAppended } : {}) };
}
