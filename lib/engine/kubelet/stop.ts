import { POD } from "../apimachinery/kinds";
import type { Container, Pod } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { dropMirror } from "./static-pods";
import { beginHook } from "./hook";
import { unlessRefused } from "./refusals";
import { aboutContainer, aboutPod, containerNamed, isSidecar, memoryOf, podOf, remember, rememberContainer, usesDisk, type Kubelet, type KubeletPod } from "./kubelet-pod";

/** What a stopping process is given at the least. Upstream: minimumGracePeriodInSeconds. */
const LEAST_GRACE = 2000;

/** Stops a pod: its containers together, sidecars after them in reverse order, then its sandbox and volumes. */
export function stopPod(kubelet: Kubelet, record: KubeletPod, pod: Pod, gone: boolean): void {
  const own = gone ? (pod.metadata.deletionGracePeriodSeconds ?? 1) : (pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30);
  const grace = Math.min(own, record.failure?.grace ?? own);
  const sooner = record.stopping !== undefined && grace < record.stopping.grace;
  if (!record.stopping || sooner) {
    remember(kubelet, record.uid, (old) => ({ ...old, op: undefined, token: old.token + 1, stopping: { grace }, probes: {} }));
  }
  const current = kubelet.pods.get(record.uid) ?? record;
  const running = (container: Container): boolean => kubelet.machines.container(record.uid, container.name)?.state === "running";
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar);
  const firsts = [...(pod.spec.initContainers ?? []).filter((container) => !isSidecar(container)), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])].filter(running);
  for (const container of firsts) stopOne(kubelet, current, pod, container, grace, sooner);
  if (firsts.length > 0) return;
  const last = sidecars.filter(running).pop();
  if (last) return stopOne(kubelet, current, pod, last, grace, sooner);
  tearDown(kubelet, record);
}

function stopOne(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, grace: number, sooner: boolean): void {
  const { killing } = memoryOf(record, container.name);
  if (!killing) return killContainer(kubelet, record, pod, container, `Stopping container ${container.name}`, grace);
  if (sooner) {
    const deadline = Math.min(killing.deadline, kubelet.clock.now() + grace * 1000);
    rememberContainer(kubelet, record.uid, container.name, (memory) => ({ ...memory, killing: { ...killing, deadline } }));
    kubelet.after(millis(deadline - kubelet.clock.now()), { k: "kill", uid: record.uid, container: container.name });
  }
}

/** Ends one container: `preStop`, SIGTERM, and SIGKILL when its grace is over. */
export function killContainer(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, message: string, grace = pod.spec.terminationGracePeriodSeconds ?? 30): void {
  const current = kubelet.machines.container(record.uid, container.name);
  if (current?.state !== "running") return;
  kubelet.event(record.node)(aboutContainer(record, pod, container.name), "Normal", "Killing", message);
  const deadline = kubelet.clock.now() + grace * 1000;
  const handler = container.lifecycle?.preStop;
  const hook = handler && grace > 0 ? beginHook(kubelet, record, container, handler) : undefined;
  const waits = hook !== undefined && !("done" in hook);
  if (hook && "done" in hook && hook.error !== undefined) kubelet.event(record.node)(aboutContainer(record, pod, container.name), "Warning", "FailedPreStopHook", "PreStopHook failed");
  rememberContainer(kubelet, record.uid, container.name, (memory) => ({ ...memory, killing: { deadline, hook: waits, ...(waits && "exec" in hook ? { exec: hook.exec } : {}) } }));
  if (hook && "wait" in hook) kubelet.after(millis(Math.min(hook.wait, grace * 1000)), { k: "hook", uid: record.uid, container: container.name });
  kubelet.after(millis(grace * 1000), { k: "kill", uid: record.uid, container: container.name });
  if (!waits) kubelet.machines.signal(current.id, stopSignal(container));
}

/** The signal a container is asked to end with; the API server keeps another than SIGTERM only where its gate is open. */
function stopSignal(container: Container | undefined): string {
  return container?.lifecycle?.stopSignal ?? "SIGTERM";
}

