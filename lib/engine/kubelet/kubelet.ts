import { CONFIG_MAP, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, SECRET, VOLUME_ATTACHMENT } from "../apimachinery/kinds";
import type { Json, KubeObject } from "../apimachinery/meta";
import { workQueue, type Component, type ComponentContext } from "../client/component";
import { createRecorder, type EventRecorder } from "../client/events";
import type { Node } from "../resources/core/node/node";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod } from "../resources/core/pod/pod";
import type { VolumeAttachment } from "../resources/storage/storageclass/storageclass";
import { TOKEN_VOLUME_PREFIX } from "../resources/core/serviceaccount/serviceaccount";
import { millis } from "../sim/clock";
import type { StoreEvent } from "../client/component";
import { checkPressure, diskMayBeShort, filesGrew, forked, lookAtMemory, usageChanged } from "./eviction";
import { checkPostStart } from "./hooks";
import { containerNamed, podOf, remember, without, type Kubelet, type KubeletParts, type KubeletPod, type Pressure } from "./kubelet-pod";
import { keepLastSeen, registerNode, renewLease, reportNode, reportVolumesInUse } from "./node";
import { checkProbes, probeDue, wakeProbes } from "./probes";
import { resetEnded } from "./run-containers";
import { checkPreStop, graceEnded, hookEnded } from "./stop";
import { adopt, canWork, containersChanged, operationEnded, resync, syncPod } from "./sync";
import { unlessRefused } from "./refusals";
import { MANIFESTS, mirrorOf, readManifests } from "./static-pods";
import { growMounted, noteGrowth } from "./volume-growth";
import { refreshVolumes, reportMissingVolumes } from "./volumes";
import { TIMERS } from "../sim/timers";

const NAME = "kubelet";
/** From switching a machine on until its kubelet works. */
const BOOT_TIME = millis(10_000);
/** How long a changed ConfigMap or Secret takes to reach mounted files. Upstream: syncFrequency, 1m. */
const VOLUME_REFRESH = millis(TIMERS.storage.volumeRefresh.ms);

type Message =
  | { readonly k: "op"; readonly uid: string; readonly token: number }
  | { readonly k: "sync" | "volumes" | "reset"; readonly uid: string }
  | { readonly k: "kill" | "hook"; readonly uid: string; readonly container: string }
  | { readonly k: "probe"; readonly uid: string; readonly key: string; readonly wake: number }
  | { readonly k: "refresh" | "grow"; readonly namespace: string; readonly name: string }
  | { readonly k: "check"; readonly node: string }
  | { readonly k: "boot"; readonly node: string; readonly boots: number };

/**
 * The kubelets of all machines, as one component: each pod is looked after as its machine's own
 * kubelet would, and only while that machine is on; the API is used only while it can be reached.
 *
 * Queue keys are the uids of pods, and `node/<name>`, `volumes/<name>` and the like for machines. Upstream: pkg/kubelet.
 */
export function kubelets(parts: KubeletParts): Component {
  // Made anew at each composition from the context; holds nothing of its own.
  const made: { kubelet?: Kubelet } = {};
  const use = (context: ComponentContext): Kubelet => (made.kubelet ??= kubeletOf(parts, context));
  return {
    name: NAME,
    watches: [POD, NODE, CONFIG_MAP, SECRET, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, VOLUME_ATTACHMENT],
    start(context) {
      const kubelet = use(context);
      const queue = workQueue(context.state, NAME);
      for (const node of parts.nodes) if (!context.state.table<number>("kubelet:registered").has(node.name)) queue.add(`node/${node.name}`);
      parts.machines.listen({
        containersChanged: (uid) => containersChanged(kubelet, uid),
        stirred: (uid) => wakeProbes(kubelet, uid),
        machineChanged: (node) => machineChanged(kubelet, context, node),
        usageChanged: (node) => usageChanged(kubelet, node),
        forked: (node) => forked(kubelet, node),
        filesGrew: (tree) => filesGrew(kubelet, tree),
        machineFileChanged: (node, path) => {
          if (path.startsWith(`${MANIFESTS}/`)) queue.add(`manifests/${node}`);
        },
      });
    },
    observe: (event, context) => observe(use(context), event, context),
    work(context) {
      const key = workQueue(context.state, NAME).take();
      if (key === undefined) return false;
      const slash = key.indexOf("/");
      const name = key.slice(slash + 1);
      if (slash < 0) workOnPod(use(context), key);
      else if (key.startsWith("manifests/")) lookAtManifests(use(context), name);
      else if (key.startsWith("memory/")) lookAtMemory(use(context), name);
      else workOnNode(use(context), context, name);
      return true;
    },
    onTimer: (message, context) => onTimer(use(context), message as unknown as Message, context),
  };
}

