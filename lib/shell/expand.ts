import { ArithmeticError, evaluateArithmetic } from "./arithmetic";
import { globPaths } from "./glob";
import type { FileSystem } from "./host";
import { isName } from "./token-reader";
import { changed, escapePattern, isPattern, trimPattern } from "./pattern";
import { elementsOf, keyOf, setElement, splitElement, wholeNumber } from "./arrays";
import type { Process, Substituted, Variable } from "./state";
import type { NodeId, Word, WordPart } from "./syntax-tree";

/** Longest value a word may expand to, and most fields. */
const MAX_TEXT = 1_000_000;
const MAX_FIELDS = 50_000;

/** An expansion that ends the command (and a script with it). */
export class ExpansionError extends Error {
  constructor(
    message: string,
    readonly status = 2,
  ) {
    super(message);
  }
}

/** The expansion met a command substitution that has not been run yet. Run it, then expand again from the start. */
export class SubstitutionNeeded {
  constructor(readonly node: NodeId) {}
}

interface Segment {
  readonly s: string;
  readonly q: boolean;
}

/**
 * Expands the words of one command. Assignments made on the way (`${X:=d}`, `$((X=1))`) stay in an overlay until
 * {@link commit}, so that an expansion interrupted by a substitution can be repeated from the start with the same outcome.
 */
export class Expansion {
  readonly overlay = new Map<string, string>();
  private used = 0;
  private produced = 0;
  lastStatus: number | undefined;

  constructor(
    private readonly process: Process,
    private readonly fs: FileSystem,
    private readonly subs: readonly Substituted[],
    /** dash knows neither slices nor replacements. */
    private readonly isDash = false,
  ) {}

  /** Words to fields: expanded, split and globbed. */
  fields(words: readonly Word[]): string[] {
    const result: string[] = [];
    for (const word of words) {
      const builder = new FieldBuilder(this.lookup("IFS") ?? " \t\n");
      this.addParts(builder, word, false);
      for (const field of builder.finish()) {
        const pattern = field.map(({ s, q }) => (q ? escapePattern(s) : s)).join("");
        const paths = this.process.options.f || !field.some(({ s, q }) => !q && isPattern(s)) ? [] : globPaths(pattern, this.process.cwd, this.fs);
        if (paths.length > 0) result.push(...paths);
        else result.push(field.map(({ s }) => s).join(""));
      }
      if (result.length > MAX_FIELDS) throw new ExpansionError("argument list too long");
    }
    return result;
  }

  /** A word to one string: neither split nor globbed. */
  text(word: Word): string {
    return this.segments(word).map(({ s }) => s).join("");
  }

  /** A word to a pattern in which quoted characters stand for themselves. */
  pattern(word: Word): string {
    return this.segments(word).map(({ s, q }) => (q ? escapePattern(s) : s)).join("");
  }

  /** What `<( … )` printed, by the names of the files that are to hold it. */
  readonly files: (readonly [path: string, text: string])[] = [];

  /** A variable's value with the overlay applied. */
  lookup(name: string): string | undefined {
    if (name === "FUNCNAME" && this.process.bash) return this.process.stack.findLast((frame) => frame.k === "call")?.name;
    if (name.endsWith("]")) return this.elementAt(name);
    return this.overlay.get(name) ?? (Object.hasOwn(this.process.vars, name) ? this.process.vars[name]?.v : undefined);
  }

  /** `a[i]` as arithmetic writes it. */
  private elementAt(text: string): string | undefined {
    const { name, key } = splitElement(text);
    if (key === undefined) return undefined;
    const at = keyOf(this.process, name, key, (inner) => this.number(inner));
    return this.overlay.get(`${name}[${at}]`) ?? elementsOf(this.process, name)[at];
  }

  /** The key of an index: an expression, or a word. */
  key(name: string, index: Word): string {
    return keyOf(this.process, name, this.text(index), (text) => this.number(text));
  }

