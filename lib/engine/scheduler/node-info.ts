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
  /** Only the board that owns the picture puts a pod's newer version in the place of the older. */
  readonly pods: Pod[];
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
// Pods of one template ask for the same; what a text of requests comes to is remembered too, up to a number.
const byText = new Map<string, PodAmounts>();
const REMEMBERED = 2000;

function askingText(spec: PodSpec): string {
  const { resources, overhead } = spec as PodSpec & { readonly resources?: unknown; readonly overhead?: unknown };
  return JSON.stringify([spec.containers.map((container) => container.resources), (spec.initContainers ?? []).map((container) => [container.resources, container.restartPolicy]), resources, overhead]);
}

/** A pod's effective requests. Upstream: resource.PodRequests and its non-missing variant. */
export function amountsOf(pod: Pod): PodAmounts {
  const found = known.get(pod.spec);
  if (found) return found;
  const text = askingText(pod.spec);
  let amounts = byText.get(text);
  if (!amounts) {
    if (byText.size >= REMEMBERED) byText.clear();
    byText.set(text, (amounts = reckon(pod)));
  }
  known.set(pod.spec, amounts);
  return amounts;
}

function reckon(pod: Pod): PodAmounts {
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
  return {
    asked: { cpu, memory, storage, scalar },
    assumedCpu: milli(assumed.get("cpu")),
    assumedMemory: whole(assumed.get("memory")),
  };
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

const takenBy = new WeakMap<PodSpec, readonly ContainerPort[]>();

/** Host ports a pod takes, sidecars' included. */
export function hostPorts({ spec }: Pod): readonly ContainerPort[] {
  let ports = takenBy.get(spec);
  if (!ports) {
    const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
    ports = [...spec.containers, ...sidecars].flatMap((container) => (container.ports ?? []).filter((port) => (port.hostPort ?? 0) > 0));
    takenBy.set(spec, ports);
  }
  return ports;
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
    pods: [...pods],
    requested: { cpu: sum.cpu, memory: sum.memory, storage: sum.storage, scalar },
    assumedCpu: sum.assumedCpu,
    assumedMemory: sum.assumedMemory,
    allocatable,
    ports,
  };
}

/** The node with one pod more. */
export function withPod(info: NodeInfo, pod: Pod): NodeInfo {
  const ports = hostPorts(pod);
  if (ports.length > 0) return nodeInfo(info.node, [...info.pods, pod], info.allocatable);
  return weighed(info, [...info.pods, pod], pod, 1);
}

/** The node with one pod less. */
export function withoutPod(info: NodeInfo, pod: Pod): NodeInfo {
  const pods = info.pods.filter((other) => other !== pod);
  return hostPorts(pod).length > 0 ? nodeInfo(info.node, pods, info.allocatable) : weighed(info, pods, pod, -1);
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
