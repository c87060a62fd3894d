import { kindId, type KindId, type KubeObject } from "./apimachinery/meta";
import { controllerOf } from "./apimachinery/owner";
import { isWanted, newsOf, type News, type StoreEvent, type Watched } from "./client/component";
import type { ObjectStore } from "./store/store";

/** Somebody who is told of a kind's changes, by its place in the order of telling. */
interface Entry<T> {
  readonly listener: T;
  readonly watched: Watched;
}

/** Who is told of which change of one kind. Built up once; each sort of change is looked up from then on. */
export class Route<T> {
  private readonly entries: Entry<T>[] = [];
  private readonly known = new Map<string, Readonly<Record<News, readonly T[]>>>();
  /** Does anybody care whose the object is? */
  private owners = false;
  /** What {@link known} was made for: it counts how often a kind's first object came or its last one went. */
  private presence = -1;

  add(listener: T, watched: Watched): void {
    this.entries.push({ listener, watched });
    this.owners ||= watched.owner !== undefined;
  }

  /** Those an event concerns, in the order they were added, as things are in the store. */
  to(event: StoreEvent, store: Pick<ObjectStore, "count" | "presence">): readonly T[] {
    if (this.presence !== store.presence) {
      this.known.clear();
      this.presence = store.presence;
    }
    const news = newsOf(event);
    const owner = this.owners ? ownerOf(event.object) : "";
    // One that changes hands concerns the old owner and the new.
    const moved = this.owners && event.previous !== undefined && event.previous.metadata.ownerReferences !== event.object.metadata.ownerReferences && ownerOf(event.previous) !== owner;
    return this.listeners(moved ? "" : owner, store)[news];
  }

  private listeners(owner: string, store: Pick<ObjectStore, "count">): Readonly<Record<News, readonly T[]>> {
    let lists = this.known.get(owner);
    if (!lists) {
      const told = (news: News): readonly T[] => [...new Set(this.entries.filter(({ watched }) => concerns(watched, owner, news) && (watched.while === undefined || store.count(watched.while) > 0)).map(({ listener }) => listener))];
      this.known.set(owner, (lists = { ADDED: told("ADDED"), MODIFIED: told("MODIFIED"), STATUS: told("STATUS"), DELETED: told("DELETED") }));
    }
    return lists;
  }
}

function concerns(watched: Watched, owner: string, news: News): boolean {
  return isWanted(watched, news) && (watched.owner === undefined || owner === "" || watched.owner === owner);
}

/** The kind of the object's controller; empty when it has none. */
function ownerOf(object: KubeObject): KindId | "" {
  const owner = controllerOf(object);
  return owner ? kindId(owner.apiVersion, owner.kind) : "";
}
