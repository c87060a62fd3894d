import { compareStrings } from "../../../apimachinery/compare";
import type { KubeObject } from "../../../apimachinery/meta";

/** The annotation that marks the class of claims that name none. */
export const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
const MARKS = [DEFAULT_CLASS, "storageclass.beta.kubernetes.io/is-default-class"];

/** Is this the class of claims that name none? */
export function isDefaultStorageClass({ metadata }: KubeObject): boolean {
  return MARKS.some((mark) => metadata.annotations?.[mark] === "true");
}

/** Of several classes marked as default the one that counts: the newest, then the first by name. */
export function newestOf<T extends KubeObject>(classes: readonly T[]): T | undefined {
  return [...classes].sort((a, b) => compareStrings(b.metadata.creationTimestamp ?? "", a.metadata.creationTimestamp ?? "") || compareStrings(a.metadata.name, b.metadata.name))[0];
}

/** The class of claims that name none. Upstream: pkg/volume/util GetDefaultClass. */
export function defaultClassOf<T extends KubeObject>(classes: readonly T[]): T | undefined {
  return newestOf(classes.filter(isDefaultStorageClass));
}
