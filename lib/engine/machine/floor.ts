import { keyText } from "../apimachinery/meta";
import type { StateTree, Table } from "../sim/state";
import type { Image } from "./behaviour";
import { localWire } from "./local-wire";
import type { DiskRecord, MachineEvents, MachineParts } from "./physical";
import { Processes } from "./processes";
import { KILLED } from "./signals";
import type { Ending } from "./surroundings";
import type { ContainerRecord, ExecRecord, MachineRecord, PodRecord, ProcessRecord } from "./records";
import type { Sockets, Wire } from "./wire";

/** The tables of the physical world, all named `machine:`. */
interface Tables {
  readonly nodes: Table<MachineRecord>;
  readonly pods: Table<PodRecord>;
  /** `namespace/name` → uid of the pod of that name made last. */
  readonly byName: Table<string>;
  readonly byAddress: Table<string>;
  readonly containers: Table<ContainerRecord>;
  readonly execs: Table<ExecRecord>;
  readonly disks: Table<DiskRecord>;
}

/** What every part of the machines stands on. */
export interface Floor extends Tables, MachineParts {
  readonly processes: Processes;
  readonly bound: { wire: Wire | undefined; events: MachineEvents };
  readonly sockets: Sockets;
  /** The network, or straight to the socket while none is bound. */
  wire(): Wire;
  image(reference: string): Image | undefined;
  /** Uids of the pods on a machine. */
  uidsOn(node: string): Set<string>;
  /** Bytes of memory in use on a machine. */
  memoryOn(node: string): number;
  liveContainers(pod: PodRecord): readonly ContainerRecord[];
  /** Ends a running container's first process, and with it the container. */
  endContainer(container: ContainerRecord, ending: Ending): void;
}

function tablesOf(state: StateTree): Tables {
  return {
    nodes: state.table<MachineRecord>("machine:node"),
    pods: state.table<PodRecord>("machine:pod"),
    byName: state.table<string>("machine:pod-name"),
    byAddress: state.table<string>("machine:pod-ip"),
    containers: state.table<ContainerRecord>("machine:container"),
    execs: state.table<ExecRecord>("machine:exec"),
    disks: state.table<DiskRecord>("machine:disk"),
  };
}

/** Lays the floor. Its caches are rebuilt at every composition and influence nothing. */
export function layFloor(parts: MachineParts): Floor {
  const tables = tablesOf(parts.state);
  const bound: Floor["bound"] = { wire: undefined, events: {} };
  const image = imageCache(parts);
  const onNode = new Map<string, Set<string>>();
  const uidsOn = (node: string): Set<string> => {
    let set = onNode.get(node);
    if (!set) onNode.set(node, (set = new Set()));
    return set;
  };
  for (const pod of tables.pods.values()) uidsOn(pod.node).add(pod.uid);
  // Added up when first asked for, and kept from then on.
  const memory = new Map<string, number>();
  const processes: Processes = new Processes({
    state: parts.state,
    clock: parts.clock,
    random: parts.random.fork("process"),
    image,
    wire: () => floor.wire(),
    addressesOf: (pod) => (pod.hostNetwork ? (tables.nodes.get(pod.node)?.ips ?? []) : [pod.ip]),
    treeUsable(tree, node) {
      if (!tree.startsWith("d:")) return true;
      const disk = tables.disks.get(tree.slice(2));
      return disk?.kind === "file" || disk?.attachedTo === node || disk?.alsoOn?.includes(node) === true;
    },
    // A share is flushed when a file is closed, as NFS does.
    treeCached: (tree) => tree.startsWith("v:") || tree.startsWith("h:") || (tree.startsWith("d:") && tables.disks.get(tree.slice(2))?.kind === "block"),
    stirred: (uid) => bound.events.stirred?.(uid),
    grew(tree) {
      if (tree.startsWith("c:") || tree.startsWith("v:")) bound.events.filesGrew?.(tree);
    },
    touched(tree, path) {
      if (tree.startsWith("h:")) bound.events.machineFileChanged?.(tree.slice(2), path);
    },
    memoryChanged(uid, by) {
      const node = tables.pods.get(uid)?.node ?? "";
      const known = memory.get(node);
      if (known !== undefined) memory.set(node, known + by);
      bound.events.usageChanged?.(node);
    },
    forked: (uid) => bound.events.forked?.(tables.pods.get(uid)?.node ?? ""),
    worked: (pieces) => parts.worked?.(pieces),
    ended: (container, process, ending) => ended(floor, container, process, ending),
  });
  const sockets = socketsOf(tables, processes);
  const local = localWire(sockets);
  const memoryUsed = (id: string): number => (tables.containers.get(id)?.processes ?? []).reduce((sum, process) => sum + (processes.get(process)?.usage?.memoryBytes ?? 0), 0);
  const floor: Floor = {
    ...parts,
    ...tables,
    processes,
    bound,
    sockets,
    wire: () => bound.wire ?? local,
    image,
    uidsOn,
    memoryOn(node) {
      let known = memory.get(node);
      if (known === undefined) {
        known = [...uidsOn(node)].flatMap((uid) => Object.values(tables.pods.get(uid)?.containers ?? {})).reduce((sum, { current }) => sum + memoryUsed(current), 0);
        memory.set(node, known);
      }
      return known;
    },
    liveContainers: (pod) =>
      Object.values(pod.containers).flatMap(({ current }) => {
        const container = tables.containers.get(current);
        return container?.state === "running" ? [container] : [];
      }),
    endContainer(container, ending) {
      if (container.main !== undefined && container.state === "running") processes.end(container.main, ending);
    },
  };
  return floor;
}

