import { setElements } from "./arrays";
import { attempt } from "./attempt";
import type { CommandIo } from "./host";
import type { Machine } from "./machine";
import { failedWith, worded } from "./commands/wording";
import { deliver } from "./builtins/jobs";
import { readLine } from "./builtins/read";
import { runArgv } from "./run-simple";
import type { Frame, Process } from "./state";

/** Small steps a command of the host counts as: it does far more than a word of the shell. */
const HOST_COMMAND = 200;

/** One step of a frame that may have to wait. False while it waits. */
export function tickBlocked(machine: Machine, process: Process, frame: Frame): boolean {
  switch (frame.k) {
    case "subst": return tickSubstitution(machine, process, frame);
    case "children": return tickChildren(machine, process, frame);
    case "text": return tickText(machine, process, frame);
    case "host": return tickHost(machine, process, frame);
    case "sleep": {
      if (!takeResult(machine, frame.id)) return false;
      process.status = 0;
      machine.pop(process);
      return true;
    }
    case "read": return tickRead(machine, process, frame);
    case "wait": return tickWait(machine, process, frame);
    case "timeout": return tickTimeout(machine, process, frame);
    case "again": {
      // A builtin that wants all of its input: tried again once the input has ended.
      const descriptor = process.fds["0"];
      const { text, ended } = machine.read(process, 0);
      machine.unread(process, 0, text);
      if (!ended && descriptor) return false;
      machine.pop(process);
      runArgv(machine, process, frame.argv, true);
      return true;
    }
    case "each": return tickEach(machine, process, frame);
    default:
      machine.pop(process);
      return true;
  }
}

function takeResult(machine: Machine, id: number): { status: number } | undefined {
  const result = machine.state.results[String(id)];
  if (!result?.ended) return undefined;
  delete machine.state.results[String(id)];
  return result;
}

function tickSubstitution(machine: Machine, process: Process, frame: Extract<Frame, { k: "subst" }>): boolean {
  const child = machine.find(frame.pid);
  if (child && !child.done) return false;
  const whole = machine.state.pipes[String(frame.pipe)] ?? "";
  const text = whole.replace(/\n+$/, "");
  const cut = whole.slice(text.length);
  delete machine.state.pipes[String(frame.pipe)];
  machine.forget(frame.pid);
  machine.pop(process);
  const waiting = process.stack.at(-1);
  if (waiting && "subs" in waiting) waiting.subs.push({ text, status: child?.status ?? 0, ...(process.bash && cut !== "" ? { cut } : {}) });
  return true;
}

function tickChildren(machine: Machine, process: Process, frame: Extract<Frame, { k: "children" }>): boolean {
  const children = frame.pids.map((pid) => machine.find(pid));
  if (children.some((child) => child && !child.done)) return false;
  const statuses = children.map((child) => child?.status ?? 0);
  const failed = statuses.filter((status) => status !== 0).at(-1) ?? 0;
  process.status = process.options.pipefail ? failed : (statuses.at(-1) ?? 2);
  for (const pid of frame.pids) machine.forget(pid);
  if (process.bash && frame.pipeline) setElements(process, "PIPESTATUS", statuses.map((status) => [undefined, String(status)] as const));
  machine.pop(process);
  collectPipes(machine);
  return true;
}

/** Forgets pipes and files that no descriptor leads to any more. */
function collectPipes(machine: Machine): void {
  const { state } = machine;
  if (Object.keys(state.pipes).length + Object.keys(state.files).length < 8) return;
  const used = new Set<string>();
  for (const process of state.processes) {
    const tables = [process.fds, ...process.stack.flatMap((frame) => (frame.k === "restore" ? [frame.fds] : []))];
    for (const fd of tables.flatMap((table) => Object.values(table))) if ("id" in fd) used.add(String(fd.id));
    for (const frame of process.stack) if (frame.k === "subst") used.add(String(frame.pipe));
  }
  for (const id of Object.keys(state.pipes)) if (!used.has(id)) delete state.pipes[id];
  for (const id of Object.keys(state.files)) if (!used.has(id)) delete state.files[id];
}

function tickText(machine: Machine, process: Process, frame: Extract<Frame, { k: "text" }>): boolean {
  const [name = "", ...args] = frame.argv;
  const command = machine.host.commands.get(name);
  if (!command) {
    machine.pop(process);
    process.status = 127;
    return true;
  }
  const finish = (io: CommandIo): true => {
    const result = command.run(args, io);
    machine.pop(process);
    emit(machine, process, inWords(machine, result));
    if (!process.done) process.status = frame.ran && result.status === 1 && frame.status === 0 ? 0 : failedWith(machine.host.tools, name, result) & 255;
    return true;
  };
  if (!command.readsStdin?.(args)) return finish(machine.io(process, ""));
  const { text, ended } = machine.read(process, 0);
  frame.stdin += text;
  if (ended && frame.ran && frame.stdin === "") {
    machine.pop(process);
    process.status = frame.status;
    return true;
  }
  if (ended || (text !== "" && command.hasEnough?.(args, frame.stdin) === true)) return finish(machine.io(process, frame.stdin));
  const lines = command.isLinewise?.(args) ? frame.stdin.lastIndexOf("\n") + 1 : 0;
  if (lines === 0) return text !== "";
  const result = command.run(args, machine.io(process, frame.stdin.slice(0, lines)));
  frame.stdin = frame.stdin.slice(lines);
  frame.status = frame.ran ? Math.min(frame.status, result.status) : result.status;
  frame.ran = true;
  emit(machine, process, inWords(machine, result));
  return true;
}

