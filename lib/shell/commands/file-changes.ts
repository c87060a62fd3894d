/** `mkdir`, `rmdir`, `rm`, `touch`, `ln`, `chmod`, `chown`, `chgrp`, `unlink`: changes to single files. */
import type { Command, CommandIo, CommandResult, FileError } from "../host";
import { baseOf, joinPath, parentOf, resolvePath } from "../path";
import { dateParts } from "./calendar";
import { readDate } from "./date-words";
import { failure, readArguments, reasonOf, unknownOption } from "./files";
import { modeText } from "./listing";
import { changeMode } from "./mode";

const MAX_DEPTH = 60;

function outcome(errors: readonly string[], stdout = ""): CommandResult {
  return { status: errors.length === 0 ? 0 : 1, stdout, stderr: errors.map((line) => `${line}\n`).join("") };
}

const missing = (name: string, what = "operand"): CommandResult => failure(name, `missing ${what}\nTry '${name} --help' for more information.`);

/** `mkdir [-p] [-m MODE] [-v] DIR…` */
export const mkdir: Command = {
  name: "mkdir",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "pv", "m", { parents: "p", mode: "m", verbose: "v" });
    if (unknown !== undefined) return unknownOption("mkdir", unknown);
    if (operands.length === 0) return missing("mkdir");
    const given = flags.get("m");
    const mode = given === undefined ? undefined : changeMode(given, 0o777, true);
    if (given !== undefined && mode === undefined) return failure("mkdir", `invalid mode '${given}'`);
    const errors: string[] = [];
    let stdout = "";
    for (const shown of operands) {
      const path = resolvePath(io.cwd, shown);
      const isNew = !io.fs.stat(path);
      const error = flags.has("p") ? makeAll(path, io) : io.fs.makeDirectory(path);
      if (error) errors.push(`mkdir: can't create directory '${shown}': ${reasonOf(error)}`);
      else {
        if (mode !== undefined && isNew) io.fs.setMode(path, mode);
        if (flags.has("v") && isNew) stdout += `mkdir: created directory '${shown}'\n`;
      }
    }
    return outcome(errors, stdout);
  },
};

function makeAll(path: string, io: CommandIo): FileError | undefined {
  const steps: string[] = [];
  for (let at = path; !io.fs.stat(at); at = parentOf(at)) steps.unshift(at);
  for (const step of steps) {
    const error = io.fs.makeDirectory(step);
    if (error) return error;
  }
  return io.fs.stat(path)?.type === "directory" ? undefined : "EEXIST";
}

/** `rmdir [-p] [-v] DIR…` */
export const rmdir: Command = {
  name: "rmdir",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "pv", "", { parents: "p", verbose: "v", "ignore-fail-on-non-empty": "i" });
    if (unknown !== undefined) return unknownOption("rmdir", unknown);
    if (operands.length === 0) return missing("rmdir");
    const errors: string[] = [];
    let stdout = "";
    for (const operand of operands) {
      for (let shown = operand.replace(/(?<=.)\/+$/, ""); shown !== "" && shown !== "." && shown !== "/"; shown = shown.includes("/") ? shown.slice(0, shown.lastIndexOf("/")) : "") {
        const path = resolvePath(io.cwd, shown);
        const stat = io.fs.lstat(path);
        if (flags.has("v")) stdout += `rmdir: removing directory, '${shown}'\n`;
        const error = stat && stat.type !== "directory" ? "ENOTDIR" : io.fs.remove(path);
        if (error && !(error === "ENOTEMPTY" && flags.has("i"))) errors.push(`rmdir: '${shown}': ${reasonOf(error)}`);
        if (error || !flags.has("p")) break;
      }
    }
    return outcome(errors, stdout);
  },
};

