import { bytesOf, formatQuantity, quantityOf } from "../apimachinery/quantity";
import type { NodeOptions } from "../options";
import type { Pod } from "../resources/core/pod/pod";
import { bytesOfImages, imagesOn } from "./layers";
import { allContainers, podOf, type Kubelet, type KubeletPod, type Pressure } from "./kubelet-pod";

/** What a machine can run short of, in the order it is seen to. Upstream: memory.available, nodefs.available, pid.available. */
export const SCARCE = ["memory", "disk", "pid"] as const;
/** Something a machine can run short of. */
export type Scarce = keyof Pressure;

/** What its messages call the resource that is short. */
export const RESOURCE: Readonly<Record<Scarce, string>> = { memory: "memory", disk: "ephemeral-storage", pid: "pids" };

/** The condition of its Node that says so. */
export const PRESSURE_CONDITION: Readonly<Record<Scarce, string>> = { memory: "MemoryPressure", disk: "DiskPressure", pid: "PIDPressure" };

/** Memory that must be left. Upstream: evictionHard memory.available. */
export const LEAST_MEMORY = 100 * 1024 * 1024;
/** Hundredths that must be left of the disk and of the process numbers. Upstream: evictionHard nodefs.available, 10%. */
const LEAST_SHARE = 10;

/** What is left of something, and what must be. */
export interface Supply {
  readonly left: number;
  readonly least: number;
}

/** Bytes of memory a machine has. */
export function memoryOf(kubelet: Kubelet, node: string): number {
  const options = kubelet.optionsOf(node);
  if (!options) return 0;
  let bytes = memories.get(options);
  if (bytes === undefined) memories.set(options, (bytes = bytesOf(options.memory)));
  return bytes;
}

const memories = new WeakMap<NodeOptions, number>();

/** Bytes of disk a machine has; undefined when it never fills. */
export function diskOf(kubelet: Kubelet, node: string): number | undefined {
  const size = kubelet.optionsOf(node)?.disk;
  return size === undefined ? undefined : bytesOf(size);
}

const share = (capacity: number): number => Math.trunc((capacity * LEAST_SHARE) / 100);

/** What a machine has left of something and must have; undefined when it has no end of it. */
export function supplyOf(kubelet: Kubelet, node: string, what: Scarce): Supply | undefined {
  if (what === "memory") return { left: memoryOf(kubelet, node) - kubelet.machines.memoryOn(node), least: LEAST_MEMORY };
  const capacity = what === "disk" ? diskOf(kubelet, node) : kubelet.optionsOf(node)?.pids;
  if (capacity === undefined) return undefined;
  return { left: what === "disk" ? diskLeft(kubelet, node, capacity) : pidsLeft(kubelet, node, capacity), least: share(capacity) };
}

/** `Threshold quantity: 100Mi, available: 68435456. `, as the messages of evictions say it. */
export function supplyText(what: Scarce, { left, least }: Supply): string {
  return `Threshold quantity: ${formatQuantity(quantityOf(least, "BinarySI"))}, available: ${what === "pid" ? left : formatQuantity(quantityOf(left, "BinarySI"))}. `;
}

/** Bytes a pod has written: its containers' layers and logs, and its folders on the disk. */
export function podDisk(kubelet: Kubelet, record: KubeletPod, pod: Pod): number {
  const volumes = (pod.spec.volumes ?? []).filter((volume) => volume.emptyDir && volume.emptyDir.medium !== "Memory").reduce((sum, volume) => sum + kubelet.machines.trees.sizeOf(`v:${record.uid}/${volume.name}`), 0);
  return volumes + allContainers(pod).reduce((sum, container) => sum + kubelet.machines.diskUsage(record.uid, container.name), 0);
}

function diskLeft(kubelet: Kubelet, node: string, capacity: number): number {
  const images = bytesOfImages(imagesOn(kubelet, node).values());
  return kubelet.podsOn(node).reduce((left, record) => {
    const { pod } = podOf(kubelet, record);
    return pod ? left - podDisk(kubelet, record, pod) : left;
  }, capacity - images);
}

function pidsLeft(kubelet: Kubelet, node: string, capacity: number): number {
  return kubelet.podsOn(node).reduce((left, { uid }) => left - kubelet.machines.processesOf(uid), capacity);
}
