import type { Ending } from "./surroundings";

/** Numbers of the signals, as Linux counts them on amd64. Upstream: signal(7). */
const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGIOT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPOLL: 29,
  SIGPWR: 30,
  SIGSYS: 31,
};

/** Signals nobody minds who does not ask for them: a child ended, a process goes on, urgent data, a window of another size. */
const IGNORED: ReadonlySet<number> = new Set([17, 18, 23, 28]);
/** Signals that hold a process up. */
const STOPPING: ReadonlySet<number> = new Set([19, 20, 21, 22]);

/** How a process ends that the kernel kills. */
export const KILLED: Ending = { code: 137, signal: 9 };
/** How a process ends that the kernel kills for the memory it uses. */
export const OUT_OF_MEMORY: Ending = { ...KILLED, reason: "OOMKilled" };

/** Does a signal hold a process up until SIGCONT? None of the programs here handles one that may be handled. */
export function stops(signal: string): boolean {
  return STOPPING.has(NUMBERS[signal] ?? 15);
}

/** What a signal does to a process that has no handler for it: how it ends, or undefined when it lives on. */
export function defaultAction(signal: string): Ending | undefined {
  const number = NUMBERS[signal] ?? 15;
  return IGNORED.has(number) || STOPPING.has(number) ? undefined : { code: 128 + number, signal: number };
}
