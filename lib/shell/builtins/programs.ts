import { isName } from "../token-reader";
import { resolvePath } from "../path";
import { setVariable } from "../expand";
import { execProgram, isKnown, runArgv, startShellChild } from "../run-simple";
import type { Variable } from "../state";
import { type Builtin, fail } from "./builtin";
import { parseDuration, signalName } from "./jobs";
import { readOptions } from "./variables";
import { xargs } from "./xargs";

/** A shell by the name it was called: it complains under it. */
const shellNamed = (own: string): Builtin => (machine, process, args) => {
  const options = {};
  const flags: string[] = [];
  let rest = [...args];
  let isCommand = false;
  while (/^[-+][a-zA-Z]/.test(rest[0] ?? "")) {
    const flag = rest.shift() as string;
    if (flag.startsWith("-") && flag.includes("c")) isCommand = true;
    const letters = flag.replace(/[cli]/g, "");
    if (letters.length > 1) flags.push(letters);
    if (letters.endsWith("o") && rest[0] !== undefined) flags.push(rest.shift() as string);
  }
  if (rest[0] === "--") rest = rest.slice(1);
  const problem = readOptions(options, flags);
  if (typeof problem === "string") return fail(machine, process, `illegal option ${problem}`, 2);
  if (isCommand) {
    const [source, name = own, ...more] = rest;
    if (source === undefined) return fail(machine, process, "-c requires an argument", 2);
    startShellChild(machine, process, { source, name, args: more, options, bash: own === "bash" });
    return undefined;
  }
  const [file, ...more] = rest;
  if (file !== undefined) {
    const content = machine.host.fs.readFile(resolvePath(process.cwd, file));
    if ("error" in content) return fail(machine, process, `can't open '${file}': No such file or directory`, 2);
    startShellChild(machine, process, { source: content.text, name: file, args: more, options, bash: own === "bash" });
    return undefined;
  }
  return readScript(machine, process, options, own);
};

/** `sh` without a file runs what its standard input holds. */
function readScript(machine: Parameters<Builtin>[0], process: Parameters<Builtin>[1], options: object, own: string): number | undefined {
  const { text, ended } = machine.read(process, 0);
  if (!ended && text === "" && process.fds["0"]?.k === "input") return 0;
  if (!ended) {
    machine.unread(process, 0, text);
    machine.push(process, { k: "again", argv: [own] });
    return undefined;
  }
  startShellChild(machine, process, { source: text, name: own, args: [], options });
  return undefined;
}

const exec: Builtin = (machine, process, args) => {
  if (args.length === 0) return 0;
  execProgram(machine, process, args);
  return undefined;
};

const command: Builtin = (machine, process, args) => {
  if (args[0] !== "-v" && args[0] !== "-V") {
    const argv = args[0] === "-p" || args[0] === "--" ? args.slice(1) : args;
    if (argv.length === 0) return 0;
    runArgv(machine, process, argv, true);
    return undefined;
  }
  const [how, ...names] = args;
  if (how === "-V") return type(machine, process, names);
  // dash looks at the first only.
  const asked = machine.dialect(process) === "bash" ? names : names.slice(0, 1);
  const found = asked.flatMap((name) => {
    if (process.aliases !== undefined && Object.hasOwn(process.aliases, name)) return [`alias ${name}='${process.aliases[name] ?? ""}'`];
    if (Object.hasOwn(process.functions, name) || SHELL_ONLY.has(name) || KEYWORDS.has(name)) return [name];
    return isKnown(machine, name) ? [location(name)] : [];
  });
  machine.write(process, 1, found.map((line) => `${line}\n`).join(""));
  return found.length > 0 ? 0 : process.bash ? 1 : 127;
};

