import { NAMESPACE, POD } from "../apimachinery/kinds";
import type { KubeObject, ObjectMeta } from "../apimachinery/meta";
import { kindOf, refOf } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import type { Namespace } from "../resources/core/namespace/namespace";
import type { Pod } from "../resources/core/pod/pod";
import type { ResourceDefinition } from "../resources/define";
import { later, type Instant } from "../sim/clock";
import { refIn, type ObjectStore } from "../store/store";
import { keyOf } from "../apimachinery/meta";
import type { DeleteOptions } from "./request";

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

/**
 * Marks an object for deletion, or removes it when nothing holds it back.
 *
 * A scheduled pod is held by its grace period (its kubelet removes it with grace 0); any object
 * is held by finalizers, among them the two that propagation policies add.
 * Upstream: registry/generic/registry/store.go, BeforeDelete.
 */
export function beginDeletion(store: ObjectStore, definition: ResourceDefinition, object: KubeObject, options: DeleteOptions, stamp: string, now: Instant, by: string): KubeObject {
  const grace = graceOf(definition, object, options);
  const finalizers = withPropagation(object.metadata.finalizers ?? [], options);
  const emptying = contentFinalizers(object).length > 0;
  const goes = finalizers.length === 0 && grace === 0 && !emptying;
  if (goes && definition.kind !== POD) return store.remove(refIn(definition.kind, keyOf(object)), by);
  const already = object.metadata.deletionTimestamp !== undefined;
  const sooner = already && grace < (object.metadata.deletionGracePeriodSeconds ?? 0);
  const before = object.metadata.finalizers ?? [];
  if (already && !sooner && finalizers.length === before.length && finalizers.every((name) => before.includes(name))) return object;
  const metadata: ObjectMeta = {
    ...object.metadata,
    // deletionTimestamp is when the grace ends, as upstream.
    deletionTimestamp: already && !sooner ? (object.metadata.deletionTimestamp ?? stamp) : timestamp(later(now, grace * 1000)),
    deletionGracePeriodSeconds: already && !sooner ? (object.metadata.deletionGracePeriodSeconds ?? grace) : grace,
    ...(finalizers.length > 0 ? { finalizers } : {}),
    ...(object.metadata.generation === undefined || already ? {} : { generation: object.metadata.generation + 1 }),
  };
  // A namespace says at once that it is on its way out; its controller empties it.
  const status = emptying ? { status: { ...(object as Namespace).status, phase: "Terminating" } } : {};
  const marked = store.put(definition.kind, { ...object, metadata, ...status } as KubeObject, by);
  // A pod's watchers see its grace run out before they see it gone.
  return goes ? store.remove(refIn(definition.kind, keyOf(object)), by) : marked;
}

/** What holds a namespace until it is empty: finalizers of its spec. */
function contentFinalizers(object: KubeObject): readonly string[] {
  return kindOf(object) === NAMESPACE ? ((object as Namespace).spec?.finalizers ?? []) : [];
}

/** Stores an updated object, or lets it go when this update removed the last thing that held a deletion back. */
export function afterUpdate(store: ObjectStore, definition: ResourceDefinition, object: KubeObject, by: string): KubeObject {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = object.metadata;
  if (deletionTimestamp === undefined) return store.put(definition.kind, object, by);
  const before = store.get(refOf(object));
  const wasHeld = before !== undefined && ((before.metadata.finalizers ?? []).length > 0 || contentFinalizers(before).length > 0);
  if (wasHeld && finalizers.length === 0 && contentFinalizers(object).length === 0 && (definition.kind !== POD || deletionGracePeriodSeconds === 0)) {
    store.put(definition.kind, object, by);
    return store.remove(refIn(definition.kind, keyOf(object)), by);
  }
  return store.put(definition.kind, object, by);
}

function graceOf(definition: ResourceDefinition, object: KubeObject, options: DeleteOptions): number {
  if (definition.kind !== POD) return 0;
  const pod = object as Pod;
  const wanted = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  // Nobody runs an unscheduled or finished pod, so there is nobody to wait for. Upstream: registry/core/pod/strategy.go.
  if (!pod.spec.nodeName || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return 0;
  return Math.max(0, wanted);
}

function withPropagation(finalizers: readonly string[], options: DeleteOptions): readonly string[] {
  const others = finalizers.filter((name) => name !== FOREGROUND && name !== ORPHAN);
  if (options.propagation === "Foreground") return [...others, FOREGROUND];
  if (options.propagation === "Orphan") return [...others, ORPHAN];
  return options.propagation === "Background" ? others : finalizers;
}
