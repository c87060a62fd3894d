/** Regular expressions that take time linear in the text, as Go's do: no pattern of a stranger's can hang the engine. */
import type { CharSet } from "./classes";
import type { Node } from "./node";
import { parsePattern, PatternError } from "./parse";

type Instruction =
  | { readonly op: "char"; readonly set: CharSet; readonly fold: boolean }
  | { readonly op: "split"; readonly first: number; readonly second: number }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "assert"; readonly what: Extract<Node, { readonly type: "assert" }>["what"] }
  | { readonly op: "match" };

/** Where a match and its groups lie, in code points: begin, end, begin of group 1, … Absent groups are -1. */
export type Captures = readonly number[];

/** A compiled expression. */
export interface Pattern {
  readonly groups: number;
  /** The leftmost match at or after `from`, preferring as Perl does. */
  find(text: readonly number[], from: number): Captures | undefined;
  /** Is there a match anywhere? */
  test(text: string): boolean;
}

/** Larger programs are refused, as Go refuses them. */
const LARGEST = 20_000;

class Compiler {
  readonly program: Instruction[] = [];

  private emit(instruction: Instruction): number {
    if (this.program.length >= LARGEST) throw new PatternError("error parsing regexp: expression too large");
    return this.program.push(instruction) - 1;
  }

  compile(node: Node): void {
    switch (node.type) {
      case "empty":
        return;
      case "chars":
        this.emit({ op: "char", set: node.set, fold: node.fold });
        return;
      case "assert":
        this.emit({ op: "assert", what: node.what });
        return;
      case "cat":
        for (const part of node.nodes) this.compile(part);
        return;
      case "group":
        this.emit({ op: "save", slot: node.index * 2 });
        this.compile(node.node);
        this.emit({ op: "save", slot: node.index * 2 + 1 });
        return;
      case "alt":
        this.alternatives(node.nodes);
        return;
      case "repeat":
        this.repeat(node);
    }
  }

  private alternatives(nodes: readonly Node[]): void {
    const jumps: number[] = [];
    nodes.forEach((node, i) => {
      if (i === nodes.length - 1) {
        this.compile(node);
        return;
      }
      const split = this.emit({ op: "split", first: 0, second: 0 });
      this.compile(node);
      jumps.push(this.emit({ op: "jump", to: 0 }));
      this.program[split] = { op: "split", first: split + 1, second: this.program.length };
    });
    for (const jump of jumps) this.program[jump] = { op: "jump", to: this.program.length };
  }

  private repeat({ node, min, max, greedy }: Extract<Node, { readonly type: "repeat" }>): void {
    // What comes at least once loops back instead of being written down once more.
    const copies = max === undefined && min > 0 ? min - 1 : min;
    for (let i = 0; i < copies; i += 1) this.compile(node);
    if (max === undefined && min > 0) {
      const start = this.program.length;
      this.compile(node);
      this.emit(branch(start, this.program.length + 1, greedy));
      return;
    }
    if (max === undefined) {
      const split = this.emit({ op: "split", first: 0, second: 0 });
      this.compile(node);
      this.emit({ op: "jump", to: split });
      this.program[split] = branch(split + 1, this.program.length, greedy);
      return;
    }
    const splits: number[] = [];
    for (let i = min; i < max; i += 1) {
      splits.push(this.emit({ op: "split", first: 0, second: 0 }));
      this.compile(node);
    }
    for (const split of splits) this.program[split] = branch(split + 1, this.program.length, greedy);
  }
}

function branch(into: number, past: number, greedy: boolean): Instruction {
  return greedy ? { op: "split", first: into, second: past } : { op: "split", first: past, second: into };
}

interface Thread {
  readonly at: number;
  readonly saved: Captures;
}

const isWord = (code: number | undefined): boolean => code !== undefined && ((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122));

function holds(what: Extract<Node, { readonly type: "assert" }>["what"], text: readonly number[], at: number): boolean {
  switch (what) {
    case "begin-text":
      return at === 0;
    case "end-text":
      return at === text.length;
    case "begin-line":
      return at === 0 || text[at - 1] === 10;
    case "end-line":
      return at === text.length || text[at] === 10;
    case "word":
      return isWord(text[at - 1]) !== isWord(text[at]);
    case "no-word":
      return isWord(text[at - 1]) === isWord(text[at]);
  }
}

