import { resolvePath } from "../../path";
import type { CommandIo } from "../../host";
import { cut, recordsOf, type RecordReader } from "./fields";
import { numberText } from "./format";
import { AwkError, fromInput, toNumber, UNSET, type Value } from "./values";

/** Most steps of one program, and most text it may hold or write. */
const MAX_STEPS = 2_000_000;
const MAX_TEXT = 4_000_000;
const MAX_FIELDS = 20_000;

/** A variable. What it is shows when it is used: a value or an array; a parameter may turn out to be its caller's array. */
export interface Cell {
  value: Value;
  array?: Map<string, Value>;
  readonly lender?: Cell;
}

/** How a statement ended; undefined: it is over, on to the next. */
export type Flow = "break" | "continue" | "next" | "nextfile" | "exit" | "return" | undefined;

/** Where `print > …` and `| …` write to, until they are closed. */
interface Stream {
  readonly kind: "file" | "command";
  text: string;
}

/** A running program: its variables, its record, and what goes in and out. */
export class Runtime {
  readonly globals = new Map<string, Cell>();
  frame: Cell[] = [];
  depth = 0;
  returned: Value = UNSET;
  status = 0;
  out = "";
  err = "";
  seed = 0;
  draw = 0;
  private fields: Value[] = [""];
  private isCut = true;
  private isJoined = true;
  private steps = 0;
  private held = 0;
  private reader: RecordReader | undefined;
  private operand = 0;
  private anyOpened = false;
  private readonly streams = new Map<string, Stream>();
  private readonly sources = new Map<string, RecordReader>();

  constructor(
    readonly io: CommandIo,
    private readonly operands: readonly string[],
  ) {
    const stock = { FS: " ", OFS: " ", ORS: "\n", RS: "\n", SUBSEP: "\x1c", CONVFMT: "%.6g", OFMT: "%.6g", NR: 0, FNR: 0, NF: 0, RSTART: 0, RLENGTH: -1, FILENAME: "" };
    for (const [name, value] of Object.entries(stock)) this.globals.set(name, { value });
    const env = new Map<string, Value>(Object.entries(io.env).map(([name, value]) => [name, fromInput(value)]));
    this.globals.set("ENVIRON", { value: UNSET, array: env });
    const args = ["awk", ...operands].map((arg, i): [string, Value] => [String(i), fromInput(arg)]);
    this.globals.set("ARGV", { value: UNSET, array: new Map(args) });
    this.globals.set("ARGC", { value: operands.length + 1 });
  }

  /** Counts a step. @throws {AwkError} when there were too many */
  tick(): void {
    this.steps += 1;
    if (this.steps > MAX_STEPS) throw new AwkError("program ran too long");
  }

  global(name: string): Cell {
    let cell = this.globals.get(name);
    if (!cell) this.globals.set(name, (cell = { value: UNSET }));
    return cell;
  }

  /** A variable's value as text. */
  textOf(name: string): string {
    return this.text(this.global(name).value);
  }

  readonly text = (value: Value): string => (typeof value === "string" ? value : typeof value === "number" ? numberText(value, formatOf(this.globals.get("CONVFMT"))) : value.text);

  /** A value as `print` writes it. */
  printed(value: Value): string {
    return typeof value === "number" ? numberText(value, formatOf(this.globals.get("OFMT"))) : this.text(value);
  }

  /** The array a variable is, from now on if it was nothing. */
  array(cell: Cell): Map<string, Value> {
    if (cell.array) return cell.array;
    if (cell.value !== UNSET) throw new AwkError("can't use a scalar as array");
    return (cell.array = cell.lender ? this.array(cell.lender) : new Map<string, Value>());
  }

  /** Takes note of text that is kept. @throws {AwkError} when it is too much */
  hold(text: string): string {
    this.held += text.length > 1000 ? text.length : 0;
    if (text.length > MAX_TEXT || this.held > 20 * MAX_TEXT) throw new AwkError("out of memory");
    return text;
  }

  setRecord(text: string): void {
    this.fields = [fromInput(text)];
    this.isCut = false;
    this.isJoined = true;
  }

  /** `$n` */
  field(index: number): Value {
    if (index < 0 || !Number.isFinite(index)) throw new AwkError(`access to negative field`);
    const at = Math.trunc(index);
    if (at === 0) return this.record();
    this.split();
    return this.fields[at] ?? UNSET;
  }

  setField(index: number, value: Value): void {
    const at = Math.trunc(index);
    if (at < 0 || at > MAX_FIELDS) throw new AwkError(`access to field ${at}`);
    if (at === 0) return this.setRecord(this.text(value));
    this.split();
    for (let i = this.fields.length; i <= at; i += 1) this.fields[i] = "";
    this.fields[at] = value;
    this.isJoined = false;
    this.global("NF").value = this.fields.length - 1;
  }

  /** NF as it is now: reading it cuts the record. */
  count(): number {
    this.split();
    return this.fields.length - 1;
  }

  /** Assigns NF: the record has so many fields from now on. */
  setCount(value: Value): void {
    const count = Math.trunc(toNumber(value));
    if (count < 0 || count > MAX_FIELDS) throw new AwkError(`NF set to ${count}`);
    this.split();
    for (let i = this.fields.length; i <= count; i += 1) this.fields[i] = "";
    this.fields.length = count + 1;
    this.isJoined = false;
    this.global("NF").value = count;
  }

