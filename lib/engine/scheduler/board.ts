import { deepEqual } from "../apimachinery/compare";
import { compareStrings } from "../apimachinery/compare";
import { NAMESPACE, NODE, POD } from "../apimachinery/kinds";
import { keyOf, keyText } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { StoreEvent } from "../client/component";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { Table } from "../sim/state";
import { isChanging } from "../resources/core/pod/held-amounts";
import { infoOver, movedPod, type NodeInfo } from "./node-info";
import { createTallies, type Group, type Place, type Tallies } from "./tallies";

/** A node with what is on it, by its place among the nodes. */
interface Shelf extends Place {
  readonly name: string;
  node: Node | undefined;
  /** In order of arrival; {@link info} is over this very list. */
  readonly pods: Pod[];
  info: NodeInfo | undefined;
}

/** A pod on its shelf. */
interface Kept {
  pod: Pod;
  readonly shelf: Shelf;
  group: Group;
  readonly changing: boolean;
}

/**
 * The scheduler's picture of the nodes, kept up event by event: what each has left, and sums over pods by
 * topology. A memory that can be rebuilt from the API at any moment and never decides anything by itself:
 * a fork or a restored cluster starts without it.
 */
export interface NodeBoard {
  observe(event: StoreEvent): void;
  /** Every node with what is on it, in order of name. `assumed` says which unbound pods hold a place already: key of the pod → node. The list is the board's own: it is read, not kept. */
  nodes(client: Client, assumed: Table<string>): readonly NodeInfo[];
  /** Looks at a pod again after its place in `assumed` changed. */
  assume(pod: Pod): void;
  /** Something besides its pods changed what a node has to give. */
  touch(name: string): void;
  /** Where a node stands in {@link nodes}; -1 when it is not there. */
  indexOf(name: string): number;
  /** By place: a number that changes whenever the node or what is on it does. */
  readonly versions: readonly number[];
  /** The number of the latest change of a place, and the places changed after an earlier one (some more than once); undefined when that is too long ago. */
  readonly tick: number;
  changedSince(tick: number): readonly number[] | undefined;
  /** Changes whenever nodes come, go, or change in what plugins read of them besides room. */
  readonly layout: number;
  /** Changes whenever a node holds other images; 0 while none says that it holds any. */
  readonly images: number;
  /** Sums over pods, kept up. */
  readonly tallies: Tallies;
}

/** Most changes remembered; whoever looks away for longer looks at every place again. */
const KEPT_CHANGES = 50_000;

/** An empty board. */
export function createNodeBoard(): NodeBoard {
  return new Board();
}

class Board implements NodeBoard {
  versions: number[] = [];
  layout = 1;
  images = 0;
  readonly tallies = createTallies((place) => (place as Shelf).node);
  private readonly shelves = new Map<string, Shelf>();
  /** By uid: a text that is there already, unlike the key of a pod. */
  private readonly placed = new Map<string, Kept>();
  private order: Shelf[] | undefined;
  private list: NodeInfo[] = [];
  private readonly dirty = new Set<Shelf>();
  tick = 0;
  /** The place of each change after tick {@link forgotten}. */
  private changes: number[] = [];
  private forgotten = 0;
  private filled = false;
  private assumed: Table<string> | undefined;

  observe(event: StoreEvent): void {
    if (!this.filled) return;
    if (event.kind === NODE) this.setNode(event.object.metadata.name, event.type === "DELETED" ? undefined : (event.object as Node));
    else if (event.kind === NAMESPACE) this.tallies.clear();
    if (event.kind !== POD) return;
    if (event.type === "DELETED") this.remove(event.object.metadata.uid);
    else if (event.type !== "MODIFIED" || !isBeside(event.previous as Pod, event.object as Pod)) this.put(event.object as Pod);
  }

  nodes(client: Client, assumed: Table<string>): readonly NodeInfo[] {
    if (!this.filled) {
      this.filled = true;
      this.assumed = assumed;
      for (const node of client.list<Node>(NODE)) this.setNode(node.metadata.name, node);
      for (const pod of client.list<Pod>(POD)) this.put(pod);
    }
    const order = this.ordered();
    for (const shelf of this.dirty) {
      if (!shelf.node) continue;
      shelf.info ??= infoOver(shelf.node, shelf.pods);
      this.list[shelf.index] = shelf.info;
      this.versions[shelf.index] = this.tick += 1;
      this.changes.push(shelf.index);
    }
    if (this.changes.length > KEPT_CHANGES) this.forget();
    this.dirty.clear();
    this.list.length = order.length;
    return this.list;
  }

  changedSince(tick: number): readonly number[] | undefined {
    return tick < this.forgotten ? undefined : this.changes.slice(tick - this.forgotten);
  }

  private forget(): void {
    this.changes = [];
    this.forgotten = this.tick;
  }

  /** Something changed in a place that matters to those who look for victims only. */
  private note(shelf: Shelf): void {
    if (!this.order || shelf.index < 0) return;
    this.tick += 1;
    this.changes.push(shelf.index);
  }

  assume(pod: Pod): void {
    this.put(pod);
  }

  touch(name: string): void {
    const shelf = this.shelves.get(name);
    if (shelf) this.dirty.add(shelf);
  }

  indexOf(name: string): number {
    const shelf = this.shelves.get(name);
    return shelf?.node ? shelf.index : -1;
  }

