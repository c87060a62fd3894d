import type { KubeObject, ObjectMeta } from "./meta";

/** Has it these keys, in this order, and no others? */
export function hasExactly(object: object, members: readonly string[]): boolean {
  let i = 0;
  for (const key in object) {
    if (key !== members[i]) return false;
    i += 1;
  }
  return i === members.length;
}

/** What most objects are made of, in the order they say it. */
export const WHOLE = ["apiVersion", "kind", "metadata", "spec", "status"] as const;

/** A copy with other metadata, members in the order they were; in one piece where that can be: copying objects of many shapes in one place is slow in V8. */
export function rewritten(object: KubeObject, metadata: ObjectMeta): KubeObject {
  return hasExactly(object, WHOLE) ? whole(object, metadata, (object as Whole).status) : { ...object, metadata };
}

/** The same with another status. */
export function restated(object: KubeObject, metadata: ObjectMeta, status: unknown): KubeObject {
  return hasExactly(object, WHOLE) ? whole(object, metadata, status) : ({ ...object, metadata, status } as KubeObject);
}

type Whole = KubeObject & { readonly spec: unknown; readonly status: unknown };

function whole(object: KubeObject, metadata: ObjectMeta, status: unknown): KubeObject {
  const { apiVersion, kind, spec } = object as Whole;
  return { apiVersion, kind, metadata, spec, status } as KubeObject;
}
