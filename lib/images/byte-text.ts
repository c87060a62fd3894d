/**
 * Strings of bytes: Redis knows bytes only, files and requests of the simulation are text. Inside the server every character of a string is
 * one byte (0–255). Bytes that are no UTF-8 travel as the lone surrogates U+DC80–U+DCFF, so that whatever goes out comes back the same.
 */
const LONE = 0xdc00;

/** The UTF-8 bytes of a text, one character each. */
export function toBytes(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  let out = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) out += char;
    else if (code >= LONE + 0x80 && code <= LONE + 0xff) out += String.fromCharCode(code - LONE);
    else if (code < 0x800) out += String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out += String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out += String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return out;
}

/** The character that begins at a byte, and how many bytes it takes; undefined where there is no valid one. */
function charAt(bytes: string, at: number): { readonly char: string; readonly length: number } | undefined {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { char: bytes.charAt(at), length: 1 };
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return undefined;
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i += 1) {
    const next = bytes.charCodeAt(at + i);
    if ((next & 0xc0) !== 0x80) return undefined;
    code = (code << 6) | (next & 63);
  }
  const shortest = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0;
  return code < shortest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? undefined : { char: String.fromCodePoint(code), length };
}

/** The text of some bytes. */
export function toText(bytes: string): string {
  if (/^[\0-\x7f]*$/.test(bytes)) return bytes;
  let out = "";
  for (let at = 0; at < bytes.length; ) {
    const found = charAt(bytes, at);
    out += found ? found.char : String.fromCharCode(LONE + bytes.charCodeAt(at));
    at += found ? found.length : 1;
  }
  return out;
}

/** The text of some bytes as a screen shows it: what is no character is a replacement mark. */
export const toScreen = (bytes: string): string => toText(bytes).replace(/[\udc80-\udcff]/g, (char, at: number, all: string) => (/[\ud800-\udbff]/.test(all.charAt(at - 1)) ? char : "\ufffd"));
