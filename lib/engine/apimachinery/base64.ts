/** Base64 of UTF-8 text, without help from any platform. */
import { utf8Bytes, utf8Text } from "./utf8";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Twelve bits at a time: both their letters. */
const PAIRS: readonly string[] = Array.from({ length: 4096 }, (_, bits) => ALPHABET.charAt(bits >> 6) + ALPHABET.charAt(bits & 63));

/** A text in base64. */
export function encodeBase64(text: string): string {
  return encodeBase64Bytes(utf8Bytes(text));
}

/** Bytes in base64. */
export function encodeBase64Bytes(bytes: ArrayLike<number>): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    parts.push(PAIRS[group >> 12] as string, PAIRS[group & 0xfff] as string);
  }
  const text = parts.join("");
  const missing = (3 - (bytes.length % 3)) % 3;
  return missing === 0 ? text : text.slice(0, -missing) + "==".slice(0, missing);
}

/** The bytes of a base64 text; what is not base64 in it is skipped. */
export function decodeBase64Bytes(encoded: string): readonly number[] {
  const bytes: number[] = [];
  let group = 0;
  let bits = 0;
  for (const char of encoded) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) continue;
    group = ((group << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((group >> bits) & 0xff);
    }
  }
  return bytes;
}

/** The text in a base64 value, read as UTF-8; broken sequences become the replacement character. */
export function decodeBase64(encoded: string): string {
  return utf8Text(decodeBase64Bytes(encoded));
}
