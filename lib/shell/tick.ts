import { commit, Expansion, ExpansionError, setVariable, SubstitutionNeeded } from "./expand";
import type { Machine } from "./machine";
import { matchPattern } from "./pattern";
import { readyRedirections, redirect } from "./redirect";
import { signalNumber } from "./signals";
import { runSimple, type ReadyAssignment } from "./run-simple";
import { setElements } from "./arrays";
import type { Descriptor, Frame, Process } from "./state";
import { attempt } from "./attempt";
import { testBuiltin } from "./builtins/test";
import { holds } from "./condition";
import { tickBlocked } from "./tick-blocked";
import { type Assignment, type NodeId, ShellSyntaxError } from "./syntax-tree";

/** Takes one small step of a process. False when it cannot move until something else happens. */
export function tick(machine: Machine, process: Process): boolean {
  const frame = process.stack.at(-1);
  if (!frame) return tickEmpty(machine, process);
  const depth = process.stack.length - 1;
  const moved = tickFrame(machine, process, frame);
  // What takes the place of a condition is one too.
  const heir = process.stack[depth];
  if (frame.c && heir && heir !== frame) heir.c = true;
  return moved;
}

function tickFrame(machine: Machine, process: Process, frame: Frame): boolean {
  if (process.signals.length > 0 && (frame.k === "seq" || frame.k === "wait" || frame.k === "read") && !isTrapping(process)) return runTrap(machine, process, frame);
  switch (frame.k) {
    case "seq": return tickSequence(machine, process, frame);
    case "andor": return tickAndOr(machine, process, frame);
    case "not":
      process.status = process.status === 0 ? 1 : 0;
      process.forgiven = true;
      return pop(machine, process);
    case "cmd": return tickCommand(machine, process, frame);
    case "redir": return tickRedirection(machine, process, frame);
    case "if": return tickIf(machine, process, frame);
    case "loop": return tickLoop(machine, process, frame);
    case "for": return tickFor(machine, process, frame);
    case "case": return tickCase(machine, process, frame as Extract<Frame, { k: "case" | "test" | "let" }>);
    case "test": case "let": return tickCondition(machine, process, frame);
    case "trap":
      process.status = frame.status;
      return pop(machine, process);
    case "exit":
      machine.end(process, frame.status);
      return true;
    case "timed":
      machine.write(process, 2, timeText(machine.host.now() - frame.at, machine.dialect(process) === "ash" && process.bash !== true));
      return pop(machine, process);
    case "restore": case "env": case "call": case "source": case "tidy":
      return pop(machine, process);
    default:
      return tickBlocked(machine, process, frame);
  }
}

/** What `time` says in the end; nothing here takes a processor's time. */
function timeText(millis: number, isBusybox: boolean): string {
  const [minutes, seconds] = [Math.floor(millis / 60_000), (millis % 60_000) / 1000];
  if (isBusybox) return `real\t${minutes}m ${seconds.toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`;
  return `\nreal\t${minutes}m${seconds.toFixed(3)}s\nuser\t0m0.000s\nsys\t0m0.000s\n`;
}

function pop(machine: Machine, process: Process): true {
  machine.pop(process);
  return true;
}

function tickEmpty(machine: Machine, process: Process): boolean {
  if (process.interactive) return false;
  machine.exit(process, process.status);
  return true;
}

/** A trap is left to end before the next begins. */
function isTrapping(process: Process): boolean {
  return process.stack.some(({ k }) => k === "trap");
}

function runTrap(machine: Machine, process: Process, frame: Frame): true {
  const { signals } = process;
  // What arrived meanwhile is taken in order of number, as a kernel's set of pending signals is.
  const first = signals.reduce((least, name, i) => (signalNumber(name) < signalNumber(signals[least] as string) ? i : least), 0);
  const [name] = signals.splice(first, 1) as [string];
  const source = Object.hasOwn(process.traps, name) ? process.traps[name] : undefined;
  // A trapped signal ends `wait` at once; other commands are left to finish first.
  if (frame.k === "wait") {
    machine.pop(process);
    process.status = 128 + signalNumber(name);
  }
  machine.push(process, { k: "trap", status: process.status });
  if (source !== undefined) attempt(machine, process, () => machine.begin(process, machine.parse(source, process)));
  return true;
}

