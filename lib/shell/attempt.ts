import { ExpansionError } from "./expand";
import type { Machine } from "./machine";
import type { Process } from "./state";
import { ShellSyntaxError } from "./syntax-tree";

/** Does something that may fail in an expansion or a syntax error; a script ends there, a terminal goes on. */
export function attempt(machine: Machine, process: Process, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ExpansionError) && !(error instanceof ShellSyntaxError)) throw error;
    machine.complain(process, error.message);
    const status = error instanceof ExpansionError ? error.status : 2;
    if (process.interactive) {
      machine.unwind(process, 0);
      process.status = status;
    } else {
      machine.exit(process, status);
    }
  }
}
