import { HARMLESS, SIGNALS } from "../signals";
import type { Machine } from "../machine";
import type { Process } from "../state";
import { type Builtin, fail } from "./builtin";
import { readLine } from "./read";

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };

/** A duration as `sleep` and `timeout` take it, in milliseconds; `infinity` is null, nonsense undefined. */
export function parseDuration(text: string): number | null | undefined {
  if (text === "infinity" || text === "inf") return null;
  const match = /^(\d{1,12}(?:\.\d{0,9})?|\.\d{1,9})([smhd]?)$/.exec(text);
  return match ? Math.round(Number(match[1]) * 1000 * (UNITS[match[2] ?? ""] ?? 1)) : undefined;
}

const sleep: Builtin = (machine, process, args) => {
  if (args.length === 0) return fail(machine, process, "sleep: missing operand");
  let total: number | null = 0;
  for (const arg of args) {
    const millis = parseDuration(arg);
    if (millis === undefined) return fail(machine, process, `sleep: invalid number '${arg}'`);
    total = total === null || millis === null ? null : total + millis;
  }
  machine.push(process, { k: "sleep", id: machine.nextId(), millis: total });
  return undefined;
};

const wait: Builtin = (machine, process, args) => {
  const pids = args.map((arg) => (/^%\d*$/.test(arg) ? process.lastJob : Number(arg)));
  const bad = args.find((_, i) => !Number.isInteger(pids[i]));
  if (bad !== undefined) return fail(machine, process, `wait: Illegal number: ${bad}`, 2);
  machine.push(process, { k: "wait", pids: args.length === 0 ? null : pids });
  return undefined;
};

/** A signal's name without `SIG`, from a name or a number. `EXIT` is 0. */
export function signalName(text: string): string | undefined {
  const name = text.toUpperCase().replace(/^SIG/, "");
  if (name === "0" || name === "EXIT") return "EXIT";
  if (Object.hasOwn(SIGNALS, name)) return name;
  return Object.keys(SIGNALS).find((known) => String(SIGNALS[known]) === name);
}

/** `kill -l`: all signals by number, or one by name or by the status it ends with. */
function listed(asked: readonly string[]): string {
  if (asked.length === 0) return Object.entries(SIGNALS).map(([name, number]) => `${String(number).padStart(2)}) ${name}\n`).join("");
  return asked.map((text) => {
    const number = Number(text) > 128 ? Number(text) - 128 : Number(text);
    const name = Object.keys(SIGNALS).find((known) => SIGNALS[known] === number);
    return `${name ?? SIGNALS[text.toUpperCase().replace(/^SIG/, "")] ?? text}\n`;
  }).join("");
}

const kill: Builtin = (machine, process, args) => {
  let signal: string | undefined = "TERM";
  let first = 0;
  if (args[0] === "-l") {
    machine.write(process, 1, listed(args.slice(1)));
    return 0;
  }
  if (args[0] === "-s") {
    signal = signalName(args[1] ?? "");
    first = 2;
  } else if (/^-./.test(args[0] ?? "") && args[0] !== "--") {
    signal = signalName((args[0] ?? "").slice(1));
    first = 1;
  }
  if (signal === undefined) return fail(machine, process, `kill: bad signal name '${args[first - 1] ?? ""}'`);
  const targets = args.slice(first).filter((arg) => arg !== "--");
  if (targets.length === 0) return fail(machine, process, "kill: you need to specify whom to kill");
  let status = 0;
  for (const target of targets) {
    const pid = /^%/.test(target) ? process.lastJob : Number(target);
    if (!Number.isInteger(pid)) status = fail(machine, process, `kill: invalid number '${target}'`);
    else if (!deliver(machine, pid, signal)) status = tellHost(machine, process, args, pid, target);
  }
  return process.done || process.stack.at(-1)?.k === "host" ? undefined : status;
};

