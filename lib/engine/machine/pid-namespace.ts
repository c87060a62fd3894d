import type { Table } from "../sim/state";
import type { ContainerRecord, PodRecord, ProcessRecord } from "./records";

/** A process as one that shares its namespace sees it. `process` is absent for what the machine itself runs there. */
export interface Seen {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly process?: ProcessRecord;
}

/** What is looked up to find out who sees whom. */
export interface PidTables {
  readonly pods: Table<PodRecord>;
  readonly containers: Table<ContainerRecord>;
  readonly processes: Table<ProcessRecord>;
}

/** Numbers of the main processes of containers that share a namespace: those between the first process and what is executed. */
const FIRST = 8;
/** From here on when there are more. */
const MANY = 20_000;

/** The main process of a container of its own namespace is 1; what is executed is numbered as it came. */
export function ownPid({ kind, id }: ProcessRecord): number {
  return kind === "main" ? 1 : 7 + 7 * Number(id.slice(5));
}

function processesOf({ containers, processes }: PidTables, container: string): readonly ProcessRecord[] {
  return (containers.get(container)?.processes ?? []).flatMap((id) => processes.get(id) ?? []);
}

/** Containers side by side: each main process gets the next free number. */
function sharing(tables: PidTables, ids: readonly string[], first: readonly Seen[], from: number): readonly Seen[] {
  const mains = { next: from };
  const own = ids.flatMap((id) =>
    processesOf(tables, id).map((process): Seen => {
      if (process.kind !== "main") return { pid: ownPid(process), argv: process.argv, process };
      const pid = mains.next >= FIRST + 6 && from === FIRST ? MANY + mains.next : mains.next;
      mains.next += 1;
      return { pid, argv: process.argv, process };
    }),
  );
  return [...first, ...own];
}

/** All processes in the namespace of a container: its own, those of the container it looks into, its pod's, or the machine's. */
export function pidNamespace(tables: PidTables, container: ContainerRecord, pod: PodRecord): readonly Seen[] {
  const { pids } = container;
  const current = (name: string): string => pod.containers[name]?.current ?? "";
  let seen: readonly Seen[];
  if (pids === "pod") {
    const ids = Object.values(pod.containers).map((one) => one.current);
    seen = sharing(tables, ids, [{ pid: 1, argv: ["/pause"] }], FIRST);
  } else if (pids === "machine") {
    const ids = tables.pods.values().filter((one) => one.node === pod.node).flatMap((one) => Object.values(one.containers).map((made) => made.current));
    seen = sharing(tables, ids, [{ pid: 1, argv: ["/sbin/init"] }, { pid: 612, argv: ["/usr/bin/containerd"] }, { pid: 731, argv: ["/usr/bin/kubelet", "--config=/var/lib/kubelet/config.yaml"] }], MANY);
  } else if (pids !== undefined && current(pids.container) !== "") {
    const target = processesOf(tables, current(pids.container)).map((process): Seen => ({ pid: ownPid(process), argv: process.argv, process }));
    seen = sharing(tables, [container.id], target, FIRST);
  } else seen = processesOf(tables, container.id).map((process) => ({ pid: ownPid(process), argv: process.argv, process }));
  return [...seen].sort((a, b) => a.pid - b.pid);
}
