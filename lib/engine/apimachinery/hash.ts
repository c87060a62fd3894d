/** The short hashes in names Kubernetes makes: `web-6d4b9c7f5b`. */
import { compareStrings } from "./compare";

const SAFE = "bcdfghjklmnpqrstvwxz2456789";

/** FNV-1a over 32 bits of a text's UTF-8 bytes. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) {
    for (const byte of utf8(char.codePointAt(0) ?? 0)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}

function utf8(point: number): readonly number[] {
  if (point < 0x80) return [point];
  if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 63)];
  if (point < 0x10000) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
}

/** A text in letters and digits that spell no words. Upstream: `rand.SafeEncodeString`. */
export function safeEncode(text: string): string {
  let encoded = "";
  for (const char of text) encoded += SAFE.charAt((char.codePointAt(0) ?? 0) % SAFE.length);
  return encoded;
}

function dump(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(dump).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const map = value as Record<string, unknown>;
    const keys = Object.keys(map).filter((key) => map[key] !== undefined).sort(compareStrings);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${dump(map[key])}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/**
 * The `pod-template-hash` of a pod template: up to ten safe characters, the same for equal templates whatever the order of their keys.
 *
 * @simplified upstream hashes Go's own dump of the template, so the letters differ from a real cluster's; everything one can do with them is the same.
 */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  return safeEncode(String(fnv32a(dump(template) + (collisionCount === undefined ? "" : `#${collisionCount}`))));
}
