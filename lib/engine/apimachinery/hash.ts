/** The short hashes in names Kubernetes makes: `web-6d4b9c7f5b`. The same template has the same hash as in a real cluster of this version. */
import { compareStrings } from "./compare";
import { goDump } from "./go-dump";
import { pointBytes } from "./utf8";

const SAFE = "bcdfghjklmnpqrstvwxz2456789";
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a over 32 bits of a text's UTF-8 bytes and of more bytes after it. */
export function fnv32a(text: string, more: readonly number[] = []): number {
  let hash = BASIS;
  for (const char of text) {
    for (const byte of pointBytes(char.codePointAt(0) ?? 0)) hash = Math.imul(hash ^ byte, PRIME) >>> 0;
  }
  for (const byte of more) hash = Math.imul(hash ^ byte, PRIME) >>> 0;
  return hash;
}

/** FNV-1 over 32 bits of a text's UTF-8 bytes: the same steps in the other order. */
function fnv32(text: string): number {
  let hash = BASIS;
  for (const char of text) {
    for (const byte of pointBytes(char.codePointAt(0) ?? 0)) hash = (Math.imul(hash, PRIME) ^ byte) >>> 0;
  }
  return hash;
}

/** A text in letters and digits that spell no words. Upstream: `rand.SafeEncodeString`. */
export function safeEncode(text: string): string {
  let encoded = "";
  for (const char of text) encoded += SAFE.charAt((char.codePointAt(0) ?? 0) % SAFE.length);
  return encoded;
}

/**
 * The `pod-template-hash` of a pod template, and the hash of a DaemonSet's revision: up to ten safe characters.
 * A collision count draws another one. Upstream: controller.ComputeHash.
 */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  // Upstream writes the count as four bytes, lowest first, into a field of eight.
  const bytes = collisionCount === undefined ? [] : [0, 8, 16, 24].map((shift) => (collisionCount >>> shift) & 255).concat([0, 0, 0, 0]);
  return safeEncode(String(fnv32a(goDump("v1.PodTemplateSpec", template), bytes)));
}

/** The hash of a StatefulSet's revision: of its data as Go writes JSON. Upstream: history.HashControllerRevision. */
export function revisionHash(data: unknown, collisionCount: number): string {
  return safeEncode(String(fnv32(`${goJson(data)}${collisionCount}`)));
}

const ESCAPED: Readonly<Record<string, string>> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029" };

/** JSON with sorted keys and what might be taken for HTML written as codes, as Go does. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const map = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(map).filter((key) => map[key] !== undefined).sort(compareStrings);
    return `{${keys.map((key) => `${goJson(key)}:${goJson(map[key])}`).join(",")}}`;
  }
  return (JSON.stringify(value) ?? "null").replace(/[<>&\u2028\u2029]/g, (char) => ESCAPED[char] ?? char);
}
