import type { Command } from "../host";
import { fromBytes, toBytes } from "./bytes";
import { failure, filtered, readArguments, readInputs, usesStdin } from "./files";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base 64 of a text's UTF-8 bytes. */
export function toBase64(text: string): string {
  const bytes = toBytes(text);
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    out += (ALPHABET[bits >> 18] ?? "") + (ALPHABET[(bits >> 12) & 63] ?? "") + (b === undefined ? "=" : (ALPHABET[(bits >> 6) & 63] ?? "")) + (c === undefined ? "=" : (ALPHABET[bits & 63] ?? ""));
  }
  return out;
}

/** The text behind base 64, or undefined if it is none. */
export function fromBase64(source: string): string | undefined {
  const clean = source.replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean) || clean.length % 4 !== 0) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of clean.replace(/=+$/, "")) {
    bits = ((bits << 6) | ALPHABET.indexOf(char)) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  }
  return fromBytes(bytes);
}

/** `base64 [-d] [-w N] [FILE]` */
export const base64: Command = {
  name: "base64",
  readsStdin: (args) => usesStdin(readArguments(args, "dDi", "w").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "dDi", "w", { decode: "d", wrap: "w" });
    const { inputs, errors } = readInputs("base64", operands, io);
    const text = inputs.map((input) => input.text).join("");
    if (flags.has("d") || flags.has("D")) {
      const decoded = fromBase64(text);
      return decoded === undefined ? failure("base64", "truncated input") : filtered(decoded, errors);
    }
    const width = Number(flags.get("w") ?? "76");
    const encoded = toBase64(text);
    if (encoded === "") return filtered("", errors);
    return filtered(width > 0 ? encoded.replace(new RegExp(`.{1,${Math.min(width, 1000)}}`, "g"), "$&\n") : encoded, errors);
  },
};
