/** How `sort` compares. */

/** A place in a line: a field and a character in it, both from 1; character 0 is the field's end. */
interface Place {
  readonly field: number;
  readonly char: number;
  readonly skipsBlanks: boolean;
}

/** One `-k`: where it begins and ends, and how it is compared. */
export interface SortKey {
  readonly from: Place | undefined;
  readonly to: Place | undefined;
  /** Letters of `bdfghiMnrV`. */
  readonly letters: string;
}

/** `2,3n`, `1.2b,1.4` and so on; letters of its own make the general ones go. Undefined when it is no key. */
export function readSortKey(text: string, general: string): SortKey | undefined {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text);
  if (!match) return undefined;
  const [, field = "1", char = "1", first = "", lastField, lastChar = "0", second = ""] = match;
  if (Number(field) === 0 || Number(char) === 0 || lastField === "0" || /[^bdfghiMnrV]/.test(first + second)) return undefined;
  const own = first + second;
  const letters = own === "" ? general : own;
  const skips = (letter: string): boolean => (own === "" ? general.includes("b") : letter.includes("b"));
  return {
    from: { field: Number(field), char: Number(char), skipsBlanks: skips(first) },
    to: lastField === undefined ? undefined : { field: Number(lastField), char: Number(lastChar), skipsBlanks: skips(second) },
    letters,
  };
}

const isBlank = (char: string | undefined): boolean => char === " " || char === "\t" || char === "\n";

/** Skips so many fields; `keepsLast`: not the mark after the last of them. */
function skipFields(line: string, count: number, mark: string | undefined, keepsLast: boolean): number {
  let at = 0;
  for (let left = count; left > 0 && at < line.length; left--) {
    if (mark === undefined) {
      while (isBlank(line[at])) at += 1;
      while (at < line.length && !isBlank(line[at])) at += 1;
    } else {
      while (at < line.length && line[at] !== mark) at += 1;
      if (at < line.length && (left > 1 || !keepsLast)) at += 1;
    }
  }
  return at;
}

/** The part of a line a key looks at. */
export function keyIn(line: string, key: SortKey, mark: string | undefined): string {
  if (!key.from) return line;
  let start = skipFields(line, key.from.field - 1, mark, false);
  if (key.from.skipsBlanks) while (isBlank(line[start])) start += 1;
  start = Math.min(line.length, start + key.from.char - 1);
  if (!key.to) return line.slice(start);
  let end = skipFields(line, key.to.char === 0 ? key.to.field : key.to.field - 1, mark, key.to.char === 0);
  if (key.to.char > 0) {
    if (key.to.skipsBlanks) while (isBlank(line[end])) end += 1;
    end = Math.min(line.length, end + key.to.char);
  }
  return line.slice(start, Math.max(start, end));
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const SCALES = "KMGTPEZY";

const byUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const numberIn = (text: string): number => Number(/^\s*(-?\d*(?:\.\d*)?)/.exec(text)?.[1]?.replace(/^-?$|^-?\.$/, "0") ?? 0) || 0;

function generalNumber(text: string): number {
  const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?inf(?:inity)?)/i.exec(text)?.[1];
  if (match === undefined) return -Infinity;
  return /inf/i.test(match) ? (match.startsWith("-") ? -Number.MAX_VALUE : Infinity) : Number(match);
}

function humanOrder(a: string, b: string): number {
  const parts = (text: string): readonly [number, number] => {
    const match = /^\s*(-?\d*\.?\d*)([KMGTPEZYk]?)/.exec(text);
    const value = Number(match?.[1]?.replace(/^-?\.?$/, "0") ?? 0) || 0;
    const scale = value === 0 ? 0 : SCALES.indexOf((match?.[2] ?? "").toUpperCase() || "?") + 1;
    return [value < 0 ? -scale : scale, value];
  };
  const [left, right] = [parts(a), parts(b)];
  return Math.sign(left[1]) - Math.sign(right[1]) || left[0] - right[0] || left[1] - right[1];
}

/** Digits by value, the rest by characters; `~` before everything, letters before other signs. */
export function compareVersions(a: string, b: string): number {
  const weight = (char: string | undefined): number => {
    if (char === undefined || /\d/.test(char)) return 0;
    return char === "~" ? -1 : /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !/\d/.test(a[i] as string)) || (j < b.length && !/\d/.test(b[j] as string))) {
      const difference = weight(a[i]) - weight(b[j]);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
    const left = /^\d*/.exec(a.slice(i))?.[0] ?? "";
    const right = /^\d*/.exec(b.slice(j))?.[0] ?? "";
    const [x, y] = [left.replace(/^0+/, ""), right.replace(/^0+/, "")];
    const difference = x.length - y.length || byUnit(x, y);
    if (difference !== 0) return difference;
    i += left.length;
    j += right.length;
  }
  return 0;
}

/** A comparison of two keys by its letters, `r` aside. */
function compareKeys(letters: string, a: string, b: string): number {
  if (letters.includes("n")) return numberIn(a) - numberIn(b);
  if (letters.includes("g")) {
    const [x, y] = [generalNumber(a), generalNumber(b)];
    return x === y ? 0 : x < y ? -1 : 1;
  }
  if (letters.includes("h")) return humanOrder(a, b);
  if (letters.includes("M")) {
    const month = (text: string): number => MONTHS.indexOf(text.trim().slice(0, 3).toUpperCase());
    return month(a) - month(b);
  }
  const shaped = (text: string): string => {
    let out = letters.includes("b") ? text.replace(/^[ \t]+/, "") : text;
    if (letters.includes("d")) out = out.replace(/[^A-Za-z0-9 \t]/g, "");
    else if (letters.includes("i")) out = out.replace(/[^ -~]/g, "");
    return letters.includes("f") ? out.toUpperCase() : out;
  };
  const [x, y] = [shaped(a), shaped(b)];
  return letters.includes("V") ? compareVersions(x, y) || byUnit(x, y) : byUnit(x, y);
}

/** The order of lines by their keys alone: 0 where `-u` takes them for the same. */
export function orderOf(keys: readonly SortKey[], mark: string | undefined): (a: string, b: string) => number {
  return (a, b) => {
    for (const key of keys) {
      const order = compareKeys(key.letters, keyIn(a, key, mark), keyIn(b, key, mark));
      if (order !== 0) return key.letters.includes("r") ? -order : order;
    }
    return 0;
  };
}

/** The last word between lines whose keys are the same. */
export const wholeLineOrder = byUnit;
