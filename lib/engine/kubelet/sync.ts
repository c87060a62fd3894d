import { POD } from "../apimachinery/kinds";
import { timestamp } from "../apimachinery/time";
import type { Pod } from "../resources/core/pod/pod";
import { millis } from "../sim/clock";
import { aboutPod, containerNamed, memoryOf, podOf, remember, revised, rememberContainer, usesDisk, without, type Kubelet, type KubeletPod } from "./kubelet-pod";
import { rejection } from "./admission";
import { limitsStorage } from "./eviction";
import { isOverdue } from "./deadline";
import { restartEverything, runContainers } from "./run-containers";
import { hasCompleted, reportStatus } from "./status";
import { afterPostStart } from "./hooks";
import { beginOperation, pullEnded, startEnded } from "./start";
import { finishDeletion, forget, stopPod } from "./stop";
import { hostsFile, podHostname, resolvConf } from "./sandbox-files";
import { mirrorOf } from "./static-pods";
import { mountVolumes, VOLUME_TIMEOUT } from "./volumes";
import { TIMERS } from "../sim/timers";

/** From the order to make a sandbox until it has its network. */
const SANDBOX_TIME = millis(300);
/** From a failed sandbox until the next try. */
const SANDBOX_RETRY = millis(TIMERS.pods.sandboxRetry.ms);

const NONE = Object.freeze({});

/** Begins to look after a pod bound to one of the kubelets' machines. */
export function adopt(kubelet: Kubelet, pod: Pod): KubeletPod | undefined {
  const node = pod.spec.nodeName;
  if (node === undefined || !kubelet.machines.machine(node)) return undefined;
  const phase = pod.status?.phase;
  if ((phase === "Succeeded" || phase === "Failed") && pod.metadata.deletionTimestamp === undefined) return undefined;
  const now = kubelet.clock.now();
  const record: { -readonly [K in keyof KubeletPod]: KubeletPod[K] } = {
    uid: pod.metadata.uid,
    namespace: pod.metadata.namespace ?? "default",
    name: pod.metadata.name,
    node,
    startTime: pod.status?.startTime ?? timestamp(now),
    token: 0,
    op: undefined,
    volumes: undefined,
    ip: undefined,
    volumesSince: now,
    containers: NONE,
    probes: NONE,
  };
  if (kubelet.statics.has(pod.metadata.uid)) record.isStatic = true;
  if (limitsStorage(pod)) record.limited = true;
  const refused = pod.status?.startTime === undefined && pod.metadata.deletionTimestamp === undefined ? rejection(kubelet, node, pod) : undefined;
  if (refused) {
    kubelet.pods.set(record.uid, { ...record, failure: { reason: refused.reason, message: `Pod was rejected: ${refused.message}`, rejected: true } });
    kubelet.event(node)(aboutPod(record), "Warning", refused.reason, refused.message);
    return record;
  }
  kubelet.pods.set(record.uid, record);
  return record;
}

