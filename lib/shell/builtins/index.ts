import type { Builtin } from "./builtin";
import { aliases } from "./aliases";
import { control } from "./control";
import { bashOnly } from "./declare";
import { jobs } from "./jobs";
import { programs } from "./programs";
import { testBuiltin } from "./test";
import { printfBuiltin } from "./printf";
import { ulimit } from "./ulimit";
import { variables } from "./variables";

/** Every builtin by name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...Object.entries(control),
  ...Object.entries(variables),
  ...Object.entries(jobs),
  ...Object.entries(programs),
  ...Object.entries(aliases),
  ...Object.entries(bashOnly),
  ["test", (machine, process, args) => testBuiltin(machine, process, args, "test")],
  ["[", (machine, process, args) => {
    if (args.at(-1) === "]") return testBuiltin(machine, process, args.slice(0, -1));
    machine.complain(process, "[: missing ]");
    return 2;
  }],
  ["printf", printfBuiltin],
  ["ulimit", ulimit],
]);