/** Processes the shell does not own belong to the host, if it knows `kill`. */
function tellHost(machine: Machine, process: Process, args: readonly string[], pid: number, target: string): number {
  if (machine.host.knows("kill")) {
    machine.push(process, { k: "host", id: machine.nextId(), argv: ["kill", ...args], isExec: false, started: false, stdin: "" });
    return 0;
  }
  return fail(machine, process, `kill: can't kill pid ${Number.isInteger(pid) ? pid : target}: No such process`);
}

/** Sends a signal to one of the shell's processes. False when there is no such process. */
export function deliver(machine: Machine, pid: number, signal: string): boolean {
  const target = machine.find(pid);
  if (!target || target.done) return false;
  if (signal === "EXIT" || signal === "CHLD" || signal === "CONT") return true;
  const trap = Object.hasOwn(target.traps, signal) ? target.traps[signal] : undefined;
  if (trap !== undefined && signal !== "KILL" && signal !== "STOP") {
    if (trap !== "") target.signals.push(signal);
    return true;
  }
  // The kernel shields process 1 of a container from signals it has no handler for.
  if (pid === 1 && pid === machine.state.mainPid) return true;
  if (target.interactive) {
    if (signal === "INT") {
      interrupt(machine, target);
      return true;
    }
    if (signal === "TERM" || signal === "QUIT") return true;
  }
  if (!HARMLESS.has(signal)) endTree(machine, target, 128 + (SIGNALS[signal] ?? 15));
  return true;
}

/** Ctrl-C at a terminal: the command in the foreground ends, the shell goes on. */
function interrupt(machine: Machine, shell: Process): void {
  const foreground = shell.stack.flatMap((frame) => (frame.k === "children" ? frame.pids : frame.k === "subst" || frame.k === "timeout" ? [frame.pid] : []));
  for (const pid of foreground) {
    const child = machine.find(pid);
    if (child) endTree(machine, child, 130);
    machine.forget(pid);
  }
  machine.unwind(shell, 0);
  shell.status = 130;
}

function endTree(machine: Machine, process: Process, status: number): void {
  const awaited = new Set(process.stack.flatMap((frame) => (frame.k === "children" ? frame.pids : frame.k === "subst" || frame.k === "timeout" ? [frame.pid] : [])));
  machine.end(process, status);
  for (const child of machine.state.processes.filter((other) => awaited.has(other.pid))) {
    endTree(machine, child, status);
    machine.forget(child.pid);
  }
}

const trap: Builtin = (machine, process, args) => {
  const isBash = machine.dialect(process) === "bash";
  const words = args[0] === "--" || (process.bash && args[0] === "-p") ? args.slice(1) : args;
  if (words.length === 0 || (process.bash && args[0] === "-p")) {
    const shown = (name: string): string => (isBash && Object.hasOwn(SIGNALS, name) ? `SIG${name}` : name);
    machine.write(process, 1, Object.entries(process.traps).map(([name, action]) => `trap -- '${action.replaceAll("'", `'"'"'`)}' ${shown(name)}\n`).join(""));
    return 0;
  }
  const [action = "", ...names] = words.length === 1 ? ["-", ...words] : words;
  for (const text of names) {
    const name = process.bash && (text === "ERR" || text === "DEBUG" || text === "RETURN") ? text : signalName(text);
    if (name === undefined) return fail(machine, process, `trap: ${text}: invalid signal specification`);
    if (action === "-") delete process.traps[name];
    else process.traps[name] = action;
  }
  return 0;
};

const read: Builtin = (machine, process, args) => {
  const status = readLine(machine, process, args, true);
  if (status === undefined) machine.push(process, { k: "read", args: [...args] });
  return status;
};

const list: Builtin = (machine, process) => {
  const children = machine.state.processes.filter((other) => other.parent === process.pid && !other.done);
  machine.write(process, 1, children.map((child, i) => `[${i + 1}]+  Running                    ${child.name}\n`).join(""));
  return 0;
};

/** Waiting, signals and background jobs. */
export const jobs: Readonly<Record<string, Builtin>> = { sleep, wait, kill, trap, read, jobs: list };
