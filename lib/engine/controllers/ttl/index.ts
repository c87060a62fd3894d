import { NODE } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import type { Node } from "../../resources/core/node/node";
import type { Controller, ControllerContext } from "../controller";

const TTL = "node.alpha.kubernetes.io/ttl";

/** Up to so many nodes, so many seconds. */
const STEPS: readonly (readonly [nodes: number, seconds: number])[] = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
];

/**
 * Tells every new kubelet, by an annotation, for how long it may trust Secrets and ConfigMaps it has read.
 * Upstream: pkg/controller/ttl.
 *
 * @simplified A node keeps what it was told when it came; nothing in the engine depends on it.
 */
export const ttlController: Controller = {
  name: "ttl",
  reconciles: NODE,
  watches: [],
  wants: ({ metadata }) => metadata.annotations?.[TTL] === undefined,
  reconcile(key: ObjectKey, { client }: ControllerContext) {
    const node = client.get<Node>(NODE, key);
    if (!node || node.metadata.annotations?.[TTL] !== undefined) return;
    const count = client.count(NODE);
    const seconds = STEPS.find(([nodes]) => count <= nodes)?.[1] ?? 300;
    client.update<Node>({ ...node, metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, [TTL]: String(seconds) } } });
  },
};
