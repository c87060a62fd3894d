import type { Regex } from "./regex";
import type { Address, SedCommand } from "./sed-script";
import type { SedLine, SedOutcome, SedWorld } from "./sed-world";
import { turned, unambiguous } from "./sed-text";

/** A script that does not come to an end. */
export class SedEndless extends Error {}

/** A run does this many small steps at most. */
const MAX_STEPS = 3_000_000;
const MAX_SPACE = 1_000_000;

/** Replaces matches; undefined when there was none to replace. An empty match right after another is not one. */
function substitute(line: string, command: SedCommand, regex: Regex): string | undefined {
  const { nth = 1, global, pieces = [] } = command;
  let out = "";
  let at = 0;
  let lastEnd = -1;
  let isChanged = false;
  for (let count = 0; at <= line.length && out.length < MAX_SPACE * 2; ) {
    const match = regex.exec(line, at);
    if (!match) break;
    out += line.slice(at, match.start);
    const isEmpty = match.end === match.start;
    if (!(isEmpty && match.start === lastEnd)) {
      count += 1;
      const isWanted = count === nth || (count > nth && global === true);
      out += isWanted ? turned(pieces, match.groups) : line.slice(match.start, match.end);
      isChanged ||= isWanted;
    }
    lastEnd = match.end;
    at = match.end;
    if (isEmpty) {
      out += line[at] ?? "";
      at += 1;
    }
    if (isChanged && !global) break;
  }
  return isChanged ? out + line.slice(at) : undefined;
}

/** One run of a script over lines. */
export class SedRun {
  private at = -1;
  private space = "";
  private hold: string;
  private out = "";
  private owes = false;
  private steps = 0;
  private quit: number | undefined;
  private isReplaced = false;
  private lastRegex: Regex | undefined;
  private pending: string[] = [];
  private readonly ends = new Map<SedCommand, number | "open" | "over">();
  private readonly readers = new Map<string, string[]>();

  constructor(
    private readonly script: readonly SedCommand[],
    private readonly lines: readonly SedLine[],
    private readonly world: SedWorld,
    hold = "",
  ) {
    this.hold = hold;
  }

  run(): SedOutcome {
    let isRestarted = false;
    while (this.quit === undefined && (isRestarted || this.next())) {
      const ended = this.cycle();
      if (ended === "print" || ended === "quit") if (!this.world.quiet) this.put(this.space);
      this.flush();
      isRestarted = ended === "again";
    }
    return { out: this.out, quit: this.quit, hold: this.hold };
  }

  private get isLast(): boolean {
    return this.at >= this.lines.length - 1 && !this.world.isOpen;
  }

  private next(): boolean {
    if (this.at + 1 >= this.lines.length) return false;
    this.at += 1;
    this.space = this.lines[this.at]?.text ?? "";
    this.isReplaced = false;
    return true;
  }

  /** Adds a text to the output, after the newline the line before it may still owe. */
  private say(text: string): void {
    if (text === "") return;
    if (this.owes) this.out += this.world.mark;
    this.owes = false;
    this.out += text;
    this.charge(text.length >> 3);
  }

  private put(line: string): void {
    this.say(line === "" ? this.world.mark : line);
    if (line === "") return;
    if (this.lines[this.at]?.ended === false) this.owes = true;
    else this.out += this.world.mark;
  }

  private flush(): void {
    for (const text of this.pending) this.say(text);
    this.pending = [];
  }

  private charge(steps: number): void {
    this.steps += steps;
    if (this.steps > MAX_STEPS || this.space.length > MAX_SPACE) throw new SedEndless("stopped: the script does not come to an end");
  }

  private cycle(): "print" | "drop" | "again" | "quit" {
    for (let i = 0; i < this.script.length; ) {
      const command = this.script[i] as SedCommand;
      this.charge(1 + (this.space.length >> 5));
      i += 1;
      if (!this.applies(command)) {
        if (command.verb === "{") i = command.target;
        continue;
      }
      const next = this.act(command);
      if (next === undefined) continue;
      if (typeof next === "number") i = next;
      else return next;
    }
    return "print";
  }

  private test(regex: Regex | undefined): boolean {
    const wanted = regex ?? this.lastRegex;
    this.lastRegex = wanted;
    return wanted?.test(this.space) === true;
  }

  private matches(address: Address): boolean {
    const line = this.at + 1;
    if ("line" in address) return address.line === line;
    if ("last" in address) return this.isLast;
    if ("first" in address) return address.step <= 0 ? line === address.first : line >= address.first && (line - address.first) % address.step === 0;
    return "regex" in address && this.test(address.regex);
  }

  private applies(command: SedCommand): boolean {
    return this.isInside(command) !== command.negated;
  }

