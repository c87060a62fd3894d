/** Texts and their UTF-8 bytes, without help from any platform. Upstream: unicode/utf8. */

/** The bytes of one code point. */
export function pointBytes(point: number): readonly number[] {
  if (point < 0x80) return [point];
  if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 63)];
  if (point < 0x10000) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
}

/** The bytes of a text. */
export function utf8Bytes(text: string): readonly number[] {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const point = text.codePointAt(i) ?? 0;
    if (point < 0x80) bytes.push(point);
    else bytes.push(...pointBytes(point));
    if (point > 0xffff) i += 1;
  }
  return bytes;
}

/** How many bytes a code point takes that begins with one; 0 where none begins so. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** The least code point that takes as many bytes: a longer spelling of a smaller one is none. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/** The code point at a place; undefined where bytes are none. */
function pointAt(bytes: ArrayLike<number>, at: number, length: number): number | undefined {
  const first = bytes[at] ?? 0;
  if (length === 0 || at + length > bytes.length) return undefined;
  let point = length === 1 ? first : first & (0xff >> (length + 1));
  for (let i = 1; i < length; i += 1) {
    const byte = bytes[at + i] ?? 0;
    if ((byte & 0xc0) !== 0x80) return undefined;
    point = (point << 6) | (byte & 63);
  }
  return point < (LEAST[length] ?? 0) || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? undefined : point;
}

const CHUNK = 4096;

/** The text bytes spell; each byte that is part of none becomes U+FFFD, or what `broken` makes of it. */
export function utf8Text(bytes: ArrayLike<number>, broken: () => string = () => "\ufffd"): string {
  const parts: string[] = [];
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOf(bytes[at] ?? 0);
    const point = pointAt(bytes, at, length);
    text += point === undefined ? broken() : String.fromCodePoint(point);
    at += point === undefined ? 1 : length;
    if (text.length < CHUNK) continue;
    parts.push(text);
    text = "";
  }
  return parts.join("") + text;
}