const KEYWORDS: ReadonlySet<string> = new Set(["if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "case", "esac", "{", "}", "!"]);

const SHELL_ONLY = new Set([":", ".", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export", "false", "getopts", "jobs", "kill", "let", "local", "printf", "pwd", "read", "readonly", "return", "set", "shift", "test", "[", "trap", "true", "type", "ulimit", "umask", "unset", "wait"]);

function location(name: string): string {
  return `${/^(?:cat|ls|cp|mv|rm|mkdir|rmdir|touch|ln|grep|sed|date|sleep|sh|bash|ash|ps|mount|hostname|uname|base64|chmod|df|tar|gzip|ping)$/.test(name) ? "/bin" : "/usr/bin"}/${name}`;
}

/** What a name stands for, in a word and in a sentence. */
function kindOf(machine: Parameters<Builtin>[0], process: Parameters<Builtin>[1], name: string): { readonly word: string; readonly text: string } | undefined {
  const isBash = machine.dialect(process) === "bash";
  if (process.aliases !== undefined && Object.hasOwn(process.aliases, name)) return { word: "alias", text: isBash ? `aliased to \`${process.aliases[name] ?? ""}'` : `an alias for ${process.aliases[name] ?? ""}` };
  if (KEYWORDS.has(name)) return { word: "keyword", text: "a shell keyword" };
  if (Object.hasOwn(process.functions, name)) return { word: "function", text: "a function" };
  if (SHELL_ONLY.has(name)) return { word: "builtin", text: "a shell builtin" };
  return isKnown(machine, name) ? { word: "file", text: location(name) } : undefined;
}

const type: Builtin = (machine, process, args) => {
  const isBash = machine.dialect(process) === "bash";
  let missing = 0;
  const short = process.bash && args[0] === "-t";
  const names = args.filter((arg) => !/^-[tpafP]+$/.test(arg));
  for (const name of names) {
    const is = kindOf(machine, process, name);
    if (is === undefined) {
      missing += 1;
      if (short) continue;
      if (isBash) machine.complain(process, `type: ${name}: not found`);
      else machine.write(process, 1, `${name}: not found\n`);
    } else if (short) machine.write(process, 1, `${is.word}\n`);
    else machine.write(process, 1, `${name} is ${is.text}\n`);
  }
  return missing === 0 ? 0 : isBash ? 1 : 127;
};

const which: Builtin = (machine, process, args) => {
  let status = 0;
  for (const name of args.filter((arg) => !arg.startsWith("-"))) {
    if (isKnown(machine, name)) machine.write(process, 1, `${location(name)}\n`);
    else status = 1;
  }
  return status;
};

const env: Builtin = (machine, process, args) => {
  const saved: Record<string, Variable | null> = {};
  let i = 0;
  const keep = (name: string): void => {
    if (!Object.hasOwn(saved, name)) saved[name] = Object.hasOwn(process.vars, name) ? (process.vars[name] ?? null) : null;
  };
  const assigned: [string, string][] = [];
  for (; i < args.length; i++) {
    const arg = args[i] as string;
    const at = arg.indexOf("=");
    if (arg === "-i" || arg === "-" || arg === "--ignore-environment") {
      for (const name of Object.keys(process.vars)) {
        if (!process.vars[name]?.x) continue;
        keep(name);
      }
    } else if (/^(?:-u.|--unset=)/.test(arg)) {
      keep(arg.replace(/^(?:-u|--unset=)/, ""));
    } else if (arg === "--") {
      continue;
    } else if (arg === "-u" && args[i + 1] !== undefined) {
      i += 1;
      keep(args[i] as string);
    } else if (at > 0 && isName(arg.slice(0, at))) {
      keep(arg.slice(0, at));
      assigned.push([arg.slice(0, at), arg.slice(at + 1)]);
    } else {
      break;
    }
  }
  machine.push(process, { k: "env", saved });
  for (const name of Object.keys(saved)) delete process.vars[name];
  for (const [name, value] of assigned) setVariable(process, name, value, true);
  if (i < args.length) {
    runArgv(machine, process, args.slice(i), true);
    return undefined;
  }
  machine.write(process, 1, Object.entries(machine.environment(process)).map(([name, value]) => `${name}=${value}\n`).join(""));
  return 0;
};

/** `timeout [-s SIGNAL] [-k TIME] [--preserve-status] TIME COMMAND…` */
const timeout: Builtin = (machine, process, args) => {
  const isBusybox = machine.host.tools === "busybox";
  const misused = isBusybox ? 1 : 125;
  const words = [...args];
  let signal: string | undefined = "TERM";
  let kill: number | null | undefined;
  let keepsStatus = isBusybox;
  const failed = (why: string): number => {
    fail(machine, process, `timeout: ${why}`);
    return misused;
  };
  while (/^-./.test(words[0] ?? "")) {
    const flag = words.shift() as string;
    if (flag === "--") break;
    const [, name = "", given] = /^(-[sk]|--signal|--kill-after)(?:=?([^]+))?$/.exec(flag) ?? [];
    if (name === "-s" || name === "--signal") {
      const text = given ?? words.shift() ?? "";
      signal = signalName(text);
      if (signal === undefined || signal === "EXIT") return failed(isBusybox ? `bad signal name '${text}'` : `${text}: invalid signal`);
    } else if (name !== "") {
      const text = given ?? words.shift() ?? "";
      kill = parseDuration(text);
      if (kill === undefined) return failed(isBusybox ? `invalid number '${text}'` : `invalid time interval '${text}'`);
    } else if (flag === "--preserve-status" || flag === "-p") keepsStatus = true;
    else if (!/^(-v|-f|--verbose|--foreground)$/.test(flag)) return failed(flag.startsWith("--") ? `unrecognized option '${flag}'` : `invalid option -- '${flag.slice(1, 2)}'`);
  }
  const text = words.shift() ?? "";
  const given = parseDuration(text);
  if (given === undefined || words.length === 0) return failed(given === undefined && words.length > 0 ? (isBusybox ? `invalid number '${text}'` : `invalid time interval '${text}'`) : "missing operand");
  const child = machine.fork(process, process.fds);
  if (!child) return 2;
  // No time at all is no limit at all.
  machine.push(process, { k: "timeout", id: machine.nextId(), pid: child.pid, millis: given === 0 ? null : given, signal, ...(kill === undefined ? {} : { kill }), late: false, keepsStatus });
  runArgv(machine, child, words, true);
  return undefined;
};

/** Runs its arguments as a command and nothing else. */
const passOn: Builtin = (machine, process, args) => {
  const argv = args[0] === "--" ? args.slice(1) : args;
  if (argv.length === 0) return 0;
  runArgv(machine, process, argv, true);
  return undefined;
};

const MOST_WATCHED = 3_600;

/**
 * `watch [-n SECONDS] COMMAND…`: the command again and again, under a title.
 *
 * @simplified Nothing is cleared between rounds, and after an hour of rounds nobody is watching any more.
 */
const watch: Builtin = (machine, process, args) => {
  const words = [...args];
  let pause = "2";
  while (/^-/.test(words[0] ?? "")) {
    const flag = words.shift() as string;
    if (flag === "-n") pause = words.shift() ?? "2";
    else if (/^-n/.test(flag)) pause = flag.slice(2);
  }
  if (words.length === 0 || parseDuration(pause) === undefined) return fail(machine, process, "usage: watch [-n SEC] [-t] PROG ARGS");
  const source = `i=0; while [ $i -lt ${MOST_WATCHED} ]; do printf 'Every %ss: %s\\n\\n' "$1" "$2"; eval "$2"; echo; i=$((i+1)); sleep "$1"; done`;
  startShellChild(machine, process, { source, name: "watch", args: [pause, words.join(" ")] });
  return undefined;
};

/** `time COMMAND…` */
const time: Builtin = (machine, process, args) => {
  if (machine.dialect(process) === "dash") {
    machine.complainMissing(process, "time");
    return 127;
  }
  machine.push(process, { k: "timed", at: machine.host.now() });
  const argv = args[0] === "-p" ? args.slice(1) : args;
  if (argv.length > 0) runArgv(machine, process, argv);
  return argv.length > 0 ? undefined : 0;
};

/** Commands that run other commands. */
export const programs: Readonly<Record<string, Builtin>> = { sh: shellNamed("sh"), ash: shellNamed("ash"), bash: shellNamed("bash"), exec, command, time, builtin: passOn, nohup: passOn, nice: passOn, setsid: passOn, type, which, env, timeout, watch, xargs };
