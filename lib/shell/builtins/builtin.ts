import type { Machine } from "../machine";
import type { Process } from "../state";

export type { Builtin } from "../machine";

/** Says what went wrong as `sh: NAME: …` and answers the status. */
export function fail(machine: Machine, process: Process, message: string, status = 1): number {
  machine.complain(process, message);
  return status;
}
