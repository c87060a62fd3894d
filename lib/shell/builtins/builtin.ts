import type { Machine } from "../machine";
import type { Process } from "../state";

export type { Builtin } from "../machine";

/** Says what went wrong as `sh: NAME: …` and answers the status. */
export function fail(machine: Machine, process: Process, message: string, status = 1): number {
  machine.complain(process, message);
  // To bash a builtin that failed is a 1, and a 2 only where it was misused.
  return status === 2 && machine.dialect(process) === "bash" && !/illegal option|usage/i.test(message) ? 1 : status;
}