function kubeletOf(parts: KubeletParts, { client, clock, state }: ComponentContext): Kubelet {
  const queue = workQueue(state, NAME);
  const pods = state.table<KubeletPod>("kubelet:pod");
  const booting = state.table<number>("kubelet:booting");
  const options = new Map(parts.nodes.map((node) => [node.name, node]));
  const recorders = new Map<string, EventRecorder>();
  return {
    ...parts,
    client,
    clock,
    pods,
    lastSeen: state.table<Pod>("kubelet:last-seen"),
    statics: state.table<string>("kubelet:static"),
    pulled: state.table<number>("kubelet:image"),
    layers: state.table<number>("kubelet:layer"),
    waiting: state.table<number>("kubelet:waiting"),
    pressure: state.table<Pressure>("kubelet:pressure"),
    checks: state.table<number>("kubelet:check"),
    lookAt: (node) => queue.add(`memory/${node}`),
    optionsOf: (node) => options.get(node),
    isBooting: (node) => booting.has(node),
    volumesChanged: (node) => queue.add(`volumes/${node}`),
    podsOn: (node) => pods.values().filter((record) => record.node === node),
    event(node) {
      let recorder = recorders.get(node);
      if (!recorder) recorders.set(node, (recorder = createRecorder(client, clock, NAME, node)));
      // A machine nobody can reach cannot tell anybody anything.
      return parts.machines.isUp(node) ? recorder : () => undefined;
    },
    wake: (uid) => queue.add(uid),
    after: (delay, message) => void clock.after(delay, NAME, message as Json),
  };
}

function workOnPod(kubelet: Kubelet, uid: string): void {
  const record = kubelet.pods.get(uid);
  if (!record) return;
  checkPreStop(kubelet, record);
  checkProbes(kubelet, record);
  const { op } = record;
  if (op?.kind === "postStart") {
    const { pod } = podOf(kubelet, record);
    const container = pod && containerNamed(pod, op.container);
    if (container) checkPostStart(kubelet, record, pod, container);
  }
  syncPod(kubelet, uid);
}

function workOnNode(kubelet: Kubelet, context: ComponentContext, name: string): void {
  const registered = context.state.table<number>("kubelet:registered");
  if (registered.has(name)) return reportVolumesInUse(kubelet, name);
  registered.set(name, 1);
  registerNode(kubelet, name);
}

function observe(kubelet: Kubelet, event: StoreEvent, context: ComponentContext): void {
  if (event.kind === POD) return observePod(kubelet, event, context);
  if (event.kind === NODE) return observeNode(kubelet, event, context);
  if (event.by === context.client.user) return;
  if (event.kind === CONFIG_MAP || event.kind === SECRET) {
    const { namespace = "", name } = event.object.metadata;
    if (event.type === "MODIFIED") kubelet.after(VOLUME_REFRESH, { k: "refresh", namespace, name });
  }
  if (event.kind === PERSISTENT_VOLUME_CLAIM && event.type === "MODIFIED") noteGrowth(kubelet, event.object as PersistentVolumeClaim);
  wakeWaiting(kubelet, event.object, event.kind === VOLUME_ATTACHMENT ? (event.object as VolumeAttachment).spec.nodeName : undefined);
}

