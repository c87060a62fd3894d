import type { Command, CommandIo, CommandResult, FileError } from "../host";
import { baseOf, joinPath, parentOf, resolvePath } from "../path";
import { failure, readArguments, reasonOf } from "./files";
import { changeMode } from "./mode";

const MAX_DEPTH = 60;

function outcome(errors: readonly string[], stdout = ""): CommandResult {
  return { status: errors.length === 0 ? 0 : 1, stdout, stderr: errors.map((line) => `${line}\n`).join("") };
}

/** `mkdir [-p] [-m MODE] [-v] DIR…` */
export const mkdir: Command = {
  name: "mkdir",
  run(args, io) {
    const { flags, operands } = readArguments(args, "pv", "m", { parents: "p" });
    if (operands.length === 0) return failure("mkdir", "missing operand");
    const errors: string[] = [];
    for (const shown of operands) {
      const error = flags.has("p") ? makeAll(resolvePath(io.cwd, shown), io) : io.fs.makeDirectory(resolvePath(io.cwd, shown));
      if (error) errors.push(`mkdir: can't create directory '${shown}': ${reasonOf(error)}`);
    }
    return outcome(errors);
  },
};

function makeAll(path: string, io: CommandIo): FileError | undefined {
  const missing: string[] = [];
  for (let at = path; !io.fs.stat(at); at = parentOf(at)) missing.unshift(at);
  for (const step of missing) {
    const error = io.fs.makeDirectory(step);
    if (error) return error;
  }
  return io.fs.stat(path)?.type === "directory" ? undefined : "EEXIST";
}

/** `rmdir DIR…` */
export const rmdir: Command = {
  name: "rmdir",
  run(args, io) {
    const errors = args.filter((arg) => !arg.startsWith("-")).flatMap((shown) => {
      const path = resolvePath(io.cwd, shown);
      const stat = io.fs.lstat(path);
      const error = stat && stat.type !== "directory" ? "ENOTDIR" : io.fs.remove(path);
      return error ? [`rmdir: '${shown}': ${reasonOf(error)}`] : [];
    });
    return outcome(errors);
  },
};

/** `rm [-r] [-f] PATH…` */
export const rm: Command = {
  name: "rm",
  run(args, io) {
    const { flags, operands } = readArguments(args, "rRfiv", "", { recursive: "r", force: "f" });
    const errors: string[] = [];
    if (operands.length === 0 && !flags.has("f")) return failure("rm", "missing operand");
    const remove = (path: string, shown: string, depth: number): void => {
      const stat = io.fs.lstat(path);
      if (!stat) {
        if (!flags.has("f")) errors.push(`rm: can't remove '${shown}': No such file or directory`);
        return;
      }
      if (stat.type === "directory") {
        if (!flags.has("r") && !flags.has("R")) {
          errors.push(`rm: '${shown}' is a directory`);
          return;
        }
        if (depth < MAX_DEPTH) for (const name of io.fs.list(path) ?? []) remove(joinPath(path, name), joinPath(shown, name), depth + 1);
      }
      const error = io.fs.remove(path);
      if (error) errors.push(`rm: can't remove '${shown}': ${reasonOf(error)}`);
    };
    for (const shown of operands) remove(resolvePath(io.cwd, shown), shown, 0);
    return outcome(errors);
  },
};

/** `touch FILE…` */
export const touch: Command = {
  name: "touch",
  run(args, io) {
    const { flags, operands } = readArguments(args, "cam", "dtr");
    const errors = operands.flatMap((shown) => {
      const path = resolvePath(io.cwd, shown);
      if (flags.has("c") && !io.fs.stat(path)) return [];
      const error = io.fs.touch(path);
      return error ? [`touch: ${shown}: ${reasonOf(error)}`] : [];
    });
    return outcome(errors);
  },
};

/** `ln [-s] [-f] TARGET LINK` */
export const ln: Command = {
  name: "ln",
  run(args, io) {
    const { flags, operands } = readArguments(args, "sfnv");
    const [target, shown = baseOf(target ?? "")] = operands;
    if (target === undefined) return failure("ln", "missing file operand");
    let path = resolvePath(io.cwd, shown);
    if (io.fs.stat(path)?.type === "directory") path = joinPath(path, baseOf(target));
    if (flags.has("f") && io.fs.lstat(path)) io.fs.remove(path);
    if (!flags.has("s")) {
      const content = io.fs.readFile(resolvePath(io.cwd, target));
      if ("error" in content) return failure("ln", `${target}: ${reasonOf(content.error)}`);
      const error = io.fs.lstat(path) ? "EEXIST" : io.fs.writeFile(path, content.text, false);
      return error ? failure("ln", `${shown}: ${reasonOf(error)}`) : { status: 0 };
    }
    const error = io.fs.link ? io.fs.link(target, path) : "ENOTSUP";
    return error ? failure("ln", `${shown}: ${reasonOf(error)}`) : { status: 0 };
  },
};