  private segments(word: Word): Segment[] {
    const builder = new FieldBuilder(null);
    this.addParts(builder, word, false);
    return builder.finish().flat();
  }

  private addParts(builder: FieldBuilder, word: Word, splitLiterals: boolean): void {
    for (const part of word) this.addPart(builder, part, splitLiterals);
  }

  private addPart(builder: FieldBuilder, part: WordPart, splitLiterals: boolean): void {
    switch (part.t) {
      case "lit":
        if (splitLiterals && !part.q) builder.split(part.s);
        else builder.add(part.s, part.q);
        break;
      case "tilde":
        builder.add(this.lookup("HOME") ?? "/", true);
        break;
      case "sub": {
        const result = this.subs[this.used];
        if (!result) throw new SubstitutionNeeded(part.n);
        this.used += 1;
        this.lastStatus = result.status;
        this.addValue(builder, result.text, part.q);
        break;
      }
      case "proc": {
        const result = this.subs[this.used];
        if (!result) throw new SubstitutionNeeded(part.n);
        this.used += 1;
        const path = `/tmp/.sh-${this.process.pid}-${this.used}`;
        this.files.push([path, result.text + (result.cut ?? "")]);
        builder.add(path, true);
        break;
      }
      case "arith":
        this.addValue(builder, this.arithmetic(part.w), part.q);
        break;
      default:
        this.addVariable(builder, part);
    }
  }

  private addValue(builder: FieldBuilder, value: string, isQuoted: boolean): void {
    this.produced += value.length;
    if (this.produced > MAX_TEXT) throw new ExpansionError("out of memory");
    if (isQuoted) builder.add(value, true);
    else builder.split(value);
  }

  private arithmetic(word: Word): string {
    try {
      return evaluateArithmetic(this.text(word), {
        get: (name) => {
          const value = this.lookup(name);
          if (value === undefined && this.process.options.u) throw this.unset(name);
          return value ?? "";
        },
        set: (name, value) => this.assign(name, value),
      });
    } catch (error) {
      if (error instanceof ArithmeticError) throw new ExpansionError(error.message, this.process.bash ? 1 : 2);
      throw error;
    }
  }

  private unset(name: string): ExpansionError {
    return this.process.bash ? new ExpansionError(`${/^[0-9]/.test(name) ? "$" : ""}${name}: unbound variable`, this.process.options.e ? 1 : 127) : new ExpansionError(`${name}: parameter not set`);
  }

  private assign(name: string, value: string): void {
    const element = splitElement(name);
    if (element.key !== undefined) {
      const at = keyOf(this.process, element.name, element.key, (inner) => this.number(inner));
      this.overlay.set(`${element.name}[${at}]`, value);
      return;
    }
    if (!isName(name)) throw new ExpansionError("bad substitution");
    if (this.process.vars[name]?.r && Object.hasOwn(this.process.vars, name)) throw new ExpansionError(`${name}: is read only`, this.process.bash ? 1 : 2);
    this.overlay.set(name, value);
  }

  /** A word to an extended regular expression in which quoted characters stand for themselves. */
  regex(word: Word): string {
    return this.segments(word).map(({ s, q }) => (q ? s.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : s)).join("");
  }

  /** What an arithmetic expression comes to. */
  number(text: string): string {
    return this.arithmetic([{ t: "lit", s: text, q: true }]);
  }

