/**
 * The Lua of short scripts: values, tables of a list, `local`, `if`, `while`, `for`, and the commands of Redis. Upstream: Redis's eval.c, Lua 5.1.
 *
 * @simplified Scripts know no functions of their own, no metatables and of Lua's libraries only `tonumber`, `tostring`, `type`, `math.floor`, `string.sub`, `string.len` and `table.insert`.
 */

/** A value; a table is a list, or names with values. */
export type LuaValue = null | boolean | number | string | LuaTable;
export interface LuaTable {
  readonly list: LuaValue[];
  readonly named: Map<string, LuaValue>;
}

/** Why a script ended: its own words. */
export class LuaError extends Error {}

/** What a script may ask of the server. `isSafe`: a refusal is an answer and not the end. */
export type RedisCall = (words: readonly string[], isSafe: boolean) => LuaValue;

const TOKEN = /\s+|--\[\[[^]*?\]\]|--[^\n]*|("(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(\.\.|==|~=|<=|>=|[-+*/%#<>=(){}[\],;.])/gy;
const KEYWORDS = new Set(["and", "do", "else", "elseif", "end", "false", "for", "if", "in", "local", "nil", "not", "or", "return", "then", "true", "while"]);
/** Statements, rounds and values a script may come to, how deep it may nest, and how long a text may grow: nobody waits for a script that never ends. */
const MOST_STEPS = 200_000;
const MOST_LEVELS = 200;
const MOST_TEXT = 1_000_000;

interface Token {
  readonly kind: "text" | "number" | "name" | "sign";
  readonly text: string;
}

function tokens(source: string): readonly Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new LuaError(`user_script:1: unexpected symbol near '${source[at] ?? ""}'`);
    const [, text, number, name, sign] = match;
    if (text !== undefined) found.push({ kind: "text", text: text.slice(1, -1).replace(/\\(.)/gs, (_all, char: string) => ({ n: "\n", t: "\t", r: "\r" })[char] ?? char) });
    else if (number !== undefined) found.push({ kind: "number", text: number });
    else if (name !== undefined) found.push({ kind: KEYWORDS.has(name) ? "sign" : "name", text: name });
    else if (sign !== undefined) found.push({ kind: "sign", text: sign });
  }
  return found;
}

/** What a statement came to: undefined when the script goes on. */
type Ended = { readonly value: LuaValue } | undefined;

const isTrue = (value: LuaValue): boolean => value !== null && value !== false;
const isTable = (value: LuaValue): value is LuaTable => typeof value === "object" && value !== null;

/** A number as Lua writes it. */
function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(14)));
}

export function textOf(value: LuaValue): string {
  if (value === null) return "nil";
  if (typeof value === "number") return numberText(value);
  return isTable(value) ? "table" : String(value);
}

function typeOf(value: LuaValue): string {
  return value === null ? "nil" : isTable(value) ? "table" : typeof value;
}

/** Reads and runs in one: what is not to be run is read with `dry`. */
class Script {
  private at = 0;
  private steps = 0;
  private levels = 0;
  private dry = 0;
  private scopes: Map<string, LuaValue>[];

  constructor(
    private readonly list: readonly Token[],
    globals: ReadonlyMap<string, LuaValue>,
    private readonly redis: RedisCall,
  ) {
    this.scopes = [new Map(globals), new Map()];
  }

  run(): LuaValue {
    const ended = this.block();
    if (this.at < this.list.length && ended === undefined) throw this.unexpected();
    return ended?.value ?? null;
  }

  private step(): void {
    this.steps += 1;
    if (this.steps > MOST_STEPS) throw new LuaError("user_script:1: Script killed by user with SCRIPT KILL");
  }

  /** Reads what may hold more of its own sort. */
  private nested<T>(read: () => T): T {
    this.levels += 1;
    if (this.levels > MOST_LEVELS) throw new LuaError("user_script:1: chunk has too many syntax levels");
    const result = read();
    this.levels -= 1;
    return result;
  }

  private peek(text: string): boolean {
    const token = this.list[this.at];
    return token?.kind === "sign" && token.text === text;
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false;
    this.at += 1;
    return true;
  }

  private must(text: string): void {
    if (!this.take(text)) throw new LuaError(`user_script:1: '${text}' expected near '${this.list[this.at]?.text ?? "<eof>"}'`);
  }

