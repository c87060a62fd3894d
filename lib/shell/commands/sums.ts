/** `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`, `cksum`: what a text comes to. */
import type { Command, CommandIo, CommandResult } from "../host";
import { resolvePath } from "../path";
import { md5, sha256, toBytes } from "./digests";
import { failure, filtered, linesOf, readArguments, readInputs, reasonOf, unknownOption, usesStdin } from "./files";

const rotateLeft = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** Pads a message to whole blocks, its length in bits (big end first) at the end. */
function padded(bytes: readonly number[], block: number): number[] {
  const out = [...bytes, 0x80];
  const room = block / 8;
  while (out.length % block !== block - room) out.push(0);
  const bits = BigInt(bytes.length) * 8n;
  return [...out, ...Array.from({ length: room }, (_, i) => Number((bits >> BigInt(8 * (room - 1 - i))) & 255n))];
}

/** SHA-1 of bytes, in hexadecimal. */
export function sha1(bytes: readonly number[]): string {
  const message = padded(bytes, 64);
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  const words = new Int32Array(80);
  for (let block = 0; block < message.length; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = message.slice(block + i * 4, block + i * 4 + 4).reduce((value, byte) => (value << 8) | byte, 0);
    for (let i = 16; i < 80; i++) words[i] = rotateLeft((words[i - 3] as number) ^ (words[i - 8] as number) ^ (words[i - 14] as number) ^ (words[i - 16] as number), 1);
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let i = 0; i < 80; i++) {
      const [mixed, constant] = i < 20 ? [(b & c) | (~b & d), 0x5a827999] : i < 40 ? [b ^ c ^ d, 0x6ed9eba1] : i < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc] : [b ^ c ^ d, 0xca62c1d6];
      const next = (rotateLeft(a, 5) + mixed + e + constant + (words[i] as number)) | 0;
      [a, b, c, d, e] = [next, a, rotateLeft(b, 30), c, d];
    }
    for (const [i, value] of [a, b, c, d, e].entries()) state[i] = ((state[i] as number) + value) | 0;
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

const WORD = (1n << 64n) - 1n;

/** The first 64 bits behind the point of a number's square or cube root. */
function rootBits(number: number, degree: 2 | 3): bigint {
  const target = BigInt(number) << BigInt(64 * degree);
  let low = 0n;
  let high = 1n << 72n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if ((degree === 2 ? middle * middle : middle * middle * middle) <= target) low = middle;
    else high = middle - 1n;
  }
  return low & WORD;
}

const PRIMES = Array.from({ length: 410 }, (_, i) => i).filter((n) => n > 1 && !Array.from({ length: n }, (_, i) => i).some((d) => d > 1 && d * d <= n && n % d === 0)).slice(0, 80);
const ROUNDS = PRIMES.map((prime) => rootBits(prime, 3));
const START = PRIMES.slice(0, 8).map((prime) => rootBits(prime, 2));
const turn = (value: bigint, by: bigint): bigint => ((value >> by) | (value << (64n - by))) & WORD;

/** SHA-512 of bytes, in hexadecimal. */
export function sha512(bytes: readonly number[]): string {
  const message = padded(bytes, 128);
  const state = [...START];
  for (let block = 0; block < message.length; block += 128) {
    const words = Array.from({ length: 16 }, (_, i) => message.slice(block + i * 8, block + i * 8 + 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n));
    for (let i = 16; i < 80; i++) {
      const x = words[i - 15] as bigint;
      const y = words[i - 2] as bigint;
      words.push(((words[i - 16] as bigint) + (turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n)) + (words[i - 7] as bigint) + (turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n))) & WORD);
    }
    let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
    for (let i = 0; i < 80; i++) {
      const one = h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + ((e & f) ^ (~e & WORD & g)) + (ROUNDS[i] as bigint) + (words[i] as bigint);
      const two = (turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & WORD, c, b, a, (one + two) & WORD];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] as bigint) + value) & WORD;
  }
  return state.map((word) => word.toString(16).padStart(16, "0")).join("");
}

/** The CRC of POSIX `cksum`, the length counted in. */
function crc(bytes: readonly number[]): number {
  const length: number[] = [];
  for (let left = bytes.length; left > 0; left = Math.floor(left / 256)) length.push(left & 255);
  let value = 0;
  for (const byte of [...bytes, ...length]) {
    value ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  }
  return ~value >>> 0;
}

