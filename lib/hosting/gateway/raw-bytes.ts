/**
 * Bytes where simulated processes keep text: their files, their streams and what they send one another.
 *
 * Bytes that spell UTF-8 are the text they spell. Every other byte is one character on its own, U+DC80 to U+DCFF: half a
 * surrogate pair, which no UTF-8 spells and JSON can carry. So whatever {@link textOf} read, {@link bytesOf} gives back.
 * Upstream: Python's `surrogateescape` (PEP 383).
 */
import { isUtf8 } from "node:buffer";

const BASE = 0xdc00;
const STRAY = /([\udc80-\udcff]+)/u;

/** How many bytes the character that begins here takes; 0 when none does. Upstream: table 3-7 of the Unicode Standard. */
function sizeAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const size = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (size === 0 || at + size > bytes.length) return 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < least || second > most) return 0;
  for (let i = at + 2; i < at + size; i += 1) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return 0;
  return size;
}

/**
 * Bytes as text.
 *
 * @simplified Inside a container a byte that is no text has the size of a character: `ls -l`, `wc -c` and checksums of an
 * image copied there differ from the original's, though it comes back as it was.
 */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = sizeAt(bytes, at);
    if (size === 0) {
      parts.push(bytes.toString("utf8", from, at), String.fromCharCode(BASE + (bytes[at] ?? 0)));
      from = at + 1;
    }
    at += Math.max(size, 1);
  }
  parts.push(bytes.toString("utf8", from));
  return parts.join("");
}

/** The bytes of a text. What {@link textOf} never gives, half a pair of other characters, becomes U+FFFD. */
export function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts = text.split(STRAY).map((part, i) => (i % 2 === 0 ? Buffer.from(part, "utf8") : Buffer.from([...part].map((char) => char.charCodeAt(0) - BASE))));
  return Buffer.concat(parts);
}
