import { compareNumbers, defineProgram, millis, type AppRequest, type AppResponse, type Json, type Output, type ProcessView, type Program, type Step } from "@/lib/engine";
import { allCommands, feed, HARMLESS, resume, signal, startShell, step, type CommandResult, type HostCommand, type Identity, type OutputChunk, type ShellHost, type ShellState } from "@/lib/shell";
import { EPOCH, shellFiles } from "./files";
import { follow } from "./follow";
import { afterStep, requestHosted, viewOf, woken, type Hosted, type HostedStep } from "./hosted";
import type { NetworkCommand } from "./network-command";
import { mariadbAdmin, mariadbClient, mariadbDump } from "../mariadb/client";
import { psql, pgDump, pgIsReady } from "../postgres/psql";
import { cliOf } from "../redis/cli";
import { versionOf } from "../redis/version";
import { busyboxLooks, fullLooks } from "./looking-commands";
import { curl } from "./curl/index";
import { nc, netcat } from "./netcat";
import { busyboxNslookup, nslookup } from "./nslookup";
import { installedPath } from "./package-commands";
import { processCommands, type ProcessCommand } from "./process-commands";
import { systemCommands } from "./system-commands";
import { busyboxWget } from "./wget/busybox";
import { wget } from "./wget/gnu";

/** Something a shell waits for: when it ends, and with what. */
interface Wait {
  readonly at: number;
  readonly result: CommandResult;
}

interface State {
  readonly shell: ShellState;
  readonly waits: Readonly<Record<string, Wait>>;
  /** Servers under way, by the shell's number for them: each lives inside this process. */
  readonly hosted: Readonly<Record<string, Hosted>>;
  /** Turns in a row without a real rest. */
  readonly restless: number;
}

/** What a shell of an image can run besides its text and file commands. */
interface Installed {
  readonly network: Readonly<Record<string, NetworkCommand | ProcessCommand>>;
  readonly servers: Readonly<Record<string, Program>>;
  readonly tools: Tools;
  readonly hasJq: boolean;
}

/** Whose text and file commands an image has. */
export type Tools = "busybox" | "coreutils";

/** What a package manager may bring, once it has left the program's file. */
const installable: Readonly<Record<string, NetworkCommand | ProcessCommand>> = { ...fullLooks, curl, wget, nc, nslookup, "redis-cli": cliOf(versionOf("8")), psql, pg_isready: pgIsReady, pg_dump: pgDump, mariadb: mariadbClient, mysql: mariadbClient, "mariadb-dump": mariadbDump, mysqldump: mariadbDump, "mariadb-admin": mariadbAdmin, mysqladmin: mariadbAdmin };

const withoutJq: typeof allCommands = new Map([...allCommands].filter(([name]) => name !== "jq"));

/** One turn of the shell, while it lasts. */
interface Turn {
  shell: ShellState;
  waits: Readonly<Record<string, Wait>>;
  readonly hosted: Record<string, Hosted>;
  readonly restless: number;
  readonly out: Output[];
  /** What a server did while the shell was in the middle of a step: told to the shell once that is over. */
  readonly later: [id: string, done: HostedStep][];
}

/** A loop that does nothing lets a tenth of a second pass each time it has used up its small steps. */
const BUSY_BREAK = 100;
/** A pause shorter than this is no rest. */
const REST = 50;
/** Turns without a rest before a process is made to pause; from then on each pause doubles, up to the longest. */
const PATIENCE = 50;
/** Turns that one counts for which used up all its small steps. */
const BUSY = 20;
const LONGEST_BREAK = 60_000;
/** Small steps of a turn, at first and once a process is restless. */
const STEPS = 5_000;
const FEWER_STEPS = 500;
/** Small steps that weigh as much as one piece of the cluster's work. */
const STEPS_A_PIECE = 100;

