import { hasExactly, rewritten } from "../apimachinery/members";
import type { KubeObject, ObjectMeta } from "../apimachinery/meta";

/** What pods of a workload say of themselves, in the order they say it. */
const OF_A_WORKLOAD = ["generateName", "namespace", "labels", "ownerReferences", "name", "uid", "resourceVersion", "creationTimestamp", "generation"] as const;

/** The object under another `resourceVersion`: a copy, members in the order they were. Pods' status writes are most of what happens in a large cluster, so they are written in one piece. */
export function versionOf(object: KubeObject, resourceVersion: string): KubeObject {
  return rewritten(object, renewed(object.metadata, resourceVersion));
}

function renewed(meta: ObjectMeta, resourceVersion: string): ObjectMeta {
  if (!hasExactly(meta, OF_A_WORKLOAD)) return { ...meta, resourceVersion };
  const { generateName, namespace, labels, ownerReferences, name, uid, creationTimestamp, generation } = meta;
  return { generateName, namespace, labels, ownerReferences, name, uid, resourceVersion, creationTimestamp, generation } as ObjectMeta;
}
