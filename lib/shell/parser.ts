import { type Code, type NodeId, type Redirection, type ShellNode, ShellSyntaxError, type Word } from "./syntax-tree";
import { WordReader } from "./word-reader";

/** Longest source read at once, and deepest nesting of commands. */
const MAX_SOURCE = 256 * 1024;
const MAX_NESTING = 60;
const MAX_NODES = 50_000;

const RESERVED = new Set(["if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "case", "esac", "{", "}", "!"]);
const CLOSERS = new Set(["then", "elif", "else", "fi", "do", "done", "esac", "}"]);

interface Token {
  readonly type: "word" | "op" | "newline" | "end";
  readonly text: string;
  readonly word: Word;
  /** Is the word free of quotes and expansions, so that it may be a reserved word? */
  readonly bare: boolean;
}

interface Item {
  readonly n: NodeId;
  readonly bg: boolean;
}

/** What {@link parse} answers. The message is what `sh` prints after `sh: `. */
export type ParseResult = { readonly program: Code; readonly root: NodeId } | { readonly error: { readonly message: string; readonly line: number } };

/** Parses a script. Never throws, whatever the text. */
export function parse(source: string): ParseResult {
  const program: Code = { nodes: [], roots: {} };
  try {
    return { program, root: new Parser(program, checked(source), 0, 0).parseProgram() };
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
export function parseInto(code: Code, source: string): NodeId {
  if (Object.hasOwn(code.roots, source)) return code.roots[source] as NodeId;
  const before = code.nodes.length;
  try {
    const parser = new Parser(code, checked(source), 0, 0);
    const root = parser.parseLines();
    if (source !== "__proto__") code.roots[source] = root;
    return root;
  } catch (error) {
    code.nodes.length = before;
    throw error;
  }
}

class Parser {
  private readonly reader: WordReader;
  private token: Token | undefined;

  constructor(
    private readonly code: Code,
    source: string,
    position: number,
    private nesting: number,
  ) {
    this.reader = new WordReader(source, position, {
      substitution: (text, at) => this.parseSubstitution(text, at),
      backquoted: (text) => new Parser(code, text, 0, this.deeper()).parseProgram(),
    });
  }

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

  private deeper(): number {
    if (this.nesting + 1 > MAX_NESTING) throw new ShellSyntaxError("syntax error: too deeply nested", this.reader.line());
    return this.nesting + 1;
  }

  /** `$( … )` in the middle of a word: the same text goes on being read, up to the closing parenthesis. */
  private parseSubstitution(text: string, at: number): { readonly n: NodeId; readonly end: number } {
    const inner = new Parser(this.code, text, at, this.deeper());
    const n = inner.parseList();
    const token = inner.peek();
    if (token.type !== "op" || token.text !== ")") throw inner.unexpected(token, ")");
    return { n, end: inner.reader.position };
  }

  private add(node: ShellNode): NodeId {
    if (this.code.nodes.length >= MAX_NODES) throw new ShellSyntaxError("script too long", this.reader.line());
    return this.code.nodes.push(node) - 1;
  }

  private peek(): Token {
    return (this.token ??= this.readToken());
  }

  private next(): Token {
    const token = this.peek();
    this.token = undefined;
    return token;
  }

  private readToken(): Token {
    const op = this.reader.readOperator();
    if (op === "\n") return { type: "newline", text: op, word: [], bare: false };
    if (op === "") return { type: "end", text: "", word: [], bare: false };
    if (op !== undefined) return { type: "op", text: op, word: [], bare: false };
    const { word, raw } = this.reader.readWord();
    const bare = word.length === 1 && word[0]?.t === "lit" && !word[0].q && word[0].s === raw;
    return { type: "word", text: raw, word, bare };
  }

  private unexpected(token: Token, expecting?: string): ShellSyntaxError {
    const what = token.type === "end" ? "end of file" : token.type === "newline" ? "newline" : token.type === "op" ? `"${token.text}"` : token.bare && RESERVED.has(token.text) ? `"${token.text}"` : "word";
    const tail = expecting === undefined ? "" : ` (expecting "${expecting}")`;
    return new ShellSyntaxError(`syntax error: unexpected ${what}${tail}`, this.reader.line());
  }

  private isReserved(token: Token, text: string): boolean {
    return token.type === "word" && token.bare && token.text === text;
  }

  private isOp(text: string): boolean {
    const token = this.peek();
    return token.type === "op" && token.text === text;
  }

  private expect(text: string): void {
    const token = this.next();
    if (!this.isReserved(token, text) && !(token.type === "op" && token.text === text)) throw this.unexpected(token, text);
  }

  private skipNewlines(): void {
    while (this.peek().type === "newline") this.next();
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
    while (this.isOp("|")) {
      this.next();
      this.skipNewlines();
      parts.push(this.parseCommand());
    }
    const n = parts.length === 1 ? (parts[0] as NodeId) : this.add({ t: "pipe", parts });
    return negations % 2 === 1 ? this.add({ t: "not", n }) : n;
  }

  private parseCommand(): NodeId {
    const token = this.peek();
    if (token.type === "op" && token.text === "(") return this.withRedirections(this.nested(() => this.parseSubshell()));
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

  private parseSubshell(): NodeId {
    this.next();
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
    if (name.type !== "word" || !isName(name.text)) throw new ShellSyntaxError("syntax error: bad for loop variable", this.reader.line());
    this.skipNewlines();
    let words: Word[] | null = null;
    if (this.isReserved(this.peek(), "in")) {
      this.next();
      words = [];
      while (this.peek().type === "word") words.push(this.next().word);
      if (!this.isOp(";") && this.peek().type !== "newline") throw this.unexpected(this.peek());
    }
    if (this.isOp(";")) this.next();
    this.skipNewlines();
    const body = this.parseDoGroup();
    return this.add({ t: "for", name: name.text, words, body });
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
      if (!this.isOp(";;")) break;
      this.next();
    }
    this.skipNewlines();
    this.expect("esac");
    return this.add({ t: "case", word: subject.word, arms });
  }

  private tryRedirection(): Redirection | undefined {
    const token = this.peek();
    const match = token.type === "op" ? /^(\d*)(<<-?|<&|<>|<|>>|>&|>\||>|&>)$/.exec(token.text) : null;
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
    const assigns: { name: string; value: Word }[] = [];
    const words: Word[] = [];
    const redirs: Redirection[] = [];
    for (;;) {
      const redirection = this.tryRedirection();
      if (redirection) {
        redirs.push(redirection);
        continue;
      }
      const token = this.peek();
      if (token.type !== "word") break;
      const assignment = words.length === 0 ? splitAssignment(token.word) : undefined;
      this.next();
      if (assignment) assigns.push(assignment);
      else words.push(token.word);
      if (words.length === 1 && assigns.length === 0 && redirs.length === 0 && this.isOp("(")) return this.parseFunction(token);
    }
    if (assigns.length + words.length + redirs.length === 0) throw this.unexpected(this.peek());
    return this.add({ t: "cmd", assigns, words, redirs });
  }

  private parseFunction(name: Token): NodeId {
    this.next();
    this.expect(")");
    if (!name.bare || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name.text)) throw new ShellSyntaxError("syntax error: bad function name", this.reader.line());
    this.skipNewlines();
    const body = this.nested(() => this.parseCommand());
    return this.add({ t: "func", name: name.text, body });
  }
}

function splitAssignment(word: Word): { name: string; value: Word } | undefined {
  const first = word[0];
  if (first?.t !== "lit" || first.q) return undefined;
  const at = first.s.indexOf("=");
  if (at <= 0 || !isName(first.s.slice(0, at))) return undefined;
  const rest = first.s.slice(at + 1);
  const value = [...(rest === "" ? [] : [{ t: "lit" as const, s: rest, q: false }]), ...word.slice(1)];
  if (/^~(\/|$)/.test(rest)) value.splice(0, 1, { t: "tilde" }, { t: "lit", s: rest.slice(1), q: false });
  return { name: first.s.slice(0, at), value };
}

/** May this be the name of a variable? */
export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && text !== "__proto__";
}
