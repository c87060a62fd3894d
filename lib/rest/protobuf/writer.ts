/** Protobuf's wire format, written as text whose bytes it is. Upstream: protobuf.dev/programming-guides/encoding. */

/** A part of a message: its bytes as text, and how many they are. A byte above 127 that is part of no UTF-8 is U+DC80 to U+DCFF. */
export interface Piece {
  readonly text: string;
  readonly size: number;
}

const byte = (value: number): string => String.fromCharCode(value < 0x80 ? value : 0xdc00 + value);

function varint(value: number): Piece {
  let rest = value;
  let written = "";
  let size = 1;
  for (; rest > 127; size += 1) {
    written += byte((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return { text: written + byte(rest), size };
}

/** How many bytes a text is in UTF-8. */
function sizeOf(value: string): number {
  let size = value.length;
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    // Half a pair counts two: both are four bytes.
    if (code > 0x7f) size += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return size;
}

/** Several pieces as one. */
export function joined(pieces: readonly Piece[]): Piece {
  return { text: pieces.map((piece) => piece.text).join(""), size: pieces.reduce((sum, { size }) => sum + size, 0) };
}

function delimited(field: number, content: Piece): Piece {
  return joined([varint(field * 8 + 2), varint(content.size), content]);
}

/** A field that holds text. */
export function text(field: number, value: string): Piece {
  // Half a pair would join with the byte behind it.
  const sound = value.replace(/\p{Surrogate}/gu, "\ufffd");
  return delimited(field, { text: sound, size: sizeOf(sound) });
}

/** A field that holds a message. */
export function message(field: number, pieces: readonly Piece[]): Piece {
  return delimited(field, joined(pieces));
}

/** A field that holds yes or no; nothing where it is no. */
export function flag(field: number, value: boolean): Piece {
  return value ? joined([varint(field * 8), varint(1)]) : { text: "", size: 0 };
}

/** A field that holds a whole number that is not negative. */
export function whole(field: number, value: number): Piece {
  return joined([varint(field * 8), varint(Math.max(0, Math.floor(value)))]);
}

/** A field that holds any number. */
export function float(field: number, value: number): Piece {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  const written = Array.from({ length: 8 }, (_, i) => byte(view.getUint8(i))).join("");
  return joined([varint(field * 8 + 1), { text: written, size: 8 }]);
}