  private addVariable(builder: FieldBuilder, part: Extract<WordPart, { t: "var" }>): void {
    if (part.indirect !== undefined) return this.addIndirect(builder, part, part.indirect);
    const { name, op, q } = part;
    const list = this.listOf(part);
    const isList = list !== undefined;
    const value = list ? (list.length > 0 ? list.join(" ") : undefined) : part.index !== undefined ? this.elementAt(`${name}[${this.key(name, part.index as Word)}]`) : this.parameter(name);
    const isAbsent = value === undefined || (part.colon && value === "");
    if (op === "-" || op === "=" || op === "?") {
      if (isAbsent) return this.whenAbsent(builder, part);
    } else if (op === "+") {
      if (!isAbsent) this.addParts(builder, part.arg, !q);
      else if (q) builder.add("", true);
      return;
    } else if (value === undefined && this.process.options.u && !isList) {
      throw this.unset(name);
    }
    if (this.isDash && (op === "slice" || op.startsWith("/"))) throw new ExpansionError("Bad substitution");
    if (op === "slice" || /^[/^,@]/.test(op)) return this.addChanged(builder, part, value ?? "", list);
    if (op === "len") return this.addValue(builder, String(list ? list.length : [...(value ?? "")].length), q);
    const isSeparate = (part.index ?? name) === "@";
    const isTrim = op === "#" || op === "##" || op === "%" || op === "%%";
    if (list && (!isTrim || this.process.bash === true)) {
      const pattern = isTrim ? this.pattern(part.arg) : "";
      return this.addArguments(builder, isSeparate, q, isTrim ? list.map((one) => trimPattern(one, pattern, op)) : list);
    }
    this.addValue(builder, isTrim ? trimPattern(value ?? "", this.pattern(part.arg), op) : (value ?? ""), q);
  }

  /** The arguments or the elements of an array, when all of them are meant. */
  private listOf({ name, index }: Extract<WordPart, { t: "var" }>): readonly string[] | undefined {
    if (name === "@" || name === "*") return this.process.args;
    return index === "@" || index === "*" ? Object.values(elementsOf(this.process, name)) : undefined;
  }

