/**
 * Does `text` match a shell pattern (`*`, `?`, `[…]`, backslash for a literal)? Takes time in proportion to the product of
 * the lengths at worst, whatever the pattern.
 */
export function matchPattern(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let starAt = -1;
  let starText = 0;
  while (t < text.length) {
    const next = p < pattern.length ? matchOne(pattern, p, text[t] as string) : -1;
    if (pattern[p] === "*") {
      starAt = p;
      starText = t;
      p += 1;
    } else if (next >= 0) {
      p = next;
      t += 1;
    } else if (starAt >= 0) {
      p = starAt + 1;
      starText += 1;
      t = starText;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p += 1;
  return p >= pattern.length;
}

/** Where the pattern goes on after matching one character, or -1. */
function matchOne(pattern: string, at: number, char: string): number {
  const head = pattern[at];
  if (head === "?") return at + 1;
  if (head === "\\" && at + 1 < pattern.length) return pattern[at + 1] === char ? at + 2 : -1;
  if (head === "[") {
    const set = readSet(pattern, at);
    if (set) return set.has(char) ? set.end : -1;
  }
  return head === char && head !== "*" ? at + 1 : -1;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/, digit: /[0-9]/, alnum: /[A-Za-z0-9]/, upper: /[A-Z]/, lower: /[a-z]/, space: /\s/, blank: /[ \t]/, punct: /[!-/:-@[-`{-~]/, xdigit: /[0-9A-Fa-f]/,
};

function readSet(pattern: string, at: number): { readonly end: number; has(char: string): boolean } | undefined {
  let i = at + 1;
  const negated = pattern[i] === "!" || pattern[i] === "^";
  if (negated) i += 1;
  const tests: ((char: string) => boolean)[] = [];
  for (let first = true; i < pattern.length; first = false) {
    if (pattern[i] === "]" && !first) return { end: i + 1, has: (char) => tests.some((test) => test(char)) !== negated };
    const name = /^\[:([a-z]+):\]/.exec(pattern.slice(i, i + 12));
    const known = name ? CLASSES[name[1] ?? ""] : undefined;
    if (name && known) {
      tests.push((char) => known.test(char));
      i += name[0].length;
      continue;
    }
    if (pattern[i] === "\\" && i + 1 < pattern.length) i += 1;
    const low = pattern[i] as string;
    if (pattern[i + 1] === "-" && i + 2 < pattern.length && pattern[i + 2] !== "]") {
      const high = pattern[i + 2] as string;
      tests.push((char) => char >= low && char <= high);
      i += 3;
    } else {
      tests.push((char) => char === low);
      i += 1;
    }
  }
  return undefined;
}

/** Makes every special character of a pattern stand for itself. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}

/** Has the pattern anything that could match more than itself? */
export function isPattern(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[*?[]/.test(pattern);
}

/** Removes the shortest or longest matching prefix or suffix (`${X#p}`, `##`, `%`, `%%`). */
export function trimPattern(text: string, pattern: string, op: "#" | "##" | "%" | "%%"): string {
  const isPrefix = op.startsWith("#");
  const isLongest = op.length === 2;
  // Ordinary cases are short; a bound keeps hostile ones short too.
  const limit = Math.min(text.length, 4096);
  for (let step = 0; step <= limit; step++) {
    const size = isLongest ? limit - step : step;
    const part = isPrefix ? text.slice(0, size) : text.slice(text.length - size);
    if (matchPattern(pattern, part)) return isPrefix ? text.slice(size) : text.slice(0, text.length - size);
  }
  return text;
}

/** Longest value in which patterns are looked for. */
const LONGEST = 4000;

/** `${V/p/t}` and its like: the first match replaced (`/`), all (`//`), one at the front (`/#`) or the end (`/%`); `^` and `,` change case. */
export function changed(value: string, op: string, pattern: string, text: string): string {
  switch (op) {
    case "^": case "@u": return recased(value.slice(0, 1), pattern, true) + value.slice(1);
    case "^^": case "@U": return recased(value, pattern, true);
    case ",": return recased(value.slice(0, 1), pattern, false) + value.slice(1);
    case ",,": case "@L": return recased(value, pattern, false);
    case "@Q": return `'${value.replaceAll("'", "'\\''")}'`;
    default:
  }
  if (pattern === "" || value.length > LONGEST) return value;
  let out = "";
  for (let at = 0; at <= value.length; ) {
    const end = op === "/#" && at > 0 ? -1 : longestMatch(pattern, value, at, op === "/%");
    if (end < 0 || (end === at && at < value.length && op !== "/%")) {
      out += value[at] ?? "";
      at += 1;
      continue;
    }
    if (end === at) break;
    out += text;
    at = end;
    if (op !== "//") return out + value.slice(at);
  }
  return out;
}

/** The characters that fit the pattern, all without one, in capitals or small letters. */
function recased(text: string, pattern: string, isUpper: boolean): string {
  const turned = (char: string): string => (isUpper ? char.toUpperCase() : char.toLowerCase());
  return pattern === "" ? turned(text) : [...text].map((char) => (matchPattern(pattern, char) ? turned(char) : char)).join("");
}

/** Where the longest match that begins there ends; -1 without one. */
function longestMatch(pattern: string, value: string, at: number, toEnd: boolean): number {
  if (!isPattern(pattern) && !pattern.includes("\\")) return value.startsWith(pattern, at) && (!toEnd || at + pattern.length === value.length) ? at + pattern.length : -1;
  for (let end = value.length; end >= (toEnd ? value.length : at); end -= 1) if (matchPattern(pattern, value.slice(at, end))) return end;
  return -1;
}
