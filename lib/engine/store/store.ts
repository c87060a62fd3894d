import { compareStrings } from "../apimachinery/compare";
import { deepFreeze } from "../apimachinery/freeze";
import { invariant } from "../apimachinery/invariant";
import type { Json, KindId, KubeObject, ObjectKey, ObjectRef } from "../apimachinery/meta";
import { keyOf, keyText } from "../apimachinery/meta";

/** A write, as watchers see it. `previous` is absent for ADDED. `by` is the user or component that wrote. */
export interface StoreEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly kind: KindId;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
  readonly by: string;
}

/** Asked for more history than is kept: the caller must list again (410 Gone at the API). */
export class Compacted extends Error {
  override readonly name = "Compacted";
}

interface Shelf {
  objects: Map<string, KubeObject>;
  borrowed: boolean;
  /** The revision of its latest write. */
  changed: number;
  /** All objects in order, until the next write. */
  listed: readonly KubeObject[] | undefined;
  sorted: readonly string[] | undefined;
  /** Lazily built, then kept up: `owner:<uid>`, `node:<name>`, `ns:<namespace>`, `label:<k>=<v>` → keys. */
  index: Map<string, Term> | undefined;
}

/** The keys under an index term; in order once somebody asked, until one more or less is there. */
interface Term {
  readonly keys: Set<string>;
  sorted: readonly string[] | undefined;
}

const HISTORY = 20_000;

/**
 * What etcd is to Kubernetes: a versioned map of objects, and nothing more.
 *
 * It knows revisions but no kinds, defaults or rules; those are the API server's. Every write
 * gets the next revision, one sequence for the whole cluster. Objects go in and come out
 * frozen, so sharing them between forks is safe.
 */
export class ObjectStore {
  private shelves = new Map<KindId, Shelf>();
  private log: StoreEvent[] = [];
  private oldest: number;
  /** The log is cut when it has grown to this. */
  private cutAt = HISTORY * 2;
  /** How many objects name an owner, by its uid; counted when first asked for, then kept up. */
  private dependents: Map<string, number> | undefined;
  /** Writes after this revision somebody still has to be told of. */
  private told = Number.MAX_SAFE_INTEGER;

  constructor(private current = 1) {
    this.oldest = current;
  }

  /** The revision of the latest write. */
  get revision(): number {
    return this.current;
  }

  get(ref: ObjectRef): KubeObject | undefined {
    return this.shelves.get(ref.kind)?.objects.get(keyText(ref));
  }

  /** Objects in key order (namespace, then name), so that iteration never depends on insertion history. */
  list(kind: KindId, namespace?: string): readonly KubeObject[] {
    const shelf = this.shelves.get(kind);
    if (!shelf) return [];
    if (namespace === undefined || namespace === "") return (shelf.listed ??= this.sortedKeys(shelf).map((key) => shelf.objects.get(key) as KubeObject));
    return this.lookup(kind, `ns:${namespace}`);
  }

  /** Objects of a kind in no order anybody may rely on: for whoever looks through all and puts what it finds in order itself. */
  unordered(kind: KindId): Iterable<KubeObject> {
    return this.shelves.get(kind)?.objects.values() ?? [];
  }

  /** Objects under an index term: `owner:<uid>`, `node:<name>`, `ns:<namespace>`, `label:<key>=<value>`, in key order. */
  lookup(kind: KindId, term: string): readonly KubeObject[] {
    const shelf = this.shelves.get(kind);
    if (!shelf) return [];
    const found = this.indexOf(shelf).get(term);
    if (!found) return [];
    found.sorted ??= found.keys.size < 2 ? [...found.keys] : [...found.keys].sort(compareStrings);
    return found.sorted.map((key) => shelf.objects.get(key) as KubeObject);
  }

  /** Does any object of any kind name this uid among its owners? */
  isOwner(uid: string): boolean {
    if (!this.dependents) {
      this.dependents = new Map();
      for (const { objects } of this.shelves.values()) for (const object of objects.values()) recount(this.dependents, undefined, object);
    }
    return this.dependents.has(uid);
  }

  /** Kinds that hold at least one object, in order. */
  kinds(): readonly KindId[] {
    return [...this.shelves].filter(([, shelf]) => shelf.objects.size > 0).map(([kind]) => kind).sort(compareStrings);
  }

  count(kind: KindId): number {
    return this.shelves.get(kind)?.objects.size ?? 0;
  }