/** Expands with the substitutions known so far; starts the next one and answers undefined when one is missing. */
function expand<T>(machine: Machine, process: Process, subs: Frame & { subs: { text: string; status: number }[] }, read: (expansion: Expansion) => T): { value: T; expansion: Expansion } | undefined {
  const expansion = new Expansion(process, machine.host.fs, subs.subs, machine.dialect(process) === "dash");
  try {
    return { value: read(expansion), expansion };
  } catch (error) {
    if (!(error instanceof SubstitutionNeeded)) throw error;
    startSubstitution(machine, process, error.node);
    return undefined;
  }
}

function startSubstitution(machine: Machine, process: Process, node: NodeId): void {
  const pipe = machine.newPipe();
  const child = machine.fork(process, { ...process.fds, "1": { k: "pipe", id: pipe, end: "w" } });
  if (!child) throw new ExpansionError("can't fork");
  machine.push(process, { k: "subst", pid: child.pid, pipe });
  machine.begin(child, node);
}

function tickSequence(machine: Machine, process: Process, frame: Extract<Frame, { k: "seq" }>): boolean {
  const node = machine.node(frame.n);
  const items = node.t === "seq" ? node.items : [];
  if (frame.i > 0 && process.status !== 0 && frame.erred !== true && Object.hasOwn(process.traps, "ERR") && !process.forgiven && !machine.isLenient(process) && !isTrapping(process)) {
    frame.erred = true;
    machine.push(process, { k: "trap", status: process.status });
    attempt(machine, process, () => machine.begin(process, machine.parse(process.traps["ERR"] ?? "", process)));
    return true;
  }
  if (frame.i > 0 && process.status !== 0 && process.options.e && !process.forgiven && !machine.isLenient(process)) {
    machine.exit(process, process.status);
    return true;
  }
  const item = items[frame.i];
  if (!item) {
    if (items.length === 0) process.status = 0;
    return pop(machine, process);
  }
  frame.i += 1;
  if (frame.erred) delete frame.erred;
  process.forgiven = false;
  if (item.bg) startJob(machine, process, item.n);
  else machine.begin(process, item.n);
  return true;
}

function startJob(machine: Machine, process: Process, n: NodeId): void {
  const child = machine.fork(process, { ...process.fds, "0": { k: "null" } });
  process.status = child ? 0 : 2;
  if (!child) return;
  child.status = 0;
  process.lastJob = child.pid;
  machine.begin(child, n);
}

function tickAndOr(machine: Machine, process: Process, frame: Extract<Frame, { k: "andor" }>): boolean {
  const node = machine.node(frame.n);
  if (node.t !== "andor") return pop(machine, process);
  if (frame.i === 0) {
    frame.i = 1;
    machine.begin(process, node.first, true);
    return true;
  }
  for (; frame.i <= node.rest.length; frame.i++) {
    const next = node.rest[frame.i - 1];
    if (!next) break;
    if (next.and !== (process.status === 0)) continue;
    frame.i += 1;
    const isLast = frame.i > node.rest.length;
    if (isLast) machine.pop(process);
    process.forgiven = false;
    machine.begin(process, next.n, !isLast);
    return true;
  }
  process.forgiven = true;
  return pop(machine, process);
}

function tickCommand(machine: Machine, process: Process, frame: Extract<Frame, { k: "cmd" }>): boolean {
  const node = machine.node(frame.n);
  switch (node.t) {
    case "cmd":
      if ((process.line ?? 1) !== (node.line ?? 1)) process.line = node.line ?? 1;
      attempt(machine, process, () => {
        const ready = expand(machine, process, frame, (expansion) => {
          const argv = expansion.fields(node.words);
          const redirections = readyRedirections(node.redirs, expansion);
          const assigns: ReadyAssignment[] = [];
          const before = new Map(expansion.overlay);
          for (const assignment of node.assigns) {
            const ready = readyAssignment(process, expansion, assignment);
            assigns.push(ready);
            if (ready.key === undefined && ready.items === undefined) expansion.overlay.set(ready.name, ready.value);
          }
          for (const { name } of node.assigns) {
            const known = before.get(name);
            if (known === undefined) expansion.overlay.delete(name);
            else expansion.overlay.set(name, known);
          }
          return { argv, redirections, assigns };
        });
        if (!ready) return;
        commit(ready.expansion, process);
        machine.pop(process);
        keepFiles(machine, process, ready.expansion);
        runSimple(machine, process, { ...ready.value, substitutionStatus: ready.expansion.lastStatus });
      });
      return true;
    case "not":
      machine.pop(process);
      machine.push(process, { k: "not", c: true });
      machine.begin(process, node.n);
      return true;
    case "group":
      machine.pop(process);
      machine.begin(process, node.n);
      return true;
    case "broken":
      machine.pop(process);
      if (node.line > 1) process.line = node.line;
      attempt(machine, process, () => {
        throw new ShellSyntaxError(node.message, node.line);
      });
      return true;
    case "func":
      process.functions[node.name] = node.body;
      process.status = 0;
      return pop(machine, process);
    case "subshell":
      return startSubshell(machine, process, node.n);
    case "pipe":
      return startPipeline(machine, process, node.parts);
    default:
      return pop(machine, process);
  }
}