/** Begins with the static pods that are new on a machine. */
function lookAtManifests(kubelet: Kubelet, node: string): void {
  if (!canWork(kubelet, node)) return;
  for (const pod of readManifests(kubelet, node)) if (adopt(kubelet, pod)) kubelet.wake(pod.metadata.uid);
}

/** The image of a static pod in the API says nothing new; when somebody takes it away, it is put back. */
function observeMirror(kubelet: Kubelet, event: StoreEvent, uid: string): void {
  const { namespace = "", name, deletionTimestamp } = event.object.metadata;
  if (event.type !== "DELETED") {
    if (deletionTimestamp === undefined) return;
    unlessRefused(kubelet, uid, () => kubelet.client.delete({ kind: POD, namespace, name }, { gracePeriodSeconds: 0 }));
  }
  kubelet.wake(uid);
}

function observePod(kubelet: Kubelet, event: StoreEvent, context: ComponentContext): void {
  const pod = event.object as Pod;
  const { uid } = pod.metadata;
  const node = pod.spec.nodeName;
  if (node === undefined || !kubelet.machines.isUp(node)) return;
  const image = mirrorOf(pod);
  if (image !== undefined) return event.by === context.client.user && event.type !== "DELETED" ? undefined : observeMirror(kubelet, event, image);
  if (event.type === "DELETED") {
    if (kubelet.pods.has(uid)) kubelet.lastSeen.set(uid, pod);
  } else if (event.by === context.client.user) return;
  else if (!kubelet.pods.has(uid) && !adopt(kubelet, pod)) return;
  else if (event.type === "MODIFIED" && tellsOfItself(pod)) kubelet.after(VOLUME_REFRESH, { k: "refresh", namespace: pod.metadata.namespace ?? "default", name: pod.metadata.name });
  if (kubelet.pods.has(uid)) kubelet.wake(uid);
}

/** Does a pod read its own labels or annotations in files? */
function tellsOfItself(pod: Pod): boolean {
  return (pod.spec.volumes ?? []).some((volume) => volume.downwardAPI !== undefined || (volume.projected !== undefined && !volume.name.startsWith(TOKEN_VOLUME_PREFIX)));
}

/** A Node deleted by hand comes back when its kubelet next speaks. */
function observeNode(kubelet: Kubelet, event: StoreEvent, context: ComponentContext): void {
  const node = event.object as Node;
  if (event.type !== "DELETED" || !kubelet.machines.isUp(node.metadata.name)) return;
  context.state.table<number>("kubelet:registered").delete(node.metadata.name);
}

/** Pods that wait for a volume or for their configuration look again when such a thing changes. */
function wakeWaiting(kubelet: Kubelet, object: KubeObject, node: string | undefined): void {
  const { namespace } = object.metadata;
  for (const uid of kubelet.waiting.keys()) {
    const record = kubelet.pods.get(uid);
    if (!record) {
      kubelet.waiting.delete(uid);
      continue;
    }
    if (namespace !== undefined && record.namespace !== namespace) continue;
    if (node !== undefined && record.node !== node) continue;
    const waits = !record.volumes || record.resize?.reason === "Deferred" || Object.values(record.containers).some((memory) => memory.waiting?.reason === "CreateContainerConfigError");
    if (waits && !record.finished) kubelet.wake(uid);
    else kubelet.waiting.delete(uid);
  }
}

function machineChanged(kubelet: Kubelet, context: ComponentContext, node: string): void {
  const machine = kubelet.machines.machine(node);
  if (!machine) return;
  const silent = context.state.table<number>("kubelet:heartbeat");
  const booting = context.state.table<number>("kubelet:booting");
  if (!machine.powered) booting.delete(node);
  if (!machine.powered || !machine.connected) {
    if (!silent.has(node)) {
      silent.set(node, kubelet.clock.now());
      keepLastSeen(kubelet, node);
      renewLease(kubelet, node);
    }
  }
  if (!machine.powered) {
    kubelet.pressure.delete(node);
    for (const record of kubelet.podsOn(node)) stopped(kubelet, record);
  }
  const boots = context.state.table<number>("kubelet:boots");
  if (machine.powered && machine.boots > (boots.get(node) ?? 1)) {
    boots.set(node, machine.boots);
    booting.set(node, machine.boots);
    kubelet.after(BOOT_TIME, { k: "boot", node, boots: machine.boots });
  } else if (machine.powered && machine.connected && !booting.has(node)) comeBack(kubelet, context, node);
}