  private name(): string {
    const token = this.list[this.at];
    if (token?.kind !== "name") throw this.unexpected();
    this.at += 1;
    return token.text;
  }

  private unexpected(): LuaError {
    return new LuaError(`user_script:1: unexpected symbol near '${this.list[this.at]?.text ?? "<eof>"}'`);
  }

  private closes(): boolean {
    return this.at >= this.list.length || ["end", "else", "elseif"].some((word) => this.peek(word));
  }

  private block(): Ended {
    return this.nested(() => this.statements());
  }

  private statements(): Ended {
    let ended: Ended;
    this.scopes.push(new Map());
    while (!this.closes()) {
      const one = this.statement();
      if (one === undefined || this.dry > 0) continue;
      // The rest is read, and not run any more.
      ended = one;
      this.dry += 1;
      while (!this.closes()) this.statement();
      this.dry -= 1;
    }
    this.scopes.pop();
    return ended;
  }

  private unrun<T>(isRun: boolean, read: () => T): T | undefined {
    this.dry += isRun ? 0 : 1;
    const result = read();
    this.dry -= isRun ? 0 : 1;
    return isRun ? result : undefined;
  }

  private statement(): Ended {
    this.step();
    if (this.take(";")) return undefined;
    if (this.take("return")) {
      const value = this.closes() || this.peek(";") ? null : this.expression();
      this.take(";");
      return { value };
    }
    if (this.take("local")) return this.local();
    if (this.take("if")) return this.branches();
    if (this.take("while")) return this.loop();
    if (this.take("for")) return this.counting();
    if (this.take("do")) {
      const ended = this.block();
      this.must("end");
      return ended;
    }
    return this.assignment();
  }

  private local(): undefined {
    const names = [this.name()];
    while (this.take(",")) names.push(this.name());
    const values = this.take("=") ? this.list_() : [];
    names.forEach((name, i) => this.scopes.at(-1)?.set(name, values[i] ?? null));
    return undefined;
  }

  private list_(): LuaValue[] {
    const values = [this.expression()];
    while (this.take(",")) values.push(this.expression());
    return values;
  }

  private assignment(): undefined {
    const start = this.at;
    const name = this.name();
    if (this.take("=")) {
      const value = this.expression();
      const scope = [...this.scopes].reverse().find((one) => one.has(name));
      if (!scope && this.dry === 0) throw new LuaError(`user_script:1: Script attempted to create global variable '${name}'`);
      if (this.dry === 0) scope?.set(name, value);
      return undefined;
    }
    if (this.take("[")) {
      const key = this.expression();
      if (this.take("]") && this.take("=")) {
        const [table, value] = [this.lookup(name), this.expression()];
        if (this.dry === 0 && isTable(table)) this.put(table, key, value);
        return undefined;
      }
    }
    this.at = start;
    this.primary();
    return undefined;
  }

  private put(table: LuaTable, key: LuaValue, value: LuaValue): void {
    if (typeof key === "number" && key >= 1 && key <= table.list.length + 1) table.list[key - 1] = value;
    else table.named.set(textOf(key), value);
  }

  private branches(): Ended {
    let ended: Ended;
    let isDone = false;
    for (let more = true; more; more = this.take("elseif")) {
      const isRun: boolean = !isDone && isTrue(this.unrun(!isDone, () => this.expression()) ?? null);
      this.must("then");
      ended = this.unrun(isRun, () => this.block()) ?? ended;
      isDone ||= isRun;
    }
    if (this.take("else")) ended = this.unrun(!isDone, () => this.block()) ?? ended;
    this.must("end");
    return ended;
  }

  private loop(): Ended {
    const start = this.at;
    for (;;) {
      this.step();
      this.at = start;
      const goes = isTrue(this.expression()) && this.dry === 0;
      this.must("do");
      const ended = this.unrun(goes, () => this.block());
      this.must("end");
      if (!goes || ended !== undefined) return ended;
    }
  }

  /** `for i = from, to[, step] do … end` and `for i, v in ipairs(list) do … end`. */
  private counting(): Ended {
    const names = [this.name()];
    if (this.take(",")) names.push(this.name());
    const rounds = this.take("=") ? this.range() : this.items();
    this.must("do");
    const start = this.at;
    for (const values of this.dry === 0 ? rounds : []) {
      this.at = start;
      this.scopes.push(new Map(names.map((name, i) => [name, values[i] ?? null])));
      const ended = this.block();
      this.scopes.pop();
      if (ended !== undefined) {
        this.must("end");
        return ended;
      }
    }
    this.at = start;
    this.unrun(false, () => this.block());
    this.must("end");
    return undefined;
  }

