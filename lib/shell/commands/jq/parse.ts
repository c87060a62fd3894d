import { JqError, type Binding, type Filter } from "./tree";

const IDENTITY: Filter = { k: "identity" };
const LONGEST = 20_000;
const DEEPEST = 200;

/** Reads a jq program. Throws {@link JqError}. */
export function parseJq(source: string): Filter {
  if (source.length > LONGEST) throw new JqError("program too long");
  return new Parser(source).program();
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly source: string) {}

  program(): Filter {
    const filter = this.peek("") ? IDENTITY : this.pipe();
    this.space();
    if (this.at < this.source.length) this.fail();
    return filter;
  }

  private fail(): never {
    this.space();
    const token = /^(?:[\w$@]+|.)/.exec(this.source.slice(this.at))?.[0];
    throw new JqError(`syntax error, unexpected ${token === undefined ? "end of file" : `'${token}'`}`);
  }

  private space(): void {
    const found = /^(?:\s+|#[^\n]*)+/.exec(this.source.slice(this.at));
    if (found) this.at += found[0].length;
  }

  /** Is the next token this one? Words end where a word ends; "" is the end. */
  private peek(token: string): boolean {
    this.space();
    if (token === "") return this.at >= this.source.length;
    if (!this.source.startsWith(token, this.at)) return false;
    return !/^[a-z]/.test(token) || !/[\w:]/.test(this.source[this.at + token.length] ?? "");
  }

  private take(token: string): boolean {
    if (!this.peek(token)) return false;
    this.at += token.length;
    return true;
  }

  private need(token: string): void {
    if (!this.take(token)) this.fail();
  }

  private match(pattern: RegExp): string | undefined {
    this.space();
    const found = pattern.exec(this.source.slice(this.at))?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private name(): string {
    return this.match(/^[A-Za-z_]\w*(?:::\w+)*/) ?? this.fail();
  }

  private deeper<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new JqError("program too deep");
    const found = read();
    this.depth -= 1;
    return found;
  }

  private pipe(): Filter {
    return this.deeper(() => {
      if (this.take("def")) return this.definition();
      const left = this.comma();
      if (this.take("as")) {
        const names = this.pattern([]);
        this.need("|");
        return { k: "as", source: left, names, body: this.pipe() };
      }
      return this.take("|") ? { k: "pipe", left, right: this.pipe() } : left;
    });
  }

  private definition(): Filter {
    const name = this.name();
    const parameters: string[] = [];
    if (this.take("(")) {
      do parameters.push(this.match(/^\$?[A-Za-z_]\w*/) ?? this.fail());
      while (this.take(";"));
      this.need(")");
    }
    this.need(":");
    const body = this.pipe();
    this.need(";");
    const rest = this.peek("") ? IDENTITY : this.pipe();
    return { k: "define", name, parameters, body, rest };
  }

  private pattern(path: readonly (string | number)[]): readonly Binding[] {
    if (this.take("$")) return [{ name: this.name(), path }];
    const found: Binding[] = [];
    if (this.take("[")) {
      let i = 0;
      do found.push(...this.pattern([...path, i++]));
      while (this.take(","));
      this.need("]");
      return found;
    }
    this.need("{");
    do {
      if (this.take("$")) {
        const name = this.name();
        found.push({ name, path: [...path, name] });
        continue;
      }
      const key = this.name();
      this.need(":");
      found.push(...this.pattern([...path, key]));
    } while (this.take(","));
    this.need("}");
    return found;
  }

  private comma(): Filter {
    let left = this.alternative();
    while (this.take(",")) left = { k: "comma", left, right: this.alternative() };
    return left;
  }

  private alternative(): Filter {
    const left = this.assignment();
    if (!this.peek("//") || this.peek("//=")) return left;
    this.take("//");
    return { k: "else", left, right: this.alternative() };
  }

  private assignment(): Filter {
    const left = this.or();
    for (const op of ["|=", "+=", "-=", "*=", "/=", "%=", "//="]) if (this.take(op)) return { k: "update", op, left, right: this.alternative() };
    if (!this.peek("==") && this.take("=")) return { k: "update", op: "=", left, right: this.alternative() };
    return left;
  }

  private or(): Filter {
    let left = this.and();
    while (this.take("or")) left = { k: "or", left, right: this.and() };
    return left;
  }

  private and(): Filter {
    let left = this.comparison();
    while (this.take("and")) left = { k: "and", left, right: this.comparison() };
    return left;
  }

  private comparison(): Filter {
    const left = this.sum();
    for (const op of ["==", "!=", "<=", ">=", "<", ">"]) if (this.take(op)) return { k: "binary", op, left, right: this.sum() };
    return left;
  }

  private sum(): Filter {
    let left = this.product();
    for (;;) {
      const op = ["+", "-"].find((one) => this.peek(one) && !this.peek(`${one}=`));
      if (op === undefined) return left;
      this.take(op);
      left = { k: "binary", op, left, right: this.product() };
    }
  }

  private product(): Filter {
    let left = this.postfix();
    for (;;) {
      const op = ["*", "/", "%"].find((one) => this.peek(one) && !this.peek(`${one}=`) && !this.peek("//"));
      if (op === undefined) return left;
      this.take(op);
      left = { k: "binary", op, left, right: this.postfix() };
    }
  }

  private postfix(): Filter {
    if (this.take("-")) return { k: "minus", of: this.postfix() };
    let of = this.term();
    for (;;) {
      this.space();
      if (/^\.(?:[A-Za-z_"]|\s*\[)/.test(this.source.slice(this.at))) {
        this.at += 1;
        of = this.take("[") ? this.bracket(of) : { k: "index", of, at: this.key() };
      } else if (this.take("[")) of = this.bracket(of);
      else if (this.peek("?//")) return of;
      else if (this.take("?")) of = { k: "try", body: of, failed: undefined };
      else return of;
    }
  }

  private key(): Filter {
    return this.peek('"') ? this.text(undefined) : { k: "literal", value: this.name() };
  }

  private bracket(of: Filter): Filter {
    if (this.take("]")) return { k: "iterate", of };
    if (this.take(":")) {
      const to = this.pipe();
      this.need("]");
      return { k: "slice", of, from: undefined, to };
    }
    const at = this.pipe();
    if (!this.take(":")) {
      this.need("]");
      return { k: "index", of, at };
    }
    const to = this.peek("]") ? undefined : this.pipe();
    this.need("]");
    return { k: "slice", of, from: at, to };
  }

  private term(): Filter {
    return this.deeper(() => this.keyword() ?? this.simple());
  }

  private keyword(): Filter | undefined {
    if (this.take("if")) return this.condition();
    if (this.take("try")) {
      const body = this.postfix();
      return { k: "try", body, failed: this.take("catch") ? this.postfix() : undefined };
    }
    if (this.take("reduce")) {
      const source = this.postfix();
      this.need("as");
      this.need("$");
      const name = this.name();
      this.need("(");
      const start = this.pipe();
      this.need(";");
      const step = this.pipe();
      this.need(")");
      return { k: "reduce", source, name, start, step };
    }
    return undefined;
  }

  private condition(): Filter {
    const test = this.pipe();
    this.need("then");
    const yes = this.pipe();
    if (this.take("elif")) return { k: "if", test, yes, no: this.condition() };
    const no = this.take("else") ? this.pipe() : IDENTITY;
    this.need("end");
    return { k: "if", test, yes, no };
  }

  private simple(): Filter {
    if (this.take("(")) {
      const inside = this.pipe();
      this.need(")");
      return inside;
    }
    if (this.take("[")) {
      const of = this.peek("]") ? undefined : this.pipe();
      this.need("]");
      return { k: "array", of };
    }
    if (this.take("{")) return this.object();
    if (this.take("..")) return { k: "recurse" };
    if (this.take(".")) {
      if (/^[A-Za-z_"]/.test(this.source[this.at] ?? "")) return { k: "index", of: IDENTITY, at: this.key() };
      return this.take("[") ? this.bracket(IDENTITY) : IDENTITY;
    }
    if (this.peek('"')) return this.text(undefined);
    const format = this.match(/^@\w+/);
    if (format !== undefined) return this.peek('"') ? this.text(format) : { k: "format", name: format };
    if (this.take("$")) return { k: "variable", name: this.name() };
    const number = this.match(/^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/);
    if (number !== undefined) return { k: "literal", value: Number(number) };
    const name = this.name();
    if (["then", "else", "elif", "end", "as", "and", "or", "catch"].includes(name)) this.fail();
    const literal = { null: null, true: true, false: false }[name];
    return literal === undefined ? { k: "call", name, args: this.args() } : { k: "literal", value: literal };
  }

  private args(): readonly Filter[] {
    const args: Filter[] = [];
    if (!this.take("(")) return args;
    do args.push(this.pipe());
    while (this.take(";"));
    this.need(")");
    return args;
  }

  private object(): Filter {
    const entries: { key: Filter; value: Filter }[] = [];
    while (!this.take("}")) {
      if (entries.length > 0) this.need(",");
      if (this.take("$")) {
        const name = this.name();
        entries.push({ key: { k: "literal", value: name }, value: { k: "variable", name } });
        continue;
      }
      const format = this.match(/^@\w+/);
      const key: Filter = this.peek('"') ? this.text(format) : this.take("(") ? this.closed() : { k: "literal", value: this.match(/^\d+/) ?? this.name() };
      entries.push({ key, value: this.take(":") ? this.value() : { k: "index", of: IDENTITY, at: key } });
    }
    return { k: "object", entries };
  }

  private closed(): Filter {
    const inside = this.pipe();
    this.need(")");
    return inside;
  }

  /** A member's value ends at its comma; pipes are allowed. */
  private value(): Filter {
    const left = this.alternative();
    return this.take("|") ? { k: "pipe", left, right: this.value() } : left;
  }

  private text(format: string | undefined): Filter {
    this.need('"');
    const parts: (string | Filter)[] = [];
    let text = "";
    for (;;) {
      const char = this.source[this.at];
      if (char === undefined) this.fail();
      this.at += 1;
      if (char === '"') break;
      if (char !== "\\") {
        text += char;
        continue;
      }
      const escaped = this.source[this.at++] ?? "";
      if (escaped === "(") {
        parts.push(text, this.pipe());
        text = "";
        this.need(")");
      } else if (escaped === "u") {
        text += String.fromCharCode(parseInt(this.source.slice(this.at, this.at + 4), 16) || 0);
        this.at += 4;
      } else text += { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" }[escaped] ?? escaped;
    }
    return parts.length === 0 && format === undefined ? { k: "literal", value: text } : { k: "text", format, parts: [...parts, text] };
  }
}