/** The power went: whatever was going on for the pod is over. */
function stopped(kubelet: Kubelet, record: KubeletPod): void {
  const sandbox = kubelet.machines.pod(record.uid);
  // What was in memory is gone with it.
  for (const volume of podOf(kubelet, record).pod?.spec.volumes ?? []) if (volume.emptyDir?.medium === "Memory") kubelet.machines.trees.drop(`v:${record.uid}/${volume.name}`);
  if (record.ip !== undefined && sandbox && !sandbox.hostNetwork) kubelet.podNetwork.releasePodIP(record.ip);
  remember(kubelet, record.uid, (old) => {
    const containers = Object.fromEntries(Object.entries(old.containers).map(([name, memory]) => [name, { ...without(memory, "killing"), started: false, ready: false }]));
    return { ...without(old, "stopping"), op: undefined, volumes: undefined, containers, probes: {}, token: old.token + 1, volumesSince: kubelet.clock.now() };
  });
}

/** A machine can be reached again: its kubelet says it is well and looks at all its pods. */
function comeBack(kubelet: Kubelet, context: ComponentContext, node: string): void {
  context.state.table<number>("kubelet:heartbeat").delete(node);
  renewLease(kubelet, node);
  reportNode(kubelet, node);
  resync(kubelet, node);
  workQueue(context.state, NAME).add(`volumes/${node}`);
  workQueue(context.state, NAME).add(`manifests/${node}`);
}

function onTimer(kubelet: Kubelet, message: Message, context: ComponentContext): void {
  switch (message.k) {
    case "op":
      return operationEnded(kubelet, message.uid, message.token);
    case "sync":
      return kubelet.wake(message.uid);
    case "reset":
      return resetEnded(kubelet, message.uid);
    case "volumes":
      return volumesLate(kubelet, message.uid);
    case "kill":
      return graceEnded(kubelet, message.uid, message.container);
    case "hook":
      return hookEnded(kubelet, message.uid, message.container);
    case "probe":
      return probeDue(kubelet, message.uid, message.key, message.wake);
    case "refresh":
      return refresh(kubelet, message.namespace);
    case "grow":
      return growMounted(kubelet, message.namespace, message.name);
    case "check":
      return checkPressure(kubelet, message.node);
    case "boot":
      return booted(kubelet, context, message.node, message.boots);
  }
}

function volumesLate(kubelet: Kubelet, uid: string): void {
  const record = kubelet.pods.get(uid);
  if (!record || record.volumes || record.stopping || record.finished || !canWork(kubelet, record.node)) return;
  const { pod } = podOf(kubelet, record);
  if (pod) reportMissingVolumes(kubelet, record, pod);
}

function refresh(kubelet: Kubelet, namespace: string): void {
  for (const record of kubelet.pods.values()) {
    if (record.namespace !== namespace || !record.volumes || !kubelet.machines.isUp(record.node)) continue;
    const { pod } = podOf(kubelet, record);
    if (!pod) continue;
    refreshVolumes(kubelet, record, pod);
    wakeProbes(kubelet, record.uid);
  }
}

function booted(kubelet: Kubelet, context: ComponentContext, node: string, boots: number): void {
  const booting = context.state.table<number>("kubelet:booting");
  const machine = kubelet.machines.machine(node);
  if (booting.get(node) !== boots || !machine?.powered) return;
  booting.delete(node);
  diskMayBeShort(kubelet, node);
  if (machine.connected) comeBack(kubelet, context, node);
  else for (const record of kubelet.podsOn(node)) kubelet.wake(record.uid);
}