  private range(): readonly (readonly LuaValue[])[] {
    const [from, to, step = 1] = this.list_().map((value) => this.number(value));
    const rounds: LuaValue[][] = [];
    for (let i = from ?? 0; step > 0 ? i <= (to ?? 0) : i >= (to ?? 0); i += step) {
      this.step();
      rounds.push([i]);
    }
    return rounds;
  }

  private items(): readonly (readonly LuaValue[])[] {
    this.must("in");
    const how = this.name();
    this.must("(");
    const value = this.expression();
    this.must(")");
    if (this.dry > 0) return [];
    if (!isTable(value)) throw new LuaError(`user_script:1: bad argument #1 to '${how}' (table expected, got ${typeOf(value)})`);
    return [...value.list.map((one, i) => [i + 1, one]), ...(how === "pairs" ? [...value.named].map(([key, one]) => [key, one]) : [])];
  }

  private number(value: LuaValue): number {
    const number = typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
    if (Number.isNaN(number) && this.dry === 0) throw new LuaError(`user_script:1: attempt to perform arithmetic on a ${typeOf(value)} value`);
    return number;
  }

  private expression(level = 0): LuaValue {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.expression(level + 1);
    for (let sign = operators.find((one) => this.take(one)); sign !== undefined; sign = operators.find((one) => this.take(one))) left = this.applied(sign, left, level);
    return left;
  }

  private applied(sign: string, left: LuaValue, level: number): LuaValue {
    if (sign === "and" || sign === "or") {
      const decided = isTrue(left) === (sign === "or");
      const right = this.unrun(!decided, () => this.expression(level + 1));
      return decided ? left : (right ?? null);
    }
    const right = this.expression(sign === ".." ? level : level + 1);
    if (this.dry > 0) return null;
    switch (sign) {
      case "==": return left === right;
      case "~=": return left !== right;
      case "..":
        if ([left, right].some((one) => typeof one !== "string" && typeof one !== "number")) throw new LuaError(`user_script:1: attempt to concatenate a ${typeOf([left, right].find((one) => typeof one !== "string" && typeof one !== "number") ?? null)} value`);
        return this.joined(textOf(left), textOf(right));
      case "<": case ">": case "<=": case ">=": return this.compared(sign, left, right);
      default: return calculated(sign, this.number(left), this.number(right));
    }
  }

  private joined(left: string, right: string): string {
    if (left.length + right.length > MOST_TEXT) throw new LuaError("user_script:1: not enough memory");
    return left + right;
  }

  private compared(sign: string, left: LuaValue, right: LuaValue): boolean {
    if (typeof left !== typeof right || (typeof left !== "number" && typeof left !== "string")) throw new LuaError(`user_script:1: attempt to compare ${typeOf(left) === typeOf(right) ? `two ${typeOf(left)} values` : `${typeOf(left)} with ${typeOf(right)}`}`);
    const [a, b] = [left, right as typeof left];
    return sign === "<" ? a < b : sign === ">" ? a > b : sign === "<=" ? a <= b : a >= b;
  }

  private unary(): LuaValue {
    this.step();
    return this.nested(() => this.signed());
  }

  private signed(): LuaValue {
    if (this.take("not")) return !isTrue(this.unary());
    if (this.take("-")) return -this.number(this.unary());
    if (!this.take("#")) return this.primary();
    const value = this.unary();
    return isTable(value) ? value.list.length : typeof value === "string" ? value.length : this.dry > 0 ? 0 : this.number(null);
  }

  private lookup(name: string): LuaValue {
    const scope = [...this.scopes].reverse().find((one) => one.has(name));
    if (!scope && this.dry === 0) throw new LuaError(`user_script:1: Script attempted to access nonexistent global variable '${name}'`);
    return scope?.get(name) ?? null;
  }