  /** The revision of the latest write to any of these kinds, as far as is known; 0 for none. */
  lastWrite(kinds: readonly KindId[]): number {
    let last = 0;
    for (const kind of kinds) last = Math.max(last, this.shelves.get(kind)?.changed ?? 0);
    return last;
  }

  /** Objects of all kinds, those left out aside. */
  total(without: ReadonlySet<KindId>): number {
    let sum = 0;
    for (const [kind, shelf] of this.shelves) if (!without.has(kind)) sum += shelf.objects.size;
    return sum;
  }

  /** Stores a new object made for this one write, metadata and all: it is taken over as it is, without a copy. Undefined, and nothing done, when there is one of its name. */
  take(kind: KindId, object: KubeObject, by: string): KubeObject | undefined {
    if (this.shelves.get(kind)?.objects.has(keyText(keyOf(object)))) return undefined;
    (object.metadata as { resourceVersion: string }).resourceVersion = String(this.current + 1);
    return this.keep(kind, object, by);
  }

  /** Stores `object` (created or replaced) under the next revision and returns it as stored. */
  put(kind: KindId, object: KubeObject, by: string): KubeObject {
    return this.keep(kind, { ...object, metadata: { ...object.metadata, resourceVersion: String(this.current + 1) } }, by);
  }

  private keep(kind: KindId, object: KubeObject, by: string): KubeObject {
    this.current += 1;
    const stored = deepFreeze(object);
    const shelf = this.shelf(kind);
    const key = keyText(keyOf(stored));
    const previous = shelf.objects.get(key);
    this.own(shelf);
    if (!previous) shelf.sorted = undefined;
    // A new key is kept for long: joined, not concatenated, it takes less room.
    shelf.objects.set(previous ? key : [stored.metadata.namespace ?? "", stored.metadata.name].join("/"), stored);
    shelf.listed = undefined;
    shelf.changed = this.current;
    if (shelf.index) reindex(shelf.index, key, previous, stored);
    if (this.dependents) recount(this.dependents, previous, stored);
    this.append(previous ? { type: "MODIFIED", revision: this.current, kind, object: stored, previous, by } : { type: "ADDED", revision: this.current, kind, object: stored, by });
    return stored;
  }

  /** Removes an object; the event carries its last state under a new revision, as upstream's DELETED does. */
  remove(ref: ObjectRef, by: string): KubeObject {
    const shelf = this.shelf(ref.kind);
    const key = keyText(ref);
    const previous = shelf.objects.get(key);
    invariant(previous, `only a stored object is removed, not ${ref.kind} ${key}`);
    this.current += 1;
    this.own(shelf);
    shelf.objects.delete(key);
    shelf.listed = undefined;
    shelf.changed = this.current;
    shelf.sorted = undefined;
    if (shelf.index) reindex(shelf.index, key, previous, undefined);
    if (this.dependents) recount(this.dependents, previous, undefined);
    const last = deepFreeze({ ...previous, metadata: { ...previous.metadata, resourceVersion: String(this.current) } });
    this.append({ type: "DELETED", revision: this.current, kind: ref.kind, object: last, previous, by });
    return last;
  }