/** How long a process sleeps that would wake after `wanted`: a restless one longer and longer, so that an endless loop costs little. */
function pause(restless: number, wanted: number): number {
  return restless <= PATIENCE ? wanted : Math.max(wanted, Math.min(LONGEST_BREAK, 1 << Math.min(restless - PATIENCE, 16)));
}

/** Programs that wait for somebody to type when they are given nothing to do. */
const INTERACTIVE = /(^|\/)(ba|da|a|z)?sh$/;

/**
 * A process run by the shell: `sh` itself, a script, or any text or file command on its own.
 *
 * Process 1 takes no notice of SIGTERM unless it traps it, as in a real container: such a pod
 * takes its whole grace period to stop. A server a script starts runs inside the shell's process
 * and takes its place after `exec`.
 *
 * @simplified A loop that never rests is slowed down more and more instead of using up a processor.
 */
export function shellProgram(installed: Installed): Program {
  return defineProgram<Json>({
    start(process) {
      // A shell with nothing to run waits for somebody to type.
      if (process.stdinOpen === true && process.argv.length === 1 && INTERACTIVE.test(process.argv[0] ?? "")) return { state: null };
      const shell = startShell({ argv: process.argv, env: process.env, cwd: process.workingDir, name: process.argv[0] ?? "sh", stdin: process.stdin, pid: process.pid });
      return drive({ shell, waits: {}, hosted: {}, restless: 0, out: [], later: [] }, process, installed);
    },
    onTimer(state, _message, process) {
      const turn = turnOf(state);
      for (const [id, wait] of Object.entries(turn.waits)) {
        if (wait.at > process.now) continue;
        turn.shell = resume(turn.shell, Number(id), wait.result);
        turn.waits = Object.fromEntries(Object.entries(turn.waits).filter(([other]) => other !== id));
      }
      for (const [id, hosted] of Object.entries(turn.hosted)) {
        if (hosted.wakeAt === undefined || hosted.wakeAt > process.now) continue;
        const done = installed.servers[hosted.program]?.onTimer?.(hosted.state, hosted.message ?? null, viewOf(hosted, process));
        took(turn, id, done ? afterStep(woken(hosted), done, process.now) : { hosted: woken(hosted), stdout: "", stderr: "" });
      }
      return drive(turn, process, installed);
    },
    onRequest(state, request, process) {
      const turn = turnOf(state);
      const found = Object.entries(turn.hosted).find(([, hosted]) => hosted.listen.includes(request.port));
      if (!found) return { state, response: { status: 0, body: "" } };
      const [id, hosted] = found;
      const { step: done, response } = requestHosted(hosted, installed.servers[hosted.program] as Program, request, process);
      took(turn, id, done);
      return { ...drive(turn, process, installed), ...(response === undefined ? {} : { response }) };
    },
    onHealthCheck(state, asked, process) {
      const found = Object.values(turnOf(state).hosted).find(({ listen }) => listen.includes(asked.port));
      return found && installed.servers[found.program]?.onHealthCheck?.(found.state, asked, viewOf(found, process));
    },
    everySignal: true,
    onSignal(state, name, process) {
      if (state === null) return { state };
      const turn = turnOf(state);
      const replaced = Object.entries(turn.hosted).find(([, hosted]) => hosted.isExec);
      if (replaced) {
        const [id, hosted] = replaced;
        const told = serverSignal(name);
        if (told === undefined) return { state };
        const done = installed.servers[hosted.program]?.onSignal?.(hosted.state, told, viewOf(hosted, process));
        took(turn, id, done ? afterStep(hosted, done, process.now) : { hosted, stdout: "", stderr: "", exit: 143 });
      } else turn.shell = signal(turn.shell, name, hostFor(process, installed, turn));
      return drive(turn, process, installed);
    },
  });
}

/** Servers end at whatever ends others, and web servers at SIGWINCH; what nobody minds does not reach them. */
function serverSignal(name: string): string | undefined {
  if (name === "SIGHUP" || name === "SIGINT") return name;
  return name !== "SIGWINCH" && HARMLESS.has(name.replace(/^SIG/, "")) ? undefined : "SIGTERM";
}