/** Where `cp` and `mv` put each source. */
function targets(name: string, operands: readonly string[], io: CommandIo): { pairs: { from: string; to: string; shown: string }[] } | CommandResult {
  if (operands.length === 0) return failure(name, "missing file operand");
  if (operands.length === 1) return failure(name, `missing destination file operand after '${operands[0] ?? ""}'`);
  const last = operands.at(-1) as string;
  const target = resolvePath(io.cwd, last);
  const isDirectory = io.fs.stat(target)?.type === "directory";
  if (operands.length > 2 && !isDirectory) return failure(name, `target '${last}' is not a directory`);
  if (!isDirectory && last.endsWith("/") && name === "cp") return failure(name, `can't create '${last}': Is a directory`);
  return {
    pairs: operands.slice(0, -1).map((shown) => {
      const from = resolvePath(io.cwd, shown);
      // What was typed counts, not where it leads: `folder/.` has no name of its own, so its contents go into the target.
      const typed = shown.replace(/\/+$/, "").split("/").at(-1) ?? "";
      const nameless = typed === "" || typed === "." || typed === "..";
      return { from, to: isDirectory && !nameless ? joinPath(target, baseOf(from)) : target, shown };
    }),
  };
}

/** `cp [-r] [-a] [-p] [-f] [-n] SOURCE… TARGET` */
export const cp: Command = {
  name: "cp",
  run(args, io) {
    const { flags, operands } = readArguments(args, "rRapfnvdLPT", "", { recursive: "r", archive: "a" });
    const plan = targets("cp", operands, io);
    if (!("pairs" in plan)) return plan;
    const errors: string[] = [];
    const copy = (from: string, to: string, shown: string, depth: number): void => {
      const stat = io.fs.stat(from);
      if (!stat) errors.push(`cp: can't stat '${shown}': No such file or directory`);
      else if (from === to) errors.push(`cp: '${shown}' and '${to}' are the same file`);
      else if (stat.type === "directory") {
        if (!flags.has("r") && !flags.has("R") && !flags.has("a")) errors.push(`cp: omitting directory '${shown}'`);
        else if (to.startsWith(`${from}/`) || depth > MAX_DEPTH) errors.push(`cp: recursion detected, omitting directory '${shown}'`);
        else {
          const error = io.fs.stat(to)?.type === "directory" ? undefined : io.fs.makeDirectory(to);
          if (error) errors.push(`cp: can't create directory '${to}': ${reasonOf(error)}`);
          else for (const name of [...(io.fs.list(from) ?? [])]) copy(joinPath(from, name), joinPath(to, name), joinPath(shown, name), depth + 1);
        }
      } else {
        const content = io.fs.readFile(from);
        const error = "error" in content ? content.error : flags.has("n") && io.fs.stat(to) ? undefined : io.fs.writeFile(to, content.text, false);
        if (error) errors.push(`cp: can't create '${to}': ${reasonOf(error)}`);
        else if (stat.mode & 0o111) io.fs.setMode(to, stat.mode);
      }
    };
    for (const { from, to, shown } of plan.pairs) copy(from, to, shown, 0);
    return outcome(errors);
  },
};

/** `mv [-f] [-n] SOURCE… TARGET` */
export const mv: Command = {
  name: "mv",
  run(args, io) {
    const { flags, operands } = readArguments(args, "finvT");
    const plan = targets("mv", operands, io);
    if (!("pairs" in plan)) return plan;
    const errors = plan.pairs.flatMap(({ from, to, shown }) => {
      if (!io.fs.lstat(from)) return [`mv: can't rename '${shown}': No such file or directory`];
      if (flags.has("n") && io.fs.stat(to)) return [];
      const error = io.fs.rename(from, to);
      return error ? [`mv: can't rename '${shown}': ${reasonOf(error)}`] : [];
    });
    return outcome(errors);
  },
};

/** `chmod [-R] MODE FILE…`, octal or symbolic. */
export const chmod: Command = {
  name: "chmod",
  run(args, io) {
    const [mode = "", ...paths] = args.filter((arg) => !/^-[Rfv]+$/.test(arg));
    const isRecursive = args.some((arg) => /^-[fv]*R/.test(arg));
    const errors: string[] = [];
    const change = (path: string, shown: string, depth: number): void => {
      const stat = io.fs.stat(path);
      const wanted = stat ? changeMode(mode, stat.mode, stat.type === "directory") : undefined;
      if (!stat) errors.push(`chmod: ${shown}: No such file or directory`);
      else if (wanted === undefined) errors.push(`chmod: invalid mode '${mode}'`);
      else {
        const error = io.fs.setMode(path, wanted);
        if (error) errors.push(`chmod: ${shown}: ${reasonOf(error)}`);
        if (isRecursive && stat.type === "directory" && depth < MAX_DEPTH) for (const name of io.fs.list(path) ?? []) change(joinPath(path, name), joinPath(shown, name), depth + 1);
      }
    };
    for (const shown of paths) change(resolvePath(io.cwd, shown), shown, 0);
    return outcome(errors);
  },
};
