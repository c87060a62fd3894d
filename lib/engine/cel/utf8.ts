/** Text and bytes, which are held as a text of one code unit each. */
import { utf8Bytes, utf8Text } from "../apimachinery/utf8";
import { CelError } from "./values";

/** Bytes as they are held. */
export function heldBytes(bytes: readonly number[]): string {
  return bytes.map((byte) => String.fromCharCode(byte)).join("");
}

/** Text as bytes, one code unit each. */
export function utf8(value: string): string {
  return heldBytes(utf8Bytes(value));
}

/** Bytes as text. @throws {CelError} */
export function fromUtf8(bytes: string): string {
  return utf8Text(
    Array.from(bytes, (unit) => unit.charCodeAt(0)),
    () => {
      throw new CelError("invalid UTF-8 in bytes, cannot convert to string");
    },
  );
}
