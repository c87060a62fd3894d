import { keyOf, splitElement, unsetElement, wholeNumber } from "../arrays";
import { commit, Expansion, setVariable } from "../expand";
import { isName } from "../token-reader";
import type { Machine } from "../machine";
import { resolvePath } from "../path";
import type { Process } from "../state";
import { type Builtin, fail } from "./builtin";
import { declaration } from "./declare";

function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

function sortedNames(process: Process): string[] {
  return Object.keys(process.vars).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `export` and `readonly`. */
function declare(flag: "x" | "r", word: string): Builtin {
  return (machine, process, args) => {
    const names = args.filter((arg) => arg !== "-p" && arg !== "--");
    if (names.length === 0) {
      const marked = sortedNames(process).filter((name) => process.vars[name]?.[flag]);
      const isBash = machine.dialect(process) === "bash";
      machine.write(process, 1, marked.map((name) => (isBash ? `${declaration(process, name)}\n` : `${word} ${name}=${quote(process.vars[name]?.v ?? "")}\n`)).join(""));
      return 0;
    }
    for (const arg of names) {
      const at = arg.indexOf("=");
      const name = at < 0 ? arg : arg.slice(0, at);
      if (!isName(name)) return fail(machine, process, `${word}: ${name}: bad variable name`, 2);
      const known = Object.hasOwn(process.vars, name) ? process.vars[name] : undefined;
      if (known?.r && at >= 0) return fail(machine, process, `${name}: is read only`, 2);
      if (at < 0 && !known) continue;
      process.vars[name] = { ...known, v: at < 0 ? (known?.v ?? "") : arg.slice(at + 1), [flag]: true };
    }
    return 0;
  };
}

const unset: Builtin = (machine, process, args) => {
  const isFunction = args[0] === "-f";
  for (const name of args.filter((arg, i) => i > 0 || !/^-[fv]$/.test(arg))) {
    const element = splitElement(name);
    if (isFunction) delete process.functions[name];
    else if (process.bash && element.key !== undefined) unsetElement(process, element.name, keyOf(process, element.name, element.key, (text) => wholeNumber(process, text)));
    else if (!isName(name)) return fail(machine, process, `unset: ${name}: bad variable name`, 2);
    else if (process.vars[name]?.r && Object.hasOwn(process.vars, name)) return fail(machine, process, `unset: ${name}: is read only`, 2);
    else delete process.vars[name];
  }
  return 0;
};

const LETTERS: Readonly<Record<string, "e" | "u" | "x" | "f" | "C">> = { e: "e", u: "u", x: "x", f: "f", C: "C" };
const LONG: Readonly<Record<string, keyof Process["options"]>> = { errexit: "e", nounset: "u", xtrace: "x", noglob: "f", pipefail: "pipefail", noclobber: "C" };

/** Reads option words of `set` and of `sh` itself. Answers how many were used, or the word nobody knows. */
export function readOptions(options: Process["options"], args: readonly string[]): number | string {
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--" || arg === "-") return i + 1;
    if (!/^[-+][a-zA-Z]/.test(arg)) break;
    const isOn = arg.startsWith("-");
    for (const letter of arg.slice(1)) {
      if (letter === "o") {
        i += 1;
        const name = args[i];
        const key = name === undefined || !Object.hasOwn(LONG, name) ? undefined : LONG[name];
        if (name !== undefined && key === undefined && !["allexport", "monitor", "vi", "notify", "verbose", "errtrace", "functrace", "posix", "history", "emacs", "hashall", "braceexpand", "histexpand", "physical", "ignoreeof"].includes(name)) return name;
        if (key) options[key] = isOn;
      } else {
        const key = LETTERS[letter];
        if (key) options[key] = isOn;
        else if (!"abhmnvisETBHP".includes(letter)) return arg;
      }
    }
  }
  return i;
}

const set: Builtin = (machine, process, args) => {
  if (args.length === 1 && /^[-+]o$/.test(args[0] ?? "")) {
    const names = Object.keys(LONG).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const isOn = (name: string): boolean => process.options[LONG[name] as keyof Process["options"]] === true;
    machine.write(process, 1, names.map((name) => (args[0] === "+o" ? `set ${isOn(name) ? "-" : "+"}o ${name}\n` : `${name.padEnd(15)}\t${isOn(name) ? "on" : "off"}\n`)).join(""));
    return 0;
  }
  if (args.length === 0) {
    const value = (text: string): string => (process.bash && /^[\w@%+=:,./-]*$/.test(text) ? text : quote(text));
    machine.write(process, 1, sortedNames(process).map((name) => `${name}=${value(process.vars[name]?.v ?? "")}\n`).join(""));
    return 0;
  }
  const noPipefail = machine.dialect(process) === "dash" && args.includes("pipefail");
  const used = noPipefail ? "pipefail" : readOptions(process.options, args);
  if (typeof used === "string") {
    const status = fail(machine, process, `set: illegal option ${used}`, 2);
    if (!process.interactive && machine.dialect(process) !== "bash") machine.exit(process, 2);
    return status;
  }
  if (used < args.length || args[used - 1] === "--") process.args = args.slice(used);
  return 0;
};

const shift: Builtin = (machine, process, args) => {
  const count = Number(args[0] ?? "1");
  if (!Number.isInteger(count) || count < 0) return fail(machine, process, `shift: Illegal number: ${args[0] ?? ""}`, 2);
  if (count > process.args.length) {
    const isDash = machine.dialect(process) === "dash";
    const status = fail(machine, process, "shift: can't shift that many", isDash ? 2 : 1);
    if (isDash && !process.interactive) machine.exit(process, 2);
    return status;
  }
  process.args = process.args.slice(count);
  return 0;
};

