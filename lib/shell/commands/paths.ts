/** `basename`, `dirname`, `readlink`, `realpath`: paths, and where they lead. */
import type { Command, CommandIo, CommandResult } from "../host";
import { baseOf, joinPath, parentOf, resolvePath } from "../path";
import { failure, readArguments, reasonOf, unknownOption } from "./files";

const MAX_LINKS = 40;

const missing = (name: string): CommandResult => failure(name, `missing operand\nTry '${name} --help' for more information.`);

/** `basename PATH [SUFFIX]`, `basename -a [-s SUFFIX] PATH…` */
export const basename: Command = {
  name: "basename",
  run(args) {
    const { flags, operands, unknown } = readArguments(args, "az", "s", { multiple: "a", suffix: "s", zero: "z" });
    if (unknown !== undefined) return unknownOption("basename", unknown);
    const isMany = flags.has("a") || flags.has("s");
    if (operands.length === 0) return missing("basename");
    if (!isMany && operands.length > 2) return failure("basename", `extra operand '${operands[2] ?? ""}'\nTry 'basename --help' for more information.`);
    const suffix = flags.get("s") ?? (isMany ? "" : (operands[1] ?? ""));
    const one = (path: string): string => {
      const base = baseOf(path);
      return suffix !== "" && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
    };
    return { status: 0, stdout: (isMany ? operands : operands.slice(0, 1)).map((path) => one(path) + (flags.has("z") ? "\0" : "\n")).join("") };
  },
};

/** `dirname PATH…` */
export const dirname: Command = {
  name: "dirname",
  run(args) {
    const { flags, operands, unknown } = readArguments(args, "z", "", { zero: "z" });
    if (unknown !== undefined) return unknownOption("dirname", unknown);
    if (operands.length === 0) return missing("dirname");
    return { status: 0, stdout: operands.map((path) => {
      const trimmed = path.replace(/\/+$/, "");
      const at = trimmed.lastIndexOf("/");
      const folder = trimmed === "" ? (path === "" ? "." : "/") : at < 0 ? "." : trimmed.slice(0, at).replace(/\/+$/, "") || "/";
      return folder + (flags.has("z") ? "\0" : "\n");
    }).join("") };
  },
};

/** Where a path leads through all its links; undefined when a step of it is missing, the last one aside unless `needsLast`. */
function canonical(path: string, io: CommandIo, needs: "all" | "folders" | "nothing"): string | undefined {
  let current = "/";
  let steps = (path.startsWith("/") ? path : `${io.cwd}/${path}`).split("/").filter((step) => step !== "");
  let links = 0;
  while (steps.length > 0) {
    const [step = "", ...rest] = steps;
    steps = rest;
    if (step === ".") continue;
    if (step === "..") {
      current = parentOf(current);
      continue;
    }
    const next = joinPath(current, step);
    const stat = io.fs.lstat(next);
    if (stat?.type === "symlink") {
      links += 1;
      const target = io.fs.readLink?.(next) ?? "";
      if (links > MAX_LINKS) return undefined;
      steps = [...target.split("/").filter((part) => part !== ""), ...rest];
      if (target.startsWith("/")) current = "/";
      continue;
    }
    if (!stat && (needs === "all" || (needs === "folders" && rest.length > 0))) return undefined;
    if (stat && stat.type !== "directory" && rest.length > 0 && needs !== "nothing") return undefined;
    current = next;
  }
  return current;
}

/** `realpath [-e] [-m] [-s] [-q] PATH…`: what is not there is refused, as busybox does. */
export const realpath: Command = {
  name: "realpath",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "emsqLPz", "", { "canonicalize-existing": "e", "canonicalize-missing": "m", "no-symlinks": "s", strip: "s", quiet: "q" });
    if (unknown !== undefined) return unknownOption("realpath", unknown);
    if (operands.length === 0) return missing("realpath");
    let [stdout, stderr, isFailed] = ["", "", false];
    for (const path of operands) {
      const found = flags.has("s") ? resolvePath(io.cwd, path) : canonical(path, io, flags.has("m") ? "nothing" : "all");
      if (found !== undefined) stdout += `${found}\n`;
      else {
        isFailed = true;
        if (!flags.has("q")) stderr += `realpath: ${path}: ${reasonOf("ENOENT")}\n`;
      }
    }
    return { status: isFailed ? 1 : 0, stdout, stderr };
  },
};

/** `readlink [-f] [-e] [-m] [-n] PATH…` */
export const readlink: Command = {
  name: "readlink",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "femnqsvz", "", { canonicalize: "f", "canonicalize-existing": "e", "canonicalize-missing": "m", "no-newline": "n" });
    if (unknown !== undefined) return unknownOption("readlink", unknown);
    if (operands.length === 0) return missing("readlink");
    const found = operands.map((path) => (flags.has("f") || flags.has("e") || flags.has("m") ? canonical(path, io, flags.has("e") ? "all" : flags.has("m") ? "nothing" : "folders") : io.fs.readLink?.(resolvePath(io.cwd, path))));
    const end = flags.has("n") && operands.length === 1 ? "" : flags.has("z") ? "\0" : "\n";
    const notes = flags.has("v") ? operands.filter((_, i) => found[i] === undefined).map((path) => `readlink: ${path}: ${reasonOf(io.fs.lstat(resolvePath(io.cwd, path)) ? "EINVAL" : "ENOENT")}\n`).join("") : "";
    return { status: found.includes(undefined) ? 1 : 0, stdout: found.map((path) => (path === undefined ? "" : path + end)).join(""), stderr: notes };
  },
};
