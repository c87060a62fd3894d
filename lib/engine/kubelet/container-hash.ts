import { utf8Bytes } from "../apimachinery/utf8";
import type { Container } from "../resources/core/pod/pod";

/**
 * A number that tells a container's specification from another: of all its fields only name and
 * image count, since no others may change while it runs. Upstream: kubecontainer.HashContainer (FNV-1a, 32 bits).
 */
export function containerHash(container: Container): number {
  const text = JSON.stringify({ ...(container.image === undefined ? {} : { image: container.image }), name: container.name });
  const printed = `([]uint8)[${utf8Bytes(text).join(" ")}]`;
  let hash = 0x811c9dc5;
  for (let at = 0; at < printed.length; at += 1) hash = Math.imul(hash ^ printed.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