/** The `preStop` of a container is over: now the signal. Whatever it took, the process gets a little time. */
export function hookEnded(kubelet: Kubelet, uid: string, name: string): void {
  const record = kubelet.pods.get(uid);
  const killing = record && memoryOf(record, name).killing;
  if (!record || !killing?.hook) return;
  if (killing.exec !== undefined) {
    const result = kubelet.machines.execResult(killing.exec);
    const about = { ...aboutPod(record), fieldPath: `spec.containers{${name}}` };
    if (result?.done && result.exitCode !== 0) kubelet.event(record.node)(about, "Warning", "FailedPreStopHook", "PreStopHook failed");
    kubelet.machines.endExec(killing.exec);
  }
  const deadline = Math.max(killing.deadline, kubelet.clock.now() + LEAST_GRACE);
  rememberContainer(kubelet, uid, name, (memory) => ({ ...memory, killing: { deadline, hook: false } }));
  if (deadline !== killing.deadline) kubelet.after(millis(deadline - kubelet.clock.now()), { k: "kill", uid, container: name });
  const current = kubelet.machines.container(uid, name);
  const { pod } = podOf(kubelet, record);
  if (current) kubelet.machines.signal(current.id, stopSignal(pod && containerNamed(pod, name)));
}

/** A container's grace may be over. */
export function graceEnded(kubelet: Kubelet, uid: string, name: string): void {
  const record = kubelet.pods.get(uid);
  const killing = record && memoryOf(record, name).killing;
  if (!killing || kubelet.clock.now() < killing.deadline || kubelet.machines.machine(record.node)?.powered !== true) return;
  if (killing.hook) return hookEnded(kubelet, uid, name);
  const current = kubelet.machines.container(uid, name);
  if (current) kubelet.machines.kill(current.id);
}

/** Looks whether commands of running `preStop` hooks have ended. */
export function checkPreStop(kubelet: Kubelet, record: KubeletPod): void {
  for (const name in record.containers) {
    const { killing } = memoryOf(record, name);
    const exec = killing?.exec;
    if (exec !== undefined && killing?.hook && kubelet.machines.execResult(exec)?.done !== false) hookEnded(kubelet, record.uid, name);
  }
}

function tearDown(kubelet: Kubelet, record: KubeletPod): void {
  const sandbox = kubelet.machines.pod(record.uid);
  kubelet.machines.stopSandbox(record.uid);
  if (record.ip !== undefined && sandbox && !sandbox.hostNetwork) kubelet.podNetwork.releasePodIP(record.ip);
  for (const volume of record.volumes ?? []) if (volume.tree.startsWith("v:")) kubelet.machines.trees.drop(volume.tree);
  for (const name of Object.keys(record.containers)) {
    for (const mount of kubelet.machines.container(record.uid, name)?.mounts ?? []) if (mount.tree.startsWith("s:")) kubelet.machines.trees.drop(mount.tree);
  }
  remember(kubelet, record.uid, (old) => ({ ...old, volumes: undefined, finished: true }));
  if (usesDisk(record)) kubelet.volumesChanged(record.node);
  // What it used may be what a pod waits for that wants to grow.
  for (const uid of kubelet.waiting.keys()) {
    const other = kubelet.pods.get(uid);
    if (other?.node === record.node && other.resize?.reason === "Deferred") kubelet.wake(uid);
  }
}

/** Takes a stopped pod out of the API when it was deleted, and out of memory when it is gone from there. */
export function finishDeletion(kubelet: Kubelet, record: KubeletPod, pod: Pod, gone: boolean): void {
  if (gone) return forget(kubelet, record);
  if (pod.metadata.deletionTimestamp === undefined || !kubelet.machines.isUp(record.node)) return;
  const stored = kubelet.client.get<Pod>(POD, record);
  if (stored?.metadata.uid !== record.uid || (stored.metadata.deletionGracePeriodSeconds === 0 && (stored.metadata.finalizers ?? []).length > 0)) return;
  unlessRefused(kubelet, record.uid, () => kubelet.client.delete({ kind: POD, namespace: record.namespace, name: record.name }, { gracePeriodSeconds: 0, preconditions: { uid: record.uid } }));
}

/** Forgets a pod that the API no longer has. */
export function forget(kubelet: Kubelet, record: KubeletPod): void {
  if (!record.finished) tearDown(kubelet, record);
  if (record.isStatic) dropMirror(kubelet, record);
  kubelet.machines.removePod(record.uid);
  kubelet.pods.delete(record.uid);
  kubelet.lastSeen.delete(record.uid);
  kubelet.waiting.delete(record.uid);
}
