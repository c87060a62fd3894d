/** Protobuf request bodies, as kubectl's and helm's typed clients send them. */
import type { JsonObject } from "@/lib/engine";
import { bad } from "../status";

/** UTF-8 bytes as text; broken sequences become the replacement character. */
export function utf8(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
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
  return text;
}

/** The object in a protobuf body. @throws {Refusal} 400 */
export function decodeProtobuf(body: string | Uint8Array, kind: string): JsonObject {
  throw bad(`the object provided is unrecognized (must be of type ${kind}): ${body.length} bytes of protobuf`);
}
