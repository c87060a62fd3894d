import type { FieldError } from "../apimachinery/api-error";
import { deepEqual } from "../apimachinery/compare";
import { DEPLOYMENT, ENDPOINT_SLICE } from "../apimachinery/kinds";
import { restated } from "../apimachinery/members";
import type { Json, JsonObject, KubeObject, ObjectMeta } from "../apimachinery/meta";
import type { ResourceDefinition } from "../resources/define";

const statusOf = (object: KubeObject): Json | undefined => (object as unknown as { readonly status?: Json }).status;

/** A write to `/status` changes status alone (and, as upstream, labels and annotations are left as they were). */
export function withStatusOf(previous: KubeObject, wanted: KubeObject): KubeObject {
  return restated(previous, previous.metadata, statusOf(wanted));
}

/** A write to the object leaves status as it was, where status is a subresource. */
export function withoutStatusChange(definition: ResourceDefinition, previous: KubeObject, wanted: KubeObject): KubeObject {
  if (!definition.subresources.includes("status")) return wanted;
  const { status: _dropped, ...rest } = wanted as unknown as JsonObject;
  const status = statusOf(previous);
  return (status === undefined ? rest : { ...rest, status }) as unknown as KubeObject;
}

/** Nothing may hold back what is on its way out already. Upstream: ValidateObjectMetaAccessorUpdate. */
export function newFinalizers(previous: KubeObject, next: KubeObject): readonly FieldError[] {
  if (previous.metadata.deletionTimestamp === undefined) return [];
  const added = (next.metadata.finalizers ?? []).filter((name) => !(previous.metadata.finalizers ?? []).includes(name));
  if (added.length === 0) return [];
  const listed = added.map((name) => JSON.stringify(name)).join(", ");
  return [{ code: "forbidden", path: "metadata.finalizers", detail: `no new finalizers can be added if the object is being deleted, found new finalizers []string{${listed}}`, origin: "meta.new-finalizers" }];
}

/** What the server alone writes. */
const OWN: ReadonlySet<string> = new Set(["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"]);

/** What a client may not change in metadata is carried over from the stored object. */
export function carriedMeta(previous: ObjectMeta, wanted: ObjectMeta, subresource: string): ObjectMeta {
  // A status write may annotate, as upstream's strategies let it: the Deployment controller keeps its revision so.
  if (subresource === "status") return wanted.annotations === undefined ? previous : { ...previous, annotations: wanted.annotations };
  // Member by member: a copy that leaves some out costs many times as much.
  const carried: Record<string, unknown> = {};
  for (const key in wanted) if (!OWN.has(key)) carried[key] = wanted[key as keyof ObjectMeta];
  const managedFields = wanted.managedFields ?? previous.managedFields;
  if (managedFields !== undefined) carried["managedFields"] = managedFields;
  carried["uid"] = previous.uid;
  carried["resourceVersion"] = previous.resourceVersion;
  carried["creationTimestamp"] = previous.creationTimestamp;
  if (previous.generation !== undefined) carried["generation"] = previous.generation;
  if (previous.deletionTimestamp !== undefined) carried["deletionTimestamp"] = previous.deletionTimestamp;
  if (previous.deletionGracePeriodSeconds !== undefined) carried["deletionGracePeriodSeconds"] = previous.deletionGracePeriodSeconds;
  return carried as unknown as ObjectMeta;
}

/** `metadata.generation` counts changes of what is wanted, not of what is observed. */
export function withGeneration(definition: ResourceDefinition, previous: KubeObject, next: KubeObject): KubeObject {
  if (previous.metadata.generation === undefined) return next;
  const spec = (object: KubeObject): unknown => {
    const { metadata: _metadata, ...rest } = object;
    if (definition.custom) return { ...rest, ...(definition.subresources.includes("status") ? { status: undefined } : {}) };
    if (definition.kind === DEPLOYMENT) return [(rest as { readonly spec?: unknown }).spec, object.metadata.annotations ?? {}];
    return definition.kind === ENDPOINT_SLICE ? rest : (rest as { readonly spec?: unknown }).spec;
  };
  if (deepEqual(spec(previous), spec(next))) return next;
  return { ...next, metadata: { ...next.metadata, generation: previous.metadata.generation + 1 } };
}
