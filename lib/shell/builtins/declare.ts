/** What only bash has for variables: `declare`, `mapfile`, `shopt`, and the stack of folders. */
import { elementsOf, setElements } from "../arrays";
import { setVariable } from "../expand";
import type { Machine } from "../machine";
import { isName } from "../token-reader";
import type { Process, Variable } from "../state";
import { type Builtin, fail } from "./builtin";

/** A value as bash writes it between double quotes. */
export function doubleQuoted(text: string): string {
  return `"${text.replace(/[\\"$`]/g, "\\$&")}"`;
}

const MARKS: readonly (readonly [keyof Variable, string])[] = [["list", "a"], ["assoc", "A"], ["int", "i"], ["r", "r"], ["x", "x"]];

/** A variable as `declare -p` prints it. */
export function declaration(process: Process, name: string): string {
  const variable = process.vars[name] as Variable;
  const marks = MARKS.filter(([mark]) => variable[mark] && !(mark === "list" && variable.assoc)).map(([, letter]) => letter).join("");
  const head = `declare -${marks === "" ? "-" : marks} ${name}`;
  if (variable.list === undefined) return `${head}=${doubleQuoted(variable.v)}`;
  const items = Object.entries(variable.list).map(([key, value]) => `[${key}]=${doubleQuoted(value)}`);
  return `${head}=(${items.join(" ")}${variable.assoc && items.length > 0 ? " " : ""})`;
}

interface Wish {
  readonly letters: string;
  readonly names: readonly string[];
}

function wishOf(args: readonly string[]): Wish {
  let letters = "";
  let i = 0;
  for (; i < args.length && /^[-+][a-zA-Z]/.test(args[i] ?? ""); i++) letters += args[i]?.startsWith("-") ? (args[i] as string).slice(1) : "";
  return { letters, names: args.slice(args[i] === "--" ? i + 1 : i) };
}

/** Gives a variable its marks, and a value if there is one after `=`. */
export function declareOne(machine: Machine, process: Process, word: string, { arg, letters }: { readonly arg: string; readonly letters: string }): number {
  const at = arg.indexOf("=");
  const isAppended = at > 0 && arg[at - 1] === "+";
  const name = at < 0 ? arg : arg.slice(0, isAppended ? at - 1 : at);
  if (!isName(name)) return fail(machine, process, `${word}: \`${arg}': not a valid identifier`);
  const known = Object.hasOwn(process.vars, name) ? process.vars[name] : undefined;
  if (known?.r && at >= 0) return fail(machine, process, `${name}: readonly variable`);
  const marks: Partial<Variable> = {
    ...(letters.includes("i") ? { int: true } : {}),
    ...(letters.includes("x") ? { x: true } : {}),
    ...(/[aA]/.test(letters) ? { list: elementsIf(process, name) } : {}),
    ...(letters.includes("A") ? { assoc: true } : {}),
  };
  process.vars[name] = { v: "", ...known, ...marks };
  if (at >= 0) setVariable(process, name, (isAppended ? (known?.v ?? "") : "") + arg.slice(at + 1));
  if (letters.includes("r")) process.vars[name] = { ...(process.vars[name] as Variable), r: true };
  return 0;
}

function elementsIf(process: Process, name: string): Readonly<Record<string, string>> {
  return Object.hasOwn(process.vars, name) ? elementsOf(process, name) : {};
}

const declare: Builtin = (machine, process, args) => {
  const { letters, names } = wishOf(args);
  if (/[fF]/.test(letters)) {
    const wanted = names.length > 0 ? names : Object.keys(process.functions).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    machine.write(process, 1, wanted.filter((name) => Object.hasOwn(process.functions, name)).map((name) => `${names.length > 0 ? "" : "declare -f "}${name}\n`).join(""));
    return wanted.every((name) => Object.hasOwn(process.functions, name)) ? 0 : 1;
  }
  if (letters.includes("p") || names.length === 0) {
    const wanted = names.length > 0 ? names : Object.keys(process.vars).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const missing = wanted.filter((name) => !Object.hasOwn(process.vars, name));
    machine.write(process, 1, wanted.filter((name) => Object.hasOwn(process.vars, name)).map((name) => `${declaration(process, name)}\n`).join(""));
    for (const name of missing) machine.complain(process, `declare: ${name}: not found`);
    return missing.length > 0 ? 1 : 0;
  }
  const frame = letters.includes("g") ? undefined : process.stack.findLast((other) => other.k === "call");
  for (const arg of names) {
    const name = arg.replace(/\+?=[^]*$/, "");
    if (frame?.k === "call" && isName(name) && !Object.hasOwn(frame.locals, name)) {
      frame.locals[name] = Object.hasOwn(process.vars, name) ? (process.vars[name] ?? null) : null;
      delete process.vars[name];
    }
    const status = declareOne(machine, process, "declare", { arg, letters });
    if (status !== 0) return status;
  }
  return 0;
};

