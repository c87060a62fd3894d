import { podRequests, type ResourcePod } from "../apimachinery/qos";
import { bytesOf, cpuMilli, quantityMilli, quantityValue } from "../apimachinery/quantity";
import type { Node } from "../resources/core/node/node";
import type { ContainerPort, Pod, PodSpec } from "../resources/core/pod/pod";

/** Amounts as the scheduler counts them: milli-CPU, bytes, and whole units of anything else. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
  readonly scalar: ReadonlyMap<string, number>;
}

/** What a pod asks for, and what scoring takes it to ask for when it does not say. */
export interface PodAmounts {
  readonly asked: Amounts;
  /** CPU and memory with 100m and 200 MB for each container that names none. */
  readonly assumedCpu: number;
  readonly assumedMemory: number;
}

/** A node and what is on it, terminating pods included until their kubelet lets go, with what they use together. */
export interface NodeInfo {
  readonly node: Node;
  readonly pods: readonly Pod[];
  readonly requested: Amounts;
  readonly assumedCpu: number;
  readonly assumedMemory: number;
  readonly allocatable: Amounts & { readonly pods: number };
  /** `protocol/port` → host addresses that listen there. */
  readonly ports: ReadonlyMap<string, readonly string[]>;
}

const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

// What a spec asks for never changes while the spec does not; a pure memory of it may outlive any cluster.
const known = new WeakMap<PodSpec, PodAmounts>();

/** A pod's effective requests. Upstream: resource.PodRequests and its non-missing variant. */
export function amountsOf(pod: Pod): PodAmounts {
  const found = known.get(pod.spec);
  if (found) return found;
  const exact = podRequests(pod);
  const scalar = new Map<string, number>();
  let cpu = 0;
  let memory = 0;
  let storage = 0;
  for (const [name, quantity] of exact) {
    if (name === "cpu") cpu = Number(quantityMilli(quantity));
    else if (name === "memory") memory = Number(quantityValue(quantity));
    else if (name === "ephemeral-storage") storage = Number(quantityValue(quantity));
    else if (name !== "pods") scalar.set(name, Number(quantityValue(quantity)));
  }
  const assumed = podRequests(withDefaults(pod));
  const amounts: PodAmounts = {
    asked: { cpu, memory, storage, scalar },
    assumedCpu: milli(assumed.get("cpu")),
    assumedMemory: whole(assumed.get("memory")),
  };
  known.set(pod.spec, amounts);
  return amounts;
}

const milli = (quantity: Parameters<typeof quantityMilli>[0] | undefined): number => (quantity ? Number(quantityMilli(quantity)) : 0);
const whole = (quantity: Parameters<typeof quantityValue>[0] | undefined): number => (quantity ? Number(quantityValue(quantity)) : 0);

function withDefaults(pod: Pod): ResourcePod {
  const fill = (container: PodSpec["containers"][number]) => ({
    ...container,
    resources: { ...container.resources, requests: { cpu: `${DEFAULT_CPU}m`, memory: String(DEFAULT_MEMORY), ...container.resources?.requests } },
  });
  // Scoring looks at containers only, whatever the pod as a whole asks for, as upstream.
  const { initContainers, resources: _whole, ...rest } = pod.spec as PodSpec & { readonly resources?: unknown };
  return { spec: { ...rest, containers: pod.spec.containers.map(fill), ...(initContainers === undefined ? {} : { initContainers: initContainers.map(fill) }) } };
}

/** Host ports a pod takes, sidecars' included. */
export function hostPorts(pod: Pod): readonly ContainerPort[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  return [...pod.spec.containers, ...sidecars].flatMap((container) => (container.ports ?? []).filter((port) => (port.hostPort ?? 0) > 0));
}

const ANY = "0.0.0.0";

/** Is a host port taken already? Listening on every address clashes with listening on any. */
export function portTaken(ports: ReadonlyMap<string, readonly string[]>, wanted: ContainerPort): boolean {
  const listeners = ports.get(`${wanted.protocol ?? "TCP"}/${wanted.hostPort}`);
  if (!listeners) return false;
  const ip = wanted.hostIP || ANY;
  return ip === ANY || listeners.some((other) => other === ANY || other === ip);
}

function allocatableOf(node: Node): NodeInfo["allocatable"] {
  const scalar = new Map<string, number>();
  const list = node.status?.allocatable ?? {};
  for (const [name, value] of Object.entries(list)) {
    if (name !== "cpu" && name !== "memory" && name !== "ephemeral-storage" && name !== "pods") scalar.set(name, bytesOf(value));
  }
  return { cpu: cpuMilli(list["cpu"]), memory: bytesOf(list["memory"]), storage: bytesOf(list["ephemeral-storage"]), pods: bytesOf(list["pods"]), scalar };
}

/** The node with these pods on it, added up. */
export function nodeInfo(node: Node, pods: readonly Pod[], allocatable = allocatableOf(node)): NodeInfo {
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
      if (listeners) listeners.push(port.hostIP || ANY);
      else ports.set(key, [port.hostIP || ANY]);
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
