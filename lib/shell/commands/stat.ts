import type { Command, CommandIo, FileStat } from "../host";
import { resolvePath } from "../path";
import { formatDate } from "./calendar";
import { failure, filtered, readArguments, reasonOf, unknownOption } from "./files";
import { modeText } from "./listing";

const LINK_TYPE = { file: 0o100000, directory: 0o040000, symlink: 0o120000, device: 0o020000 };

function kindOf({ type, size }: FileStat): string {
  return { file: size === 0 ? "regular empty file" : "regular file", directory: "directory", symlink: "symbolic link", device: "character special file" }[type];
}

function field(letter: string, found: FileStat, shown: string, path: string, io: CommandIo): string {
  const number = (name: string): string => (name === "root" ? "0" : String(io.identity.uid));
  const seconds = String(Math.trunc(found.mtime / 1000));
  const moment = formatDate(found.mtime, "%Y-%m-%d %H:%M:%S.%N +0000");
  const blocks = found.type === "symlink" ? 0 : Math.ceil(found.size / 4096) * 8;
  switch (letter) {
    case "n": return shown;
    case "N": return found.type === "symlink" ? `'${shown}' -> '${io.fs.readLink?.(path) ?? ""}'` : `'${shown}'`;
    case "s": return String(found.size);
    case "a": return (found.mode & 0o7777).toString(8);
    case "A": return modeText(found);
    case "f": return ((found.mode & 0o7777) | LINK_TYPE[found.type]).toString(16);
    case "F": return kindOf(found);
    case "U": return found.owner;
    case "G": return found.group;
    case "u": return number(found.owner);
    case "g": return number(found.group);
    case "X": case "Y": case "Z": return seconds;
    case "x": case "y": case "z": return moment;
    case "W": return "0";
    case "w": return "-";
    case "b": return String(blocks);
    case "B": return "512";
    case "o": return "4096";
    case "h": return found.type === "directory" ? "2" : "1";
    case "m": return "/";
    case "t": case "T": return "0";
    case "%": return "%";
    default: return "?";
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\\": "\\", a: "\x07", '"': '"' };
const FULL = "  File: %n\n  Size: %s\t\tBlocks: %b          IO Block: %o   %F\nAccess: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z";
const TERSE = "%n %s %b %f %u %g 0 0 %h 0 0 %X %Y %Z %o";

/** `stat [-L] [-t] [-c FORMAT | --printf=FORMAT] FILE…` */
export const stat: Command = {
  name: "stat",
  run(args, io) {
    const { flags, operands, unknown } = readArguments(args, "Ltf", "cP", { format: "c", printf: "P", dereference: "L", terse: "t" });
    if (unknown !== undefined) return unknownOption("stat", unknown);
    if (operands.length === 0) return failure("stat", "missing operand\nTry 'stat --help' for more information.");
    const printf = flags.get("P");
    const format = printf?.replace(/\\([^])/g, (whole, letter: string) => ESCAPES[letter] ?? whole) ?? flags.get("c") ?? (flags.has("t") ? TERSE : FULL);
    let errors = "";
    const stdout = operands.map((operand) => {
      const path = resolvePath(io.cwd, operand);
      const found = flags.has("L") ? io.fs.stat(path) : io.fs.lstat(path);
      if (!found) {
        errors += `stat: can't stat '${operand}': ${reasonOf("ENOENT")}\n`;
        return "";
      }
      return format.replace(/%([-0#+ ]*)(\d*)(?:\.\d+)?([HL]?[a-zA-Z%])/g, (_, style: string, width: string, letter: string) => {
        const text = field(letter, found, operand, path, io);
        return style.includes("-") ? text.padEnd(Number(width)) : text.padStart(Number(width), style.includes("0") ? "0" : " ");
      }) + (printf === undefined ? "\n" : "");
    }).join("");
    return filtered(stdout, errors);
  },
};
