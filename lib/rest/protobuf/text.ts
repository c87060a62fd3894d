/** Bytes as text. */

/** UTF-8 bytes as text; broken sequences become the replacement character. */
export function utf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    if (text.length > 4096) {
      parts.push(text);
      text = "";
    }
    const first = bytes[i] ?? 0;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      i += 1;
      continue;
    }
    const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    const rest = bytes.subarray(i + 1, i + length);
    if (length === 0 || first >= 0xf5 || rest.length < length - 1 || rest.some((byte) => (byte & 0xc0) !== 0x80)) {
      text += "\ufffd";
      i += 1;
      continue;
    }
    const point = rest.reduce((sum, byte) => (sum << 6) | (byte & 63), first & (0xff >> (length + 1)));
    text += point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? "\ufffd" : String.fromCodePoint(point);
    i += length;
  }
  return parts.join("") + text;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Bytes in base64. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const char = (shift: number): string => ALPHABET.charAt((group >> shift) & 63);
    parts.push(char(18) + char(12) + (b === undefined ? "=" : char(6)) + (c === undefined ? "=" : char(0)));
  }
  return parts.join("");
}
