import { sha256 } from "../apimachinery/sha256";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LENGTH = 16;

/** The sixteen letters by which kube-proxy names a chain: SHA-256 of the text in base32. The text is ASCII. */
export function chainHash(text: string): string {
  const digest = sha256(Uint8Array.from(text, (char) => char.charCodeAt(0) & 255));
  let out = "";
  let bits = 0;
  let held = 0;
  for (const byte of digest) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5 && out.length < LENGTH) {
      bits -= 5;
      out += ALPHABET.charAt((held >>> bits) & 31);
      held &= (1 << bits) - 1;
    }
    if (out.length === LENGTH) break;
  }
  return out;
}
