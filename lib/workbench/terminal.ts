import type { Json } from "@/lib/engine";
import { allCommands, enter, feed, resume, signal, startShell, step, type CommandResult, type HostCommand, type Identity, type ShellHost, type ShellState, type StepResult } from "@/lib/shell";
import type { Disk } from "./disk";
import { HOME } from "./disk";

/** A command under way: what it is waiting for, as JSON. */
export interface Job {
  readonly program: string;
  readonly state: Json;
  /** When to look again: `at` an instant, or after each piece of time that passes. */
  readonly at?: number;
  /** It ends only when interrupted. */
  readonly endless: boolean;
}

/** What a program of the terminal answers: it is over, or it goes on. */
export type Answered =
  | { readonly result: CommandResult }
  | { readonly job: Job; readonly stdout?: string; readonly stderr?: string };

/** A program the terminal's host knows: kubectl, curl, nslookup… */
export interface TerminalProgram {
  readonly name: string;
  start(command: HostCommand): Answered;
  resume?(job: Job, command: { readonly id: number }): Answered;
}

/** The terminal as it is remembered: the shell and the commands under way. */
export interface TerminalState {
  readonly shell: ShellState;
  readonly jobs: Readonly<Record<string, Job>>;
  /** It was still at work when its turn was over: a loop that does not end. */
  readonly busy: boolean;
}

/** A fresh terminal in the home folder. */
export function freshTerminal(): TerminalState {
  const shell = startShell({ interactive: true, cwd: HOME, name: "sh", bash: true, env: { HOME, PATH: "/usr/local/bin:/usr/bin:/bin", USER: identity.user, TERM: "dumb" } });
  return { shell, jobs: {}, busy: false };
}

const identity: Identity = { user: "alumno", uid: 1000, gid: 1000, hostname: "laptop", kernel: "6.8.0" };

/** What happened in one turn of the terminal. */
export interface Turn {
  readonly state: TerminalState;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: StepResult["status"];
  readonly code: number;
  /** When the soonest wait ends, if it is known; `undefined` when only passing time can tell. */
  readonly wakeAt: number | undefined;
  /** Everything in the foreground waits for an interrupt. */
  readonly endless: boolean;
}

/** What a terminal needs around it. */
export interface TerminalHost {
  readonly disk: Disk;
  readonly now: number;
  /** Virtual milliseconds since 1970, for file times. */
  readonly wallClock: number;
  readonly programs: ReadonlyMap<string, TerminalProgram>;
}

/** Sleeps in the shell, as jobs whose end is known. */
const SLEEP = "sleep";

/** Gives the shell a line and runs it until it must wait. */
export function runLine(state: TerminalState, line: string, host: TerminalHost): Turn {
  return turn({ ...state, shell: enter(state.shell, line) }, host);
}

/** Lets waiting commands look again, now that time has passed. */
export function tick(state: TerminalState, host: TerminalHost): Turn {
  let shell = state.shell;
  const jobs: Record<string, Job> = { ...state.jobs };
  for (const [id, job] of Object.entries(state.jobs)) {
    if (job.at !== undefined && job.at > host.now) continue;
    const answer = job.program === SLEEP ? { result: { status: 0 } } : (host.programs.get(job.program)?.resume?.(job, { id: Number(id) }) ?? { result: { status: 1 } });
    if ("result" in answer) {
      shell = resume(shell, Number(id), answer.result);
      delete jobs[id];
      continue;
    }
    jobs[id] = answer.job;
    shell = feed(shell, Number(id), { ...(answer.stdout === undefined ? {} : { stdout: answer.stdout }), ...(answer.stderr === undefined ? {} : { stderr: answer.stderr }) });
  }
  return turn({ shell, jobs, busy: state.busy }, host);
}

/** Ctrl-C: whatever is in the foreground ends; folder and variables stay. */
export function interrupt(state: TerminalState, host: TerminalHost): TerminalState {
  const interrupted = signal(state.shell, "SIGINT", shellHost(host, {}, []));
  const main = state.shell.processes.find(({ pid }) => pid === state.shell.mainPid);
  const stopped = step(interrupted, shellHost(host, {}, []));
  if (stopped.status === "idle") return { shell: stopped.state, jobs: {}, busy: false };
  const fresh = freshTerminal();
  const exported = Object.fromEntries(Object.entries(main?.vars ?? {}).flatMap(([name, { v }]) => (typeof v === "string" ? [[name, v]] : [])));
  return { ...fresh, shell: startShell({ interactive: true, cwd: main?.cwd ?? HOME, name: "sh", bash: true, env: exported }) };
}

function turn(state: TerminalState, host: TerminalHost): Turn {
  const jobs: Record<string, Job> = { ...state.jobs };
  const early: { readonly id: number; readonly stdout: string; readonly stderr: string }[] = [];
  let result = step(state.shell, shellHost(host, jobs, early));
  let output = result.output;
  // What a command printed before it began to wait belongs on the screen at once.
  while (early.length > 0) {
    let shell = result.state;
    for (const chunk of early.splice(0)) shell = feed(shell, chunk.id, chunk);
    result = step(shell, shellHost(host, jobs, early));
    output = [...output, ...result.output];
  }
  for (const pending of result.pending) {
    if (pending.type === "sleep" && !(String(pending.id) in jobs)) {
      jobs[String(pending.id)] = pending.millis === null ? { program: SLEEP, state: null, endless: true, at: Number.MAX_SAFE_INTEGER } : { program: SLEEP, state: null, endless: false, at: host.now + pending.millis };
    }
  }
  const awaited = new Set(result.pending.flatMap((pending) => (pending.type === "input" ? [] : [String(pending.id)])));
  const alive = Object.fromEntries(Object.entries(jobs).filter(([id]) => awaited.has(id)));
  const waits = Object.values(alive);
  const known = waits.map((job) => job.at).filter((at): at is number => at !== undefined);
  return {
    state: { shell: result.state, jobs: alive, busy: result.status === "budget" },
    stdout: output.filter((chunk) => chunk.fd === 1).map((chunk) => chunk.text).join(""),
    stderr: output.filter((chunk) => chunk.fd === 2).map((chunk) => chunk.text).join(""),
    status: result.status,
    code: result.code,
    wakeAt: known.length === waits.length && known.length > 0 ? Math.min(...known) : undefined,
    endless: result.status === "waiting" && (waits.some((job) => job.endless) || result.pending.some((pending) => pending.type === "input")),
  };
}

function shellHost(host: TerminalHost, jobs: Record<string, Job>, early: { readonly id: number; readonly stdout: string; readonly stderr: string }[]): ShellHost {
  return {
    fs: host.disk.fs,
    identity,
    commands: allCommands,
    now: () => host.wallClock,
    knows: (name) => host.programs.has(name),
    run(command) {
      const program = host.programs.get(command.argv[0] ?? "");
      if (!program) return undefined;
      const answer = program.start(command);
      if ("result" in answer) return answer.result;
      jobs[String(command.id)] = answer.job;
      if (answer.stdout || answer.stderr) early.push({ id: command.id, stdout: answer.stdout ?? "", stderr: answer.stderr ?? "" });
      return "later";
    },
  };
}