/** `rm [-r] [-f] [-d] [-v] PATH…` */
export const rm: Command = {
  name: "rm",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "rRfivdI", "", { recursive: "r", force: "f", verbose: "v", dir: "d", "no-preserve-root": "N", "preserve-root": "N", interactive: "i", "one-file-system": "N" });
    if (unknown !== undefined) return unknownOption("rm", unknown);
    const errors: string[] = [];
    let stdout = "";
    if (operands.length === 0 && !flags.has("f")) return missing("rm");
    const remove = (path: string, shown: string, depth: number): void => {
      const stat = io.fs.lstat(path);
      if (!stat) {
        if (!flags.has("f")) errors.push(`rm: can't remove '${shown}': No such file or directory`);
        return;
      }
      const isDirectory = stat.type === "directory";
      if (isDirectory && !flags.has("r") && !flags.has("R") && !flags.has("d")) {
        errors.push(`rm: '${shown}' is a directory`);
        return;
      }
      const goesDown = isDirectory && (flags.has("r") || flags.has("R"));
      if (goesDown && depth < MAX_DEPTH) for (const name of [...(io.fs.list(path) ?? [])].sort((a, b) => (a < b ? -1 : 1))) remove(joinPath(path, name), joinPath(shown, name), depth + 1);
      const error = io.fs.remove(path);
      if (error) errors.push(`rm: can't remove '${shown}': ${reasonOf(error)}`);
      else if (flags.has("v")) stdout += `removed ${isDirectory ? "directory " : ""}'${shown}'\n`;
    };
    for (const shown of operands) {
      if (/(?:^|\/)\.\.?\/*$/.test(shown)) errors.push(`rm: refusing to remove '.' or '..' directory: skipping '${shown}'`);
      else remove(resolvePath(io.cwd, shown), shown.replace(/(?<=.)\/+$/, ""), 0);
    }
    return outcome(errors, stdout);
  },
};

/** `unlink FILE` */
export const unlink: Command = {
  name: "unlink",
  run(args, io) {
    const [shown] = args;
    if (shown === undefined) return missing("unlink");
    const path = resolvePath(io.cwd, shown);
    const error = io.fs.lstat(path)?.type === "directory" ? "EISDIR" : io.fs.remove(path);
    return error ? failure("unlink", `cannot unlink '${shown}': ${reasonOf(error)}`) : { status: 0 };
  },
};

/** `[[CC]YY]MMDDhhmm[.ss]` as a moment; undefined for what is none. */
function stampOf(text: string, now: number): number | undefined {
  const [, century = "", year = "", month = "", day = "", hour = "", minute = "", second = "00"] = /^(\d\d)??(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text) ?? [];
  if (month === "") return undefined;
  const full = year === "" ? String(dateParts(now).year) : `${century === "" ? (Number(year) < 69 ? "20" : "19") : century}${year}`;
  return readDate(`${full}-${month}-${day} ${hour}:${minute}:${second}`, now);
}

/** `touch [-c] [-d TEXT | -t STAMP | -r FILE] FILE…` */
export const touch: Command = {
  name: "touch",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "camh", "dtr", { "no-create": "c", date: "d", reference: "r", time: "a" });
    if (unknown !== undefined) return unknownOption("touch", unknown);
    if (operands.length === 0) return missing("touch", "file operand");
    const reference = flags.get("r");
    if (reference !== undefined && !io.fs.stat(resolvePath(io.cwd, reference))) return failure("touch", `failed to get attributes of '${reference}': ${reasonOf("ENOENT")}`);
    const text = flags.get("d") ?? flags.get("t");
    const given = text === undefined ? undefined : flags.has("d") ? readDate(text, io.now) : stampOf(text, io.now);
    if (text !== undefined && given === undefined) return failure("touch", `invalid date format '${text}'`);
    const at = given ?? (reference === undefined ? undefined : io.fs.stat(resolvePath(io.cwd, reference))?.mtime);
    const errors = operands.flatMap((shown) => {
      const path = resolvePath(io.cwd, shown);
      if (flags.has("c") && !io.fs.stat(path)) return [];
      const error = shown.endsWith("/") && !io.fs.stat(path) ? "ENOENT" : io.fs.touch(path, at);
      return error ? [`touch: ${shown}: ${reasonOf(error)}`] : [];
    });
    return outcome(errors);
  },
};

/** `ln [-s] [-f] [-n] [-v] TARGET… LINK`; without `-s` a copy stands for the second name. */
export const ln: Command = {
  name: "ln",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "sfnvTri", "t", { symbolic: "s", force: "f", "no-dereference": "n", verbose: "v", "target-directory": "t", "no-target-directory": "T" });
    if (unknown !== undefined) return unknownOption("ln", unknown);
    if (operands.length === 0) return missing("ln", "file operand");
    const into = flags.get("t") ?? (operands.length > 1 ? operands.at(-1) : ".") ?? ".";
    const sources = flags.has("t") || operands.length === 1 ? operands : operands.slice(0, -1);
    const target = resolvePath(io.cwd, into);
    const keepsLink = (flags.has("n") || flags.has("T")) && io.fs.lstat(target)?.type === "symlink";
    const isDirectory = io.fs.stat(target)?.type === "directory" && !keepsLink;
    if (sources.length > 1 && !isDirectory) return failure("ln", `target '${into}' is not a directory`);
    let stdout = "";
    const errors = sources.flatMap((source) => {
      const shown = isDirectory ? (into === "." && operands.length === 1 ? baseOf(source) : joinPath(into, baseOf(source))) : into;
      const path = isDirectory ? joinPath(target, baseOf(source)) : target;
      if (flags.has("f") && io.fs.lstat(path) && path !== resolvePath(io.cwd, source)) io.fs.remove(path);
      const error = flags.has("s") ? (io.fs.link ? io.fs.link(source, path) : "ENOTSUP") : hardLink(resolvePath(io.cwd, source), path, io);
      if (!error && flags.has("v")) stdout += `'${shown}' -> '${source}'\n`;
      return error ? [`ln: ${error === "ENOENT" && !flags.has("s") ? source : shown}: ${reasonOf(error)}`] : [];
    });
    return outcome(errors, stdout);
  },
};

