import type { Json, ObjectKey } from "../apimachinery/meta";
import { keyText } from "../apimachinery/meta";
import { fingerprint } from "../apimachinery/canonical";
import { invariant } from "../apimachinery/invariant";
import type { Clock } from "../sim/clock";
import type { Journal } from "../sim/journal";
import type { Random } from "../sim/random";
import type { StateTree } from "../sim/state";
import type { FileSystem, Image, ImageCatalog } from "./behaviour";
import { programFor } from "./executable";
import { localWire } from "./local-wire";
import type { LogQuery } from "./logs";
import { Processes, type Ending } from "./processes";
import type { ContainerRecord, ContainerSpec, ExecRecord, LogLine, MachineRecord, PodRecord, ProcessRecord, SandboxSpec } from "./records";
import type { Trees } from "./trees";
import type { Sockets, Wire } from "./wire";

/** A disk or a share of the storage room: block disks belong to one machine at a time, file shares to all. */
export interface DiskRecord {
  readonly handle: string;
  readonly kind: "block" | "file";
  readonly bytes: number;
  /** The machine a block disk is attached to. */
  readonly attachedTo?: string;
}

/** What the machines tell those who manage them. Kubelets note it and look later. */
export interface MachineEvents {
  /** A container of the pod ended, or a command run in it did. */
  containersChanged?(uid: string): void;
  /** A process of the pod changed its state: what it answers may be different now. */
  stirred?(uid: string): void;
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
  /** The wake-up numbered `wake` of a process is due. */
  wakeProcess(process: string, wake: number, message: Json): void;
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
  /** A pod's container by name: the newest, or with `previous` the one before. */
  container(uid: string, name: string, previous?: boolean): ContainerRecord | undefined;
  signal(container: string, signal: "SIGTERM" | "SIGHUP" | "SIGINT"): void;
  kill(container: string): void;
  usage(uid: string): { readonly cpuMilli: number; readonly memoryBytes: number };

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
  attachDisk(handle: string, node: string): void;
  detachDisk(handle: string): void;
  removeDisk(handle: string): void;
}

/** What the machines stand on. */
export interface MachineParts {
  readonly state: StateTree;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly images: ImageCatalog;
}

/** The tree that holds a disk's files. */
export function diskTree(handle: string): string {
  return `d:${handle}`;
}