const local: Builtin = (machine, process, args) => {
  const frame = process.stack.findLast((other) => other.k === "call");
  if (frame?.k !== "call") return fail(machine, process, "local: not in a function", 1);
  const declare = machine.rules.builtins.get("declare");
  if (process.bash && declare) return declare(machine, process, args);
  for (const arg of args) {
    const at = arg.indexOf("=");
    const name = at < 0 ? arg : arg.slice(0, at);
    if (!isName(name)) return fail(machine, process, `local: ${name}: bad variable name`, 2);
    if (!Object.hasOwn(frame.locals, name)) frame.locals[name] = Object.hasOwn(process.vars, name) ? (process.vars[name] ?? null) : null;
    if (at >= 0) setVariable(process, name, arg.slice(at + 1));
  }
  return 0;
};

const cd: Builtin = (machine, process, args) => {
  const words = args.filter((arg) => arg !== "--" && arg !== "-P" && arg !== "-L");
  if (words.length > 1 && machine.dialect(process) === "bash") return fail(machine, process, "cd: too many arguments");
  const [given] = words;
  if (given === "-" && process.vars["OLDPWD"] === undefined && machine.dialect(process) === "bash") return fail(machine, process, "cd: OLDPWD not set");
  const target = given ?? process.vars["HOME"]?.v ?? "/";
  const wanted = target === "-" ? (process.vars["OLDPWD"]?.v ?? process.cwd) : target;
  const path = resolvePath(process.cwd, wanted);
  const stat = machine.host.fs.stat(path);
  if (stat?.type !== "directory") return fail(machine, process, `cd: can't cd to ${wanted}: ${stat ? "Not a directory" : "No such file or directory"}`, 2);
  machine.changeDirectory(process, path);
  if (target === "-") machine.write(process, 1, `${path}\n`);
  return 0;
};

const pwd: Builtin = (machine, process) => {
  machine.write(process, 1, `${process.cwd}\n`);
  return 0;
};

/** `let EXPRESSION…`: 1 when the last comes to nought. */
const letBuiltin: Builtin = (machine, process, args) => {
  if (args.length === 0) return fail(machine, process, "let: expression expected");
  const expansion = new Expansion(process, machine.host.fs, []);
  const results = args.map((text) => expansion.number(text));
  commit(expansion, process);
  return results.at(-1) === "0" ? 1 : 0;
};

/** `u=rwx,g=rx,o=rx` */
function symbolic(mask: number): string {
  const letters = (bits: number): string => ["r", "w", "x"].filter((_letter, i) => (bits & (4 >> i)) === 0).join("");
  return `u=${letters(mask >> 6)},g=${letters(mask >> 3)},o=${letters(mask)}`;
}

const umask: Builtin = (machine, process, args) => {
  const [mask] = args;
  if (mask === undefined) machine.write(process, 1, `${process.umask.toString(8).padStart(4, "0")}\n`);
  else if (mask === "-S") machine.write(process, 1, `${symbolic(process.umask)}\n`);
  else if (!/^[0-7]{1,4}$/.test(mask)) return fail(machine, process, `umask: Illegal number: ${mask}`, 2);
  else process.umask = parseInt(mask, 8);
  return 0;
};

/** `getopts OPTSTRING NAME [ARG…]` */
const getopts: Builtin = (machine, process, args) => {
  const [spec = "", name = "", ...given] = args;
  if (!isName(name)) return fail(machine, process, "getopts: usage: getopts optstring var [arg]", 2);
  const words = given.length > 0 ? given : process.args;
  const index = Number(process.vars["OPTIND"]?.v ?? "1") || 1;
  if (index === 1 && process.getopt >> 8 !== 1) process.getopt = 0;
  const at = process.getopt >> 8 === index ? process.getopt & 255 : 1;
  const word = words[index - 1];
  if (word === undefined || !/^-./.test(word) || word === "--") {
    if (word === "--") setVariable(process, "OPTIND", String(index + 1));
    setVariable(process, name, "?");
    process.getopt = 0;
    return 1;
  }
  return takeOption(machine, process, { spec, name, words, index, at, word });
};

interface OptionScan {
  readonly spec: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly index: number;
  readonly at: number;
  readonly word: string;
}

function takeOption(machine: Machine, process: Process, { spec, name, words, index, at, word }: OptionScan): number {
  const letter = word[at] ?? "?";
  const known = letter === ":" ? -1 : spec.indexOf(letter);
  const isSilent = spec.startsWith(":");
  let next = at + 1 < word.length ? index : index + 1;
  let value = letter;
  delete process.vars["OPTARG"];
  if (known < 0) {
    value = "?";
    if (isSilent) setVariable(process, "OPTARG", letter);
    else machine.complain(process, `Illegal option -${letter}`);
  } else if (spec[known + 1] === ":") {
    const inline = word.slice(at + 1);
    const argument = inline !== "" ? inline : words[index];
    next = inline !== "" ? index + 1 : index + 2;
    if (argument === undefined) {
      value = isSilent ? ":" : "?";
      next = index + 1;
      if (isSilent) setVariable(process, "OPTARG", letter);
      else machine.complain(process, `No arg for -${letter} option`);
    } else {
      setVariable(process, "OPTARG", argument);
    }
  }
  setVariable(process, name, value);
  setVariable(process, "OPTIND", String(next));
  process.getopt = next === index ? (index << 8) | (at + 1) : 0;
  return 0;
}

/** Variables, options and the current directory. */
export const variables: Readonly<Record<string, Builtin>> = {
  export: declare("x", "export"),
  readonly: declare("r", "readonly"),
  unset,
  set,
  shift,
  local,
  cd,
  pwd,
  umask,
  let: letBuiltin,
  getopts,
};
