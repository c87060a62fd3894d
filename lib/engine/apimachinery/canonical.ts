import { compareStrings } from "./compare";

/**
 * JSON with keys in code-unit order and undefined members left out: equal values give equal bytes.
 *
 * JavaScript moves integer-like keys to the front of an object, so whatever is hashed or
 * printed goes through here.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const record = value as Record<string, unknown>;
  const keys = Object.keys(record).filter((key) => record[key] !== undefined).sort(compareStrings);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key])}`).join(",")}}`;
}

/** A 32-bit hash of a string (FNV-1a over UTF-16 code units, then mixed). For seeds and short names, not for security. */
export function hash32(text: string, seed = 0): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), PRIME);
  return mixed(h);
}

function mixed(sum: number): number {
  let h = sum ^ (sum >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Sixteen hexadecimal digits: {@link hash32} with the seeds 0 and 1, in one pass over the text. */
export function hashTwice(text: string): string {
  return new HashTwice().with(text).digits();
}

/** {@link hashTwice} of a text that is told piece by piece: what many texts begin with is gone through once. */
export class HashTwice {
  constructor(
    private readonly a = 0x811c9dc5 | 0,
    private readonly b = 0x811c9dc4 | 0,
  ) {}

  /** The text so far and a piece more. */
  with(piece: string): HashTwice {
    let { a, b } = this;
    for (let i = 0; i < piece.length; i += 1) {
      const code = piece.charCodeAt(i);
      a = Math.imul(a ^ code, PRIME);
      b = Math.imul(b ^ code, PRIME);
    }
    return new HashTwice(a, b);
  }

  /** The text so far and these lines, each with its end; a line that is absent is empty. */
  withLines(lines: readonly (string | undefined)[]): HashTwice {
    let { a, b } = this;
    for (let n = 0; n < lines.length; n += 1) {
      const line = lines[n] ?? "";
      for (let i = 0; i < line.length; i += 1) {
        const code = line.charCodeAt(i);
        a = Math.imul(a ^ code, PRIME);
        b = Math.imul(b ^ code, PRIME);
      }
      a = Math.imul(a ^ LINE_END, PRIME);
      b = Math.imul(b ^ LINE_END, PRIME);
    }
    return new HashTwice(a, b);
  }

  digits(): string {
    return digits(this.a) + digits(this.b);
  }
}

const LINE_END = 0x0a;

/** 128 bits of {@link hash32} in hexadecimal: the fingerprint of answers, snapshots and journals. Not for security. */
export function fingerprint(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x811c9dc5 ^ 0x9e3779b9;
  let c = 0x811c9dc5 ^ 0x7f4a7c15;
  let d = 0x811c9dc5 ^ 0x94d049bb;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, PRIME);
    b = Math.imul(b ^ code, PRIME);
    c = Math.imul(c ^ code, PRIME);
    d = Math.imul(d ^ code, PRIME);
  }
  return [digits(a), digits(b), digits(c), digits(d)].join("");
}

const PRIME = 0x01000193;

// Written digit by digit: `toString(16)` of a number this large is slow, and would need padding.
function digits(sum: number): string {
  const h = mixed(sum);
  return String.fromCharCode(hexDigit(h >>> 28), hexDigit(h >>> 24), hexDigit(h >>> 20), hexDigit(h >>> 16), hexDigit(h >>> 12), hexDigit(h >>> 8), hexDigit(h >>> 4), hexDigit(h));
}

const HEX = "0123456789abcdef";

/** The character code of the hexadecimal digit for a number's lowest four bits. */
export function hexDigit(bits: number): number {
  return HEX.charCodeAt(bits & 15);
}
