import { complaint, dialectOf, type Dialect } from "./dialect";
import type { CommandIo, ShellHost } from "./host";
import { reasonOf } from "./commands/files";
import { parseInto } from "./parser";
import { setVariable } from "./expand";
import type { Descriptor, Frame, Process, ShellState } from "./state";
import { type NodeId, type ShellNode, ShellSyntaxError } from "./syntax-tree";

/** Text the shell wrote to its own standard output or error, in order. */
export interface OutputChunk {
  readonly fd: 1 | 2;
  readonly text: string;
}

/** A command the shell runs itself. Answers its status, or nothing when it pushed frames that will set it. */
export type Builtin = (machine: Machine, process: Process, args: readonly string[]) => number | undefined;

/** How the frames of a process move on, and what it can do itself; given to the machine so that neither has to know the other. */
export interface Rules {
  /** One small step; false when the process must wait. */
  tick(machine: Machine, process: Process): boolean;
  readonly builtins: ReadonlyMap<string, Builtin>;
  /** Runs a command line in a shell of its own, to the end. */
  nested(host: ShellHost, options: NestedOptions): { readonly status: number; readonly stdout: string; readonly stderr: string };
}

/** What a shell inside a command starts with. */
export interface NestedOptions {
  readonly source: string;
  readonly stdin: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly nesting: number;
}

/** Deepest that shells may run inside commands of shells. */
const MAX_NESTING = 4;

const SLICE = 100;
const MAX_PROCESSES = 64;
const MAX_STACK = 600;
const MAX_PIPE = 4_000_000;
const MAX_OUTPUT = 4_000_000;

/** A shell at work: the state being changed during one step, and what the step may use. */
export class Machine {
  readonly output: OutputChunk[] = [];
  private written = 0;

  constructor(
    readonly state: ShellState,
    readonly host: ShellHost,
    readonly rules: Rules,
    public budget: number,
  ) {}

  /** Runs every process in turn until nothing moves or the budget is spent. Answers whether the budget was spent. */
  run(): boolean {
    for (let moved = true; moved; ) {
      moved = false;
      for (const process of [...this.state.processes]) {
        for (let i = 0; i < SLICE && !process.done && this.state.exit === null; i++) {
          if (this.budget <= 0) return true;
          if (!this.rules.tick(this, process)) break;
          this.budget -= 1;
          moved = true;
        }
      }
      if (this.written > MAX_OUTPUT) this.budget = 0;
    }
    return false;
  }

  node(n: NodeId): ShellNode {
    return this.state.code.nodes[n] as ShellNode;
  }

  /** Parses more source into the running program. Throws `ShellSyntaxError`. */
  parse(source: string, { bash = false, interactive, aliases }: Pick<Process, "bash" | "aliases"> & { readonly interactive?: boolean }): NodeId {
    return parseInto(this.state.code, source, bash, interactive ? aliases : {});
  }

  main(): Process | undefined {
    return this.find(this.state.mainPid);
  }

  find(pid: number): Process | undefined {
    return this.state.processes.find((process) => process.pid === pid);
  }

  nextId(): number {
    this.state.nextId += 1;
    return this.state.nextId;
  }

  /** Pushes a frame; a process that nests too deeply ends. */
  push(process: Process, frame: Frame): void {
    if (process.stack.length >= MAX_STACK) {
      this.complain(process, "maximum recursion depth exceeded");
      this.end(process, 2);
      return;
    }
    process.stack.push(frame);
  }

  /** Begins a node. `isCondition`: its status only decides something. */
  begin(process: Process, n: NodeId, isCondition = false): void {
    const frame = this.frameFor(n);
    this.push(process, isCondition ? { ...frame, c: true } : frame);
  }

  private frameFor(n: NodeId): Frame {
    const node = this.node(n);
    switch (node.t) {
      case "seq": return { k: "seq", n, i: 0 };
      case "andor": return { k: "andor", n, i: 0 };
      case "if": return { k: "if", n, i: 0 };
      case "loop": return { k: "loop", n, phase: "cond" };
      case "for": return { k: "for", n, i: 0, items: null, subs: [] };
      case "case": case "test": case "let": return { k: node.t, n, subs: [] };
      case "redir": return { k: "redir", n, subs: [] };
      default: return { k: "cmd", n, subs: [] };
    }
  }