  private primary(): LuaValue {
    const token = this.list[this.at];
    if (token?.kind === "text" || token?.kind === "number") {
      this.at += 1;
      return token.kind === "text" ? token.text : Number(token.text);
    }
    if (this.take("nil")) return null;
    if (this.take("true")) return true;
    if (this.take("false")) return false;
    if (this.take("{")) return this.table();
    if (this.take("(")) {
      const value = this.expression();
      this.must(")");
      return this.parts(value);
    }
    let name = this.name();
    while (this.peek(".") && this.list[this.at + 2]?.text === "(" && FUNCTIONS.has(`${name}.${this.list[this.at + 1]?.text ?? ""}`)) {
      this.at += 1;
      name = `${name}.${this.name()}`;
    }
    return this.parts(FUNCTIONS.has(name) && this.peek("(") ? this.called(name) : this.lookup(name));
  }

  /** `[key]` and `.name` behind a value. */
  private parts(value: LuaValue): LuaValue {
    let found = value;
    for (;;) {
      const key = this.take("[") ? this.bracketed() : this.take(".") ? this.name() : undefined;
      if (key === undefined) return found;
      if (this.dry > 0) continue;
      if (!isTable(found)) throw new LuaError(`user_script:1: attempt to index a ${typeOf(found)} value`);
      found = typeof key === "number" ? (found.list[key - 1] ?? null) : (found.named.get(textOf(key)) ?? null);
    }
  }

  private bracketed(): LuaValue {
    const key = this.expression();
    this.must("]");
    return key;
  }

  private table(): LuaTable {
    const made: LuaTable = { list: [], named: new Map() };
    while (!this.take("}")) {
      const token = this.list[this.at];
      if (token?.kind === "name" && this.list[this.at + 1]?.text === "=") {
        this.at += 2;
        made.named.set(token.text, this.expression());
      } else made.list.push(this.expression());
      if (!this.take(",")) this.take(";");
      if (this.at >= this.list.length) throw this.unexpected();
    }
    return made;
  }

  private called(name: string): LuaValue {
    this.must("(");
    const args = this.peek(")") ? [] : this.list_();
    this.must(")");
    if (this.dry > 0) return null;
    const [first = null, second = null, third = null] = args;
    switch (name) {
      case "redis.call": case "redis.pcall": return this.redis(args.flatMap((one) => (isTable(one) ? one.list.map(textOf) : [textOf(one)])), name === "redis.pcall");
      case "redis.status_reply": return { list: [], named: new Map([["ok", first]]) };
      case "redis.error_reply": return { list: [], named: new Map([["err", first]]) };
      case "unpack": case "table.unpack": return first;
      case "tonumber": return typeof first === "number" ? first : typeof first === "string" && first.trim() !== "" && !Number.isNaN(Number(first)) ? Number(first) : null;
      case "tostring": return textOf(first);
      case "type": return typeOf(first);
      case "math.floor": return Math.floor(this.number(first));
      case "string.len": return textOf(first).length;
      case "string.sub": return partOf(textOf(first), this.number(second), third === null ? -1 : this.number(third));
      default:
        if (isTable(first)) first.list.push(second);
        return null;
    }
  }
}

/** The letters from one place to another, counted from 1; below nought from the end. */
function partOf(text: string, from: number, to: number): string {
  const place = (at: number): number => (at < 0 ? text.length + at + 1 : at);
  return text.slice(Math.max(1, place(from)) - 1, Math.max(0, place(to)));
}

const LEVELS: readonly (readonly string[])[] = [["or"], ["and"], ["==", "~=", "<=", ">=", "<", ">"], [".."], ["+", "-"], ["*", "/", "%"]];
const FUNCTIONS: ReadonlySet<string> = new Set(["redis.call", "redis.pcall", "redis.status_reply", "redis.error_reply", "unpack", "table.unpack", "tonumber", "tostring", "type", "math.floor", "string.len", "string.sub", "table.insert"]);

function calculated(sign: string, a: number, b: number): number {
  if (sign === "+") return a + b;
  if (sign === "-") return a - b;
  if (sign === "*") return a * b;
  return sign === "/" ? a / b : a - Math.floor(a / b) * b;
}

/** Runs a script with these keys and arguments. @throws {LuaError} */
export function runLua(source: string, keys: readonly string[], args: readonly string[], redis: RedisCall): LuaValue {
  const list = (values: readonly string[]): LuaTable => ({ list: [...values], named: new Map() });
  return new Script(tokens(source), new Map([["KEYS", list(keys)], ["ARGV", list(args)]]), redis).run();
}
