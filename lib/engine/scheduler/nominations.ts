import { POD } from "../apimachinery/kinds";
import { parseKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { Pod } from "../resources/core/pod/pod";
import type { Table } from "../sim/state";

/**
 * The pods that preemption made room for, by node: their place counts as taken. Read off the scheduler's table and
 * kept up beside it, so that a long list costs nothing to those it does not concern.
 */
export interface Nominations {
  /** Reads the table anew when it is not as remembered. `touch` is told of the nodes that changed. */
  sync(table: Table<string>, client: Client): void;
  set(key: string, node: string, pod: Pod): void;
  delete(key: string): void;
  /** Pods nominated for a node that are no less important than `pod`, itself aside; none for most nodes. */
  on(node: string, pod: Pod): readonly Pod[] | undefined;
  /** Pods nominated for a node that are less important than `pod`. */
  below(node: string, pod: Pod): readonly Pod[];
}

/** Nobody nominated yet. */
export function createNominations(touch: (node: string) => void): Nominations {
  const byNode = new Map<string, Map<string, Pod>>();
  const places = new Map<string, string>();
  const drop = (key: string): void => {
    if (places.size === 0) return;
    const node = places.get(key);
    if (node === undefined) return;
    places.delete(key);
    const there = byNode.get(node);
    there?.delete(key);
    if (there?.size === 0) byNode.delete(node);
    touch(node);
  };
  const put = (key: string, node: string, pod: Pod): void => {
    drop(key);
    places.set(key, node);
    const there = byNode.get(node);
    if (there) there.set(key, pod);
    else byNode.set(node, new Map([[key, pod]]));
    touch(node);
  };
  return {
    sync(table, client) {
      if (places.size === table.size) return;
      for (const key of [...places.keys()]) drop(key);
      for (const key of table.keys()) {
        const pod = client.get<Pod>(POD, parseKey(key));
        if (pod) put(key, table.get(key) ?? "", pod);
      }
    },
    set: put,
    delete: drop,
    on(node, pod) {
      const there = byNode.get(node);
      if (!there) return undefined;
      const others = [...there.values()].filter((other) => other.metadata.uid !== pod.metadata.uid && (other.spec.priority ?? 0) >= (pod.spec.priority ?? 0));
      return others.length > 0 ? others : undefined;
    },
    below: (node, pod) => [...(byNode.get(node)?.values() ?? [])].filter((other) => (other.spec.priority ?? 0) < (pod.spec.priority ?? 0)),
  };
}
