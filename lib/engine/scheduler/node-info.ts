import { bytesOf, cpuMilli } from "../apimachinery/quantity";
import type { Node } from "../resources/core/node/node";
import { ANY_ADDRESS, hostPorts } from "../resources/core/pod/host-ports";
import type { Pod } from "../resources/core/pod/pod";
import { amountsOf, isScalar, type Amounts } from "./pod-amounts";

/** A node and what is on it, terminating pods included until their kubelet lets go, with what they use together. */
export interface NodeInfo {
  readonly node: Node;
  /** Only the board that owns the picture puts a pod's newer version in the place of the older. */
  readonly pods: Pod[];
  readonly requested: Amounts;
  readonly assumedCpu: number;
  readonly assumedMemory: number;
  readonly allocatable: Amounts & { readonly pods: number };
  /** `protocol/port` → host addresses that listen there. */
  readonly ports: ReadonlyMap<string, readonly string[]>;
}

function allocatableOf(node: Node): NodeInfo["allocatable"] {
  const scalar = new Map<string, number>();
  const list = node.status?.allocatable ?? {};
  for (const [name, value] of Object.entries(list)) {
    if (isScalar(name)) scalar.set(name, bytesOf(value));
  }
  return { cpu: cpuMilli(list["cpu"]), memory: bytesOf(list["memory"]), storage: bytesOf(list["ephemeral-storage"]), pods: bytesOf(list["pods"]), scalar };
}

/** The node with these pods on it, added up. */
export function nodeInfo(node: Node, pods: readonly Pod[], allocatable = allocatableOf(node)): NodeInfo {
  return infoOver(node, [...pods], allocatable);
}

/** The same over a list that its owner keeps up: {@link movedPod} follows what happens to it. */
export function infoOver(node: Node, pods: Pod[], allocatable = allocatableOf(node)): NodeInfo {
  const scalar = new Map<string, number>();
  const ports = new Map<string, string[]>();
  const sum = { cpu: 0, memory: 0, storage: 0, assumedCpu: 0, assumedMemory: 0 };
  for (const pod of pods) {
    const { asked, assumedCpu, assumedMemory } = amountsOf(pod);
    sum.cpu += asked.cpu;
    sum.memory += asked.memory;
    sum.storage += asked.storage;
    sum.assumedCpu += assumedCpu;
    sum.assumedMemory += assumedMemory;
    for (const [name, amount] of asked.scalar) scalar.set(name, (scalar.get(name) ?? 0) + amount);
    for (const port of hostPorts(pod)) {
      const key = `${port.protocol ?? "TCP"}/${port.hostPort}`;
      const listeners = ports.get(key);
      if (listeners) listeners.push(port.hostIP || ANY_ADDRESS);
      else ports.set(key, [port.hostIP || ANY_ADDRESS]);
    }
  }
  return {
    node,
    pods,
    requested: { cpu: sum.cpu, memory: sum.memory, storage: sum.storage, scalar },
    assumedCpu: sum.assumedCpu,
    assumedMemory: sum.assumedMemory,
    allocatable,
    ports,
  };
}

/** The node with one pod more. */
export function withPod(info: NodeInfo, pod: Pod): NodeInfo {
  return hostPorts(pod).length > 0 ? nodeInfo(info.node, [...info.pods, pod], info.allocatable) : weighed(info, [...info.pods, pod], pod, 1);
}

/** The node with one of the pods again that stand on it in `whole`. */
export function withPodOf(whole: NodeInfo, info: NodeInfo, pod: Pod): NodeInfo {
  return whole.ports.size > 0 ? withPod(info, pod) : weighed(info, [...info.pods, pod], pod, 1);
}

/** The node after a pod was put on its list (1) or taken off (-1). */
export function movedPod(info: NodeInfo, pod: Pod, sign: 1 | -1): NodeInfo {
  // Where nobody takes a port, whoever goes took none.
  return (sign > 0 || info.ports.size > 0) && hostPorts(pod).length > 0 ? infoOver(info.node, info.pods, info.allocatable) : weighed(info, info.pods, pod, sign);
}

function weighed(info: NodeInfo, pods: Pod[], pod: Pod, sign: 1 | -1): NodeInfo {
  const { asked, assumedCpu, assumedMemory } = amountsOf(pod);
  const { requested } = info;
  let { scalar } = requested;
  if (asked.scalar.size > 0) {
    const next = new Map(scalar);
    for (const [name, amount] of asked.scalar) next.set(name, (next.get(name) ?? 0) + sign * amount);
    scalar = next;
  }
  return {
    node: info.node,
    pods,
    requested: { cpu: requested.cpu + sign * asked.cpu, memory: requested.memory + sign * asked.memory, storage: requested.storage + sign * asked.storage, scalar },
    assumedCpu: info.assumedCpu + sign * assumedCpu,
    assumedMemory: info.assumedMemory + sign * assumedMemory,
    allocatable: info.allocatable,
    ports: info.ports,
  };
}
