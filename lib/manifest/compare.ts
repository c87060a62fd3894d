/** Orders strings by code point, which is also the order of their UTF-8 bytes. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other UTF-16 unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * The order kubectl prints YAML keys in: by character, letters after everything else, and runs of digits by their number
 * (`a9` before `a10`).
 */
export function compareYamlKeys(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const l = left[i] as string;
    const r = right[i] as string;
    if (l !== r) return compareFrom(left, right, i, l, r);
  }
  return left.length - right.length;
}

const LETTER = /^\p{L}$/u;
const isDigit = (char: string | undefined): boolean => char !== undefined && char >= "0" && char <= "9" && char.length === 1;

function compareFrom(left: readonly string[], right: readonly string[], at: number, l: string, r: string): number {
  const leftIsLetter = LETTER.test(l);
  const rightIsLetter = LETTER.test(r);
  if (leftIsLetter && rightIsLetter) return compareCodePoints(l, r);
  if (leftIsLetter !== rightIsLetter) return rightIsLetter ? -1 : 1;
  // A zero after a significant digit belongs to the same number: 100 against 11 is decided by length.
  let inNumber = false;
  if (l === "0" || r === "0") {
    for (let j = at - 1; j >= 0 && isDigit(left[j]); j--) inNumber ||= left[j] !== "0";
  }
  const leftRun = digitRun(left, at, inNumber);
  const rightRun = digitRun(right, at, inNumber);
  if (leftRun.value !== rightRun.value) return leftRun.value < rightRun.value ? -1 : 1;
  return leftRun.length - rightRun.length || compareCodePoints(l, r);
}

function digitRun(chars: readonly string[], from: number, inNumber: boolean): { value: bigint; length: number } {
  let end = from;
  while (isDigit(chars[end])) end += 1;
  return { value: BigInt(`${inNumber ? "1" : "0"}${chars.slice(from, end).join("")}`), length: end - from };
}
