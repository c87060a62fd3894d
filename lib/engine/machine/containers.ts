import { fingerprint } from "../apimachinery/canonical";
import { invariant } from "../apimachinery/invariant";
import { programFor } from "./executable";
import type { Floor } from "./floor";
import type { Machines, Usage } from "./physical";
import type { ContainerRecord, PodRecord, ProcessRecord } from "./records";
import { runningRecord } from "./running-record";
import { dropContainer } from "./sandboxes";
import { KILLED, OUT_OF_MEMORY } from "./signals";

type Containers = Pick<Machines, "startContainer" | "container" | "containerWithId" | "signal" | "kill" | "usage" | "containerUsage" | "nodeUsage" | "memoryOn" | "processesOf" | "diskUsage" | "killForMemory" | "setLimits">;
type Commands = Pick<Machines, "startExec" | "execResult" | "endExec" | "logs" | "files">;
type Find = Machines["container"];

/** Containers: made, found, signalled and killed. */
export function containers(floor: Floor): Containers {
  const container = (uid: string, name: string, previous = false): ContainerRecord | undefined => {
    const ids = floor.pods.get(uid)?.containers[name];
    const id = previous ? ids?.previous : ids?.current;
    return id === undefined ? undefined : floor.containers.get(id);
  };
  return {
    startContainer(spec) {
      const pod = floor.pods.get(spec.uid);
      invariant(pod, "a container is made in a sandbox");
      const id = [spec.uid, spec.name, spec.attempt].join("/");
      const before = pod.containers[spec.name];
      if (before?.previous !== undefined) dropContainer(floor, before.previous);
      floor.pods.set(spec.uid, { ...pod, containers: withMade(pod.containers, spec.name, before ? { current: id, previous: before.current } : { current: id }) });
      // Joined, here and above: a text in one piece takes less room, and every container keeps these.
      const runtimeId = [fingerprint(id), fingerprint(`${id}#`)].join("");
      const container = runningRecord(spec, id, runtimeId, floor.clock.now(), NO_PROCESSES, undefined);
      const made = floor.image(spec.image);
      const found = programFor(made, () => floor.processes.filesOf(container, pod, made, undefined), spec.argv);
      if ("error" in found) {
        const error = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${found.error}`;
        floor.containers.set(id, { ...container, state: "exited", finishedAt: floor.clock.now(), exitCode: 128, reason: "StartError", message: error });
        return { id, error };
      }
      floor.containers.set(id, container);
      floor.journal.record({ at: floor.clock.now(), by: "runtime", what: "started", about: id });
      floor.processes.start(container, "main", `${id}/1`, found.program, found.argv, "");
      return { id };
    },
    container,
    containerWithId: (id) => floor.containers.get(id),
    signal(id, signal) {
      const main = floor.containers.get(id)?.main;
      if (main !== undefined) floor.processes.signal(main, signal);
    },
    kill(id) {
      const container = floor.containers.get(id);
      if (container) floor.endContainer(container, KILLED);
    },
    usage: (uid) => podUsage(floor, uid),
    containerUsage(uid, name) {
      const found = container(uid, name);
      return found?.state === "running" ? usageOf(floor, found) : NOTHING;
    },
    nodeUsage: (node) => [...floor.uidsOn(node)].reduce((sum, uid) => plus(sum, podUsage(floor, uid)), NOTHING),
    memoryOn: (node) => floor.memoryOn(node),
    processesOf(uid) {
      const pod = floor.pods.get(uid);
      const ids = pod ? floor.liveContainers(pod).flatMap((one) => one.processes) : [];
      return ids.reduce((sum, id) => sum + (floor.processes.get(id)?.processes ?? 1), 0);
    },
    diskUsage(uid, name) {
      const found = container(uid, name);
      return found ? floor.processes.trees.sizeOf(`c:${found.id}`) + floor.processes.logs.bytesOf(found.id) : 0;
    },
    killForMemory(uid, name) {
      const found = container(uid, name);
      const main = found?.state === "running" && found.main !== undefined ? floor.processes.get(found.main) : undefined;
      if (!main) return undefined;
      floor.processes.end(main.id, OUT_OF_MEMORY);
      return main.program;
    },
    setLimits(id, { cpuLimit, memoryLimit }) {
      const found = floor.containers.get(id);
      if (!found) return;
      const { cpuLimit: _cpu, memoryLimit: _memory, ...rest } = found;
      floor.containers.set(id, { ...rest, ...(cpuLimit > 0 ? { cpuLimit } : {}), ...(memoryLimit > 0 ? { memoryLimit } : {}) });
    },
  };
}

const NOTHING: Usage = { cpuMilli: 0, memoryBytes: 0 };

function plus(a: Usage, b: Usage): Usage {
  return { cpuMilli: a.cpuMilli + b.cpuMilli, memoryBytes: a.memoryBytes + b.memoryBytes };
}

/** A stopped process keeps its memory and does nothing. */
function usedBy(process: ProcessRecord | undefined): Usage {
  const usage = process?.usage ?? NOTHING;
  return process?.stopped ? { ...usage, cpuMilli: 0 } : usage;
}

function usageOf(floor: Floor, container: ContainerRecord): Usage {
  const all = container.processes.reduce((sum, id) => plus(sum, usedBy(floor.processes.get(id))), NOTHING);
  return container.cpuLimit === undefined ? all : { ...all, cpuMilli: Math.min(all.cpuMilli, container.cpuLimit) };
}

function podUsage(floor: Floor, uid: string): Usage {
  const pod = floor.pods.get(uid);
  return pod ? floor.liveContainers(pod).reduce((sum, container) => plus(sum, usageOf(floor, container)), NOTHING) : NOTHING;
}

const NO_PROCESSES: readonly string[] = Object.freeze([]);

/** Entry by entry, so that all records of the same names share a shape. */
function withMade(made: PodRecord["containers"], name: string, entry: PodRecord["containers"][string]): PodRecord["containers"] {
  const next: Record<string, PodRecord["containers"][string]> = {};
  for (const key of Object.keys(made)) next[key] = made[key] as PodRecord["containers"][string];
  next[name] = entry;
  return next;
}

/** What may be asked of a running container: commands, logs, files. */
export function commands(floor: Floor, find: Find): Commands {
  const execSerial = floor.state.cell<number>("machine:exec-serial", 0);
  return {
    startExec(uid, name, argv, stdin = "") {
      const pod = floor.pods.get(uid);
      const container = find(uid, name);
      if (!pod || container?.state !== "running") return { error: "container not running" };
      const made = floor.image(container.image);
      const found = programFor(made, () => floor.processes.filesOf(container, pod, made, undefined), argv);
      if ("error" in found) return { error: `OCI runtime exec failed: exec failed: unable to start container process: ${found.error}` };
      execSerial.set(execSerial.get() + 1);
      const id = `exec/${execSerial.get()}`;
      floor.execs.set(id, { id, container: container.id, done: false, exitCode: 0, stdout: "", stderr: "" });
      floor.processes.start(container, "exec", id, found.program, found.argv, stdin);
      return { id };
    },
    execResult: (id) => floor.execs.get(id),
    endExec(id) {
      floor.processes.end(id, KILLED);
      floor.execs.delete(id);
    },
    logs(uid, name, { previous = false, ...query } = {}) {
      const container = find(uid, name, previous);
      return container && floor.processes.logs.read(container.id, query);
    },
    files(uid, name) {
      const pod = floor.pods.get(uid);
      const container = find(uid, name);
      return pod && container && floor.processes.filesOf(container, pod, floor.image(container.image), undefined);
    },
  };
}
