import { RegexError, type RegexNode, type RegexOptions, RegexParser } from "./regex-parser";

export { RegexError, type RegexOptions } from "./regex-parser";

/** Where a match lies; `groups[0]` is the whole. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** A compiled pattern. Matching gives up (no match) after a bounded number of steps, whatever the pattern. */
export interface Regex {
  exec(text: string, from?: number): RegexMatch | undefined;
  test(text: string): boolean;
}

const MAX_STEPS = 300_000;
/** Steps spent on a longer match once there is one. */
const MAX_EXTRA = 20_000;
const MAX_PATTERN = 20_000;

/** Compiles a POSIX basic or extended regular expression: the leftmost match, and of those the longest. Throws {@link RegexError}. */
export function compileRegex(pattern: string, options: RegexOptions): Regex {
  if (pattern.length > MAX_PATTERN) throw new RegexError("Regular expression too big");
  const parser = new RegexParser(pattern, options);
  const root = options.fixed ? parser.literal() : parser.parse();
  const wantsLongest = options.perl !== true && branches(root);
  const exec = (text: string, from = 0): RegexMatch | undefined => {
    const budget = { steps: 0 };
    for (let start = from; start <= text.length; start++) {
      const found = matchAt(root, text, start, options, wantsLongest, budget);
      if (found) return found;
      if (budget.steps > MAX_STEPS) return undefined;
    }
    return undefined;
  };
  return { exec, test: (text) => exec(text) !== undefined };
}

/** May the first way through a pattern be shorter than another? */
function branches(node: RegexNode): boolean {
  switch (node.t) {
    case "any": return true;
    case "group": case "look": return branches(node.body);
    case "all": return node.parts.some(branches);
    case "repeat": return node.max === 1 || branches(node.body);
    default: return false;
  }
}

function matchAt(root: RegexNode, text: string, start: number, options: RegexOptions, wantsLongest: boolean, budget: { steps: number }): RegexMatch | undefined {
  const { ignoreCase, multiline } = options;
  let groups: (readonly [number, number] | undefined)[] = [];
  let limit = MAX_STEPS;
  let kept = start;
  const isWord = (i: number): boolean => /\w/.test(text[i] ?? "");
  const run = (node: RegexNode, at: number, then: (at: number) => boolean): boolean => {
    budget.steps += 1;
    if (budget.steps > limit) return false;
    switch (node.t) {
      case "char": {
        const char = text[at];
        return char !== undefined && node.test(char) && then(at + 1);
      }
      case "start": return (at === 0 || (multiline === true && text[at - 1] === "\n")) && then(at);
      case "end": return (at === text.length || (multiline === true && text[at] === "\n")) && then(at);
      case "first": return at === 0 && then(at);
      case "last": return at === text.length && then(at);
      case "word": return isWord(at - 1) !== isWord(at) && then(at);
      case "inside": return isWord(at - 1) === isWord(at) && then(at);
      case "wordStart": return !isWord(at - 1) && isWord(at) && then(at);
      case "wordEnd": return isWord(at - 1) && !isWord(at) && then(at);
      case "keep": {
        const before = kept;
        kept = at;
        return then(at) || ((kept = before), false);
      }
      case "back": {
        const span = groups[node.n];
        if (!span) return false;
        const wanted = text.slice(span[0], span[1]);
        const found = text.slice(at, at + wanted.length);
        return (ignoreCase ? found.toLowerCase() === wanted.toLowerCase() : found === wanted) && then(at + wanted.length);
      }
      case "group": {
        const before = groups[node.n];
        if (run(node.body, at, (after) => {
          const inner = groups[node.n];
          groups[node.n] = [at, after];
          return then(after) || ((groups[node.n] = inner), false);
        })) return true;
        groups[node.n] = before;
        return false;
      }
      case "look": return looks(node, at) !== node.negated && then(at);
      case "all": {
        const next = (i: number, from: number): boolean => {
          const part = node.parts[i];
          return part ? run(part, from, (after) => next(i + 1, after)) : then(from);
        };
        return next(0, at);
      }
      case "any": return node.options.some((option) => run(option, at, then));
      default: return repeat(node, at, then);
    }
  };
  const looks = (node: Extract<RegexNode, { t: "look" }>, at: number): boolean => {
    if (!node.behind) return run(node.body, at, () => true);
    for (let from = at; from >= 0; from--) if (run(node.body, from, (after) => after === at)) return true;
    return false;
  };
  const repeat = (node: Extract<RegexNode, { t: "repeat" }>, at: number, then: (at: number) => boolean): boolean => {
    const { body, lazy } = node;
    if (body.t === "char") {
      let reach = at;
      while (reach - at < node.max && reach < text.length && body.test(text[reach] as string)) reach += 1;
      budget.steps += (reach - at) >> 4;
      if (lazy) {
        for (let after = at + node.min; after <= reach; after++) if (then(after)) return true;
        return false;
      }
      for (let after = reach; after - at >= node.min; after--) if (then(after)) return true;
      return false;
    }
    const again = (count: number, from: number): boolean => {
      if (lazy && count >= node.min && then(from)) return true;
      if (count < node.max && count < 1000 && run(body, from, (after) => (after > from || count < node.min) && again(count + 1, after))) return true;
      return !lazy && count >= node.min && then(from);
    };
    return again(0, at);
  };
  let end = -1;
  let best: typeof groups = [];
  run(root, start, (at) => {
    if (end < 0) limit = Math.min(limit, budget.steps + MAX_EXTRA);
    if (at > end) {
      end = at;
      best = [...groups];
    }
    return !wantsLongest || at === text.length;
  });
  if (end < 0) return undefined;
  groups = best;
  const from = Math.min(kept, end);
  return { start: from, end, groups: [text.slice(from, end), ...Array.from(groups, (span) => span && text.slice(span[0], span[1])).slice(1)] };
}