  /** Copies a process as `fork` does. Answers undefined when there are too many. */
  fork(parent: Process, fds: Record<string, Descriptor>): Process | undefined {
    if (this.state.processes.length >= MAX_PROCESSES) {
      this.complain(parent, "can't fork: Resource temporarily unavailable");
      return undefined;
    }
    const child: Process = {
      ...parent,
      pid: this.nextId(),
      parent: parent.pid,
      stack: [],
      vars: { ...parent.vars },
      functions: { ...parent.functions },
      args: [...parent.args],
      fds: { ...fds },
      traps: {},
      options: { ...parent.options },
      lenient: this.isLenient(parent),
      signals: [],
      done: false,
      interactive: false,
    };
    this.state.processes.push(child);
    return child;
  }

  /** Does `set -e` look away here? */
  isLenient(process: Process): boolean {
    return process.lenient || process.stack.some((frame) => frame.c === true);
  }

  /** `exit`: runs the EXIT trap if there is one, then ends. */
  exit(process: Process, status: number): void {
    const trap = Object.hasOwn(process.traps, "EXIT") ? process.traps["EXIT"] : undefined;
    process.status = status;
    while (process.stack.length > 0) this.pop(process);
    delete process.traps["EXIT"];
    if (trap === undefined || trap === "") return this.end(process, status);
    process.stack.push({ k: "exit", status });
    try {
      this.begin(process, this.parse(trap, process));
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      this.end(process, status);
    }
  }

  /** The process is gone: descriptors closed, status left for whoever waits. */
  end(process: Process, status: number): void {
    process.status = status & 255;
    process.stack = [];
    process.fds = {};
    process.done = true;
    if (process.pid === this.state.mainPid) {
      this.state.exit = process.status;
      this.state.processes = [];
      return;
    }
    const parent = this.find(process.parent);
    const isAwaited = parent?.stack.some(
      (frame) => (frame.k === "children" && frame.pids.includes(process.pid)) || ((frame.k === "subst" || frame.k === "timeout") && frame.pid === process.pid),
    );
    if (!isAwaited) {
      this.state.jobs[String(process.pid)] = process.status;
      const finished = Object.keys(this.state.jobs);
      if (finished.length > 100) delete this.state.jobs[finished[0] as string];
      this.forget(process.pid);
    }
  }

  forget(pid: number): void {
    this.state.processes = this.state.processes.filter((process) => process.pid !== pid);
  }

  /** Takes the top frame off, undoing what it had changed for its duration. */
  pop(process: Process): void {
    const frame = process.stack.pop();
    if (frame?.k === "restore") process.fds = frame.fds;
    else if (frame?.k === "tidy") for (const path of frame.paths) this.host.fs.remove(path);
    else if (frame?.k === "call") process.args = frame.args;
    else if (frame?.k === "source" && frame.args) process.args = frame.args;
    const saved = frame?.k === "env" ? frame.saved : frame?.k === "call" ? frame.locals : undefined;
    for (const [name, variable] of Object.entries(saved ?? {})) {
      if (variable) process.vars[name] = variable;
      else delete process.vars[name];
    }
  }

  /** Pops frames until `keep` are left. */
  unwind(process: Process, keep: number): void {
    while (process.stack.length > keep) this.pop(process);
  }

  /** Whose words this process speaks. */
  dialect(process: Process): Dialect {
    return dialectOf(process, this.host.tools);
  }

  complain(process: Process, message: string): void {
    const text = complaint(this.dialect(process), process, message);
    if (text !== "") this.write(process, 2, `${text}\n`);
  }

  /** There is no such program; bash has words of its own for it. */
  complainMissing(process: Process, name: string): void {
    this.complain(process, `${name}: not found`);
  }

  /** Writes to a descriptor. False when nobody can ever read it, which ends the writer as SIGPIPE would. */
  write(process: Process, fd: number, text: string): boolean {
    const descriptor = process.fds[String(fd)];
    if (text === "" || !descriptor) return true;
    switch (descriptor.k) {
      case "terminal":
        this.emit(descriptor.fd, text);
        return true;
      case "pipe":
        return this.writePipe(process, descriptor.id, text);
      case "file":
        return this.writeFile(process, descriptor.id, text);
      default:
        return true;
    }
  }

  private emit(fd: 1 | 2, text: string): void {
    const last = this.output.at(-1);
    this.written += text.length;
    if (last?.fd === fd) this.output[this.output.length - 1] = { fd, text: last.text + text };
    else this.output.push({ fd, text });
  }

