/** Signal numbers by name, without `SIG`. */
export const SIGNALS: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, ILL: 4, ABRT: 6, FPE: 8, KILL: 9, USR1: 10, SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15, CHLD: 17, CONT: 18, STOP: 19 };

/** The number of a signal, or 15. */
export function signalNumber(name: string): number {
  return SIGNALS[name] ?? 15;
}
