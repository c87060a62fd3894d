import { compareStrings } from "../apimachinery/compare";
import { NODE, POD } from "../apimachinery/kinds";
import { keyOf, keyText } from "../apimachinery/meta";
import type { Client } from "../client/client";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { Table } from "../sim/state";
import type { StoreEvent } from "../client/component";
import { nodeInfo, type NodeInfo } from "./node-info";

interface Shelf {
  node: Node | undefined;
  readonly pods: Map<string, Pod>;
  info: NodeInfo | undefined;
}

/**
 * The scheduler's picture of the nodes, kept up event by event. A memory that can be rebuilt from the
 * API at any moment and never decides anything by itself: a fork or a restored cluster starts without it.
 */
export interface NodeCache {
  observe(event: StoreEvent): void;
  /** Every node with what is on it, in order of name. `assumed` says which unbound pods hold a place already: key of the pod → node. */
  nodes(client: Client, assumed: Table<string>): readonly NodeInfo[];
  /** Looks at a pod again after its place in `assumed` changed. */
  assume(pod: Pod): void;
}

/** An empty cache. */
export function createNodeCache(): NodeCache {
  const shelves = new Map<string, Shelf>();
  const placed = new Map<string, string>();
  let filled = false;
  let list: readonly NodeInfo[] | undefined;
  let table: Table<string> | undefined;

  const shelf = (name: string): Shelf => {
    let found = shelves.get(name);
    if (!found) shelves.set(name, (found = { node: undefined, pods: new Map(), info: undefined }));
    return found;
  };
  const lift = (key: string): void => {
    const name = placed.get(key);
    if (name === undefined) return;
    placed.delete(key);
    const from = shelf(name);
    from.pods.delete(key);
    from.info = undefined;
    list = undefined;
  };
  const put = (pod: Pod): void => {
    const key = keyText(keyOf(pod));
    lift(key);
    const name = pod.spec.nodeName || table?.get(key);
    if (name === undefined || isFinished(pod)) return;
    const to = shelf(name);
    to.pods.set(key, pod);
    to.info = undefined;
    list = undefined;
    placed.set(key, name);
  };
  const setNode = (name: string, node: Node | undefined): void => {
    const at = shelf(name);
    at.node = node;
    at.info = undefined;
    list = undefined;
  };
  const fill = (client: Client, assumed: Table<string>): void => {
    filled = true;
    table = assumed;
    for (const node of client.list<Node>(NODE)) setNode(node.metadata.name, node);
    for (const pod of client.list<Pod>(POD)) put(pod);
  };
  return {
    observe(event) {
      if (!filled) return;
      if (event.kind === NODE) setNode(event.object.metadata.name, event.type === "DELETED" ? undefined : (event.object as Node));
      if (event.kind !== POD) return;
      if (event.type === "DELETED") lift(keyText(keyOf(event.object)));
      else put(event.object as Pod);
    },
    nodes(client, assumed) {
      if (!filled) fill(client, assumed);
      list ??= [...shelves]
        .sort(([a], [b]) => compareStrings(a, b))
        .flatMap(([, entry]) => (entry.node ? [(entry.info ??= nodeInfo(entry.node, [...entry.pods.values()]))] : []));
      return list;
    },
    assume: put,
  };
}