  /** Nodes by name; places are given anew when a node came or went. */
  private ordered(): readonly Shelf[] {
    if (this.order) return this.order;
    const order = [...this.shelves.values()].filter(({ node }) => node !== undefined).sort((a, b) => compareStrings(a.name, b.name));
    for (const shelf of this.shelves.values()) shelf.index = -1;
    order.forEach((shelf, i) => {
      shelf.index = i;
      this.dirty.add(shelf);
    });
    this.order = order;
    this.versions = new Array<number>(order.length).fill(0);
    this.list = [];
    this.forget();
    this.tallies.setPlaces(order);
    return order;
  }

  private shelf(name: string): Shelf {
    let found = this.shelves.get(name);
    if (!found) this.shelves.set(name, (found = { name, index: -1, node: undefined, pods: [], info: undefined }));
    return found;
  }

  private setNode(name: string, node: Node | undefined): void {
    const at = this.shelf(name);
    const before = at.node;
    at.node = node;
    at.info = undefined;
    this.dirty.add(at);
    if (!before || !node) {
      this.order = undefined;
      this.layout += 1;
    } else if (!sameStanding(before, node)) {
      this.layout += 1;
      this.tallies.clear();
    }
    if (!deepEqual(before?.status?.images ?? [], node?.status?.images ?? [])) this.images += 1;
  }

  private remove(uid: string): void {
    const kept = this.placed.get(uid);
    if (kept) this.lift(uid, kept);
  }

  private lift(uid: string, { pod, shelf, group }: Kept): void {
    this.placed.delete(uid);
    shelf.pods.splice(shelf.pods.indexOf(pod), 1);
    this.tallies.remove(group, shelf);
    if (shelf.info) shelf.info = movedPod(shelf.info, pod, -1);
    this.dirty.add(shelf);
  }

  private put(pod: Pod): void {
    const { uid } = pod.metadata;
    const name = pod.spec.nodeName || this.assumedFor(pod);
    const kept = this.placed.get(uid);
    const finished = isFinished(pod);
    if (kept && !finished && kept.shelf.name === name && sameWeight(kept, pod)) {
      // Only its status moved: the node's sums and everybody's counts stand, but who of a node's pods has run longest may be another.
      const { pod: before, shelf } = kept;
      if (before.status?.startTime !== pod.status?.startTime) this.note(shelf);
      shelf.pods[shelf.pods.indexOf(before)] = pod;
      kept.pod = pod;
      return;
    }
    if (kept && !finished && kept.shelf.name === name && kept.pod.spec === pod.spec && !kept.changing && !isChanging(pod)) return this.exchange(kept, pod);
    if (kept) this.lift(uid, kept);
    if (name === undefined || finished) return;
    const shelf = this.shelf(name);
    shelf.pods.push(pod);
    this.placed.set(uid, { pod, shelf, group: this.tallies.add(pod, shelf), changing: isChanging(pod) });
    if (shelf.info) shelf.info = movedPod(shelf.info, pod, 1);
    this.dirty.add(shelf);
  }

  /** The same pod, as heavy as before, but of another group: it is on its way out, or has other labels. */
  private exchange(kept: Kept, pod: Pod): void {
    const { shelf } = kept;
    shelf.pods[shelf.pods.indexOf(kept.pod)] = pod;
    this.tallies.remove(kept.group, shelf);
    kept.group = this.tallies.add(pod, shelf);
    kept.pod = pod;
    // Another picture, for those who remember what they saw in this one.
    if (shelf.info) shelf.info = { ...shelf.info };
    this.dirty.add(shelf);
  }

  private assumedFor(pod: Pod): string | undefined {
    return this.assumed && this.assumed.size > 0 ? this.assumed.get(keyText(keyOf(pod))) : undefined;
  }
}

/** Did only that of a placed pod's status change which nobody here reads? The older version can then stay where it is. */
function isBeside(before: Pod, pod: Pod): boolean {
  if (pod.spec !== before.spec || !pod.spec.nodeName || pod.metadata.labels !== before.metadata.labels || pod.metadata.deletionTimestamp !== undefined) return false;
  const was = before.status;
  const is = pod.status;
  // When its containers did something the newer version takes the older's place, which would be kept for this alone.
  return was?.startTime === is?.startTime && was?.phase === is?.phase && was?.containerStatuses === is?.containerStatuses && was?.initContainerStatuses === is?.initContainerStatuses && !isChanging(pod);
}

/** Is a pod's newer version as heavy as the one kept, and in the same groups? */
function sameWeight({ pod: a, changing }: Kept, b: Pod): boolean {
  if (changing || a.spec !== b.spec || a.metadata.labels !== b.metadata.labels || a.metadata.deletionTimestamp !== b.metadata.deletionTimestamp) return false;
  return (a.status?.containerStatuses === b.status?.containerStatuses && a.status?.initContainerStatuses === b.status?.initContainerStatuses) || !isChanging(b);
}

/** Is a node the same for every plugin that looks beyond its room? */
function sameStanding(a: Node, b: Node): boolean {
  return deepEqual(a.metadata.labels, b.metadata.labels) && deepEqual(a.spec?.taints, b.spec?.taints) && a.spec?.unschedulable === b.spec?.unschedulable;
}