  /** `${!name}`, `${!prefix*}` and `${!array[@]}`. */
  private addIndirect(builder: FieldBuilder, part: Extract<WordPart, { t: "var" }>, how: "value" | "keys" | "names"): void {
    const { indirect: _gone, index, ...plain } = part;
    if (how === "keys") return this.addArguments(builder, index === "@", part.q, Object.keys(elementsOf(this.process, part.name)));
    if (how === "names") return this.addArguments(builder, true, part.q, Object.keys(this.process.vars).filter((name) => name.startsWith(part.name)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    const target = splitElement((index === undefined ? this.parameter(part.name) : this.elementAt(`${part.name}[${this.key(part.name, index as Word)}]`)) ?? "");
    if (!/^([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]+)$/.test(target.name)) throw new ExpansionError(target.name === "" ? `${part.name}: invalid indirect expansion` : `${target.name}: invalid variable name`, 1);
    const inner: Word | "@" | "*" | undefined = target.key === undefined ? undefined : target.key === "@" || target.key === "*" ? target.key : [{ t: "lit", s: target.key, q: true }];
    this.addVariable(builder, { ...plain, name: target.name, ...(inner === undefined ? {} : { index: inner }) });
  }

  /** A part of a value, or the value with something replaced. */
  private addChanged(builder: FieldBuilder, part: Extract<WordPart, { t: "var" }>, value: string, list: readonly string[] | undefined): void {
    const { name, op, arg, second = [], q } = part;
    const isSeparate = (part.index ?? name) === "@";
    if (op !== "slice") {
      const [pattern, text] = [this.pattern(arg), this.text(second)];
      if (list && this.process.bash) return this.addArguments(builder, isSeparate, q, list.map((one) => changed(one, op, pattern, text)));
      return this.addValue(builder, changed(value, op, pattern, text), q);
    }
    const from = Number(this.arithmetic(arg));
    const length = part.second ? Number(this.arithmetic(second)) : undefined;
    if (list === undefined) return this.addValue(builder, sliced([...value], from, length).join(""), q);
    const args = sliced(part.index === undefined ? [this.process.name, ...list] : list, from, length);
    this.addArguments(builder, isSeparate, q, args);
  }

  private whenAbsent(builder: FieldBuilder, part: Extract<WordPart, { t: "var" }>): void {
    if (part.op === "?") {
      throw new ExpansionError(`${part.name}: ${part.arg.length > 0 ? this.text(part.arg) : part.colon ? "parameter null or not set" : "parameter not set"}`, this.process.bash ? 127 : 2);
    }
    if (part.op === "=") {
      const value = this.text(part.arg);
      this.assign(part.name, value);
      return this.addValue(builder, value, part.q);
    }
    if (part.q && part.arg.length === 0) builder.add("", true);
    this.addParts(builder, part.arg, !part.q);
  }

  private addArguments(builder: FieldBuilder, isSeparate: boolean, isQuoted: boolean, args: readonly string[] = this.process.args): void {
    if (isQuoted && (!isSeparate || builder.isJoining)) {
      const separator = isSeparate ? " " : ((this.lookup("IFS") ?? " ")[0] ?? "");
      return this.addValue(builder, args.join(separator), true);
    }
    for (const [i, arg] of args.entries()) {
      if (i > 0) builder.breakField();
      this.addValue(builder, arg, isQuoted);
    }
  }

  private parameter(name: string): string | undefined {
    const { process } = this;
    switch (name) {
      case "LINENO": return String(process.line ?? 1);
      case "?": return String(process.status);
      case "#": return String(process.args.length);
      case "$": return String(process.shellPid);
      case "!": return process.lastJob > 0 ? String(process.lastJob) : undefined;
      case "-": return `${process.options.e ? "e" : ""}${process.options.f ? "f" : ""}${process.interactive ? "i" : ""}${process.options.u ? "u" : ""}${process.options.x ? "x" : ""}`;
      case "0": return process.name;
      default: return /^[0-9]/.test(name) ? process.args[Number(name) - 1] : this.lookup(name);
    }
  }
}

function sliced<T>(list: readonly T[], from: number, length: number | undefined): readonly T[] {
  const start = from < 0 ? Math.max(0, list.length + from) : from;
  return list.slice(start, length === undefined ? undefined : length < 0 ? list.length + length : start + length);
}

/** Puts an overlay's assignments into the process. */
export function commit(expansion: Expansion, process: Process): void {
  for (const [name, value] of expansion.overlay) {
    const element = splitElement(name);
    if (element.key === undefined) setVariable(process, name, value);
    else setElement(process, element.name, element.key, value);
  }
}

/** Sets a variable, keeping whether it is exported. */
export function setVariable(process: Process, name: string, value: string, isExported?: boolean): void {
  const known: Variable | undefined = Object.hasOwn(process.vars, name) ? process.vars[name] : undefined;
  const exported = isExported ?? known?.x ?? false;
  if (known?.list) return setElement(process, name, "0", value);
  process.vars[name] = { v: known?.int ? wholeNumber(process, value) : value, ...(exported ? { x: true } : {}), ...(known?.r ? { r: true } : {}), ...(known?.int ? { int: true } : {}) };
}

/** Collects fields; `separators` null means that nothing is ever split. */
class FieldBuilder {
  private readonly fields: Segment[][] = [];
  private current: Segment[] | undefined;
  private afterSpace = false;

  constructor(private readonly separators: string | null) {}

  get isJoining(): boolean {
    return this.separators === null;
  }

  add(s: string, q: boolean): void {
    (this.current ??= []).push({ s, q });
    this.afterSpace = false;
  }

  breakField(): void {
    if (this.separators === null) this.add(" ", true);
    else this.flush();
  }

  split(text: string): void {
    if (this.separators === null) {
      if (text !== "") this.add(text, false);
      return;
    }
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const char = text[i] as string;
      if (!this.separators.includes(char)) continue;
      if (i > start) this.add(text.slice(start, i), false);
      start = i + 1;
      const isSpace = char === " " || char === "\t" || char === "\n";
      if (this.current) {
        this.flush();
        this.afterSpace = isSpace;
      } else if (!isSpace) {
        if (!this.afterSpace) this.fields.push([]);
        this.afterSpace = false;
      }
    }
    if (start < text.length) this.add(text.slice(start), false);
  }

  private flush(): void {
    if (this.current) this.fields.push(this.current);
    this.current = undefined;
  }

  finish(): Segment[][] {
    this.flush();
    return this.fields;
  }
}