function turnOf(state: Json): Turn {
  const { shell, waits, hosted, restless } = state as unknown as State;
  return { shell, waits, hosted: { ...hosted }, restless, out: [], later: [] };
}

/** Passes on to the shell what a server printed, and its end. */
function took(turn: Turn, id: string, { hosted, stdout, stderr, exit }: HostedStep): void {
  if (exit !== undefined) {
    delete turn.hosted[id];
    turn.shell = resume(turn.shell, Number(id), { status: exit, stdout, stderr });
    return;
  }
  turn.hosted[id] = hosted;
  if (stdout !== "" || stderr !== "") turn.shell = feed(turn.shell, Number(id), { stdout, stderr });
}

function drive(turn: Turn, process: ProcessView, installed: Installed): Step {
  const allowed = turn.restless > PATIENCE ? FEWER_STEPS : STEPS;
  let result = step(turn.shell, hostFor(process, installed, turn), allowed);
  // A server of this script may have been asked by another of its commands.
  while (turn.later.length > 0 && result.status !== "exited" && result.status !== "idle") {
    turn.shell = result.state;
    turn.out.push(...written(result.output));
    for (const [id, done] of turn.later.splice(0)) took(turn, id, done);
    result = step(turn.shell, hostFor(process, installed, turn), allowed);
  }
  const log = [...turn.out, ...written(result.output)];
  if (result.status === "exited" || result.status === "idle") return { state: null, log, listen: [], exit: { code: result.code } };
  const waits: Record<string, Wait> = { ...turn.waits };
  for (const pending of result.pending) {
    if (pending.type === "sleep" && !(String(pending.id) in waits) && pending.millis !== null) waits[String(pending.id)] = { at: process.now + pending.millis, result: { status: 0 } };
  }
  const alive = new Set(result.pending.flatMap((pending) => (pending.type === "input" ? [] : [String(pending.id)])));
  const kept = Object.fromEntries(Object.entries(waits).filter(([id]) => alive.has(id)));
  const hosted = Object.fromEntries(Object.entries(turn.hosted).filter(([id]) => alive.has(id)));
  const soonest = [...Object.values(kept).map((wait) => wait.at), ...Object.values(hosted).flatMap((one) => (one.wakeAt === undefined ? [] : [one.wakeAt]))];
  const wanted = result.status === "budget" ? BUSY_BREAK : soonest.length === 0 ? undefined : Math.max(0, Math.min(...soonest) - process.now);
  const restless = result.status === "budget" ? turn.restless + BUSY : wanted !== undefined && wanted < REST ? turn.restless + 1 : 0;
  const state = { shell: result.state, waits: kept, hosted, restless } as unknown as Json;
  const listen = [...new Set(Object.values(hosted).flatMap((one) => one.listen))].sort(compareNumbers);
  // A command in the foreground is counted as its shell: only those beside it are more.
  const processes = alive.size > 1 ? { processes: alive.size + 1 } : {};
  if (wanted === undefined) return { state, log, listen, ...processes };
  const effort = result.status === "budget" ? Math.trunc(allowed / STEPS_A_PIECE) : 0;
  return { state, log, listen, ...processes, effort, wakeAfter: { delay: millis(pause(restless, wanted)), message: null } };
}

const written = (output: readonly OutputChunk[]): readonly Output[] => output.map((chunk): Output => ({ raw: chunk.text, stream: chunk.fd === 2 ? "stderr" : "stdout" }));

/** A request that comes back to this process while one of its commands waits for it. */
function answerWithin(turn: Turn, request: AppRequest, process: ProcessView, { servers }: Installed): AppResponse | undefined {
  const found = Object.entries(turn.hosted).find(([, { listen }]) => listen.includes(request.port));
  if (!found) return { status: 0, body: "" };
  const [id, hosted] = found;
  const { step: done, response } = requestHosted(hosted, servers[hosted.program] as Program, request, process);
  if (done.exit === undefined) turn.hosted[id] = done.hosted;
  else delete turn.hosted[id];
  turn.later.push([id, done]);
  return response;
}

