import type { Expansion } from "./expand";
import { reasonOf } from "./commands/files";
import type { Machine } from "./machine";
import { parentOf, resolvePath } from "./path";
import type { Descriptor, Process, ReadyRedirection } from "./state";
import type { Redirection } from "./syntax-tree";

/** Expands the targets of redirections. */
export function readyRedirections(redirections: readonly Redirection[], expansion: Expansion): ReadyRedirection[] {
  return redirections.map(({ op, fd, word }) => ({ op, fd, target: expansion.text(word) }));
}

/** Applies redirections to a process in order. False (with a complaint) at the first that fails. */
export function redirect(machine: Machine, process: Process, redirections: readonly ReadyRedirection[]): boolean {
  process.fds = { ...process.fds };
  return redirections.every((redirection) => redirectOne(machine, process, redirection));
}

function redirectOne(machine: Machine, process: Process, { op, fd, target }: ReadyRedirection): boolean {
  const isInput = op === "<" || op === "<<" || op === "<<<" || op === "<&" || op === "<>";
  const key = String(fd >= 0 ? fd : isInput ? 0 : 1);
  if (op === "<<" || op === "<<<") {
    process.fds[key] = { k: "pipe", id: machine.newPipe(op === "<<<" ? `${target}\n` : target), end: "r" };
    return true;
  }
  if (op === ">&" || op === "<&") {
    if (target === "-") {
      delete process.fds[key];
      return true;
    }
    if (/^\d+$/.test(target)) {
      const source = process.fds[target];
      if (!source) return refuse(machine, process, `${target}: Bad file descriptor`);
      process.fds[key] = source;
      return true;
    }
  }
  const opened = open(machine, process, op, target);
  if (!opened) return false;
  process.fds[key] = opened;
  if (op === "&>" || op === "&>>" || (op === ">&" && fd < 0)) process.fds["2"] = opened;
  return true;
}

function refuse(machine: Machine, process: Process, message: string): false {
  machine.complain(process, message);
  return false;
}

function open(machine: Machine, process: Process, op: ReadyRedirection["op"], target: string): Descriptor | undefined {
  const path = resolvePath(process.cwd, target);
  const special = specialFile(machine, process, path);
  if (special) return special;
  const { fs } = machine.host;
  const stat = fs.stat(path);
  if (op === ">" && process.options.C && stat?.type === "file") {
    refuse(machine, process, machine.dialect(process) === "bash" ? `${target}: cannot overwrite existing file` : `can't create ${target}: File exists`);
    return undefined;
  }
  if (op === "<") {
    const content = stat?.type === "directory" ? undefined : fs.readFile(path);
    if (target === "" || !stat) refuse(machine, process, `can't open ${target}: no such file`);
    else if (stat.type === "directory") return { k: "null" };
    else if (content && "error" in content) refuse(machine, process, `can't open ${target}: Permission denied`);
    else return openFile(machine, path, 0, false);
    return undefined;
  }
  if (target === "" || (!stat && fs.stat(parentOf(path))?.type !== "directory")) {
    refuse(machine, process, `can't create ${target}: nonexistent directory`);
    return undefined;
  }
  const isAppend = op === ">>" || op === "&>>" || op === "<>";
  const error = stat?.type === "directory" ? "EISDIR" : fs.writeFile(path, "", isAppend);
  if (error !== undefined) {
    refuse(machine, process, `can't create ${target}: ${reasonOf(error)}`);
    return undefined;
  }
  return openFile(machine, path, 0, op === ">>" || op === "&>>");
}

function openFile(machine: Machine, path: string, at: number, append: boolean): Descriptor {
  const id = machine.nextId();
  machine.state.files[String(id)] = { path, at, append };
  return { k: "file", id };
}

function specialFile(machine: Machine, process: Process, path: string): Descriptor | undefined {
  if (path === "/dev/null") return { k: "null" };
  if (path === "/dev/tty") return { k: "terminal", fd: 1 };
  const numbered = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d)$/.exec(path)?.[1];
  const named = { "/dev/stdin": "0", "/dev/stdout": "1", "/dev/stderr": "2" }[path] ?? numbered;
  if (named !== undefined) return process.fds[named];
  // The first process's own output is what the container logs.
  const first = /^\/proc\/1\/fd\/([12])$/.exec(path)?.[1];
  return first === undefined ? undefined : (machine.main()?.fds[first] ?? { k: "terminal", fd: first === "1" ? 1 : 2 });
}
