import type { Builtin } from "./builtin";
import { control } from "./control";
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
  ["test", (machine, process, args) => testBuiltin(machine, process, args)],
  ["[", (machine, process, args) => {
    if (args.at(-1) === "]") return testBuiltin(machine, process, args.slice(0, -1));
    machine.complain(process, "[: missing ]");
    return 2;
  }],
  ["printf", printfBuiltin],
  ["ulimit", ulimit],
]);
