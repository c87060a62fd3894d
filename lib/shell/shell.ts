import { deliver, signalName } from "./builtins/jobs";
import { builtins } from "./builtins/index";
import type { CommandResult, ShellHost } from "./host";
import { Machine, type NestedOptions, type OutputChunk, type Rules } from "./machine";
import { parse, parseInto } from "./parser";
import type { Descriptor, Process, ShellOptions, ShellState } from "./state";
import { ShellSyntaxError } from "./syntax-tree";
import { isName } from "./token-reader";
import { tick } from "./tick";

const rules: Rules = { tick, builtins, nested: (host, options) => runNested(host, options) };

/** What a shell waits for. Answer `command` and `sleep` with {@link resume}, `input` with {@link typeInput}. */
export type Pending =
  | { readonly type: "command"; readonly id: number; readonly argv: readonly string[]; readonly isExec: boolean }
  | { readonly type: "sleep"; readonly id: number; readonly millis: number | null }
  | { readonly type: "input" };

/** What one {@link step} came to. */
export interface StepResult {
  readonly state: ShellState;
  /** What was written to the shell's own output and error. */
  readonly output: readonly OutputChunk[];
  /**
   * `exited`: it is over. `idle`: an interactive shell has done what it was told. `waiting`: see `pending`. `budget`: it was still
   * busy when the budget was spent; let virtual time pass and step again.
   */
  readonly status: "exited" | "idle" | "waiting" | "budget";
  /** Exit code when exited, `$?` when idle. */
  readonly code: number;
  readonly pending: readonly Pending[];
}

/** Begins a shell. Nothing runs before the first {@link step}; a script with a syntax error says so there and ends with 2. */
export function startShell(options: ShellOptions): ShellState {
  const pid = options.pid ?? 1;
  const state: ShellState = {
    format: 1,
    code: { nodes: [], roots: {} },
    processes: [makeProcess(options, pid)],
    pipes: {},
    files: {},
    input: { text: options.stdin ?? "", open: options.interactive === true },
    results: {},
    jobs: {},
    nextId: pid,
    mainPid: pid,
    exit: null,
  };
  const main = state.processes[0] as Process;
  const argv = options.argv;
  try {
    if (argv) {
      const n = state.code.nodes.push({ t: "cmd", assigns: [], words: argv.map((s) => [{ t: "lit", s, q: true }]), redirs: [] }) - 1;
      main.stack.push({ k: "cmd", n, subs: [] });
    } else if (options.source !== undefined) {
      main.stack.push({ k: "seq", n: parseInto(state.code, options.source, main.bash), i: 0 });
    }
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    fail(state, main, error);
  }
  return state;
}

/** Makes the process say what it cannot read as soon as it runs. */
function fail(state: ShellState, process: Process, { message, line }: ShellSyntaxError): void {
  const n = state.code.nodes.push({ t: "broken", message, line }) - 1;
  process.stack = [{ k: "cmd", n, subs: [] }];
}

function makeProcess(options: ShellOptions, pid: number): Process {
  const cwd = options.cwd ?? "/";
  const vars: Process["vars"] = { IFS: { v: " \t\n" }, PWD: { v: cwd, x: true }, OPTIND: { v: "1" } };
  for (const [name, v] of Object.entries(options.env ?? {})) if (isName(name)) vars[name] = { v, x: true };
  const stdin: Descriptor = options.stdin !== undefined || options.interactive ? { k: "input" } : { k: "null" };
  return {
    pid,
    parent: 0,
    shellPid: pid,
    stack: [],
    status: 0,
    vars,
    functions: {},
    name: options.name ?? "sh",
    ...(options.bash === true || /^(?:\/.*\/)?bash$/.test(options.name ?? "") ? { bash: true } : {}),
    args: [...(options.args ?? [])],
    cwd,
    fds: { "0": stdin, "1": { k: "terminal", fd: 1 }, "2": { k: "terminal", fd: 2 } },
    traps: {},
    options: {},
    lenient: false,
    forgiven: false,
    signals: [],
    lastJob: 0,
    umask: 0o022,
    getopt: 0,
    done: false,
    interactive: options.interactive === true,
  };
}

/**
 * Runs a shell until it must wait, ends, or has spent `budget` small steps. The given state is left as it was; the answer
 * holds the new one. Same state, same host: same answer, whether or not the state went through JSON on the way.
 */
export function step(state: ShellState, host: ShellHost, budget = 20_000): StepResult {
  const machine = new Machine(copyState(state), host, rules, budget);
  const isSpent = machine.state.exit === null && machine.run();
  return report(machine, isSpent);
}

function report(machine: Machine, isSpent: boolean): StepResult {
  const { state } = machine;
  const { output } = machine;
  if (state.exit !== null) return { state, output, status: "exited", code: state.exit, pending: [] };
  const main = machine.main();
  const pending = state.processes.flatMap((process) => pendingOf(process, state));
  if (isSpent) return { state, output, status: "budget", code: 0, pending };
  if (main?.interactive && main.stack.length === 0) return { state, output, status: "idle", code: main.status, pending };
  return { state, output, status: "waiting", code: 0, pending };
}