function inRanges(set: CharSet, code: number): boolean {
  return set.ranges.some(([low, high]) => code >= low && code <= high);
}

function accepts(set: CharSet, fold: boolean, code: number): boolean {
  if (!fold) return inRanges(set, code) !== set.not;
  const char = String.fromCodePoint(code);
  const found = inRanges(set, code) || inRanges(set, char.toLowerCase().codePointAt(0) ?? code) || inRanges(set, char.toUpperCase().codePointAt(0) ?? code);
  return found !== set.not;
}

/** Follows everything that needs no character; earlier threads are preferred. */
function follow(program: readonly Instruction[], start: Thread, text: readonly number[], place: number, list: Thread[], seen: Uint32Array): void {
  const stack: Thread[] = [start];
  // Each place of the text has a mark of its own, so that nothing has to be wiped.
  const mark = place + 1;
  for (let thread = stack.pop(); thread; thread = stack.pop()) {
    if (seen[thread.at] === mark) continue;
    seen[thread.at] = mark;
    const instruction = program[thread.at] as Instruction;
    switch (instruction.op) {
      case "jump":
        stack.push({ at: instruction.to, saved: thread.saved });
        break;
      case "split":
        stack.push({ at: instruction.second, saved: thread.saved }, { at: instruction.first, saved: thread.saved });
        break;
      case "save": {
        const saved = [...thread.saved];
        saved[instruction.slot] = place;
        stack.push({ at: thread.at + 1, saved });
        break;
      }
      case "assert":
        if (holds(instruction.what, text, place)) stack.push({ at: thread.at + 1, saved: thread.saved });
        break;
      default:
        list.push(thread);
    }
  }
}

/** The leftmost match; with `any`, the first that shows. */
function search(program: readonly Instruction[], groups: number, text: readonly number[], from: number, any = false): Captures | undefined {
  let threads: Thread[] = [];
  let best: Captures | undefined;
  const empty: Captures = new Array<number>((groups + 1) * 2).fill(-1);
  const seen = new Uint32Array(program.length);
  for (let place = from; place <= text.length; place += 1) {
    if (best === undefined) follow(program, { at: 0, saved: [place, ...empty.slice(1)] }, text, place, threads, seen);
    const code = text[place];
    const next: Thread[] = [];
    for (const thread of threads) {
      const instruction = program[thread.at] as Instruction;
      if (instruction.op === "match") {
        const saved = [...thread.saved];
        saved[1] = place;
        best = saved;
        if (any) return best;
        // Threads behind this one are less preferred.
        break;
      }
      if (instruction.op === "char" && code !== undefined && accepts(instruction.set, instruction.fold, code)) follow(program, { at: thread.at + 1, saved: thread.saved }, text, place + 1, next, seen);
    }
    threads = next;
    if (threads.length === 0 && best !== undefined) return best;
  }
  return best;
}

/** Compiled expressions. A memory of answers: it changes none. */
const known = new Map<string, Pattern>();
const REMEMBERED = 500;

/** The code points of a text. */
export function codePoints(text: string): readonly number[] {
  return [...text].map((char) => char.codePointAt(0) ?? 0);
}

/** Compiles an expression. @throws {PatternError} in Go's words */
export function compilePattern(source: string): Pattern {
  const found = known.get(source);
  if (found) return found;
  const { node, groups } = parsePattern(source);
  const compiler = new Compiler();
  compiler.compile(node);
  const program: readonly Instruction[] = [...compiler.program, { op: "match" }];
  const pattern: Pattern = {
    groups,
    find: (text, from) => search(program, groups, text, from),
    test: (text) => search(program, groups, codePoints(text), 0, true) !== undefined,
  };
  if (known.size < REMEMBERED) known.set(source, pattern);
  return pattern;
}

/** Does the text match? An expression that cannot be read matches everything, as what it guarded was refused before. */
export function matchesPattern(source: string, text: string): boolean {
  try {
    return compilePattern(source).test(text);
  } catch (error) {
    if (error instanceof PatternError) return true;
    throw error;
  }
}