  private isInside(command: SedCommand): boolean {
    const { from, to } = command;
    if (!from) return true;
    if (!to) return this.matches(from);
    const line = this.at + 1;
    const isFromZero = "line" in from && from.line === 0;
    const end = this.ends.get(command) ?? (isFromZero ? "open" : undefined);
    if (end === undefined || (end === "over" && !isFromZero)) {
      if (!this.matches(from)) return false;
      if ("plus" in to) this.ends.set(command, to.plus === 0 ? "over" : line + to.plus);
      else if ("multiple" in to) this.ends.set(command, to.multiple <= 0 ? "over" : line + to.multiple - (line % to.multiple));
      else if ("line" in to) this.ends.set(command, to.line <= line ? "over" : to.line);
      else this.ends.set(command, "last" in to && this.isLast ? "over" : "open");
      return true;
    }
    if (end === "over") return false;
    if (typeof end === "number") {
      if (line >= end) this.ends.set(command, "over");
      // A range whose end was jumped over applies no more, unless it begins here again.
      return line <= end || this.isInside(command);
    }
    if (this.matches(to)) this.ends.set(command, "over");
    return true;
  }

  /** Does one command: where to go on, how the cycle ends, or nothing special. */
  private act(command: SedCommand): number | "drop" | "again" | "quit" | "print" | undefined {
    const { verb } = command;
    switch (verb) {
      case "b": return command.target;
      case "t": case "T":
        if (this.isReplaced !== (verb === "t")) {
          this.isReplaced = false;
          return undefined;
        }
        this.isReplaced = false;
        return command.target;
      case "s": return this.substitution(command);
      case "d": return "drop";
      case "D": {
        const end = this.space.indexOf("\n");
        if (end < 0) return "drop";
        this.space = this.space.slice(end + 1);
        return "again";
      }
      case "n":
        if (this.at + 1 >= this.lines.length) return this.stop();
        if (!this.world.quiet) this.put(this.space);
        this.flush();
        return this.advance();
      case "N": {
        if (this.at + 1 >= this.lines.length) return this.stop();
        const before = this.space;
        this.flush();
        this.advance();
        this.space = `${before}${this.world.mark}${this.space}`;
        return undefined;
      }
      case "q": this.quit = Number(command.argument || "0"); return "quit";
      case "Q": this.quit = Number(command.argument || "0"); return "drop";
      case "c":
        if (!command.to || command.negated || this.ends.get(command) === "over" || this.isLast) this.say(`${command.text}\n`);
        return "drop";
      default: this.simple(command); return undefined;
    }
  }

  /** No line is left for `n` or `N`: what there is is printed, and that is all. */
  private stop(): "quit" | "drop" {
    if (this.world.isOpen) {
      this.at = this.lines.length;
      return "drop";
    }
    this.quit = 0;
    return "quit";
  }

  private advance(): undefined {
    const wasReplaced = this.isReplaced;
    this.next();
    this.isReplaced = wasReplaced;
    return undefined;
  }

  private substitution(command: SedCommand): undefined {
    const regex = command.regex ?? this.lastRegex;
    this.lastRegex = regex;
    const changed = regex && substitute(this.space, command, regex);
    if (changed === undefined) return undefined;
    this.space = changed;
    this.isReplaced = true;
    if (command.prints) this.put(changed);
    if (command.text !== "") this.world.write(command.text, `${changed}\n`);
    return undefined;
  }

  private simple(command: SedCommand): void {
    const { text } = command;
    switch (command.verb) {
      case "p": this.put(this.space); break;
      case "P": this.say(`${this.space.split("\n")[0] ?? ""}${this.world.mark}`); break;
      case "=": this.say(`${this.at + 1}\n`); break;
      case "l": this.say(unambiguous(this.space, command.argument === "" ? this.world.width : Number(command.argument))); break;
      case "i": this.say(`${text}\n`); break;
      case "a": this.pending.push(`${text}\n`); break;
      case "r": this.pending.push(this.world.read(text) ?? ""); break;
      case "R": {
        const lines = this.readers.get(text) ?? (this.world.read(text) ?? "").split(/(?<=\n)/).filter((line) => line !== "");
        this.readers.set(text, lines);
        const line = lines.shift();
        if (line !== undefined) this.pending.push(line.endsWith("\n") ? line : `${line}\n`);
        break;
      }
      case "w": this.world.write(text, `${this.space}\n`); break;
      case "W": this.world.write(text, `${this.space.split("\n")[0] ?? ""}\n`); break;
      case "F": this.say(`${this.lines[this.at]?.file ?? "-"}\n`); break;
      case "z": this.space = ""; break;
      case "h": this.hold = this.space; break;
      case "H": this.hold += `\n${this.space}`; break;
      case "g": this.space = this.hold; break;
      case "G": this.space += `\n${this.hold}`; break;
      case "x": [this.space, this.hold] = [this.hold, this.space]; break;
      case "y": {
        const to = [...command.argument];
        const from = new Map([...text].map((char, i) => [char, to[i] ?? char] as const).reverse());
        this.space = [...this.space].map((char) => from.get(char) ?? char).join("");
        break;
      }
    }
  }
}
