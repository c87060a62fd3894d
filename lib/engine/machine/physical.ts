import type { Json, ObjectKey } from "../apimachinery/meta";
import type { Clock } from "../sim/clock";
import type { Journal } from "../sim/journal";
import type { Random } from "../sim/random";
import type { StateTree } from "../sim/state";
import type { FileSystem, ImageCatalog } from "./behaviour";
import type { LogQuery } from "./logs";
import type { ContainerRecord, ContainerSpec, ExecRecord, LogLine, MachineRecord, PodRecord, SandboxSpec } from "./records";
import type { Trees } from "./trees";
import type { Sockets, Wire } from "./wire";

/** A disk or a share of the storage room: block disks belong to one machine at a time, file shares to all. */
export interface DiskRecord {
  readonly handle: string;
  readonly kind: "block" | "file";
  readonly bytes: number;
  /** The machine a block disk is attached to. */
  readonly attachedTo?: string;
  /** Further machines it is attached to: a disk many machines read, or a shared one. */
  readonly alsoOn?: readonly string[];
}

/** Thousandths of a CPU and bytes of memory in use. */
export interface Usage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** What the machines tell those who manage them. Kubelets note it and look later. */
export interface MachineEvents {
  /** A container of the pod ended, or a command run in it did. */
  containersChanged?(uid: string): void;
  /** A process of the pod changed its state: what it answers may be different now. */
  stirred?(uid: string): void;
  /** What processes on a machine use has changed. */
  usageChanged?(node: string): void;
  /** There are more processes on a machine than before. */
  forked?(node: string): void;
  /** Files of a pod have grown: `c:<container>` is a writable layer or log, `v:<pod>/<volume>` a volume. */
  filesGrew?(tree: string): void;
  /** A file of a machine's own disk was written or taken away. */
  machineFileChanged?(node: string, path: string): void;
  /** A machine's power or cable changed. */
  machineChanged?(node: string): void;
}

/**
 * The physical world of a cluster: machines with power and a network cable, the sandboxes,
 * containers and processes on them, their files and disks.
 *
 * Knows nothing of the API. Everything it remembers is in tables named `machine:`.
 */
export interface Machines extends Sockets {
  readonly trees: Trees;
  /** Gives processes and probes their network; until then requests go straight to the socket. */
  bind(wire: Wire): void;
  wire(): Wire;
  /** How often processes looked outside their own pod (network, shared files). Only a difference around one call means anything. */
  looksOutside(): number;
  /** As {@link looksOutside}, with the clock, chance and changed files counted too: a command that adds nothing answers the same again. */
  unsteadyLooks(): number;
  /** The wake-up numbered `wake` of a process is due. */
  wakeProcess(process: string, wake: number, message: Json): void;
  /** A signal one process sent another arrives. */
  signalProcess(process: string, signal: string): void;
  listen(events: MachineEvents): void;

  addMachine(name: string, ips: readonly string[]): void;
  machine(name: string): MachineRecord | undefined;
  machines(): readonly MachineRecord[];
  /** Cuts the power: every process on it is gone at once. */
  powerOff(name: string): void;
  powerOn(name: string): void;
  /** Pulls the network cable: processes go on, nobody can reach them. */
  disconnect(name: string): void;
  reconnect(name: string): void;

  createSandbox(spec: SandboxSpec): void;
  /** Ends whatever runs in a pod's sandbox and gives its address back. Containers stay for their logs. */
  stopSandbox(uid: string): void;
  /** Forgets a pod: containers, logs and its own volumes. */
  removePod(uid: string): void;
  pod(uid: string): PodRecord | undefined;
  /** The pod of that name made last. */
  podNamed(pod: ObjectKey): PodRecord | undefined;
  podsOn(node: string): readonly PodRecord[];

  /** Makes a container and starts its process. The answer is the runtime's complaint when the command cannot be started. */
  startContainer(spec: ContainerSpec): { readonly id: string; readonly error?: string };
  /** The container of that id. */
  containerWithId(id: string): ContainerRecord | undefined;
  /** A pod's container by name: the newest, or with `previous` the one before. */
  container(uid: string, name: string, previous?: boolean): ContainerRecord | undefined;
  /** Sends a signal, by its name, to a container's main process. */
  signal(container: string, signal: string): void;
  kill(container: string): void;
  /** What a pod's processes use; CPU as far as limits let them. */
  usage(uid: string): Usage;
  /** What one container of a pod uses now. */
  containerUsage(uid: string, container: string): Usage;
  /** What all pods of a machine use. */
  nodeUsage(node: string): Usage;
  /** Bytes of memory in use on a machine, without adding them up. */
  memoryOn(node: string): number;
  /** How many processes a pod is. */
  processesOf(uid: string): number;
  /** Bytes a container has written: its writable layer and its log. */
  diskUsage(uid: string, container: string): number;
  /** The kernel ends the main process of a container because the machine has no memory left. The answer is its name. */
  killForMemory(uid: string, container: string): string | undefined;
  /** Changes the limits of a running container; 0 is none. */
  setLimits(container: string, limits: { readonly cpuLimit: number; readonly memoryLimit: number }): void;

  /** Runs a command in a running container. It may need time: ask {@link execResult} after advancing the clock. */
  startExec(uid: string, container: string, argv: readonly string[], stdin?: string): { readonly id: string } | { readonly error: string };
  execResult(id: string): ExecRecord | undefined;
  /** Kills the command if it still runs and forgets what it printed. */
  endExec(id: string): void;
  logs(uid: string, container: string, options?: LogQuery & { readonly previous?: boolean }): readonly LogLine[] | undefined;
  /** The files of a pod's newest container of that name. */
  files(uid: string, container: string): FileSystem | undefined;

  addDisk(disk: DiskRecord): void;
  disk(handle: string): DiskRecord | undefined;
  /** Puts a disk on a machine: on that one alone, unless `shared`. */
  attachDisk(handle: string, node: string, shared?: boolean): void;
  detachDisk(handle: string, node?: string): void;
  /** A new disk with the files another has now; they go separate ways from then on. */
  copyDisk(from: string, disk: DiskRecord): void;
  /** Makes a disk larger; the file system on it too only when said. */
  growDisk(handle: string, bytes: number, wholly: boolean): void;
  /** Makes the file system of a disk as large as the disk. */
  growFileSystem(handle: string): void;
  removeDisk(handle: string): void;
}

/** What the machines stand on. */
export interface MachineParts {
  readonly state: StateTree;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly images: ImageCatalog;
  /** Told how much work a program's step was, when it says so. */
  readonly worked?: (pieces: number) => void;
}
