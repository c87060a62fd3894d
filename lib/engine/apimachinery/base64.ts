/** Base64 of UTF-8 text, without help from any platform. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function bytesOf(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return bytes;
}

/** A text in base64. */
export function encodeBase64(text: string): string {
  return encodeBase64Bytes(bytesOf(text));
}

/** Bytes in base64. */
export function encodeBase64Bytes(bytes: readonly number[]): string {
  let encoded = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3);
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const chars = [18, 12, 6, 0].map((shift) => ALPHABET.charAt((group >> shift) & 63));
    encoded += b === undefined ? `${chars.slice(0, 2).join("")}==` : c === undefined ? `${chars.slice(0, 3).join("")}=` : chars.join("");
  }
  return encoded;
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
  const bytes = decodeBase64Bytes(encoded);
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i] ?? 0;
    const length = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    const rest = bytes.slice(i + 1, i + length);
    if (length === 0 || first >= 0xf5 || rest.length < length - 1 || rest.some((byte) => (byte & 0xc0) !== 0x80)) {
      text += "\ufffd";
      i += 1;
      continue;
    }
    const head = length === 1 ? first : first & (0xff >> (length + 1));
    const point = rest.reduce((sum, byte) => (sum << 6) | (byte & 63), head);
    text += point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? "\ufffd" : String.fromCodePoint(point);
    i += length;
  }
  return text;
}
