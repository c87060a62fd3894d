import { compareStrings } from "../apimachinery/compare";
import type { KubeObject } from "../apimachinery/meta";

/** Oldest first; of two born in the same second, by name. RFC 3339 in UTC sorts as text. */
export function byAge(a: KubeObject, b: KubeObject): number {
  return compareStrings(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compareStrings(a.metadata.name, b.metadata.name);
}

/** Newest first. */
export function byYouth(a: KubeObject, b: KubeObject): number {
  return compareStrings(b.metadata.creationTimestamp, a.metadata.creationTimestamp) || compareStrings(a.metadata.name, b.metadata.name);
}
