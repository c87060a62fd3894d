import { ExpansionError, setVariable } from "./expand";
import type { Machine } from "./machine";
import { setElement, setElements } from "./arrays";
import { baseOf, resolvePath } from "./path";
import { redirect } from "./redirect";
import type { Process, ReadyRedirection, Variable } from "./state";
import { ShellSyntaxError } from "./syntax-tree";

/** An assignment after expansion: a value, an element, or a whole array. */
export interface ReadyAssignment {
  readonly name: string;
  readonly value: string;
  readonly key?: string;
  readonly items?: readonly (readonly [key: string | undefined, value: string])[];
  readonly isAppended?: true;
  /** Made once the command has declared what it is. */
  readonly late?: true;
}

function assign(process: Process, { name, value, key, items, isAppended }: ReadyAssignment, isExported?: boolean): void {
  if (items) setElements(process, name, items, isAppended);
  else if (key !== undefined) setElement(process, name, key, value);
  else setVariable(process, name, value, isExported);
}

/** A simple command after expansion. */
export interface SimpleCommand {
  readonly argv: readonly string[];
  readonly redirections: readonly ReadyRedirection[];
  readonly assigns: readonly ReadyAssignment[];
  /** Status of the last command substitution, which is the command's own when there is no other. */
  readonly substitutionStatus: number | undefined;
}

const SPECIAL = new Set(["exec", "export", "readonly", "set", "shift", "unset", "return", "break", "continue", "exit", ":", ".", "eval", "trap"]);

/** Runs a simple command: variables, a function, a builtin, an installed command or a program of the host. */
export function runSimple(machine: Machine, process: Process, command: SimpleCommand): void {
  const { argv, redirections } = command;
  const assigns = command.assigns.filter(({ late }) => late !== true);
  for (const { name } of assigns) {
    if (Object.hasOwn(process.vars, name) && process.vars[name]?.r) throw new ExpansionError(`${name}: is read only`, process.bash ? 1 : 2);
  }
  if (process.options.x) trace(machine, process, command);
  const [name = ""] = argv;
  const keepsDescriptors = name === "exec" && argv.length === 1;
  if (redirections.length > 0) {
    if (!keepsDescriptors) machine.push(process, { k: "restore", fds: { ...process.fds } });
    if (!redirect(machine, process, redirections)) {
      process.status = machine.dialect(process) === "dash" ? 2 : 1;
      if (SPECIAL.has(name) && !process.interactive && machine.dialect(process) !== "bash") machine.exit(process, 2);
      return;
    }
  }
  if (argv.length === 0) {
    for (const one of assigns) assign(process, one);
    process.status = command.substitutionStatus ?? 0;
    return;
  }
  if (assigns.length > 0) {
    if (!SPECIAL.has(name)) machine.push(process, { k: "env", saved: saveVariables(process, assigns) });
    for (const one of assigns) assign(process, one, SPECIAL.has(name) ? undefined : true);
  }
  runArgv(machine, process, argv);
  for (const one of command.assigns) if (one.late) assign(process, one);
}

function trace(machine: Machine, process: Process, { argv, assigns }: SimpleCommand): void {
  const quoted = machine.dialect(process) === "dash" ? (text: string): string => text : quoteForTrace;
  const shown = [...assigns.map(({ name, value }) => `${name}=${quoted(value)}`), ...argv.map(quoted)];
  // bash writes each assignment that stands alone on a line of its own.
  const lines = argv.length === 0 && machine.dialect(process) === "bash" ? shown : [shown.join(" ")];
  for (const line of lines) machine.write(process, 2, `${process.vars["PS4"]?.v ?? "+ "}${line}\n`);
}

