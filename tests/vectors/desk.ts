import { compareStrings } from "@/lib/engine/apimachinery/compare";
import { kindOf, refOf, type KindId, type KubeObject, type ObjectKey, type ObjectRef } from "@/lib/engine/apimachinery/meta";
import { instantOf } from "@/lib/engine/apimachinery/time";
import { orphansOf, selectedBy } from "@/lib/engine/apiserver/select";
import type { Client } from "@/lib/engine/client/client";
import type { ControllerContext } from "@/lib/engine/controllers/controller";
import type { LabelSelector } from "@/lib/engine/models";
import type { Instant } from "@/lib/engine/sim/clock";
import { createState } from "@/lib/engine/sim/state";
import { ObjectStore, refIn } from "@/lib/engine/store/store";

/** What one look of a controller did. */
export interface Done {
  readonly created: KubeObject[];
  readonly deleted: ObjectRef[];
  readonly events: { readonly type: string; readonly reason: string; readonly message: string }[];
}

/** Where a controller looks once at objects no API server would store: nothing is defaulted, validated or admitted. */
export interface VectorDesk {
  readonly context: ControllerContext;
  readonly done: Done;
}

type Loose = Readonly<Record<string, unknown>> & { readonly metadata?: Readonly<Record<string, unknown>> };

/** An object as the recordings hold it, with what every stored object has. */
export function stored<T extends KubeObject>(kind: KindId, given: unknown, i = 0): T {
  const { metadata = {}, ...rest } = given as Loose;
  const at = kind.lastIndexOf("/");
  const whole = { ...rest, apiVersion: kind.slice(0, at), kind: kind.slice(at + 1), metadata: { name: `object-${i}`, uid: `uid-${kind}-${i}`, creationTimestamp: "", resourceVersion: "1", ...metadata } };
  return JSON.parse(JSON.stringify(whole, (_key, value: unknown) => (value === null ? undefined : value))) as T;
}

/** The latest moment a recording tells of: its clock stood there or a little later. */
export function clockOf(input: unknown): Instant {
  const times = JSON.stringify(input).match(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/g) ?? [];
  return (instantOf(times.sort(compareStrings).at(-1) ?? "2026-11-21T12:00:00Z") ?? 0) as Instant;
}

/** A desk with these objects on it. */
export function vectorDesk(objects: readonly KubeObject[], now: Instant): VectorDesk {
  const store = new ObjectStore();
  for (const object of objects) store.put(kindOf(object), object, "vector");
  const done: Done = { created: [], deleted: [], events: [] };
  const put = <T extends KubeObject>(object: T): T => store.put(kindOf(object), object, "vector") as T;
  const client = {
    user: "vector",
    get: (kind: KindId, key: ObjectKey) => store.get(refIn(kind, key)),
    list: (kind: KindId, options: { readonly namespace?: string } = {}) => store.list(kind, options.namespace),
    ownedBy: (kind: KindId, uid: string) => store.lookup(kind, `owner:${uid}`),
    selected: (kind: KindId, namespace: string, selector: LabelSelector | undefined) => selectedBy(store, kind, namespace, selector),
    orphans: (kind: KindId, namespace: string, selector: LabelSelector | undefined) => orphansOf(store, kind, namespace, selector),
    create: (draft: Loose) => {
      const kind = kindOf(draft as unknown as KubeObject);
      const made = stored(kind, { ...draft, metadata: { name: `${String(draft.metadata?.["generateName"] ?? "")}made-${done.created.length}`, ...draft.metadata, uid: `made-${done.created.length}` } });
      done.created.push(made);
      return put(made);
    },
    update: put,
    updateStatus: put,
    delete: (ref: ObjectRef) => {
      done.deleted.push(ref);
      return store.remove(ref, "vector");
    },
  } as unknown as Client;
  const nothing = (): undefined => undefined;
  const context = {
    client,
    now,
    random: { next: () => 0 },
    state: createState(),
    journal: { record: nothing },
    clock: { now: () => now, after: nothing, cancel: nothing },
    event: (_about: unknown, type: string, reason: string, message: string) => void done.events.push({ type, reason, message }),
  } as unknown as ControllerContext;
  return { context, done };
}

/** How many of what was done concern a kind. */
export function countOf(kind: KindId, some: readonly (KubeObject | ObjectRef)[]): number {
  return some.filter((one) => ("metadata" in one ? refOf(one).kind : one.kind) === kind).length;
}