/** What `<( … )` printed lies in a file while the command runs. */
function keepFiles(machine: Machine, process: Process, { files }: Expansion): void {
  if (files.length === 0) return;
  for (const [path, text] of files) machine.host.fs.writeFile(path, text, false);
  machine.push(process, { k: "tidy", paths: files.map(([path]) => path) });
}

/** An assignment with everything in it expanded. */
function readyAssignment(process: Process, expansion: Expansion, { name, value, isAppended, index, items, late }: Assignment): ReadyAssignment {
  if (items) {
    const isKeyed = items.some(({ key }) => key !== undefined) && process.vars[name]?.assoc !== true && late !== true;
    const ready = items.flatMap((item): readonly (readonly [string | undefined, string])[] => {
      if (item.key === undefined) return expansion.fields([item.value]).map((text) => [undefined, text] as const);
      return [[isKeyed ? expansion.number(expansion.text(item.key)) : expansion.text(item.key), expansion.text(item.value)]];
    });
    return { name, value: "", items: ready, ...(isAppended ? { isAppended } : {}), ...(late ? { late } : {}) };
  }
  const text = expansion.text(value);
  const key = index === undefined ? undefined : expansion.key(name, index);
  const before = isAppended ? (expansion.lookup(key === undefined ? name : `${name}[${key}]`) ?? "") : "";
  const isNumber = isAppended && process.vars[name]?.int === true;
  return { name, value: isNumber ? `${before}+(${text})` : before + text, ...(key === undefined ? {} : { key }) };
}

function startSubshell(machine: Machine, process: Process, n: NodeId): boolean {
  const child = machine.fork(process, process.fds);
  machine.pop(process);
  if (!child) {
    process.status = 2;
    return true;
  }
  machine.push(process, { k: "children", pids: [child.pid], pipeline: false });
  machine.begin(child, n);
  return true;
}

function startPipeline(machine: Machine, process: Process, parts: readonly NodeId[]): boolean {
  const pids: number[] = [];
  let input: Descriptor | undefined = process.fds["0"];
  const children: { child: Process; n: NodeId }[] = [];
  for (const [i, n] of parts.entries()) {
    const pipe = i < parts.length - 1 ? machine.newPipe() : undefined;
    const output: Descriptor | undefined = pipe === undefined ? process.fds["1"] : { k: "pipe", id: pipe, end: "w" };
    const fds = { ...process.fds };
    if (input) fds["0"] = input;
    if (output) fds["1"] = output;
    const child = machine.fork(process, fds);
    if (!child) break;
    pids.push(child.pid);
    children.push({ child, n });
    input = pipe === undefined ? undefined : { k: "pipe", id: pipe, end: "r" };
  }
  machine.pop(process);
  machine.push(process, { k: "children", pids, pipeline: true });
  for (const { child, n } of children) machine.begin(child, n);
  return true;
}

function tickRedirection(machine: Machine, process: Process, frame: Extract<Frame, { k: "redir" }>): boolean {
  const node = machine.node(frame.n);
  if (node.t !== "redir") return pop(machine, process);
  attempt(machine, process, () => {
    const ready = expand(machine, process, frame, (expansion) => readyRedirections(node.redirs, expansion));
    if (!ready) return;
    commit(ready.expansion, process);
    machine.pop(process);
    keepFiles(machine, process, ready.expansion);
    machine.push(process, { k: "restore", fds: { ...process.fds } });
    if (redirect(machine, process, ready.value)) machine.begin(process, node.n);
    else process.status = 1;
  });
  return true;
}