function hostFor(process: ProcessView, installed: Installed, turn: Turn): ShellHost {
  const { network, servers, tools, hasJq } = installed;
  const brought = (name: string): boolean => (Object.hasOwn(installable, name) || name === "jq") && process.files.stat(installedPath(name)) !== undefined;
  // `nc` may wait for somebody to connect, so it runs as servers do, where it is there at all.
  const serves = (name: string): boolean => (name === "nc" ? Object.hasOwn(network, name) || brought(name) : Object.hasOwn(servers, name));
  const identity: Identity = { user: (process.user?.uid ?? 0) === 0 ? "root" : String(process.user?.uid), uid: process.user?.uid ?? 0, gid: process.user?.gid ?? 0, hostname: process.hostname, kernel: "6.8.0" };
  return {
    fs: shellFiles(process.files),
    identity,
    commands: hasJq || brought("jq") ? allCommands : withoutJq,
    tools,
    now: () => EPOCH + process.now,
    knows: (name) => Object.hasOwn(network, name) || serves(name) || (Object.hasOwn(installable, name) && brought(name)),
    run(command) {
      if (Object.keys(turn.hosted).length > 0) process.answering?.((request) => answerWithin(turn, request, process, installed));
      const name = (command.argv[0] ?? "").split("/").pop() ?? "";
      if (serves(name)) return runServer(name, servers[name] as Program, command, process, turn);
      const program = Object.hasOwn(network, name) ? network[name] : Object.hasOwn(installable, name) && brought(name) ? installable[name] : undefined;
      if (!program) return undefined;
      const { result, takes } = program(command, process);
      if (takes <= 0) return result;
      turn.waits = { ...turn.waits, [String(command.id)]: { at: process.now + takes, result } };
      return "later";
    },
  };
}

function runServer(name: string, program: Program, { id, argv, env, cwd, stdin = "", isExec }: HostCommand, process: ProcessView, turn: Turn): CommandResult | "later" {
  const fresh: Hosted = { program: name, argv, env, cwd, stdin, isExec, state: null, listen: [] };
  const begun = afterStep(fresh, program.start(viewOf(fresh, process)), process.now);
  if (begun.exit !== undefined) return { status: begun.exit, stdout: begun.stdout, stderr: begun.stderr };
  turn.hosted[String(id)] = begun.hosted;
  turn.out.push({ raw: begun.stdout }, { raw: begun.stderr, stream: "stderr" });
  return "later";
}

/** Names a shell answers to besides its text and file commands. */
const BUILT_IN = ["sh", "echo", "printf", "test", "[", "true", "false", "sleep", "pwd", "kill", "timeout", "env", "watch"];

/** What else an image with a shell is told apart by. */
export interface ShellChoice {
  readonly tools?: Tools;
  readonly jq?: boolean;
}

/** Programs of an image with a shell: every name leads to the same interpreter, and `servers` may be run from scripts too. */
export function shellPrograms(network: Readonly<Record<string, NetworkCommand | ProcessCommand>>, more: readonly string[] = [], servers: Readonly<Record<string, Program>> = {}, { tools = "coreutils", jq = false }: ShellChoice = {}): Readonly<Record<string, Program>> {
  const installed = { ...processCommands, ...systemCommands, ...(tools === "busybox" ? { ...busyboxLooks, wget: busyboxWget, nslookup: busyboxNslookup, nc } : {}), ...network };
  const program = shellProgram({ network: installed, servers: { tail: follow, nc: netcat, ...servers }, tools, hasJq: jq });
  const names = [...BUILT_IN, ...(jq ? allCommands : withoutJq).keys(), ...Object.keys(installed), ...more];
  return { ...Object.fromEntries(names.map((name) => [name, program])), ...servers };
}
