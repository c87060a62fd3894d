import { compareStrings } from "../apimachinery/compare";
import { deepFreeze, freezeAfter } from "../apimachinery/freeze";
import { invariant } from "../apimachinery/invariant";
import type { Json, KindId, KubeObject, ObjectKey, ObjectRef } from "../apimachinery/meta";
import { keyText } from "../apimachinery/meta";
import { inOrder, Terms } from "./terms";
import { versionOf } from "./version";

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

/** The objects of one kind in one namespace, by name. */
class Space {
  /** In order of their names, until one more or less is there, or one of them changes. */
  private names: readonly string[] | undefined;
  private listed: readonly KubeObject[] | undefined;

  constructor(
    private objects = new Map<string, KubeObject>(),
    /** True while a fork reads the same map: the first write after that copies it. */
    private borrowed = false,
  ) {}

  get size(): number {
    return this.objects.size;
  }
  get(name: string): KubeObject | undefined {
    return this.objects.get(name);
  }
  values(): IterableIterator<KubeObject> {
    return this.objects.values();
  }
  /** @returns what stood there before. */
  set(name: string, object: KubeObject): KubeObject | undefined {
    this.own();
    const before = this.objects.get(name);
    this.objects.set(name, object);
    if (!before) this.names = undefined;
    this.listed = undefined;
    return before;
  }
  /** Adds one under a name that is nobody's; false when it was somebody's after all. */
  add(name: string, object: KubeObject): boolean {
    this.own();
    const before = this.objects.size;
    this.objects.set(name, object);
    this.names = undefined;
    this.listed = undefined;
    return this.objects.size > before;
  }
  delete(name: string): void {
    this.own();
    this.objects.delete(name);
    this.names = undefined;
    this.listed = undefined;
  }
  list(): readonly KubeObject[] {
    this.names ??= [...this.objects.keys()].sort(compareStrings);
    return (this.listed ??= this.names.map((name) => this.objects.get(name) as KubeObject));
  }
  lend(): Space {
    this.borrowed = true;
    const copy = new Space(this.objects, true);
    copy.names = this.names;
    return copy;
  }
  private own(): void {
    if (!this.borrowed) return;
    this.objects = new Map(this.objects);
    this.borrowed = false;
  }
}

/** The objects of one kind. */
interface Shelf {
  readonly spaces: Map<string, Space>;
  /** How many there are. */
  count: number;
  /** The revision of its latest write. */
  changed: number;
  /** All objects in order, until the next write. */
  listed: readonly KubeObject[] | undefined;
  /** Lazily built, then kept up. */
  terms: Terms | undefined;
}