function pendingOf(process: Process, state: ShellState): Pending[] {
  const frame = process.stack.at(-1);
  if (frame?.k === "sleep") return [{ type: "sleep", id: frame.id, millis: frame.millis }];
  if (frame?.k === "timeout") return [{ type: "sleep", id: frame.id, millis: frame.millis }];
  if (frame?.k === "host" && frame.started) return [{ type: "command", id: frame.id, argv: frame.argv, isExec: frame.isExec }];
  const reads = frame?.k === "read" || frame?.k === "text" || frame?.k === "again";
  return reads && process.fds["0"]?.k === "input" && state.input.open ? [{ type: "input" }] : [];
}

/** The state after a pending command or sleep has ended. Unknown ids change nothing. Step it afterwards. */
export function resume(state: ShellState, id: number, result: CommandResult): ShellState {
  return deliverResult(state, id, result, true);
}

/** The state after a command under way has written something without ending. */
export function feed(state: ShellState, id: number, chunk: { readonly stdout?: string; readonly stderr?: string }): ShellState {
  return deliverResult(state, id, { status: 0, ...chunk }, false);
}

function deliverResult(state: ShellState, id: number, result: CommandResult, ended: boolean): ShellState {
  const isAwaited = state.processes.some((process) => process.stack.some((frame) => (frame.k === "host" || frame.k === "sleep" || frame.k === "timeout") && frame.id === id));
  if (!isAwaited) return state;
  const next = copyState(state);
  const before = next.results[String(id)];
  next.results[String(id)] = {
    status: result.status,
    stdout: (before?.stdout ?? "") + (result.stdout ?? ""),
    stderr: (before?.stderr ?? "") + (result.stderr ?? ""),
    ended,
  };
  return next;
}

/** The state after something was typed; `end` is Ctrl-D. */
export function typeInput(state: ShellState, text: string, end = false): ShellState {
  const next = copyState(state);
  next.input = { text: (next.input.text + text).slice(-1_000_000), open: next.input.open && !end };
  return next;
}

/** Gives an idle interactive shell its next line (or lines). */
export function enter(state: ShellState, source: string): ShellState {
  const next = copyState(state);
  const main = next.processes.find(({ pid }) => pid === next.mainPid);
  if (!main) return state;
  try {
    main.stack.push({ k: "seq", n: parseInto(next.code, source, main.bash, main.aliases), i: 0 });
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    fail(next, main, error);
  }
  return next;
}

/** Does this text need more lines before it makes sense (an open quote, `if` without `fi`, a here-document)? */
export function isIncomplete(source: string, isBash = false): boolean {
  const result = parse(source, isBash);
  return "error" in result && /unexpected end of file|unterminated quoted string|EOF in backquote|missing '\}'|missing '\)\)'/.test(result.error.message);
}

/**
 * The state after a signal (`"SIGTERM"`, `"TERM"`, `"15"`) to the shell itself. A trap runs at the next {@link step}, after the
 * command in the foreground; without one the shell ends with 128 + n at once, unless it is process 1, which takes no notice.
 * SIGKILL always ends it.
 */
export function signal(state: ShellState, name: string, host: ShellHost): ShellState {
  const known = signalName(name);
  if (known === undefined || state.exit !== null) return state;
  const machine = new Machine(copyState(state), host, rules, 0);
  const main = machine.main();
  if (known === "KILL" && main) machine.end(main, 137);
  else deliver(machine, state.mainPid, known);
  return machine.state;
}

/** A copy that shares only the program, whose parts never change. */
function copyState(state: ShellState): ShellState {
  const { code, ...rest } = state;
  return { ...copyJson(rest), code: { nodes: [...code.nodes], roots: { ...code.roots } } };
}

function copyJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => copyJson(item)) as T;
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = copyJson(item);
  return copy as T;
}

/** Most rounds of a shell inside a command: each ends with something it waits for. */
const ROUNDS = 200;

/**
 * Runs a command line at once, for commands that run others (`awk`, `find -exec`).
 *
 * @simplified No time passes meanwhile: sleeps are over at once, and a program that would take time is not run.
 */
function runNested(host: ShellHost, { source, stdin, env, cwd, nesting }: NestedOptions): { readonly status: number; readonly stdout: string; readonly stderr: string } {
  let state = { ...startShell({ source, stdin, env, cwd, pid: 2 }), nesting };
  const text = { 1: "", 2: "" };
  for (let round = 0; round < ROUNDS; round += 1) {
    const result = step(state, host);
    for (const chunk of result.output) text[chunk.fd] += chunk.text;
    if (result.status === "exited") return { status: result.code, stdout: text[1], stderr: text[2] };
    const waits = result.pending.find((item) => item.type !== "input");
    if (result.status !== "waiting" || !waits) break;
    const answer = waits.type === "sleep" ? { status: 0 } : { status: 126, stderr: `sh: ${waits.argv[0] ?? ""}: cannot be waited for here\n` };
    state = { ...resume(result.state, waits.id, answer), nesting };
  }
  return { status: 126, stdout: text[1], stderr: `${text[2]}sh: ${source.split("\n")[0] ?? ""}: it does not end\n` };
}