function imageCache({ images }: MachineParts): Floor["image"] {
  const known = new Map<string, Image | undefined>();
  return (reference) => {
    if (!known.has(reference)) {
      const pulled = images.pull(reference);
      known.set(reference, "image" in pulled ? pulled.image : undefined);
    }
    return known.get(reference);
  };
}

/** A process ended; when it was a container's first, so did the container and all that ran in it. */
function ended(floor: Floor, container: ContainerRecord, process: ProcessRecord, ending: Ending): void {
  if (process.kind === "main") {
    const message = terminationMessage(floor, container, ending.code);
    floor.containers.set(container.id, {
      ...container,
      state: "exited",
      finishedAt: floor.clock.now(),
      exitCode: ending.code,
      reason: ending.reason ?? (ending.code === 0 ? "Completed" : "Error"),
      ...(ending.signal === undefined ? {} : { signal: ending.signal }),
      ...(message === undefined ? {} : { message }),
    });
    floor.journal.record({ at: floor.clock.now(), by: "runtime", what: "exited", about: container.id, detail: { exitCode: ending.code } });
    for (const other of [...container.processes]) floor.processes.end(other, KILLED);
  }
  floor.bound.events.containersChanged?.(container.uid);
}

function terminationMessage(floor: Floor, container: ContainerRecord, exitCode: number): string | undefined {
  const pod = floor.pods.get(container.uid);
  const path = container.terminationMessagePath ?? "/dev/termination-log";
  const text = pod && floor.processes.filesOf(container, pod, floor.image(container.image), undefined).read(path);
  if (text !== undefined && text !== "") return text.slice(0, 4096);
  if (container.logIsMessage !== true || exitCode === 0) return undefined;
  const end = floor.processes.logs.read(container.id, { tail: 80 }).map((line) => `${line.text}\n`).join("");
  return end === "" ? undefined : end.slice(-2048);
}

function socketsOf({ nodes, pods, byName, byAddress, containers }: Tables, processes: Processes): Sockets {
  return {
    isUp(node) {
      const record = nodes.get(node);
      return record !== undefined && record.powered && record.connected;
    },
    at({ ip, port }) {
      const process = processes.listener(ip, port);
      const container = process && containers.get(process.container);
      const pod = container && pods.get(container.uid);
      return process && pod ? { ip, port, node: pod.node, pod: pod.pod, process: process.id } : undefined;
    },
    sandboxOf(ip) {
      const pod = pods.get(byAddress.get(ip) ?? "");
      return pod && { pod: pod.pod, node: pod.node, ...(pod.redirection ? { redirection: pod.redirection } : {}) };
    },
    addressOf(key) {
      const pod = pods.get(byName.get(keyText(key)) ?? "");
      return pod && { ip: pod.ip, node: pod.node, hostNetwork: pod.hostNetwork, hosts: pod.hosts, resolvConf: pod.resolvConf, ...(pod.redirection ? { redirection: pod.redirection } : {}) };
    },
    deliver: (socket, request) => processes.deliver(socket.process, request),
    ask: (socket, request) => processes.ask(socket.process, request),
  };
}
