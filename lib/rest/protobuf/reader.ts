/** Protobuf's wire format. Never reads beyond its end; what makes no sense is thrown as {@link Malformed}. */

/** The bytes are no protobuf message. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** One field as it came over the wire: a number for varints and fixed widths, bytes for the rest. */
export interface RawField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

interface Place {
  readonly bytes: Uint8Array;
  at: number;
}

/** A varint as a signed 64-bit number; what no double holds exactly is rounded. */
function varint(place: Place): number {
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = place.bytes[place.at];
    if (byte === undefined) throw new Malformed("unexpected EOF");
    place.at += 1;
    const part = byte & 0x7f;
    if (shift < 28) low += part * (1 << shift);
    else if (shift === 28) {
      low += (part & 0x0f) * 268_435_456;
      high += part >> 4;
    } else high += part * (1 << (shift - 32));
    if (byte < 0x80) return high >= 2_147_483_648 ? (high - 4_294_967_296) * 4_294_967_296 + low : high * 4_294_967_296 + low;
  }
  throw new Malformed("integer overflow");
}

function taken(place: Place, size: number): Uint8Array {
  if (size < 0 || place.at + size > place.bytes.length) throw new Malformed("unexpected EOF");
  const part = place.bytes.subarray(place.at, place.at + size);
  place.at += size;
  return part;
}

function fixed(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
}

/** The fields of a message, in order. @throws {Malformed} */
export function rawFields(bytes: Uint8Array): readonly RawField[] {
  const place: Place = { bytes, at: 0 };
  const fields: RawField[] = [];
  while (place.at < bytes.length) {
    const tag = varint(place);
    const number = Math.floor(tag / 8);
    if (number <= 0) throw new Malformed(`illegal tag ${number}`);
    switch (tag % 8) {
      case 0:
        fields.push({ number, value: varint(place) });
        break;
      case 1:
        fields.push({ number, value: fixed(taken(place, 8)) });
        break;
      case 2:
        fields.push({ number, value: taken(place, varint(place)) });
        break;
      case 5:
        fields.push({ number, value: fixed(taken(place, 4)) });
        break;
      default:
        throw new Malformed(`illegal wireType ${tag % 8}`);
    }
  }
  return fields;
}

/** The varints of a packed list. */
export function packed(bytes: Uint8Array): readonly number[] {
  const place: Place = { bytes, at: 0 };
  const values: number[] = [];
  while (place.at < bytes.length) values.push(varint(place));
  return values;
}
