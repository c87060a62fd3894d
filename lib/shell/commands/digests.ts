import type { Command } from "../host";
import { failure, filtered, readArguments, readInputs, usesStdin } from "./files";

/** A text's UTF-8 bytes; unpaired surrogates become U+FFFD. */
export function toBytes(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

/** Bytes back to a text, with U+FFFD where they are no UTF-8. */
export function fromBytes(bytes: readonly number[]): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i] as number;
    const size = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    const rest = bytes.slice(i + 1, i + Math.max(size, 1));
    if (size === 0 || first >= 0xf5 || rest.length < size - 1 || rest.some((byte) => (byte & 0xc0) !== 0x80)) {
      text += "\ufffd";
      i += 1;
      continue;
    }
    const code = rest.reduce((value, byte) => (value << 6) | (byte & 63), size === 1 ? first : first & (0xff >> (size + 1)));
    text += code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? "\ufffd" : String.fromCodePoint(code);
    i += size;
  }
  return text;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base 64 of a text's UTF-8 bytes. */
export function toBase64(text: string): string {
  const bytes = toBytes(text);
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    out += (ALPHABET[bits >> 18] ?? "") + (ALPHABET[(bits >> 12) & 63] ?? "") + (b === undefined ? "=" : (ALPHABET[(bits >> 6) & 63] ?? "")) + (c === undefined ? "=" : (ALPHABET[bits & 63] ?? ""));
  }
  return out;
}

/** The text behind base 64, or undefined if it is none. */
export function fromBase64(source: string): string | undefined {
  const clean = source.replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean) || clean.length % 4 !== 0) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of clean.replace(/=+$/, "")) {
    bits = ((bits << 6) | ALPHABET.indexOf(char)) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  }
  return fromBytes(bytes);
}

/** `base64 [-d] [-w N] [FILE]` */
export const base64: Command = {
  name: "base64",
  readsStdin: (args) => usesStdin(readArguments(args, "dDi", "w").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "dDi", "w", { decode: "d", wrap: "w" });
    const { inputs, errors } = readInputs("base64", operands, io);
    const text = inputs.map((input) => input.text).join("");
    if (flags.has("d") || flags.has("D")) {
      const decoded = fromBase64(text);
      return decoded === undefined ? failure("base64", "truncated input") : filtered(decoded, errors);
    }
    const width = Number(flags.get("w") ?? "76");
    const encoded = toBase64(text);
    if (encoded === "") return filtered("", errors);
    return filtered(width > 0 ? encoded.replace(new RegExp(`.{1,${Math.min(width, 1000)}}`, "g"), "$&\n") : encoded, errors);
  },
};

/** Pads a message to whole blocks of 64 bytes, its length in bits at the end. */
function padMessage(bytes: readonly number[], isBigEndian: boolean): number[] {
  const padded = [...bytes, 0x80];
  while (padded.length % 64 !== 56) padded.push(0);
  const bits = bytes.length * 8;
  const length = Array.from({ length: 8 }, (_, i) => Math.floor(bits / (i < 4 ? 1 : 4294967296) / (1 << (8 * (i % 4)))) & 255);
  return [...padded, ...(isBigEndian ? length.reverse() : length)];
}

const rotateRight = (value: number, by: number): number => (value >>> by) | (value << (32 - by));
const rotateLeft = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307, 311];

/** The first 32 bits of the fractional part of a prime's square or cube root, by integer search. */
function rootBits(prime: number, degree: 2 | 3): number {
  const target = BigInt(prime) << BigInt(32 * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if ((degree === 2 ? middle * middle : middle * middle * middle) <= target) low = middle;
    else high = middle - 1n;
  }
  return Number(low & 0xffffffffn) | 0;
}

const SHA_ROUNDS: readonly number[] = PRIMES.map((prime) => rootBits(prime, 3));
const SHA_START: readonly number[] = PRIMES.slice(0, 8).map((prime) => rootBits(prime, 2));

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: readonly number[]): string {
  const message = padMessage(bytes, true);
  const state = [...SHA_START];
  const words = new Int32Array(64);
  for (let block = 0; block < message.length; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = message.slice(block + i * 4, block + i * 4 + 4).reduce((value, byte) => (value << 8) | byte, 0);
    for (let i = 16; i < 64; i++) {
      const a = words[i - 15] as number;
      const b = words[i - 2] as number;
      words[i] = (words[i - 16] as number) + (rotateRight(a, 7) ^ rotateRight(a, 18) ^ (a >>> 3)) + (words[i - 7] as number) + (rotateRight(b, 17) ^ rotateRight(b, 19) ^ (b >>> 10));
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let i = 0; i < 64; i++) {
      const one = (h + (rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)) + ((e & f) ^ (~e & g)) + (SHA_ROUNDS[i] as number) + (words[i] as number)) | 0;
      const two = ((rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] as number) + value) | 0;
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

const MD5_SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
// The integer parts of 2^32 times the sine of 1 to 64; written out, since engines may differ in the last bit of a sine.
const MD5_TABLE = "d76aa478e8c7b756242070dbc1bdceeef57c0faf4787c62aa8304613fd469501698098d88b44f7afffff5bb1895cd7be6b901122fd987193a679438e49b40821f61e2562c040b340265e5a51e9b6c7aad62f105d02441453d8a1e681e7d3fbc821e1cde6c33707d6f4d50d87455a14eda9e3e905fcefa3f8676f02d98d2a4c8afffa39428771f6816d9d6122fde5380ca4beea444bdecfa9f6bb4b60bebfbc70289b7ec6eaa127fad4ef308504881d05d9d4d039e6db99e51fa27cf8c4ac5665f4292244432aff97ab9423a7fc93a039655b59c38f0ccc92ffeff47d85845dd16fa87e4ffe2ce6e0a30143144e0811a1f7537e82bd3af2352ad7d2bbeb86d391";

/** MD5 of bytes, in hexadecimal. */
export function md5(bytes: readonly number[]): string {
  const message = padMessage(bytes, false);
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < message.length; block += 64) {
    const words = Array.from({ length: 16 }, (_, i) => message.slice(block + i * 4, block + i * 4 + 4).reduceRight((value, byte) => (value << 8) | byte, 0));
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const index = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16;
      const sum = (a + mixed + parseInt(MD5_TABLE.slice(i * 8, i * 8 + 8), 16) + (words[index] as number)) | 0;
      [a, d, c, b] = [d, c, b, (b + rotateLeft(sum, MD5_SHIFTS[round]?.[i % 4] ?? 0)) | 0];
    }
    for (const [i, value] of [a, b, c, d].entries()) state[i] = ((state[i] as number) + value) | 0;
  }
  return state.map((word) => [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, "0")).join("")).join("");
}
