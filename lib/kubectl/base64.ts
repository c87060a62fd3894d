/** Base64 as kubectl needs it. */
export { encodeBase64 as base64, utf8Bytes as utf8 } from "@/lib/engine";

/** How many bytes a base64 text stands for. */
export function base64Length(text: string): number {
  const clean = text.replace(/[^A-Za-z0-9+/]/g, "");
  return Math.floor((clean.length * 3) / 4);
}
