import type { Command, CommandIo, CommandResult } from "../host";
import { resolvePath } from "../path";
import { failure, linesOf, readInputs, reasonOf } from "./files";
import { compileRegex, type Regex, RegexError } from "./regex";

class SedError extends Error {}

type Address = { readonly line: number } | { readonly last: true } | { readonly regex: Regex };

interface SedCommand {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly negated: boolean;
  readonly verb: string;
  readonly regex?: Regex;
  readonly text: string;
  readonly flags: string;
  readonly body: readonly SedCommand[];
}

/** Reads a script: addresses, `s y p d q a i c = n {}`. */
class SedReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly extended: boolean,
  ) {}

  read(isNested = false): SedCommand[] {
    const commands: SedCommand[] = [];
    for (;;) {
      while (/[\s;]/.test(this.source[this.at] ?? "")) this.at += 1;
      const char = this.source[this.at];
      if (char === undefined) {
        if (isNested) throw new SedError("unmatched '{'");
        return commands;
      }
      if (char === "#") {
        while (this.at < this.source.length && this.source[this.at] !== "\n") this.at += 1;
        continue;
      }
      if (char === "}" && isNested) {
        this.at += 1;
        return commands;
      }
      commands.push(this.command());
      if (commands.length > 500) throw new SedError("script too long");
    }
  }

  private command(): SedCommand {
    const from = this.address();
    let to: Address | undefined;
    if (from && this.source[this.at] === ",") {
      this.at += 1;
      to = this.address();
      if (!to) throw new SedError("unexpected ','");
    }
    this.skipSpaces();
    const negated = this.source[this.at] === "!";
    if (negated) this.at += 1;
    this.skipSpaces();
    const verb = this.source[this.at++] ?? "";
    const base = { from, to, negated, verb, text: "", flags: "", body: [] };
    if (verb === "{") {
      this.depth += 1;
      if (this.depth > 20) throw new SedError("too deeply nested");
      const body = this.read(true);
      this.depth -= 1;
      return { ...base, body };
    }
    if (verb === "s" || verb === "y") return this.substitution(base);
    if (verb === "a" || verb === "i" || verb === "c") return { ...base, text: this.restOfLine() };
    if ("pdqn=hHgGxDNP".includes(verb) && verb !== "") return base;
    throw new SedError(verb === "" ? "missing command" : `unsupported command ${verb}`);
  }

  private skipSpaces(): void {
    while (this.source[this.at] === " ") this.at += 1;
  }

  private restOfLine(): string {
    const rest = /^\s*(?:\\\n?)?((?:[^\n\\]|\\[^])*)/.exec(this.source.slice(this.at));
    this.at += rest?.[0].length ?? 0;
    return (rest?.[1] ?? "").replace(/\\([^])/g, "$1");
  }

  private address(): Address | undefined {
    const number = /^\d{1,9}/.exec(this.source.slice(this.at, this.at + 9))?.[0];
    if (number !== undefined) {
      this.at += number.length;
      return { line: Number(number) };
    }
    if (this.source[this.at] === "$") {
      this.at += 1;
      return { last: true };
    }
    if (this.source[this.at] !== "/") return undefined;
    this.at += 1;
    return { regex: compileRegex(this.delimited("/"), { extended: this.extended }) };
  }

  private delimited(mark: string): string {
    let text = "";
    for (let inSet = false; ; this.at++) {
      const char = this.source[this.at];
      if (char === undefined || (char === "\n" && mark !== "\n")) throw new SedError("unterminated 's' command");
      if (char === mark && !inSet) break;
      if (char === "[" && !inSet) inSet = true;
      else if (char === "]" && inSet) inSet = false;
      if (char === "\\") {
        this.at += 1;
        const next = this.source[this.at];
        text += next === mark ? mark : `\\${next ?? ""}`;
      } else {
        text += char;
      }
    }
    this.at += 1;
    return text;
  }

  private replacement(mark: string): string {
    let text = "";
    for (; ; this.at++) {
      const char = this.source[this.at];
      if (char === undefined) throw new SedError("unterminated 's' command");
      if (char === mark) break;
      if (char === "\\") {
        this.at += 1;
        const next = this.source[this.at] ?? "";
        text += next === mark && mark !== "&" ? mark : `\\${next}`;
      } else {
        text += char;
      }
    }
    this.at += 1;
    return text;
  }

  private substitution(base: SedCommand): SedCommand {
    const mark = this.source[this.at++] ?? "";
    const pattern = this.delimited(mark);
    const text = this.replacement(mark);
    if (base.verb === "y") return { ...base, text, flags: pattern };
    const flags = /^[gpiI0-9]*/.exec(this.source.slice(this.at, this.at + 20))?.[0] ?? "";
    this.at += flags.length;
    return { ...base, regex: compileRegex(pattern, { extended: this.extended, ignoreCase: /[iI]/.test(flags) }), text, flags };
  }
}

function substitute(line: string, command: SedCommand): { readonly text: string; readonly changed: boolean } {
  const nth = Number(/\d+/.exec(command.flags)?.[0] ?? "1");
  let out = "";
  let at = 0;
  let count = 0;
  let changed = false;
  while (at <= line.length && out.length < 1_000_000) {
    const match = command.regex?.exec(line, at);
    if (!match) break;
    count += 1;
    out += line.slice(at, match.start);
    if (count === nth || (count > nth && command.flags.includes("g"))) {
      out += command.text.replace(/\\([^])|&/g, (whole, escaped: string | undefined) => {
        if (whole === "&") return match.groups[0] ?? "";
        if (escaped !== undefined && /\d/.test(escaped)) return match.groups[Number(escaped)] ?? "";
        return escaped === "n" ? "\n" : escaped === "t" ? "\t" : (escaped ?? "");
      });
      changed = true;
    } else {
      out += line.slice(match.start, match.end);
    }
    if (match.end === match.start) out += line[match.end] ?? "";
    at = match.end === match.start ? match.end + 1 : match.end;
    if (changed && !command.flags.includes("g")) break;
  }
  return { text: out + line.slice(at), changed };
}

