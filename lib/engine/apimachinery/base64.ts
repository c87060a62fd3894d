/** Base64 of UTF-8 text, without help from any platform. */
import { utf8Bytes, utf8Text } from "./utf8";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A text in base64. */
export function encodeBase64(text: string): string {
  return encodeBase64Bytes(utf8Bytes(text));
}

/** Bytes in base64. */
export function encodeBase64Bytes(bytes: ArrayLike<number>): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const char = (shift: number): string => ALPHABET.charAt((group >> shift) & 63);
    parts.push(char(18) + char(12) + (b === undefined ? "=" : char(6)) + (c === undefined ? "=" : char(0)));
  }
  return parts.join("");
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