/** The machines of a cluster. */
export function createMachines(parts: MachineParts): Machines {
  const { state, clock, random, journal, images } = parts;
  const nodes = state.table<MachineRecord>("machine:node");
  const pods = state.table<PodRecord>("machine:pod");
  const byName = state.table<string>("machine:pod-name");
  const byAddress = state.table<string>("machine:pod-ip");
  const containers = state.table<ContainerRecord>("machine:container");
  const execs = state.table<ExecRecord>("machine:exec");
  const disks = state.table<DiskRecord>("machine:disk");
  const execSerial = state.cell<number>("machine:exec-serial", 0);
  // Rebuilt at every composition; nothing here influences results.
  const known = new Map<string, Image | undefined>();
  const onNode = new Map<string, Set<string>>();
  const bound: { wire: Wire | undefined; events: MachineEvents } = { wire: undefined, events: {} };

  const image = (reference: string): Image | undefined => {
    if (!known.has(reference)) {
      const pulled = images.pull(reference);
      known.set(reference, "image" in pulled ? pulled.image : undefined);
    }
    return known.get(reference);
  };
  const indexOf = (node: string): Set<string> => {
    let set = onNode.get(node);
    if (!set) onNode.set(node, (set = new Set()));
    return set;
  };
  for (const pod of pods.values()) indexOf(pod.node).add(pod.uid);

  const ended = (container: ContainerRecord, process: ProcessRecord, ending: Ending): void => {
    if (process.kind === "exec") {
      bound.events.containersChanged?.(container.uid);
      return;
    }
    const message = terminationMessage(container);
    containers.set(container.id, {
      ...container,
      state: "exited",
      finishedAt: clock.now(),
      exitCode: ending.code,
      reason: ending.reason ?? (ending.code === 0 ? "Completed" : "Error"),
      ...(ending.signal === undefined ? {} : { signal: ending.signal }),
      ...(message === undefined ? {} : { message }),
    });
    journal.record({ at: clock.now(), by: "runtime", what: "exited", about: container.id, detail: { exitCode: ending.code } });
    // The kernel kills whatever else ran in the container with its first process.
    for (const other of [...container.processes]) processes.end(other, { code: 137, signal: 9 });
    bound.events.containersChanged?.(container.uid);
  };
  const wire = (): Wire => bound.wire ?? local;
  const processes = new Processes({
    state,
    clock,
    random: random.fork("process"),
    image,
    wire,
    addressesOf: (pod) => (pod.hostNetwork ? (nodes.get(pod.node)?.ips ?? []) : [pod.ip]),
    treeUsable(tree, node) {
      if (!tree.startsWith("d:")) return true;
      const disk = disks.get(tree.slice(2));
      return disk?.kind === "file" || disk?.attachedTo === node;
    },
    stirred: (uid) => bound.events.stirred?.(uid),
    ended,
  });
  const { trees, logs } = processes;

  function terminationMessage(container: ContainerRecord): string | undefined {
    const pod = pods.get(container.uid);
    const path = container.terminationMessagePath ?? "/dev/termination-log";
    const text = pod && processes.filesOf(container, pod, image(container.image), undefined).read(path);
    return text === undefined || text === "" ? undefined : text.slice(0, 4096);
  }
  const endAll = (container: ContainerRecord, ending: Ending): void => {
    if (container.main !== undefined && container.state === "running") processes.end(container.main, ending);
  };
  const liveContainers = (pod: PodRecord): readonly ContainerRecord[] =>
    Object.values(pod.containers).flatMap(({ current }) => {
      const container = containers.get(current);
      return container?.state === "running" ? [container] : [];
    });
  const dropContainer = (id: string): void => {
    logs.drop(id);
    trees.drop(`c:${id}`);
    containers.delete(id);
  };
  const change = (name: string, next: Partial<MachineRecord>): void => {
    const record = nodes.get(name);
    invariant(record, `a machine of this cluster: ${name}`);
    nodes.set(name, { ...record, ...next });
    bound.events.machineChanged?.(name);
  };
  const isUp = (node: string): boolean => {
    const record = nodes.get(node);
    return record !== undefined && record.powered && record.connected;
  };

  const machines: Machines = {
    trees,
    bind: (to) => void (bound.wire = to),
    wire,
    looksOutside: () => processes.outside,
    listen: (events) => void (bound.events = events),

    addMachine(name, ips) {
      if (!nodes.has(name)) nodes.set(name, { name, ips, powered: true, connected: true, boots: 1 });
    },
    machine: (name) => nodes.get(name),
    machines: () => nodes.values(),
    powerOff(name) {
      if (nodes.get(name)?.powered !== true) return;
      journal.record({ at: clock.now(), by: "world", what: "power-off", about: name });
      for (const uid of [...indexOf(name)]) {
        const pod = pods.get(uid);
        if (!pod) continue;
        for (const container of liveContainers(pod)) endAll(container, { code: 255, reason: "Unknown" });
        pods.set(uid, { ...(pods.get(uid) as PodRecord), ready: false });
      }
      change(name, { powered: false });
    },
    powerOn(name) {
      const record = nodes.get(name);
      if (!record || record.powered) return;
      journal.record({ at: clock.now(), by: "world", what: "power-on", about: name });
      change(name, { powered: true, boots: record.boots + 1 });
    },
    disconnect(name) {
      if (nodes.get(name)?.connected !== true) return;
      journal.record({ at: clock.now(), by: "world", what: "disconnect", about: name });
      change(name, { connected: false });
    },
    reconnect(name) {
      if (nodes.get(name)?.connected !== false) return;
      journal.record({ at: clock.now(), by: "world", what: "reconnect", about: name });
      change(name, { connected: true });
    },

    createSandbox(spec) {
      const previous = pods.get(spec.uid);
      pods.set(spec.uid, { ...spec, ready: true, attempt: (previous?.attempt ?? -1) + 1, containers: previous?.containers ?? {} });
      byName.set(keyText(spec.pod), spec.uid);
      if (!spec.hostNetwork) byAddress.set(spec.ip, spec.uid);
      indexOf(spec.node).add(spec.uid);
    },
    stopSandbox(uid) {
      const pod = pods.get(uid);
      if (!pod) return;
      for (const container of liveContainers(pod)) endAll(container, { code: 137, signal: 9 });
      if (byAddress.get(pod.ip) === uid) byAddress.delete(pod.ip);
      pods.set(uid, { ...(pods.get(uid) as PodRecord), ready: false });
    },
    removePod(uid) {
      machines.stopSandbox(uid);
      const pod = pods.get(uid);
      if (!pod) return;
      for (const { current, previous } of Object.values(pod.containers)) {
        dropContainer(current);
        if (previous !== undefined) dropContainer(previous);
      }
      if (byName.get(keyText(pod.pod)) === uid) byName.delete(keyText(pod.pod));
      pods.delete(uid);
      indexOf(pod.node).delete(uid);
    },
    pod: (uid) => pods.get(uid),
    podNamed: (pod) => pods.get(byName.get(keyText(pod)) ?? ""),
    podsOn: (node) => [...indexOf(node)].sort((a, b) => (a < b ? -1 : 1)).map((uid) => pods.get(uid) as PodRecord),

    startContainer(spec) {
      const pod = pods.get(spec.uid);
      invariant(pod, "a container is made in a sandbox");
      const id = `${spec.uid}/${spec.name}/${spec.attempt}`;
      const before = pod.containers[spec.name];
      if (before?.previous !== undefined) dropContainer(before.previous);
      pods.set(spec.uid, { ...pod, containers: { ...pod.containers, [spec.name]: { current: id, ...(before ? { previous: before.current } : {}) } } });
      const runtimeId = fingerprint(id) + fingerprint(`${id}#`);
      const container: ContainerRecord = { ...spec, id, runtimeId, state: "running", startedAt: clock.now(), processes: [] };
      const made = image(spec.image);
      const found = programFor(made, processes.filesOf(container, pod, made, undefined), spec.argv);
      if ("error" in found) {
        const error = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${found.error}`;
        containers.set(id, { ...container, state: "exited", finishedAt: clock.now(), exitCode: 128, reason: "StartError", message: error });
        return { id, error };
      }
      containers.set(id, container);
      journal.record({ at: clock.now(), by: "runtime", what: "started", about: id });
      processes.start(container, "main", `${id}/1`, found.program, found.argv, "");
      return { id };
    },
    container(uid, name, previous = false) {
      const ids = pods.get(uid)?.containers[name];
      return containers.get((previous ? ids?.previous : ids?.current) ?? "");
    },
    signal(id, signal) {
      const main = containers.get(id)?.main;
      if (main !== undefined) processes.signal(main, signal);
    },
    kill(id) {
      const container = containers.get(id);
      if (container) endAll(container, { code: 137, signal: 9 });
    },
    usage(uid) {
      const pod = pods.get(uid);
      const live = pod ? liveContainers(pod).flatMap((container) => container.processes) : [];
      return live.reduce(
        (sum, id) => {
          const used = processes.get(id)?.usage;
          return { cpuMilli: sum.cpuMilli + (used?.cpuMilli ?? 0), memoryBytes: sum.memoryBytes + (used?.memoryBytes ?? 0) };
        },
        { cpuMilli: 0, memoryBytes: 0 },
      );
    },

    startExec(uid, name, argv, stdin = "") {
      const pod = pods.get(uid);
      const container = machines.container(uid, name);
      if (!pod || container?.state !== "running") return { error: "container not running" };
      const made = image(container.image);
      const found = programFor(made, processes.filesOf(container, pod, made, undefined), argv);
      if ("error" in found) return { error: `OCI runtime exec failed: exec failed: unable to start container process: ${found.error}` };
      execSerial.set(execSerial.get() + 1);
      const id = `exec/${execSerial.get()}`;
      execs.set(id, { id, container: container.id, done: false, exitCode: 0, stdout: "", stderr: "" });
      processes.start(container, "exec", id, found.program, found.argv, stdin);
      return { id };
    },
    execResult: (id) => execs.get(id),
    endExec(id) {
      processes.end(id, { code: 137, signal: 9 });
      execs.delete(id);
    },
    logs(uid, name, { previous = false, ...query } = {}) {
      const container = machines.container(uid, name, previous);
      return container && logs.read(container.id, query);
    },
    files(uid, name) {
      const pod = pods.get(uid);
      const container = machines.container(uid, name);
      return pod && container && processes.filesOf(container, pod, image(container.image), undefined);
    },

    addDisk(disk) {
      disks.set(disk.handle, disk);
      trees.setLimit(diskTree(disk.handle), disk.bytes);
    },
    disk: (handle) => disks.get(handle),
    attachDisk(handle, node) {
      const disk = disks.get(handle);
      if (disk) disks.set(handle, { ...disk, attachedTo: node });
    },
    detachDisk(handle) {
      const disk = disks.get(handle);
      if (disk?.attachedTo === undefined) return;
      const { attachedTo, ...rest } = disk;
      disks.set(handle, rest);
      processes.releaseLocks(diskTree(handle), attachedTo);
    },
    removeDisk(handle) {
      disks.delete(handle);
      trees.drop(diskTree(handle));
    },

    isUp,
    at({ ip, port }) {
      const process = processes.listener(ip, port);
      const container = process && containers.get(process.container);
      const pod = container && pods.get(container.uid);
      return process && pod ? { ip, port, node: pod.node, pod: pod.pod, process: process.id } : undefined;
    },
    sandboxOf(ip) {
      const pod = pods.get(byAddress.get(ip) ?? "");
      return pod && { pod: pod.pod, node: pod.node };
    },
    addressOf(key) {
      const pod = pods.get(byName.get(keyText(key)) ?? "");
      return pod && { ip: pod.ip, node: pod.node, hostNetwork: pod.hostNetwork };
    },
    deliver: (socket, request) => processes.deliver(socket.process, request),
    wakeProcess: (process, wake, message) => processes.wake(process, wake, message),
  };
  const local = localWire(machines);
  return machines;
}
