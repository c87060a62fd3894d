import type { Command } from "../host";
import { resolvePath } from "../path";
import { readArguments, reasonOf, unknownOption } from "./files";

/** `tee [-a] FILE…` */
export const tee: Command = {
  name: "tee",
  readsStdin: () => true,
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "aip", "", { append: "a", "ignore-interrupts": "i" });
    if (unknown !== undefined) return unknownOption("tee", unknown);
    let stdout = io.stdin;
    let stderr = "";
    let isFailed = false;
    for (const shown of operands) {
      const path = resolvePath(io.cwd, shown);
      if (path === "/dev/stdout") stdout += io.stdin;
      else if (path === "/dev/stderr") stderr += io.stdin;
      else if (path !== "/dev/null") {
        const error = io.fs.writeFile(path, io.stdin, flags.has("a"));
        if (error) stderr += `tee: ${shown}: ${reasonOf(error)}\n`;
        isFailed ||= error !== undefined;
      }
    }
    return { status: isFailed ? 1 : 0, stdout, stderr };
  },
};