  private writePipe(process: Process, id: number, text: string): boolean {
    const key = String(id);
    const current = this.state.pipes[key] ?? "";
    const hasReader = this.state.processes.some(
      (other) => !other.done && (Object.values(other.fds).some((fd) => fd.k === "pipe" && fd.id === id && fd.end === "r") || other.stack.some((frame) => frame.k === "subst" && frame.pipe === id)),
    );
    if (!hasReader || current.length + text.length > MAX_PIPE) {
      this.end(process, 141);
      return false;
    }
    this.state.pipes[key] = current + text;
    return true;
  }

  private writeFile(process: Process, id: number, text: string): boolean {
    const file = this.state.files[String(id)];
    if (!file) return true;
    const known = this.host.fs.readFile(file.path);
    const content = "text" in known ? known.text : "";
    const isAtEnd = file.append || file.at >= content.length;
    const error = isAtEnd
      ? this.host.fs.writeFile(file.path, text, true)
      : this.host.fs.writeFile(file.path, content.slice(0, file.at) + text + content.slice(file.at + text.length), false);
    file.at = (isAtEnd ? content.length : file.at) + text.length;
    if (error === undefined) return true;
    const stderr = process.fds["2"];
    if (stderr?.k !== "file") this.complain(process, `write error: ${reasonOf(error)}`);
    return true;
  }

  /** Takes what can be read from a descriptor now. `ended`: nothing more will ever come. */
  read(process: Process, fd: number, limit = MAX_PIPE): { readonly text: string; readonly ended: boolean } {
    const descriptor = process.fds[String(fd)];
    if (descriptor?.k === "pipe") {
      const key = String(descriptor.id);
      const text = (this.state.pipes[key] ?? "").slice(0, limit);
      this.state.pipes[key] = (this.state.pipes[key] ?? "").slice(text.length);
      return { text, ended: text.length < limit && !this.hasWriter(descriptor.id) };
    }
    if (descriptor?.k === "file") {
      const file = this.state.files[String(descriptor.id)];
      const content = file ? this.host.fs.readFile(file.path) : undefined;
      const text = file && content && "text" in content ? content.text.slice(file.at, file.at + limit) : "";
      if (file) file.at += text.length;
      return { text, ended: text.length < limit };
    }
    if (descriptor?.k === "input") {
      const text = this.state.input.text.slice(0, limit);
      this.state.input.text = this.state.input.text.slice(text.length);
      return { text, ended: text.length < limit && !this.state.input.open };
    }
    return { text: "", ended: true };
  }

  /** Puts text back that was read too far. */
  unread(process: Process, fd: number, text: string): void {
    const descriptor = process.fds[String(fd)];
    if (descriptor?.k === "pipe") this.state.pipes[String(descriptor.id)] = text + (this.state.pipes[String(descriptor.id)] ?? "");
    else if (descriptor?.k === "input") this.state.input.text = text + this.state.input.text;
    else if (descriptor?.k === "file") {
      const file = this.state.files[String(descriptor.id)];
      if (file) file.at -= text.length;
    }
  }

  private hasWriter(id: number): boolean {
    return this.state.processes.some((other) => !other.done && Object.values(other.fds).some((fd) => fd.k === "pipe" && fd.id === id && fd.end === "w"));
  }

  newPipe(text = ""): number {
    const id = this.nextId();
    this.state.pipes[String(id)] = text;
    return id;
  }

  /** Exported variables of a process. */
  environment(process: Process): Record<string, string> {
    const env: Record<string, string> = {};
    for (const [name, variable] of Object.entries(process.vars)) if (variable.x) env[name] = variable.v;
    return env;
  }

  io(process: Process, stdin: string): CommandIo {
    const { host, rules } = this;
    const env = this.environment(process);
    const { cwd } = process;
    const nesting = (this.state.nesting ?? 0) + 1;
    const shell: CommandIo["shell"] = (source, input) => rules.nested(host, { source, stdin: input, env, cwd, nesting });
    return { fs: host.fs, stdin, cwd, env, identity: host.identity, ...(nesting > MAX_NESTING ? {} : { shell }), get now() { return host.now(); } };
  }

  changeDirectory(process: Process, path: string): void {
    setVariable(process, "OLDPWD", process.cwd);
    process.cwd = path;
    setVariable(process, "PWD", path);
  }
}