/** `mapfile [-t] [-n COUNT] [NAME]`: the lines of standard input as an array. */
const mapfile: Builtin = (machine, process, args) => {
  const { text, ended } = machine.read(process, 0);
  if (!ended) {
    machine.unread(process, 0, text);
    machine.push(process, { k: "again", argv: ["mapfile", ...args] });
    return undefined;
  }
  const name = args.findLast((arg, i) => !arg.startsWith("-") && !/^-[nsOuCcd]$/.test(args[i - 1] ?? "")) ?? "MAPFILE";
  const count = Number(args[args.indexOf("-n") + 1]);
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const kept = args.includes("-n") && count > 0 ? lines.slice(0, count) : lines;
  setElements(process, name, kept.map((line) => [undefined, args.includes("-t") ? line.replace(/\n$/, "") : line] as const));
  return 0;
};

const SHOPTS: ReadonlySet<string> = new Set(["autocd", "cdspell", "checkwinsize", "cmdhist", "direxpand", "dirspell", "dotglob", "execfail", "expand_aliases", "extglob", "extquote", "failglob", "globstar", "gnu_errfmt", "histappend", "histreedit", "hostcomplete", "huponexit", "inherit_errexit", "interactive_comments", "lastpipe", "localvar_inherit", "login_shell", "mailwarn", "nocaseglob", "nocasematch", "nullglob", "progcomp", "promptvars", "sourcepath", "xpg_echo"]);

const shopt: Builtin = (machine, process, args) => {
  const names = args.filter((arg) => !arg.startsWith("-"));
  const unknown = names.find((name) => !SHOPTS.has(name));
  if (unknown !== undefined) return fail(machine, process, `shopt: ${unknown}: invalid shell option name`);
  const on = new Set(process.shopts ?? []);
  const sets = args.some((arg) => /^-[a-z]*s/.test(arg));
  if (!sets && !args.some((arg) => /^-[a-z]*u/.test(arg))) {
    if (!args.includes("-q")) machine.write(process, 1, (names.length > 0 ? names : [...SHOPTS]).map((name) => `${name.padEnd(20)}\t${on.has(name) ? "on" : "off"}\n`).join(""));
    return names.every((name) => on.has(name)) ? 0 : 1;
  }
  for (const name of names) {
    if (sets) on.add(name);
    else on.delete(name);
  }
  process.shopts = [...on];
  return 0;
};

function folders(machine: Machine, process: Process, stack: readonly string[]): string {
  const home = process.vars["HOME"]?.v ?? "";
  const short = (path: string): string => (home !== "" && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path);
  return `${[process.cwd, ...stack].map(short).join(" ")}\n`;
}

const moving = (word: "pushd" | "popd" | "dirs"): Builtin => (machine, process, args) => {
  const stack = Object.values(Object.hasOwn(process.vars, "DIRSTACK") ? elementsOf(process, "DIRSTACK") : {});
  const keep = (next: readonly string[]): void => setElements(process, "DIRSTACK", next.map((path) => [undefined, path] as const));
  const before = process.cwd;
  const [target = stack[0]] = args.filter((arg) => !arg.startsWith("-"));
  if (word !== "dirs") {
    if (target === undefined) return fail(machine, process, word === "pushd" ? "pushd: no other directory" : "popd: directory stack empty");
    const path = word === "popd" ? (stack[0] as string) : target;
    const status = machine.rules.builtins.get("cd")?.(machine, process, [path]);
    if (status !== 0) return 1;
    keep(word === "popd" ? stack.slice(1) : args.length === 0 ? [before, ...stack.slice(1)] : [before, ...stack]);
  }
  machine.write(process, 1, folders(machine, process, Object.values(Object.hasOwn(process.vars, "DIRSTACK") ? elementsOf(process, "DIRSTACK") : {})));
  return 0;
};

const nothing: Builtin = () => 0;

/** Builtins no other shell has. */
export const bashOnly: Readonly<Record<string, Builtin>> = { declare, typeset: declare, mapfile, readarray: mapfile, shopt, pushd: moving("pushd"), popd: moving("popd"), dirs: moving("dirs"), enable: nothing, disown: nothing };