function inWords(machine: Machine, result: { readonly stdout?: string; readonly stderr?: string }): { readonly stdout?: string; readonly stderr?: string } {
  return result.stderr === undefined || machine.host.tools === undefined ? result : { ...result, stderr: worded(machine.host.tools, result.stderr) };
}

function emit(machine: Machine, process: Process, result: { readonly stdout?: string; readonly stderr?: string }): void {
  machine.write(process, 2, result.stderr ?? "");
  if (!process.done) machine.write(process, 1, result.stdout ?? "");
}

function tickHost(machine: Machine, process: Process, frame: Extract<Frame, { k: "host" }>): boolean {
  if (!frame.started) return startHost(machine, process, frame);
  const result = machine.state.results[String(frame.id)];
  if (!result) return false;
  const { stdout, stderr, ended } = result;
  result.stdout = "";
  result.stderr = "";
  emit(machine, process, { stdout, stderr });
  if (process.done) return true;
  if (!ended) return stdout !== "" || stderr !== "";
  delete machine.state.results[String(frame.id)];
  machine.pop(process);
  process.status = result.status & 255;
  return true;
}

function startHost(machine: Machine, process: Process, frame: Extract<Frame, { k: "host" }>): boolean {
  const isTerminal = process.fds["0"]?.k === "input" && machine.state.input.open;
  if (!isTerminal) {
    const { text, ended } = machine.read(process, 0);
    frame.stdin += text;
    if (!ended) return text !== "";
  }
  const { id, argv, isExec } = frame;
  const stdin = isTerminal ? undefined : frame.stdin;
  frame.started = true;
  frame.stdin = "";
  machine.budget -= HOST_COMMAND;
  const answer = machine.host.run({ id, argv, stdin, env: machine.environment(process), cwd: process.cwd, isExec });
  if (answer === "later") {
    machine.state.results[String(id)] ??= { status: 0, stdout: "", stderr: "", ended: false };
    return true;
  }
  machine.pop(process);
  if (answer) {
    emit(machine, process, answer);
    if (!process.done) process.status = answer.status & 255;
  } else {
    machine.complainMissing(process, argv[0] ?? "");
    process.status = 127;
  }
  return true;
}

function tickRead(machine: Machine, process: Process, frame: Extract<Frame, { k: "read" }>): boolean {
  const status = readLine(machine, process, frame.args);
  if (status === undefined) return false;
  machine.pop(process);
  process.status = status;
  return true;
}

function tickWait(machine: Machine, process: Process, frame: Extract<Frame, { k: "wait" }>): boolean {
  const children = machine.state.processes.filter((other) => other.parent === process.pid && !other.done);
  const { pids } = frame;
  if (pids === null ? children.length > 0 : children.some((child) => pids.includes(child.pid))) return false;
  const last = pids?.at(-1);
  process.status = last === undefined ? 0 : (machine.state.jobs[String(last)] ?? 127);
  for (const pid of pids ?? Object.keys(machine.state.jobs)) delete machine.state.jobs[String(pid)];
  machine.pop(process);
  return true;
}

/** What `timeout` answers for a command that took too long, and what one ended by SIGKILL has. */
const TIMED_OUT = 124;
const KILLED = 137;

function tickTimeout(machine: Machine, process: Process, frame: Extract<Frame, { k: "timeout" }>): boolean {
  const child = machine.find(frame.pid);
  if (!child || child.done) {
    process.status = child?.status ?? 0;
    // busybox passes on how the command ended; coreutils has a number of its own, unless it had to kill.
    if (frame.late && !frame.keepsStatus && process.status !== KILLED) process.status = TIMED_OUT;
  } else if (takeResult(machine, frame.id)) {
    deliver(machine, frame.pid, frame.late ? "KILL" : frame.signal);
    if (!frame.late && frame.kill !== undefined) {
      frame.id = machine.nextId();
      frame.millis = frame.kill;
    } else frame.millis = null;
    frame.late = true;
    return true;
  } else {
    return false;
  }
  machine.forget(frame.pid);
  delete machine.state.results[String(frame.id)];
  machine.pop(process);
  return true;
}

function tickEach(machine: Machine, process: Process, frame: Extract<Frame, { k: "each" }>): boolean {
  if (frame.i > 0 && process.status === 255) {
    machine.write(process, 2, `xargs: ${frame.argvs[frame.i - 1]?.[0] ?? ""}: exited with status 255; aborting\n`);
    process.status = 124;
    machine.pop(process);
    return true;
  }
  if (frame.i > 0 && process.status !== 0) frame.worst = process.status;
  const argv = frame.argvs[frame.i];
  if (!argv) {
    process.status = frame.worst === 0 ? 0 : frame.worst > 125 ? frame.worst : 123;
    machine.pop(process);
    return true;
  }
  frame.i += 1;
  attempt(machine, process, () => runArgv(machine, process, argv, true));
  return true;
}
