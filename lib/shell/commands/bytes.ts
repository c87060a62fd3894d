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
