/** Text and bytes. */
import { CelError } from "./values";

/** Text as bytes, one code unit each. */
export function utf8(value: string): string {
  let out = "";
  for (const char of value) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) out += char;
    else if (code < 0x800) out += String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out += String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out += String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return out;
}

/** Bytes as text. @throws {CelError} */
export function fromUtf8(bytes: string): string {
  let out = "";
  for (let i = 0; i < bytes.length; ) {
    const first = bytes.charCodeAt(i);
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
    if (more < 0 || i + more >= bytes.length) throw new CelError("invalid UTF-8 in bytes, cannot convert to string");
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let k = 1; k <= more; k += 1) code = (code << 6) | (bytes.charCodeAt(i + k) & 0x3f);
    if (code > 0x10ffff) throw new CelError("invalid UTF-8 in bytes, cannot convert to string");
    out += String.fromCodePoint(code);
    i += more + 1;
  }
  return out;
}
