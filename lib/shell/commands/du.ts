import type { Command } from "../host";
import { joinPath, resolvePath } from "../path";
import { failure, readArguments, unknownOption } from "./files";
import { humanSize } from "./listing";

/** `du [-s] [-h] [-a] [-c] [-k] [-m] [-d N] [PATH…]`, in blocks of 1 KiB. */
export const du: Command = {
  name: "du",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "shackmbxlLH0", "d", { summarize: "s", "human-readable": "h", all: "a", total: "c", "max-depth": "d", bytes: "b", "apparent-size": "A", "one-file-system": "x" });
    if (unknown !== undefined) return unknownOption("du", unknown);
    const deepest = flags.has("s") ? 0 : Number(flags.get("d") ?? 60);
    if (!Number.isInteger(deepest)) return failure("du", `invalid maximum depth '${flags.get("d") ?? ""}'`);
    const isBytes = flags.has("b");
    const lines: string[] = [];
    const shown = (size: number): string => (isBytes ? String(size) : flags.has("h") ? humanSize(size * 1024) : String(flags.has("m") ? Math.ceil(size / 1024) : size));
    const show = (size: number, path: string): void => void lines.push(`${shown(size)}\t${path}`);
    const measure = (path: string, depth: number): number => {
      const absolute = resolvePath(io.cwd, path);
      const stat = io.fs.lstat(absolute);
      const own = isBytes ? (stat?.size ?? 0) : Math.ceil((stat?.size ?? 0) / 4096) * 4;
      if (stat?.type !== "directory" || depth > 60) {
        if (flags.has("a") && depth > 0 && depth <= deepest) show(own, path);
        return own;
      }
      const total = [...(io.fs.list(absolute) ?? [])].sort((a, b) => (a < b ? -1 : 1)).reduce((sum, name) => sum + measure(joinPath(path, name), depth + 1), own);
      if (depth > 0 && depth <= deepest) show(total, path);
      return total;
    };
    let stderr = "";
    let sum = 0;
    for (const path of operands.length > 0 ? operands : ["."]) {
      if (io.fs.lstat(resolvePath(io.cwd, path))) {
        const total = measure(path, 0);
        sum += total;
        show(total, path);
      } else stderr += `du: ${path}: No such file or directory\n`;
    }
    if (flags.has("c")) show(sum, "total");
    return { status: stderr === "" ? 0 : 1, stdout: lines.map((line) => `${line}\n`).join(""), stderr };
  },
};