type Hash = (bytes: readonly number[]) => string;
const LONG = { check: "c", binary: "b", text: "t", status: "q", quiet: "Q", warn: "w", strict: "S", zero: "z", tag: "T" };
const parse = (args: readonly string[]) => readArguments(args, "cbtwszq", "", LONG);

/** `-c`: does each file still come to what is written down? */
function verify(name: string, hash: Hash, lists: readonly { readonly path: string; readonly text: string }[], flags: ReadonlyMap<string, string>, io: CommandIo): CommandResult {
  let stdout = "";
  let stderr = "";
  const isSilent = flags.has("q") || flags.has("s");
  let isFailed = false;
  for (const { path, text } of lists) {
    const known = linesOf(text).map((line) => /^\\?([0-9a-fA-F]+) [ *](.+)$/.exec(line));
    const rows = known.filter((match) => match?.[1]?.length === hash([]).length);
    let [wrong, missing] = [0, 0];
    for (const row of rows) {
      const file = row?.[2] ?? "";
      const content = io.fs.readFile(resolvePath(io.cwd, file));
      if ("error" in content) {
        missing += 1;
        stderr += `${name}: ${file}: ${reasonOf(content.error)}\n`;
        if (!isSilent) stdout += `${file}: FAILED open or read\n`;
        continue;
      }
      const isSame = hash(toBytes(content.text)) === row?.[1]?.toLowerCase();
      if (!isSame) wrong += 1;
      if (!isSilent && !(isSame && flags.has("Q"))) stdout += `${file}: ${isSame ? "OK" : "FAILED"}\n`;
    }
    const many = (count: number, one: string, more: string): string => `${name}: WARNING: ${count} ${count === 1 ? one : more}\n`;
    if (rows.length === 0) stderr += `${name}: ${path === "-" ? "standard input" : path}: no properly formatted checksum lines found\n`;
    else if (!isSilent) {
      if (rows.length < known.length) stderr += many(known.length - rows.length, "line is improperly formatted", "lines are improperly formatted");
      if (missing > 0) stderr += many(missing, "listed file could not be read", "listed files could not be read");
      if (wrong > 0) stderr += many(wrong, "computed checksum did NOT match", "computed checksums did NOT match");
    }
    isFailed ||= rows.length === 0 || wrong > 0 || missing > 0;
  }
  return { status: isFailed ? 1 : 0, stdout, stderr };
}

function digest(name: string, hash: Hash): Command {
  return {
    name,
    readsStdin: (args) => usesStdin(parse(args).operands),
    run(args, io) {
      const { flags, operands, unknown } = parse(args);
      if (unknown !== undefined) return unknownOption(name, unknown);
      const { inputs, errors } = readInputs(name, operands, io);
      if (!flags.has("c")) return filtered(inputs.map(({ path, text }) => (flags.has("T") ? `${name.replace("sum", "").toUpperCase()} (${path}) = ${hash(toBytes(text))}\n` : `${hash(toBytes(text))} ${flags.has("b") ? "*" : " "}${path}${flags.has("z") ? "\0" : "\n"}`)).join(""), errors);
      const checked = verify(name, hash, inputs, flags, io);
      return errors === "" ? checked : { ...checked, status: 1, stderr: errors + (checked.stderr ?? "") };
    },
  };
}

/** `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`, all with `-c`. */
export const md5sum = digest("md5sum", md5);
export const sha1sum = digest("sha1sum", sha1);
export const sha256sum = digest("sha256sum", sha256);
export const sha512sum = digest("sha512sum", sha512);

/** `cksum [FILE…]` */
export const cksum: Command = {
  name: "cksum",
  readsStdin: usesStdin,
  run(args, io) {
    const bad = args.find((arg) => /^-./.test(arg));
    if (bad !== undefined) return failure("cksum", `invalid option -- '${bad.slice(1, 2)}'`);
    const { inputs, errors } = readInputs("cksum", args, io);
    return filtered(inputs.map(({ path, text }) => `${crc(toBytes(text))} ${toBytes(text).length}${args.length === 0 ? "" : ` ${path}`}\n`).join(""), errors);
  },
};