function quoteForTrace(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

function saveVariables(process: Process, assigns: readonly { readonly name: string }[]): Record<string, Variable | null> {
  const saved: Record<string, Variable | null> = {};
  for (const { name } of assigns) saved[name] = Object.hasOwn(process.vars, name) ? (process.vars[name] ?? null) : null;
  return saved;
}

/** Builtins of bash that a shell of another name does not know. */
const BASH_ONLY: ReadonlySet<string> = new Set(["declare", "typeset", "mapfile", "readarray", "shopt", "pushd", "popd", "dirs", "enable", "disown", "caller"]);

/** Builtins of busybox's shell that dash does not know. */
const DASH_LACKS: ReadonlySet<string> = new Set(["source", "let", "builtin"]);

/** Runs a command given by its words. `skipFunctions`: as `command NAME` does. */
export function runArgv(machine: Machine, process: Process, argv: readonly string[], skipFunctions = false): void {
  const [name = "", ...args] = argv;
  if (!skipFunctions && Object.hasOwn(process.functions, name)) {
    machine.push(process, { k: "call", args: process.args, name, locals: {} });
    process.args = args;
    if (!process.done) machine.begin(process, process.functions[name] as number);
    return;
  }
  const builtin = (process.bash || !BASH_ONLY.has(name)) && !(DASH_LACKS.has(name) && machine.dialect(process) === "dash") ? machine.rules.builtins.get(name) : undefined;
  if (builtin) {
    const status = builtin(machine, process, args);
    if (typeof status === "number" && !process.done) process.status = status;
    return;
  }
  runProgram(machine, process, argv);
}

const PROGRAM_PATH = /^\/(?:usr\/|opt\/[^/]+\/|usr\/local\/[^/]+\/|usr\/share\/[^/]+\/)?(?:local\/)?s?bin\/[^/]+$/;

function runProgram(machine: Machine, process: Process, argv: readonly string[]): void {
  const [name = ""] = argv;
  if (name.includes("/") || name === "") {
    const path = resolvePath(process.cwd, name);
    const stat = machine.host.fs.stat(path);
    if (stat && stat.type !== "device" && name !== "") return runFile(machine, process, argv, path, stat.type === "directory" || (stat.mode & 0o111) === 0);
    if (!PROGRAM_PATH.test(path) || !isKnown(machine, baseOf(path))) return notFound(machine, process, name);
    const builtin = machine.rules.builtins.get(baseOf(path));
    if (builtin) {
      const status = builtin(machine, process, argv.slice(1));
      if (typeof status === "number" && !process.done) process.status = status;
      return;
    }
    return startProgram(machine, process, [baseOf(path), ...argv.slice(1)]);
  }
  startProgram(machine, process, argv);
}

/** Is there a builtin, a command or a program of this name? */
export function isKnown(machine: Machine, name: string): boolean {
  return machine.rules.builtins.has(name) || machine.host.commands.has(name) || machine.host.knows(name);
}

function startProgram(machine: Machine, process: Process, argv: readonly string[], isExec = false): void {
  const name = argv[0] as string;
  const command = machine.host.commands.get(name);
  const isEndless = command?.isEndless?.(argv.slice(1)) === true && machine.host.knows(name);
  if (command && !isEndless) machine.push(process, { k: "text", argv: [...argv], stdin: "", ran: false, status: 0 });
  else if (machine.host.knows(name)) machine.push(process, { k: "host", id: machine.nextId(), argv: [...argv], isExec, started: false, stdin: "" });
  else notFound(machine, process, name);
}

function notFound(machine: Machine, process: Process, name: string): void {
  machine.complainMissing(process, name);
  process.status = 127;
}

function runFile(machine: Machine, process: Process, argv: readonly string[], path: string, isForbidden: boolean): void {
  if (isForbidden) {
    const isFolder = machine.dialect(process) === "bash" && machine.host.fs.stat(path)?.type === "directory";
    machine.complain(process, `${argv[0] ?? ""}: ${isFolder ? "Is a directory" : "Permission denied"}`);
    process.status = 126;
    return;
  }
  const content = machine.host.fs.readFile(path);
  if ("error" in content) {
    machine.complain(process, `${argv[0] ?? ""}: Permission denied`);
    process.status = 126;
    return;
  }
  const interpreter = /^#!\s*(\S+)/.exec(content.text)?.[1];
  if (interpreter !== undefined && !/\/(?:env|sh|bash|ash|dash)$/.test(interpreter)) {
    const program = baseOf(interpreter);
    if (machine.host.knows(program)) machine.push(process, { k: "host", id: machine.nextId(), argv: [program, ...argv], isExec: false, started: false, stdin: "" });
    else notFound(machine, process, argv[0] ?? "");
    return;
  }
  // A file of our own making that is no script is a program the host put there.
  if (interpreter === undefined && machine.host.knows(baseOf(path))) return startProgram(machine, process, [baseOf(path), ...argv.slice(1)]);
  startShellChild(machine, process, { source: content.text, name: argv[0] ?? "sh", args: argv.slice(1), bash: /^#!.*\bbash\b/.test(content.text) });
}

/** Starts a new shell as a child (`sh -c …`, a script): only exported variables go along. */
export function startShellChild(machine: Machine, process: Process, script: { source: string; name: string; args: readonly string[]; options?: Process["options"]; bash?: boolean }): void {
  // With nothing left to do a shell makes way for the last one it starts: signals reach the script's own traps.
  const replaces = process.stack.length === 0 && !process.interactive && Object.keys(process.traps).length === 0;
  const child = replaces ? process : machine.fork(process, process.fds);
  if (!child) {
    process.status = 2;
    return;
  }
  for (const [name, variable] of Object.entries(child.vars)) {
    if (!variable.x && name !== "IFS" && name !== "PWD") delete child.vars[name];
  }
  child.vars["IFS"] = { v: " \t\n" };
  child.functions = {};
  child.options = script.options ?? {};
  child.shellPid = child.pid;
  child.name = script.name;
  child.bash = script.bash === true;
  child.args = [...script.args];
  child.status = 0;
  child.lenient = false;
  if (!replaces) machine.push(process, { k: "children", pids: [child.pid], pipeline: false });
  try {
    machine.begin(child, machine.parse(script.source, child));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    machine.complain(child, error.message);
    machine.end(child, 2);
  }
}

/** Replaces the process by a program (`exec`). */
export function execProgram(machine: Machine, process: Process, argv: readonly string[]): void {
  const name = argv[0] ?? "";
  if (process.stack.length > 0) process.stack = [];
  process.traps = {};
  process.interactive = false;
  const program = name.includes("/") ? baseOf(name) : name;
  const isFile = name.includes("/") && machine.host.fs.stat(resolvePath(process.cwd, name)) !== undefined;
  if (isFile || machine.rules.builtins.has(program) || !isKnown(machine, program)) {
    if (!isFile && !isKnown(machine, program)) {
      machine.complain(process, `exec: ${name}: not found`);
      machine.end(process, 127);
      return;
    }
    return runArgv(machine, process, argv, true);
  }
  startProgram(machine, process, [program, ...argv.slice(1)], true);
}