function tickIf(machine: Machine, process: Process, frame: Extract<Frame, { k: "if" }>): boolean {
  const node = machine.node(frame.n);
  if (node.t !== "if") return pop(machine, process);
  const decided = frame.i > 0 && process.status === 0 ? node.branches[frame.i - 1]?.body : undefined;
  const branch = node.branches[frame.i];
  if (decided === undefined && branch) {
    frame.i += 1;
    machine.begin(process, branch.cond, true);
    return true;
  }
  const body = decided ?? node.otherwise;
  machine.pop(process);
  // What is run still sees how the condition ended.
  if (body >= 0) machine.begin(process, body);
  else process.status = 0;
  return true;
}

function tickLoop(machine: Machine, process: Process, frame: Extract<Frame, { k: "loop" }>): boolean {
  const node = machine.node(frame.n);
  if (node.t !== "loop") return pop(machine, process);
  if (frame.phase === "cond") {
    frame.phase = "test";
    frame.last ??= 0;
    machine.begin(process, node.cond, true);
  } else if (frame.phase === "test") {
    if ((process.status === 0) === node.until) {
      process.status = frame.last ?? 0;
      return pop(machine, process);
    }
    frame.phase = "body";
    machine.begin(process, node.body);
  } else {
    if (frame.phase === "body") frame.last = process.status;
    frame.phase = "cond";
    if (node.step !== undefined) machine.begin(process, node.step);
  }
  return true;
}

function tickFor(machine: Machine, process: Process, frame: Extract<Frame, { k: "for" }>): boolean {
  const node = machine.node(frame.n);
  if (node.t !== "for") return pop(machine, process);
  if (frame.items === null) {
    const { words } = node;
    attempt(machine, process, () => {
      const ready = words === null ? undefined : expand(machine, process, frame, (expansion) => expansion.fields(words));
      if (ready) commit(ready.expansion, process);
      if (words === null) frame.items = [...process.args];
      else if (ready) frame.items = ready.value;
      if (frame.items?.length === 0) process.status = 0;
    });
    return true;
  }
  const item = frame.items[frame.i];
  if (item === undefined) return pop(machine, process);
  frame.i += 1;
  setVariable(process, node.name, item);
  machine.begin(process, node.body);
  return true;
}

/** `[[ … ]]` and `(( … ))`: a status. */
function tickCondition(machine: Machine, process: Process, frame: Extract<Frame, { k: "case" | "test" | "let" }>): boolean {
  const node = machine.node(frame.n);
  if (node.t !== "test" && node.t !== "let") return pop(machine, process);
  attempt(machine, process, () => {
    const ready = expand(machine, process, frame, (expansion) => {
      if (node.t === "let") return counted(machine, process, expansion, expansion.text(node.expression)) || node.isQuiet === true;
      return holds(node.condition, expansion, { test: (words) => testBuiltin(machine, process, words) === 0, matched: (groups) => setElements(process, "BASH_REMATCH", groups.map((group) => [undefined, group] as const)) });
    });
    if (!ready) return;
    commit(ready.expansion, process);
    machine.pop(process);
    process.status = ready.value ? 0 : 1;
  });
  return true;
}

/** An expression that makes no sense is a failure, and not the end of the script. */
function counted(machine: Machine, process: Process, expansion: Expansion, text: string): boolean {
  try {
    return expansion.number(text) !== "0";
  } catch (error) {
    if (!(error instanceof ExpansionError) || process.bash !== true) throw error;
    machine.complain(process, error.message);
    return false;
  }
}

function tickCase(machine: Machine, process: Process, frame: Extract<Frame, { k: "case" | "test" | "let" }>): boolean {
  const node = machine.node(frame.n);
  if (node.t !== "case") return pop(machine, process);
  attempt(machine, process, () => {
    const ready = expand(machine, process, frame, (expansion) => {
      const subject = expansion.text(node.word);
      return node.arms.find(({ patterns }) => patterns.some((pattern) => matchPattern(expansion.pattern(pattern), subject)));
    });
    if (!ready) return;
    commit(ready.expansion, process);
    machine.pop(process);
    if (ready.value) machine.begin(process, ready.value.body);
    else process.status = 0;
  });
  return true;
}