  /** Every event after `revision`, oldest first. @throws {Compacted} when that history is no longer kept. */
  since(revision: number): readonly StoreEvent[] {
    if (revision >= this.current) return [];
    if (revision < this.oldest) throw new Compacted(`revision ${revision} was compacted`);
    let low = 0;
    let high = this.log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.log[middle] as StoreEvent).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.log.slice(low);
  }

  /** Whoever delivers events has delivered all up to `revision`: what comes after is kept until it says so again. */
  delivered(revision: number): void {
    this.told = revision;
  }

  /** An independent copy that shares objects, and maps until either side writes. */
  fork(): ObjectStore {
    const copy = new ObjectStore(this.current);
    copy.oldest = this.oldest;
    copy.log = this.log.slice();
    for (const [kind, shelf] of this.shelves) {
      shelf.borrowed = true;
      copy.shelves.set(kind, { objects: shelf.objects, borrowed: true, changed: shelf.changed, listed: undefined, sorted: shelf.sorted, index: undefined });
    }
    return copy;
  }

  /** `{ revision, objects: [ … ] }` in kind and key order. History is not written: a restored store starts compacted. */
  snapshot(): Json {
    const objects = this.kinds().flatMap((kind) => this.list(kind));
    return { revision: this.current, objects: objects as unknown as Json };
  }

  static restore(snapshot: Json, kind: (object: KubeObject) => KindId): ObjectStore {
    const written = snapshot as unknown as { readonly revision: number; readonly objects: readonly KubeObject[] };
    const store = new ObjectStore(written.revision);
    for (const object of written.objects) {
      const shelf = store.shelf(kind(object));
      shelf.objects.set(keyText(keyOf(object)), deepFreeze(object));
      shelf.sorted = undefined;
    }
    return store;
  }

  private shelf(kind: KindId): Shelf {
    let shelf = this.shelves.get(kind);
    if (!shelf) {
      shelf = { objects: new Map(), borrowed: false, changed: this.current, listed: undefined, sorted: [], index: undefined };
      this.shelves.set(kind, shelf);
    }
    return shelf;
  }

  private own(shelf: Shelf): void {
    if (!shelf.borrowed) return;
    shelf.objects = new Map(shelf.objects);
    shelf.borrowed = false;
  }

  private sortedKeys(shelf: Shelf): readonly string[] {
    shelf.sorted ??= [...shelf.objects.keys()].sort(compareStrings);
    return shelf.sorted;
  }

  private indexOf(shelf: Shelf): Map<string, Term> {
    if (!shelf.index) {
      shelf.index = new Map();
      for (const [key, object] of shelf.objects) reindex(shelf.index, key, undefined, object);
    }
    return shelf.index;
  }

  private append(event: StoreEvent): void {
    this.log.push(event);
    if (this.log.length <= this.cutAt) return;
    let cut = this.log.length - HISTORY;
    while (cut > 0 && (this.log[cut] as StoreEvent).revision > this.told + 1) cut -= 1;
    this.log = this.log.slice(cut);
    this.cutAt = this.log.length + HISTORY;
    this.oldest = (this.log[0] as StoreEvent).revision - 1;
  }
}

function reindex(index: Map<string, Term>, key: string, old: KubeObject | undefined, next: KubeObject | undefined): void {
  if (old && next && old.metadata.labels === next.metadata.labels && old.metadata.ownerReferences === next.metadata.ownerReferences) {
    const [left, joined] = [nodeOf(old), nodeOf(next)];
    if (left === joined) return;
    if (isNamed(left)) takeOut(index, `node:${left}`, key);
    if (isNamed(joined)) putIn(index, `node:${joined}`, key);
    return;
  }
  const before = old ? termsOf(old) : [];
  const after = next ? termsOf(next) : [];
  for (const term of before) if (!after.includes(term)) takeOut(index, term, key);
  for (const term of after) putIn(index, term, key);
}

function recount(dependents: Map<string, number>, old: KubeObject | undefined, next: KubeObject | undefined): void {
  const before = old?.metadata.ownerReferences;
  const after = next?.metadata.ownerReferences;
  if (before === after) return;
  for (const { uid } of after ?? []) dependents.set(uid, (dependents.get(uid) ?? 0) + 1);
  for (const { uid } of before ?? []) {
    const left = (dependents.get(uid) ?? 0) - 1;
    if (left > 0) dependents.set(uid, left);
    else dependents.delete(uid);
  }
}

function takeOut(index: Map<string, Term>, term: string, key: string): void {
  const found = index.get(term);
  if (!found?.keys.delete(key)) return;
  found.sorted = undefined;
  if (found.keys.size === 0) index.delete(term);
}

function putIn(index: Map<string, Term>, term: string, key: string): void {
  const found = index.get(term);
  if (!found) index.set(term, { keys: new Set([key]), sorted: undefined });
  else if (!found.keys.has(key)) {
    found.keys.add(key);
    found.sorted = undefined;
  }
}

function isNamed(node: unknown): node is string {
  return typeof node === "string" && node !== "";
}

function nodeOf(object: KubeObject): unknown {
  return (object as { readonly spec?: { readonly nodeName?: unknown } }).spec?.nodeName;
}

function termsOf(object: KubeObject): readonly string[] {
  const { metadata } = object;
  const terms: string[] = [];
  if (metadata.namespace) terms.push(`ns:${metadata.namespace}`);
  for (const owner of metadata.ownerReferences ?? []) terms.push(`owner:${owner.uid}`);
  for (const [name, value] of Object.entries(metadata.labels ?? {})) terms.push(`label:${name}=${value}`);
  const node = nodeOf(object);
  if (isNamed(node)) terms.push(`node:${node}`);
  return terms;
}

/** The reference of an object of a known kind. */
export function refIn(kind: KindId, key: ObjectKey): ObjectRef {
  return { kind, namespace: key.namespace, name: key.name };
}