/** Brings a pod one step nearer to what is wanted of it. May be called too often or for no reason. */
export function syncPod(kubelet: Kubelet, uid: string): void {
  const record = kubelet.pods.get(uid);
  if (!record || !canWork(kubelet, record.node)) return;
  const { pod, gone } = podOf(kubelet, record);
  if (!pod) return forget(kubelet, record);
  if (record.finished) {
    reportStatus(kubelet, uid);
    return finishDeletion(kubelet, record, pod, gone);
  }
  if (!record.failure && !record.ended && isOverdue(kubelet, record, pod)) {
    remember(kubelet, uid, (old) => ({ ...old, failure: { reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline" } }));
  } else if (!gone && pod.metadata.deletionTimestamp === undefined && !record.ended && !record.failure && hasCompleted(kubelet, record, pod)) {
    remember(kubelet, uid, (old) => ({ ...old, ended: true }));
  }
  const current = kubelet.pods.get(uid) ?? record;
  if (gone || pod.metadata.deletionTimestamp !== undefined || current.ended || current.failure) stopPod(kubelet, current, pod, gone);
  else run(kubelet, current, pod);
  reportStatus(kubelet, uid);
  const after = kubelet.pods.get(uid);
  if (after?.finished) finishDeletion(kubelet, after, pod, gone);
}

/** Is the machine on and its kubelet started? */
export function canWork(kubelet: Kubelet, node: string): boolean {
  const machine = kubelet.machines.machine(node);
  return machine !== undefined && machine.powered && !kubelet.isBooting(node);
}

function run(kubelet: Kubelet, record: KubeletPod, pod: Pod): void {
  if (restartEverything(kubelet, record, pod) || record.op) return;
  const { uid } = record;
  if (!record.volumes && !mountVolumes(kubelet, record, pod)) return awaitVolumes(kubelet, record);
  if (!record.volumes && usesDisk(kubelet.pods.get(uid))) kubelet.volumesChanged(record.node);
  const sandbox = kubelet.machines.pod(uid);
  if (sandbox?.ready !== true) {
    if (sandbox) kubelet.event(record.node)(aboutPod(record), "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
    beginOperation(kubelet, uid, "sandbox", "", SANDBOX_TIME);
    return;
  }
  runContainers(kubelet, kubelet.pods.get(uid) ?? record, pod, sandbox.attempt);
}

/** The pod waits for volumes; if that takes too long, it will be said once. */
function awaitVolumes(kubelet: Kubelet, { uid, volumesSince, volumesLate }: KubeletPod): void {
  kubelet.waiting.set(uid, 1);
  if (volumesLate) return;
  remember(kubelet, uid, (old) => ({ ...old, volumesLate: true }));
  kubelet.after(millis(Math.max(0, volumesSince + VOLUME_TIMEOUT - kubelet.clock.now())), { k: "volumes", uid });
}

/** Something that took time is over. */
export function operationEnded(kubelet: Kubelet, uid: string, token: number): void {
  const record = kubelet.pods.get(uid);
  const { op } = record ?? {};
  if (!record || !op || op.token !== token || !canWork(kubelet, record.node)) return;
  const { pod } = podOf(kubelet, record);
  const { token: current, volumes, ip, containers, probes } = record;
  kubelet.pods.set(uid, revised(record, { token: current, op: undefined, volumes, ip, containers, probes }));
  if (!pod) return kubelet.wake(uid);
  if (op.kind === "sandbox") sandboxEnded(kubelet, record, pod);
  const container = containerNamed(pod, op.container);
  if (container && op.kind === "pull") {
    const { waiting, pull } = memoryOf(record, container.name);
    pullEnded(kubelet, record, pod, container);
    // Nothing there was to tell of, and what comes next is booked.
    if (waiting === undefined && pull === undefined && kubelet.pods.get(uid)?.op) return;
  }
  if (container && op.kind === "start") startEnded(kubelet, kubelet.pods.get(uid) ?? record, pod, container);
  if (container && op.kind === "postStart") afterPostStart(kubelet, record, pod, container);
  kubelet.wake(uid);
}

function sandboxEnded(kubelet: Kubelet, record: KubeletPod, pod: Pod): void {
  const hostNetwork = pod.spec.hostNetwork === true;
  const hostIP = kubelet.machines.machine(record.node)?.ips[0] ?? "";
  const given = hostNetwork ? { ip: hostIP } : kubelet.podNetwork.allocatePodIP(record.node, pod);
  if ("error" in given) {
    kubelet.event(record.node)(aboutPod(record), "Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: ${given.error}`);
    kubelet.after(SANDBOX_RETRY, { k: "sync", uid: record.uid });
    // Until then the pod only waits: an operation that nobody ends keeps other steps away.
    return beginOperation(kubelet, record.uid, "sandbox", "", SANDBOX_RETRY);
  }
  const hostname = hostNetwork ? record.node : podHostname(pod, kubelet.clusterDomain).hostname;
  kubelet.machines.createSandbox({
    uid: record.uid,
    pod: { namespace: record.namespace, name: record.name },
    node: record.node,
    ip: given.ip,
    hostNetwork,
    hostname,
    hosts: hostsFile(pod, given.ip, kubelet.clusterDomain),
    resolvConf: resolvConf(pod, kubelet.clusterDomain, kubelet.dnsIP),
  });
  remember(kubelet, record.uid, (old) => {
    const { token, op, volumes, containers, probes } = old;
    return revised(old, { token, op, volumes, ip: given.ip, containers, probes });
  });
}

/** A container of the pod ended: it is not being stopped any more, and nothing it was remembered for counts. */
export function containersChanged(kubelet: Kubelet, uid: string): void {
  const record = kubelet.pods.get(uid);
  if (!record) return;
  for (const [name, memory] of Object.entries(record.containers)) {
    const exited = kubelet.machines.container(uid, name)?.state === "exited";
    if (exited && (memory.killing || memory.started || memory.ready)) {
      rememberContainer(kubelet, uid, name, (old) => ({ ...without(old, "killing"), started: false, ready: false }));
    }
  }
  kubelet.wake(uid);
}

/** Pods the API says are bound to a machine, looked at again after an absence. */
export function resync(kubelet: Kubelet, node: string): void {
  for (const pod of kubelet.client.onNode<Pod>(POD, node)) {
    if (!kubelet.pods.has(pod.metadata.uid) && mirrorOf(pod) === undefined) adopt(kubelet, pod);
  }
  for (const record of kubelet.pods.values()) if (record.node === node) kubelet.wake(record.uid);
}

