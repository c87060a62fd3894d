/** What Elasticsearch nodes know of their cluster: who belongs to it, who leads it, and where each shard lies. */
import type { Json } from "@/lib/engine";

/** A node as the others know it. */
export interface Peer {
  readonly name: string;
  readonly ip: string;
  readonly roles: readonly string[];
}

/** One copy of a shard. `node` is null while nobody holds it. */
export interface Shard {
  readonly index: string;
  readonly number: number;
  readonly primary: boolean;
  readonly node: string | null;
}

/** An index and how it is cut and copied. */
export interface IndexSettings {
  readonly shards: number;
  readonly replicas: number;
}

/** The state its master publishes. */
export interface ClusterState {
  readonly uuid: string;
  readonly version: number;
  readonly master: string;
  readonly nodes: readonly Peer[];
  /** Names of the master-eligible nodes that vote. */
  readonly voters: readonly string[];
  readonly indices: Readonly<Record<string, IndexSettings>>;
  readonly shards: readonly Shard[];
}

/** A cluster's health by its shards. */
export type Health = "green" | "yellow" | "red";

const byName = (a: Peer, b: Peer): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** The same nodes, each once, in order of name. */
export function inOrder(nodes: readonly Peer[]): readonly Peer[] {
  return [...new Map(nodes.map((node) => [node.name, node])).values()].sort(byName);
}

export const isData = ({ roles }: Peer): boolean => roles.some((role) => role === "data" || role.startsWith("data_"));
export const isMaster = ({ roles }: Peer): boolean => roles.includes("master");

/** Green when every copy has a place, yellow when only replicas lack one, red when a primary does. */
export function healthOf({ shards }: ClusterState): Health {
  if (shards.some(({ primary, node }) => primary && node === null)) return "red";
  return shards.some(({ node }) => node === null) ? "yellow" : "green";
}

/** More than half of those who vote? */
export function isMajority(present: readonly string[], voters: readonly string[]): boolean {
  return voters.filter((name) => present.includes(name)).length * 2 > voters.length;
}

function copies(name: string, { shards, replicas }: IndexSettings): readonly Shard[] {
  return Array.from({ length: shards }, (_, number) => Array.from({ length: replicas + 1 }, (_unused, copy): Shard => ({ index: name, number, primary: copy === 0, node: null }))).flat();
}

/** Shards of a new index, nowhere yet. */
export function withIndex(state: ClusterState, name: string, settings: IndexSettings): ClusterState {
  return { ...state, indices: { ...state.indices, [name]: settings }, shards: [...state.shards, ...copies(name, settings)] };
}

/** Without an index and its shards. */
export function withoutIndex(state: ClusterState, name: string): ClusterState {
  const { [name]: _gone, ...indices } = state.indices;
  return { ...state, indices, shards: state.shards.filter(({ index }) => index !== name) };
}

/** A copy to make: from whom, to whom. */
export interface Copying {
  readonly index: string;
  readonly number: number;
  readonly from: string | null;
  readonly to: string;
}

/**
 * Gives shards without a node a place: a replica whose primary is gone becomes the primary, what is missing goes to the data node
 * with the fewest shards that has no copy of it yet. A primary that was lost with its only copy stays lost.
 */
export function allocated(state: ClusterState, fresh: ReadonlySet<string>): { readonly state: ClusterState; readonly copying: readonly Copying[] } {
  const alive = new Set(state.nodes.filter(isData).map(({ name }) => name));
  let shards = state.shards.map((shard) => (shard.node !== null && !alive.has(shard.node) ? { ...shard, node: null } : shard));
  const same = (a: Shard, b: Shard): boolean => a.index === b.index && a.number === b.number;
  shards = promoted(shards, same);
  const load = new Map([...alive].map((name) => [name, shards.filter(({ node }) => node === name).length]));
  const copying: Copying[] = [];
  const placed: Shard[] = [];
  for (const [i, shard] of shards.entries()) {
    if (shard.node !== null) {
      placed.push(shard);
      continue;
    }
    const primary = shards.find((other) => other.primary && same(other, shard) && other.node !== null);
    // Without a living primary only a shard that never held anything may begin.
    if (!shard.primary && !primary && !fresh.has(shard.index)) {
      placed.push(shard);
      continue;
    }
    if (shard.primary && !fresh.has(shard.index)) {
      placed.push(shard);
      continue;
    }
    const taken = new Set([...placed, ...shards.slice(i + 1)].filter((other) => same(other, shard) && other.node !== null).map(({ node }) => node));
    const [target] = [...alive].filter((name) => !taken.has(name)).sort((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0) || (a < b ? -1 : 1));
    if (target === undefined) {
      placed.push(shard);
      continue;
    }
    load.set(target, (load.get(target) ?? 0) + 1);
    placed.push({ ...shard, node: target });
    copying.push({ index: shard.index, number: shard.number, from: shard.primary ? null : (primary?.node ?? null), to: target });
  }
  return { state: { ...state, shards: placed }, copying };
}

function promoted(shards: readonly Shard[], same: (a: Shard, b: Shard) => boolean): Shard[] {
  const next = [...shards];
  for (const [i, shard] of next.entries()) {
    if (!shard.primary || shard.node !== null) continue;
    const at = next.findIndex((other) => !other.primary && other.node !== null && same(other, shard));
    const heir = next[at];
    if (!heir) continue;
    next[i] = { ...shard, node: heir.node };
    next[at] = { ...heir, node: null };
  }
  return next;
}

/** Which shard a document goes to: by its id, as upstream, with a hash of our own. */
export function shardOf(id: string, shards: number): number {
  let hash = 0;
  for (let i = 0; i < id.length; i += 1) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
  return hash % shards;
}

/** As JSON, for a process's state or a message. */
export function asJson(value: object | null): Json {
  return value as unknown as Json;
}
