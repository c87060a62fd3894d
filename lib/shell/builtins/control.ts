import type { Frame, Process } from "../state";
import { resolvePath } from "../path";
import { type Builtin, fail } from "./builtin";
import { escapeEcho } from "./escapes";

function count(args: readonly string[]): number {
  const value = Number(args[0] ?? "1");
  return Number.isInteger(value) && value > 0 ? value : 1;
}

/** Leaves loops: `break` ends the nth, `continue` starts its next round. */
function leave(isBreak: boolean): Builtin {
  return (machine, process, args) => {
    let left = count(args);
    if (machine.dialect(process) === "bash" && !process.stack.some(({ k }) => k === "loop" || k === "for")) return fail(machine, process, `${isBreak ? "break" : "continue"}: only meaningful in a \`for', \`while', or \`until' loop`, 0);
    for (let i = process.stack.length - 1; i >= 0; i--) {
      const frame = process.stack[i] as Frame;
      if (frame.k === "call" || frame.k === "source") break;
      if (frame.k !== "loop" && frame.k !== "for") continue;
      left -= 1;
      const isOutermost = !process.stack.slice(0, i).some((other) => other.k === "loop" || other.k === "for");
      if (left > 0 && !isOutermost) continue;
      machine.unwind(process, isBreak ? i : i + 1);
      process.status = 0;
      if (frame.k === "loop" && !isBreak) {
        frame.phase = "next";
        frame.last = 0;
      }
      return undefined;
    }
    return 0;
  };
}

const leaveFunction: Builtin = (machine, process, args) => {
  const status = args[0] === undefined ? process.status : Number(args[0]) & 255;
  const at = process.stack.findLastIndex((frame) => frame.k === "call" || frame.k === "source");
  if (at < 0 && machine.dialect(process) === "bash") return fail(machine, process, "return: can only `return' from a function or sourced script", 1);
  if (at < 0) {
    machine.exit(process, status);
    return undefined;
  }
  machine.unwind(process, at);
  return status;
};

const exit: Builtin = (machine, process, args) => {
  const [text] = args;
  if (text !== undefined && !/^\d+$/.test(text)) {
    machine.complain(process, `exit: Illegal number: ${text}`);
    machine.exit(process, 2);
    return undefined;
  }
  const trap = process.stack.findLast((frame) => frame.k === "exit" || frame.k === "trap");
  machine.exit(process, text === undefined ? (trap?.k === "trap" || trap?.k === "exit" ? trap.status : process.status) : Number(text) & 255);
  return undefined;
};

const evaluate: Builtin = (machine, process, args) => {
  const n = machine.parse(args.join(" "), process);
  process.status = 0;
  machine.begin(process, n);
  return undefined;
};

const source: Builtin = (machine, process, args) => {
  const [file, ...rest] = args;
  if (file === undefined) return fail(machine, process, ".: filename argument required", 2);
  const content = machine.host.fs.readFile(resolvePath(process.cwd, file));
  if ("error" in content) {
    machine.complain(process, `.: can't open '${file}': No such file or directory`);
    if (!process.interactive) machine.exit(process, 2);
    return process.interactive ? 2 : undefined;
  }
  machine.push(process, { k: "source", args: rest.length > 0 ? process.args : null });
  if (rest.length > 0) process.args = rest;
  process.status = 0;
  machine.begin(process, machine.parse(content.text, process));
  return undefined;
};

const echo: Builtin = (machine, process, args) => {
  let newline = true;
  let isEscaped = false;
  let first = 0;
  // dash knows -n, and reads backslashes without being told.
  const isDash = machine.dialect(process) === "dash";
  if (isDash) isEscaped = true;
  for (; (isDash ? /^-n$/ : /^-[neE]+$/).test(args[first] ?? "") && !(isDash && first > 0); first++) {
    const flags = args[first] as string;
    if (flags.includes("n")) newline = false;
    if (flags.includes("e")) isEscaped = true;
    if (flags.lastIndexOf("E") > flags.lastIndexOf("e")) isEscaped = false;
  }
  const text = args.slice(first).join(" ");
  if (!isEscaped) return print(machine, process, newline ? `${text}\n` : text);
  const escaped = escapeEcho(text);
  return print(machine, process, newline && !escaped.isCut ? `${escaped.text}\n` : escaped.text);
};

function print(machine: Parameters<Builtin>[0], process: Process, text: string): number {
  return machine.write(process, 1, text) ? 0 : process.status;
}

/** Flow of control, and the simplest output. */
export const control: Readonly<Record<string, Builtin>> = {
  ":": () => 0,
  true: () => 0,
  false: () => 1,
  echo,
  break: leave(true),
  continue: leave(false),
  return: leaveFunction,
  exit,
  eval: evaluate,
  ".": source,
  source,
};
