/** Classes of characters. Upstream: regexp/syntax, perl_groups.go. */

/** A set of code points: ranges, inclusive. `not` turns it round. */
export interface CharSet {
  readonly ranges: readonly (readonly [number, number])[];
  readonly not: boolean;
}

/** `\d`. */
export const DIGITS: CharSet = { ranges: [[48, 57]], not: false };
/** `\s`. */
export const SPACES: CharSet = { ranges: [[9, 10], [12, 13], [32, 32]], not: false };
/** `\w`. */
export const WORDS: CharSet = { ranges: [[48, 57], [65, 90], [95, 95], [97, 122]], not: false };
/** Everything there is. */
export const ANY: CharSet = { ranges: [[0, 0x10ffff]], not: false };
/** `.`, unless it is to match line ends, too. */
export const NOT_NEWLINE: CharSet = { ranges: [[10, 10]], not: true };
/** `[:alpha:]` and its like. */
export const POSIX: Readonly<Record<string, CharSet["ranges"]>> = {
  alnum: [[48, 57], [65, 90], [97, 122]],
  alpha: [[65, 90], [97, 122]],
  ascii: [[0, 127]],
  blank: [[9, 9], [32, 32]],
  cntrl: [[0, 31], [127, 127]],
  digit: [[48, 57]],
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [[33, 47], [58, 64], [91, 96], [123, 126]],
  space: [[9, 13], [32, 32]],
  upper: [[65, 90]],
  word: [[48, 57], [65, 90], [95, 95], [97, 122]],
  xdigit: [[48, 57], [65, 70], [97, 102]],
};
/** `\p{L}` and its like, as far as the scripts in common use go. */
export const LETTERS: Readonly<Record<string, CharSet["ranges"]>> = {
  L: [[65, 90], [97, 122], [0xaa, 0xaa], [0xb5, 0xb5], [0xba, 0xba], [0xc0, 0xd6], [0xd8, 0xf6], [0xf8, 0x2c1], [0x370, 0x3ff], [0x400, 0x52f], [0x531, 0x587], [0x5d0, 0x5ea], [0x620, 0x64a], [0x900, 0xdff], [0x1e00, 0x1fff], [0x3040, 0x30ff], [0x4e00, 0x9fff], [0xac00, 0xd7a3]],
  Lu: [[65, 90], [0xc0, 0xd6], [0xd8, 0xde], [0x391, 0x3a9], [0x410, 0x42f]],
  Ll: [[97, 122], [0xdf, 0xf6], [0xf8, 0xff], [0x3b1, 0x3c9], [0x430, 0x44f]],
  N: [[48, 57], [0xb2, 0xb3], [0xb9, 0xb9], [0x660, 0x669]],
  Nd: [[48, 57], [0x660, 0x669]],
};

/** What is not in any of some ranges. */
export function complement(ranges: CharSet["ranges"]): CharSet["ranges"] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const found: (readonly [number, number])[] = [];
  let next = 0;
  for (const [low, high] of sorted) {
    if (low > next) found.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= 0x10ffff) found.push([next, 0x10ffff]);
  return found;
}
