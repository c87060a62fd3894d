/** What `md5sum` and its sisters reckon. Upstream: RFC 1321, RFC 3174, FIPS 180-4. */

const rotateLeft = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const rotateRight = (value: number, by: number): number => (value >>> by) | (value << (32 - by));

/** Pads a message to whole blocks of so many bytes, its length in bits at the end. */
function padded(bytes: readonly number[], block: number, end: "big" | "little" = "big"): number[] {
  const out = [...bytes, 0x80];
  const room = block / 8;
  while (out.length % block !== block - room) out.push(0);
  const bits = BigInt(bytes.length) * 8n;
  const length = Array.from({ length: room }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
  return [...out, ...(end === "little" ? length : length.reverse())];
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

/** The first eighty primes: the constants of SHA-2 are bits of their roots. */
const PRIMES = Array.from({ length: 410 }, (_, i) => i).filter((n) => n > 1 && !Array.from({ length: n }, (_, i) => i).some((d) => d > 1 && d * d <= n && n % d === 0)).slice(0, 80);
const known = new Map<2 | 3, readonly bigint[]>();

/** Worked out when somebody first asks for a sum. */
function roots(degree: 2 | 3): readonly bigint[] {
  let found = known.get(degree);
  if (!found) known.set(degree, (found = PRIMES.map((prime) => rootBits(prime, degree))));
  return found;
}

const firstHalf = (bits: bigint): number => Number(bits >> 32n) | 0;

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

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: readonly number[]): string {
  const message = padded(bytes, 64);
  const rounds = roots(3).map(firstHalf);
  const state = roots(2).slice(0, 8).map(firstHalf);
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
      const one = (h + (rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)) + ((e & f) ^ (~e & g)) + (rounds[i] as number) + (words[i] as number)) | 0;
      const two = ((rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] as number) + value) | 0;
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

const turn = (value: bigint, by: bigint): bigint => ((value >> by) | (value << (64n - by))) & WORD;

/** SHA-512 of bytes, in hexadecimal. */
export function sha512(bytes: readonly number[]): string {
  const message = padded(bytes, 128);
  const rounds = roots(3);
  const state = roots(2).slice(0, 8);
  for (let block = 0; block < message.length; block += 128) {
    const words = Array.from({ length: 16 }, (_, i) => message.slice(block + i * 8, block + i * 8 + 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n));
    for (let i = 16; i < 80; i++) {
      const x = words[i - 15] as bigint;
      const y = words[i - 2] as bigint;
      words.push(((words[i - 16] as bigint) + (turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n)) + (words[i - 7] as bigint) + (turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n))) & WORD);
    }
    let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
    for (let i = 0; i < 80; i++) {
      const one = h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + ((e & f) ^ (~e & WORD & g)) + (rounds[i] as bigint) + (words[i] as bigint);
      const two = (turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & WORD, c, b, a, (one + two) & WORD];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] as bigint) + value) & WORD;
  }
  return state.map((word) => word.toString(16).padStart(16, "0")).join("");
}

const MD5_SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
// The integer parts of 2^32 times the sine of 1 to 64; written out, since engines may differ in the last bit of a sine.
const MD5_TABLE = "d76aa478e8c7b756242070dbc1bdceeef57c0faf4787c62aa8304613fd469501698098d88b44f7afffff5bb1895cd7be6b901122fd987193a679438e49b40821f61e2562c040b340265e5a51e9b6c7aad62f105d02441453d8a1e681e7d3fbc821e1cde6c33707d6f4d50d87455a14eda9e3e905fcefa3f8676f02d98d2a4c8afffa39428771f6816d9d6122fde5380ca4beea444bdecfa9f6bb4b60bebfbc70289b7ec6eaa127fad4ef308504881d05d9d4d039e6db99e51fa27cf8c4ac5665f4292244432aff97ab9423a7fc93a039655b59c38f0ccc92ffeff47d85845dd16fa87e4ffe2ce6e0a30143144e0811a1f7537e82bd3af2352ad7d2bbeb86d391";

/** MD5 of bytes, in hexadecimal. */
export function md5(bytes: readonly number[]): string {
  const message = padded(bytes, 64, "little");
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