/** One run of a script over a text. */
function runScript(script: readonly SedCommand[], text: string, isQuiet: boolean): string {
  const lines = linesOf(text);
  const active = new Set<SedCommand>();
  let hold = "";
  let out = "";
  for (let i = 0; i < lines.length; i++) {
    let space = lines[i] as string;
    let isDeleted = false;
    let isOver = false;
    let appended = "";
    const matches = (address: Address): boolean => ("line" in address ? address.line === i + 1 : "last" in address ? i === lines.length - 1 : address.regex.test(space));
    const applies = (command: SedCommand): boolean => {
      if (!command.from) return true;
      if (!command.to) return matches(command.from);
      if (active.has(command)) {
        if (matches(command.to) || ("line" in command.to && command.to.line <= i + 1)) active.delete(command);
        return true;
      }
      if (!matches(command.from)) return false;
      if (!("line" in command.to) || command.to.line > i + 1) active.add(command);
      return true;
    };
    const run = (commands: readonly SedCommand[]): void => {
      for (const command of commands) {
        if (isDeleted) return;
        if (applies(command) === command.negated) continue;
        switch (command.verb) {
          case "{": run(command.body); break;
          case "s": {
            const { text: changedText, changed } = substitute(space, command);
            space = changedText;
            if (changed && command.flags.includes("p")) out += `${space}\n`;
            break;
          }
          case "y": space = [...space].map((char) => [...command.text][[...command.flags].indexOf(char)] ?? char).join(""); break;
          case "p": out += `${space}\n`; break;
          case "P": out += `${space.split("\n")[0] ?? ""}\n`; break;
          case "d": case "D": isDeleted = true; break;
          case "q": isOver = true; return;
          case "=": out += `${i + 1}\n`; break;
          case "a": appended += `${command.text}\n`; break;
          case "i": out += `${command.text}\n`; break;
          case "c": out += `${command.text}\n`; isDeleted = true; break;
          case "h": hold = space; break;
          case "H": hold += `\n${space}`; break;
          case "g": space = hold; break;
          case "G": space += `\n${hold}`; break;
          case "x": [space, hold] = [hold, space]; break;
          case "n":
            if (!isQuiet) out += `${space}\n`;
            if (i + 1 < lines.length) space = lines[++i] as string;
            else isDeleted = true;
            break;
          case "N":
            if (i + 1 < lines.length) space += `\n${lines[++i] as string}`;
            break;
        }
        if (isOver) return;
      }
    };
    run(script);
    if (!isDeleted && !isQuiet) out += `${space}\n`;
    out += appended;
    if (isOver) break;
  }
  return text.endsWith("\n") || text === "" ? out : out.replace(/\n$/, "");
}

function readOptions(args: readonly string[]): { isQuiet: boolean; isExtended: boolean; inPlace: boolean; scripts: string[]; paths: string[] } {
  const options = { isQuiet: false, isExtended: false, inPlace: false, scripts: [] as string[], paths: [] as string[] };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "-e" || arg === "--expression") options.scripts.push(args[++i] ?? "");
    else if (/^-[nErsi]+$/.test(arg) || arg === "--quiet" || arg === "--in-place" || arg === "--regexp-extended") {
      options.isQuiet ||= arg === "--quiet" || (!arg.startsWith("--") && arg.includes("n"));
      options.isExtended ||= arg === "--regexp-extended" || (!arg.startsWith("--") && /[Er]/.test(arg));
      options.inPlace ||= arg === "--in-place" || (!arg.startsWith("--") && arg.includes("i"));
    } else options.paths.push(arg);
  }
  if (options.scripts.length === 0) options.scripts.push(options.paths.shift() ?? "");
  return options;
}

function runSed(args: readonly string[], io: CommandIo): CommandResult {
  const options = readOptions(args);
  if (args.length === 0) return failure("sed", "no script given");
  let script: SedCommand[];
  try {
    script = new SedReader(options.scripts.join("\n"), options.isExtended).read();
  } catch (error) {
    if (error instanceof SedError || error instanceof RegexError) return failure("sed", error.message);
    throw error;
  }
  const { inputs, errors } = readInputs("sed", options.paths, io);
  if (!options.inPlace) return { status: errors === "" ? 0 : 1, stdout: runScript(script, inputs.map(({ text }) => text).join(""), options.isQuiet), stderr: errors };
  let problems = errors;
  for (const { path, text } of inputs) {
    const error = io.fs.writeFile(resolvePath(io.cwd, path), runScript(script, text, options.isQuiet), false);
    if (error) problems += `sed: can't create temp file '${path}': ${reasonOf(error)}\n`;
  }
  return { status: problems === "" ? 0 : 1, stderr: problems };
}

/** `sed` with the commands scripts use; no branches. */
export const sed: Command = {
  name: "sed",
  readsStdin: (args) => readOptions(args).paths.length === 0 || readOptions(args).paths.includes("-"),
  isLinewise: (args) => {
    const { scripts, isQuiet } = readOptions(args);
    return !isQuiet && scripts.every((script) => /^s(.)(?:(?!\1).)*\1(?:(?!\1).)*\1[gi]*$/.test(script));
  },
  run: runSed,
};