  private record(): Value {
    if (!this.isJoined) {
      this.fields[0] = this.hold(this.fields.slice(1).map(this.text).join(this.textOf("OFS")));
      this.isJoined = true;
    }
    return this.fields[0] ?? "";
  }

  private split(): void {
    if (this.isCut) return;
    this.isCut = true;
    const text = this.text(this.fields[0] ?? "");
    const separator = this.textOf("FS");
    const parts = this.textOf("RS") === "" && separator !== " " ? text.split("\n").flatMap((line) => cut(line, separator)) : cut(text, separator);
    if (parts.length > MAX_FIELDS) throw new AwkError("too many fields");
    this.fields = [this.fields[0] ?? "", ...parts.map(fromInput)];
    this.global("NF").value = parts.length;
  }

  /** The next record of the files named, counted; undefined when there is none. Assignments among the names are made on the way. */
  nextRecord(): string | undefined {
    for (;;) {
      this.tick();
      const line = this.reader?.next(this.textOf("RS"));
      if (line !== undefined) {
        this.global("NR").value = toNumber(this.global("NR").value) + 1;
        this.global("FNR").value = toNumber(this.global("FNR").value) + 1;
        return line;
      }
      if (!this.openNext()) return undefined;
    }
  }

  /** What is left of the current file is passed over. */
  skipFile(): void {
    this.reader = undefined;
  }

  private openNext(): boolean {
    const argv = this.array(this.global("ARGV"));
    const argc = toNumber(this.global("ARGC").value);
    while (this.operand + 1 < argc) {
      this.operand += 1;
      const name = this.text(argv.get(String(this.operand)) ?? "");
      const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(name);
      if (assignment) this.assign(assignment[1] ?? "", assignment[2] ?? "");
      else if (name !== "" && this.open(name)) return true;
    }
    return !this.anyOpened && this.open("-");
  }

  /** `name=text`, as on the command line. */
  assign(name: string, text: string): void {
    const value = fromInput(text);
    if (name === "NF") this.setCount(value);
    else this.global(name).value = value;
  }

  private open(path: string): boolean {
    this.anyOpened = true;
    const content = this.fileText(path);
    if (content === undefined) {
      this.err += `awk: ${path}: No such file or directory\n`;
      this.status = 2;
      return false;
    }
    this.reader = recordsOf(content);
    this.global("FILENAME").value = path === "-" ? "" : path;
    this.global("FNR").value = 0;
    return true;
  }

  private fileText(path: string): string | undefined {
    if (path === "-" || path === "/dev/stdin") return this.io.stdin;
    if (path === "/dev/null") return "";
    const content = this.io.fs.readFile(resolvePath(this.io.cwd, path));
    return "text" in content ? content.text : undefined;
  }

  /** The next record of a file or of what a command prints: undefined at the end, `"missing"` when it cannot be read. */
  recordFrom(kind: "file" | "command", name: string): { readonly line: string } | undefined | "missing" {
    const key = `${kind}:${name}`;
    let source = this.sources.get(key);
    if (!source) {
      const text = kind === "file" ? this.fileText(name) : this.run(name, "").stdout;
      if (text === undefined) return "missing";
      this.sources.set(key, (source = recordsOf(text)));
    }
    const line = source.next(this.textOf("RS"));
    return line === undefined ? undefined : { line };
  }

  write(text: string, to?: { readonly mode: ">" | ">>" | "|"; readonly name: string }): void {
    if (!to || to.name === "/dev/stdout" || (to.mode !== "|" && to.name === "-")) this.out += text;
    else if (to.name === "/dev/stderr") this.err += text;
    else if (to.mode === "|") this.stream("command", to.name).text += text;
    else this.writeFile(to.name, text, to.mode === ">>");
    if (this.out.length > MAX_TEXT) throw new AwkError("too much output");
  }

  private stream(kind: Stream["kind"], name: string): Stream {
    const key = `${kind}:${name}`;
    let stream = this.streams.get(key);
    if (!stream) this.streams.set(key, (stream = { kind, text: "" }));
    return stream;
  }

  private writeFile(name: string, text: string, append: boolean): void {
    const isOpen = this.streams.has(`file:${name}`);
    const path = resolvePath(this.io.cwd, name);
    this.stream("file", name);
    if (name === "/dev/null") return;
    const problem = this.io.fs.writeFile(path, text, append || isOpen);
    if (problem) throw new AwkError(`can't redirect to ${name}`);
  }

  /** Runs a command line as the shell would. */
  run(line: string, stdin: string): { readonly status: number; readonly stdout: string } {
    this.tick();
    const { status, stdout, stderr } = this.io.shell?.(line, stdin) ?? { status: 127, stdout: "", stderr: "awk: no shell here\n" };
    this.err += stderr;
    return { status, stdout };
  }

  /** Ends a stream; -1 when there is none of that name. */
  close(name: string): number {
    const isSource = this.sources.delete(`file:${name}`) || this.sources.delete(`command:${name}`);
    const stream = this.streams.get(`command:${name}`);
    this.streams.delete(`command:${name}`);
    const isFile = this.streams.delete(`file:${name}`);
    if (stream) {
      const { status, stdout } = this.run(name, stream.text);
      this.out += stdout;
      return status;
    }
    return isSource || isFile ? 0 : -1;
  }

  /** Ends all streams, in the order they began. */
  closeAll(): void {
    for (const key of [...this.streams.keys()]) this.close(key.slice(key.indexOf(":") + 1));
  }
}

function formatOf(cell: Cell | undefined): string {
  return typeof cell?.value === "string" ? cell.value : "%.6g";
}