/** A list of nothing: the same one each time, so that what was made of it can be remembered. */
const NOTHING: readonly KubeObject[] = Object.freeze([]);

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
  /** How often the first object of a kind came, or the last one went. */
  private turns = 0;
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
    return this.shelves.get(ref.kind)?.spaces.get(ref.namespace)?.get(ref.name);
  }

  /** Objects in key order (namespace, then name), so that iteration never depends on insertion history. The list is the same one until something in it changes. */
  list(kind: KindId, namespace?: string): readonly KubeObject[] {
    const shelf = this.shelves.get(kind);
    if (!shelf) return NOTHING;
    if (namespace !== undefined && namespace !== "") return shelf.spaces.get(namespace)?.list() ?? NOTHING;
    return (shelf.listed ??= inOrder(shelf.spaces.keys()).flatMap((one) => shelf.spaces.get(one)?.list() ?? []));
  }

  /** Objects of a kind in no order anybody may rely on: for whoever looks through all and puts what it finds in order itself. */
  unordered(kind: KindId): Iterable<KubeObject> {
    const spaces = [...(this.shelves.get(kind)?.spaces.values() ?? [])];
    return spaces.length === 1 ? (spaces[0] as Space).values() : spaces.flatMap((space) => [...space.values()]);
  }

  /** How many objects there are under an index term. */
  sizeOf(kind: KindId, term: string): number {
    const shelf = this.shelves.get(kind);
    return shelf ? this.termsOf(shelf).sizeOf(term) : 0;
  }

  /** Objects under an index term: `owner:<uid>`, `node:<name>`, `label:<key>=<value>`, `orphan` (nobody controls it), in key order. */
  lookup(kind: KindId, term: string): readonly KubeObject[] {
    const shelf = this.shelves.get(kind);
    if (!shelf) return [];
    const found: KubeObject[] = [];
    for (const { namespace, names } of this.termsOf(shelf).under(term)) {
      const space = shelf.spaces.get(namespace) as Space;
      for (let i = 0; i < names.length; i += 1) found.push(space.get(names[i] as string) as KubeObject);
    }
    return found;
  }

  /** Does any object of any kind name this uid among its owners? */
  isOwner(uid: string): boolean {
    if (!this.dependents) {
      this.dependents = new Map();
      for (const kind of this.shelves.keys()) for (const object of this.unordered(kind)) recount(this.dependents, undefined, object);
    }
    return this.dependents.has(uid);
  }

  /** Kinds that hold at least one object, in order. */
  kinds(): readonly KindId[] {
    return [...this.shelves].filter(([, shelf]) => shelf.count > 0).map(([kind]) => kind).sort(compareStrings);
  }

  /** Another number whenever the first object of a kind comes or the last one goes. */
  get presence(): number {
    return this.turns;
  }

  count(kind: KindId): number {
    return this.shelves.get(kind)?.count ?? 0;
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
    for (const [kind, shelf] of this.shelves) if (!without.has(kind)) sum += shelf.count;
    return sum;
  }

  /** Stores a new object made for this one write, metadata and all: it is taken over as it is, without a copy. Whoever calls has made sure that its name is nobody's. */
  take(kind: KindId, object: KubeObject, by: string): KubeObject {
    this.current += 1;
    (object.metadata as { resourceVersion: string }).resourceVersion = String(this.current);
    const stored = deepFreeze(object);
    const shelf = this.shelf(kind);
    const { namespace = "", name } = stored.metadata;
    invariant(spaceOf(shelf, namespace).add(name, stored), "a new object is the first of its name");
    this.counted(shelf, 1);
    this.changed(shelf, undefined, stored);
    this.append({ type: "ADDED", revision: this.current, kind, object: stored, by });
    return stored;
  }

  /** Stores `object` (created or replaced) under the next revision and returns it as stored. */
  put(kind: KindId, object: KubeObject, by: string): KubeObject {
    return this.keep(kind, versionOf(object, String(this.current + 1)), by);
  }

  private keep(kind: KindId, object: KubeObject, by: string): KubeObject {
    this.current += 1;
    const shelf = this.shelf(kind);
    const { namespace = "", name } = object.metadata;
    const previous = spaceOf(shelf, namespace).set(name, object);
    freezeAfter(object, previous);
    if (!previous) this.counted(shelf, 1);
    this.changed(shelf, previous, object);
    this.append(previous ? { type: "MODIFIED", revision: this.current, kind, object, previous, by } : { type: "ADDED", revision: this.current, kind, object, by });
    return object;
  }

  /** Removes an object; the event carries its last state under a new revision, as upstream's DELETED does. */
  remove(ref: ObjectRef, by: string): KubeObject {
    const shelf = this.shelf(ref.kind);
    const space = shelf.spaces.get(ref.namespace);
    const previous = space?.get(ref.name);
    invariant(space && previous, `only a stored object is removed, not ${ref.kind} ${keyText(ref)}`);
    this.current += 1;
    space.delete(ref.name);
    if (space.size === 0) shelf.spaces.delete(ref.namespace);
    this.counted(shelf, -1);
    this.changed(shelf, previous, undefined);
    const last = deepFreeze(versionOf(previous, String(this.current)));
    this.append({ type: "DELETED", revision: this.current, kind: ref.kind, object: last, previous, by });
    return last;
  }

  /** Every event after `revision`, oldest first. @throws {Compacted} when that history is no longer kept. */
  since(revision: number): readonly StoreEvent[] {
    if (revision >= this.current) return [];
    if (revision < this.oldest) throw new Compacted(`revision ${revision} was compacted`);
    // Every revision has its event, so it lies where its number says.
    return this.log.slice(revision - this.oldest);
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
    for (const [kind, { spaces, count, changed }] of this.shelves) {
      copy.shelves.set(kind, { spaces: new Map([...spaces].map(([namespace, space]) => [namespace, space.lend()])), count, changed, listed: undefined, terms: undefined });
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
      const { namespace = "", name } = object.metadata;
      if (!spaceOf(shelf, namespace).set(name, deepFreeze(object))) shelf.count += 1;
    }
    return store;
  }

  private shelf(kind: KindId): Shelf {
    let shelf = this.shelves.get(kind);
    if (!shelf) {
      shelf = { spaces: new Map(), count: 0, changed: this.current, listed: undefined, terms: undefined };
      this.shelves.set(kind, shelf);
    }
    return shelf;
  }

  private counted(shelf: Shelf, more: 1 | -1): void {
    shelf.count += more;
    if (shelf.count === 0 || (shelf.count === 1 && more === 1)) this.turns += 1;
  }

  private changed(shelf: Shelf, previous: KubeObject | undefined, next: KubeObject | undefined): void {
    shelf.listed = undefined;
    shelf.changed = this.current;
    shelf.terms?.note(previous, next);
    if (this.dependents) recount(this.dependents, previous, next);
  }

  private termsOf(shelf: Shelf): Terms {
    if (!shelf.terms) {
      shelf.terms = new Terms();
      for (const space of shelf.spaces.values()) for (const object of space.values()) shelf.terms.note(undefined, object);
    }
    return shelf.terms;
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

function spaceOf(shelf: Shelf, namespace: string): Space {
  let space = shelf.spaces.get(namespace);
  if (!space) shelf.spaces.set(namespace, (space = new Space()));
  return space;
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

/** The reference of an object of a known kind. */
export function refIn(kind: KindId, key: ObjectKey): ObjectRef {
  return { kind, namespace: key.namespace, name: key.name };
}
