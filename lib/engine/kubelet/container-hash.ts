import type { Container } from "../resources/core/pod/pod";

/**
 * A number that tells a container's specification from another: of all its fields only name and
 * image count, since no others may change while it runs. Upstream: kubecontainer.HashContainer (FNV-1a, 32 bits).
 */
export function containerHash(container: Container): number {
  const text = JSON.stringify({ ...(container.image === undefined ? {} : { image: container.image }), name: container.name });
  const bytes = [...text].flatMap((letter) => utf8(letter.codePointAt(0) ?? 0));
  const printed = `([]uint8)[${bytes.join(" ")}]`;
  let hash = 0x811c9dc5;
  for (let at = 0; at < printed.length; at += 1) hash = Math.imul(hash ^ printed.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

function utf8(code: number): readonly number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}
