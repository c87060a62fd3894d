const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The text a base64 text stands for, read as UTF-8; bytes that are no UTF-8 become U+FFFD. */
export function decodeBase64(encoded: string): string {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of encoded) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) continue;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return utf8(bytes);
}

function utf8(bytes: readonly number[]): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 1) {
    const first = bytes[i] as number;
    const more = first < 0x80 ? 0 : first >= 0xf0 && first < 0xf8 ? 3 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xc2 && first < 0xe0 ? 1 : -1;
    const rest = bytes.slice(i + 1, i + 1 + Math.max(0, more));
    if (more < 0 || rest.length < more || rest.some((byte) => (byte & 0xc0) !== 0x80)) {
      text += "\ufffd";
      continue;
    }
    const lead = more === 0 ? first : first & (0x3f >> more);
    text += String.fromCodePoint(Math.min(0x10ffff, rest.reduce((code, byte) => (code << 6) | (byte & 0x3f), lead)));
    i += more;
  }
  return text;
}
