import { defineProgram, millis, type Json, type Output, type ProcessView, type Program, type Step } from "@/lib/engine";
import { allCommands, resume, signal, startShell, step, type CommandResult, type Identity, type ShellHost, type ShellState } from "@/lib/shell";
import { EPOCH, shellFiles } from "./files";
import type { NetworkCommand } from "./network-commands";

/** Something a shell waits for: when it ends, and with what. */
interface Wait {
  readonly at: number;
  readonly result: CommandResult;
}

interface State {
  readonly shell: ShellState;
  readonly waits: Readonly<Record<string, Wait>>;
}

/** Small steps between two looks at the clock; a loop that does nothing lets a tenth of a second pass each time. */
const BUSY_BREAK = millis(100);

/**
 * A process run by the shell: `sh` itself, a script, or any text or file command on its own.
 *
 * Process 1 takes no notice of SIGTERM unless it traps it, as in a real container: such a pod
 * takes its whole grace period to stop.
 */
export function shellProgram(network: Readonly<Record<string, NetworkCommand>>): Program {
  return defineProgram<Json>({
    start(process) {
      const shell = startShell({ argv: process.argv, env: process.env, cwd: process.workingDir, name: process.argv[0] ?? "sh", stdin: process.stdin });
      return drive({ shell, waits: {} }, process, network);
    },
    onTimer(state, _message, process) {
      let { shell, waits } = state as unknown as State;
      for (const [id, wait] of Object.entries(waits)) {
        if (wait.at > process.now) continue;
        shell = resume(shell, Number(id), wait.result);
        waits = Object.fromEntries(Object.entries(waits).filter(([other]) => other !== id));
      }
      return drive({ shell, waits }, process, network);
    },
    onSignal(state, name, process) {
      const { shell, waits } = state as unknown as State;
      return drive({ shell: signal(shell, name, hostFor(process, network, {})), waits }, process, network);
    },
  });
}

function drive(from: State, process: ProcessView, network: Readonly<Record<string, NetworkCommand>>): Step {
  const waits: Record<string, Wait> = { ...from.waits };
  const result = step(from.shell, hostFor(process, network, waits));
  const log = result.output.map((chunk): Output => ({ raw: chunk.text, stream: chunk.fd === 2 ? "stderr" : "stdout" }));
  if (result.status === "exited" || result.status === "idle") return { state: null, log, exit: { code: result.code } };
  for (const pending of result.pending) {
    if (pending.type === "sleep" && !(String(pending.id) in waits) && pending.millis !== null) waits[String(pending.id)] = { at: process.now + pending.millis, result: { status: 0 } };
  }
  const alive = new Set(result.pending.flatMap((pending) => (pending.type === "input" ? [] : [String(pending.id)])));
  const kept = Object.fromEntries(Object.entries(waits).filter(([id]) => alive.has(id)));
  const state = { shell: result.state, waits: kept } as unknown as Json;
  if (result.status === "budget") return { state, log, wakeAfter: { delay: BUSY_BREAK, message: null } };
  const soonest = Object.values(kept).map((wait) => wait.at);
  if (soonest.length === 0) return { state, log };
  return { state, log, wakeAfter: { delay: millis(Math.max(0, Math.min(...soonest) - process.now)), message: null } };
}

function hostFor(process: ProcessView, network: Readonly<Record<string, NetworkCommand>>, waits: Record<string, Wait>): ShellHost {
  const identity: Identity = { user: "root", uid: 0, gid: 0, hostname: process.hostname, kernel: "6.8.0" };
  return {
    fs: shellFiles(process.files),
    identity,
    commands: allCommands,
    now: () => EPOCH + process.now,
    knows: (name) => Object.hasOwn(network, name),
    run(command) {
      const program = network[command.argv[0] ?? ""];
      if (!program || !Object.hasOwn(network, command.argv[0] ?? "")) return undefined;
      const { result, takes } = program(command, process);
      if (takes <= 0) return result;
      waits[String(command.id)] = { at: process.now + takes, result };
      return "later";
    },
  };
}

/** Names a shell answers to besides its text and file commands. */
const BUILT_IN = ["sh", "echo", "printf", "test", "[", "true", "false", "sleep", "pwd", "kill", "timeout", "env"];

/** Programs of an image with a shell: every name leads to the same interpreter. */
export function shellPrograms(network: Readonly<Record<string, NetworkCommand>>, more: readonly string[] = []): Readonly<Record<string, Program>> {
  const program = shellProgram(network);
  const names = [...BUILT_IN, ...allCommands.keys(), ...Object.keys(network), ...more];
  return Object.fromEntries(names.map((name) => [name, program]));
}