function hardLink(source: string, path: string, io: CommandIo): FileError | undefined {
  if (io.fs.stat(source)?.type === "directory") return "EPERM";
  const content = io.fs.readFile(source);
  if ("error" in content) return content.error;
  return io.fs.lstat(path) ? "EEXIST" : io.fs.writeFile(path, content.text, false);
}

/** Something done to files, and with `-R` to what is in them. */
function throughout(paths: readonly string[], isRecursive: boolean, io: CommandIo, one: (path: string, shown: string) => boolean): void {
  const visit = (path: string, shown: string, depth: number): void => {
    if (!one(path, shown) || !isRecursive || depth >= MAX_DEPTH || io.fs.lstat(path)?.type !== "directory") return;
    for (const name of [...(io.fs.list(path) ?? [])].sort((a, b) => (a < b ? -1 : 1))) visit(joinPath(path, name), joinPath(shown, name), depth + 1);
  };
  for (const shown of paths) visit(resolvePath(io.cwd, shown), shown, 0);
}

/** `chmod [-R] [-v] [-c] [-f] MODE FILE…`, octal or symbolic. */
export const chmod: Command = {
  name: "chmod",
  run(args, io) {
    const options = args.filter((arg) => /^-[Rfvc]+$|^--(?:recursive|verbose|changes|quiet|silent|reference=.*)$/.test(arg));
    const words = args.filter((arg) => !options.includes(arg) && arg !== "--");
    const has = (letter: string, long: string): boolean => options.some((arg) => arg === long || (!arg.startsWith("--") && arg.includes(letter)));
    const reference = options.find((arg) => arg.startsWith("--reference="))?.slice(12);
    const copied = reference === undefined ? undefined : io.fs.stat(resolvePath(io.cwd, reference))?.mode.toString(8);
    const [mode = "", ...paths] = copied === undefined ? words : [copied, ...words];
    if (mode === "") return missing("chmod");
    if (paths.length === 0) return failure("chmod", `missing operand after '${mode}'\nTry 'chmod --help' for more information.`);
    if (changeMode(mode, 0, false) === undefined) return failure("chmod", `invalid mode '${mode}'`);
    const errors: string[] = [];
    let stdout = "";
    throughout(paths, has("R", "--recursive"), io, (path, shown) => {
      const stat = io.fs.stat(path);
      const wanted = stat ? changeMode(mode, stat.mode, stat.type === "directory") : undefined;
      if (!stat || wanted === undefined) {
        if (!options.includes("-f")) errors.push(`chmod: ${shown}: No such file or directory`);
        return false;
      }
      const error = io.fs.setMode(path, wanted);
      if (error) errors.push(`chmod: ${shown}: ${reasonOf(error)}`);
      const text = (bits: number): string => `${(bits & 0o7777).toString(8).padStart(4, "0")} (${modeText({ ...stat, mode: bits }).slice(1)})`;
      const isChanged = (stat.mode & 0o7777) !== wanted;
      if (!error && isChanged && (has("v", "--verbose") || has("c", "--changes"))) stdout += `mode of '${shown}' changed from ${text(stat.mode)} to ${text(wanted)}\n`;
      else if (!error && has("v", "--verbose")) stdout += `mode of '${shown}' retained as ${text(wanted)}\n`;
      return true;
    });
    return outcome(errors, stdout);
  },
};

/**
 * `chown [-R] OWNER[:GROUP] FILE…` and `chgrp [-R] GROUP FILE…`
 * @simplified root is obeyed and nothing changes, since every file belongs to root; others are refused.
 */
function owning(name: "chown" | "chgrp"): Command {
  return {
    name,
    run(args, io) {
      const { flags, operands, unknown } = readArguments(args, "Rvchf", "", { recursive: "R", verbose: "v", "no-dereference": "h", quiet: "f" });
      if (unknown !== undefined) return unknownOption(name, unknown);
      const [who, ...paths] = operands;
      if (who === undefined) return missing(name);
      if (paths.length === 0) return failure(name, `missing operand after '${who}'\nTry '${name} --help' for more information.`);
      const errors: string[] = [];
      throughout(paths, flags.has("R"), io, (path, shown) => {
        if (!io.fs.lstat(path)) errors.push(`${name}: ${shown}: No such file or directory`);
        else if (io.identity.uid !== 0) errors.push(`${name}: ${shown}: Operation not permitted`);
        return io.fs.lstat(path) !== undefined;
      });
      return outcome(errors);
    },
  };
}

export const chown = owning("chown");
export const chgrp = owning("chgrp");
