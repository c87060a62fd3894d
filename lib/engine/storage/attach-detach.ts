import { fingerprint } from "../apimachinery/canonical";
import { isTrue } from "../apimachinery/conditions";
import { NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, VOLUME_ATTACHMENT } from "../apimachinery/kinds";
import { refOf } from "../apimachinery/meta";
import { workQueue, type Component, type ComponentContext, type StoreEvent } from "../client/component";
import type { Machines } from "../machine/machines";
import type { Node } from "../resources/core/node/node";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { claimNames } from "../resources/core/pod/claim-names";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Pod } from "../resources/core/pod/pod";
import type { VolumeAttachment } from "../resources/storage/storageclass/storageclass";
import { millis } from "../sim/clock";
import { runWorker } from "./worker";
import { TIMERS } from "../sim/timers";

const NAME = "attachdetach-controller";
/** The storage takes this long to put a disk on a machine. */
const ATTACH_TIME = millis(1000);
/** How long an unreachable machine is trusted to unmount before its disk is taken away. Upstream: ReconcilerMaxWaitForUnmountDuration. */
const UNMOUNT_PATIENCE = millis(TIMERS.storage.unmountPatience.ms);
const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

type Message = { readonly k: "attach"; readonly name: string } | { readonly k: "look"; readonly volume: string };

/**
 * Puts block disks on the machines whose pods need them, and takes them off when nobody there does.
 *
 * A disk is on one machine at a time: who comes second waits, and is told so (Multi-Attach).
 * Upstream: pkg/controller/volume/attachdetach, and the CSI external-attacher.
 * @simplified Both are one component, and `status.volumesAttached` of the Node is not kept.
 */
export function attachDetach(machines: Machines): Component {
  return runWorker({
    name: NAME,
    watches: [{ kind: POD, while: PERSISTENT_VOLUME_CLAIM }, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, VOLUME_ATTACHMENT],
    keysOf(event, context) {
      const volumes = volumesOf(event, context);
      if (event.kind === VOLUME_ATTACHMENT && event.type === "DELETED") detached(machines, context, event.object as VolumeAttachment);
      return volumes;
    },
    look: (name, context) => reconcile(machines, context, name),
    onTimer(message, context) {
      const told = message as unknown as Message;
      if (told.k === "attach") attach(machines, context, told.name);
      else workQueue(context.state, NAME).add(told.volume);
    },
  });
}

/** Names of the volumes an event may matter to. */
function volumesOf(event: StoreEvent, { client, state }: ComponentContext): readonly string[] {
  const { object } = event;
  if (event.kind === PERSISTENT_VOLUME) return [object.metadata.name];
  if (event.kind === VOLUME_ATTACHMENT) return [(object as VolumeAttachment).spec.source.persistentVolumeName ?? ""];
  if (event.kind === PERSISTENT_VOLUME_CLAIM) return volumeOf(object as PersistentVolumeClaim);
  if (event.kind === NODE) {
    // Heartbeats and the like: only a machine that has disks, or waits for them, matters.
    const node = object.metadata.name;
    return client.list<VolumeAttachment>(VOLUME_ATTACHMENT).filter((one) => one.spec.nodeName === node).map((one) => one.spec.source.persistentVolumeName ?? "");
  }
  const pod = object as Pod;
  if ((pod.spec.nodeName ?? "") === "") return [];
  const names = claimNames(pod);
  if (names.length === 0) return [];
  const isNews = event.type !== "MODIFIED" || state.table<number>(`${NAME}:seen`).get(pod.metadata.uid) !== stageOf(pod);
  state.table<number>(`${NAME}:seen`).set(pod.metadata.uid, stageOf(pod));
  if (event.type === "DELETED") state.table<number>(`${NAME}:seen`).delete(pod.metadata.uid);
  if (!isNews) return [];
  return names.flatMap((name) => {
    const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace: pod.metadata.namespace ?? "", name });
    return claim ? volumeOf(claim) : [];
  });
}

const volumeOf = (claim: PersistentVolumeClaim): readonly string[] => (claim.spec.volumeName ? [claim.spec.volumeName] : []);
const stageOf = (pod: Pod): number => (isFinished(pod) ? 2 : 1);

function detached(machines: Machines, { client }: ComponentContext, attachment: VolumeAttachment): void {
  const name = attachment.spec.source.persistentVolumeName ?? "";
  const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name });
  const handle = volume?.spec.csi?.volumeHandle ?? name;
  machines.detachDisk(handle, attachment.spec.nodeName);
}

function reconcile(machines: Machines, context: ComponentContext, name: string): void {
  const { client } = context;
  const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name });
  const handle = volume?.spec.csi?.volumeHandle;
  if (!volume || handle === undefined || machines.disk(handle)?.kind !== "block") return;
  const users = usersOf(context, volume);
  const attachments = client.list<VolumeAttachment>(VOLUME_ATTACHMENT).filter((one) => one.spec.source.persistentVolumeName === name);
  const kept = attachments.filter((one) => users.some((pod) => pod.spec.nodeName === one.spec.nodeName) || !release(context, volume, one));
  const nodes = [...new Set(users.map((pod) => pod.spec.nodeName ?? ""))];
  for (const node of nodes) {
    if (kept.some((one) => one.spec.nodeName === node)) continue;
    if (kept.length > 0 && !isShared(volume)) refuse(context, volume, users, node);
    else {
      kept.push(
        client.create<VolumeAttachment>({
          apiVersion: "storage.k8s.io/v1",
          kind: "VolumeAttachment",
          metadata: { name: `csi-${fingerprint(`${handle}${node}`)}${fingerprint(`${node}${handle}`)}` },
          spec: { attacher: volume.spec.csi?.driver ?? "", nodeName: node, source: { persistentVolumeName: name } },
        }),
      );
      context.clock.after(ATTACH_TIME, NAME, { k: "attach", name: kept[kept.length - 1]?.metadata.name ?? "" });
    }
  }
}

/** May a disk be on several machines at once? Upstream: util.IsMultiAttachAllowed. */
const isShared = ({ spec }: PersistentVolume): boolean => (spec.accessModes ?? []).some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");

/** Pods on a machine that need the volume, those there longest first. */
function usersOf({ client }: ComponentContext, volume: PersistentVolume): readonly Pod[] {
  const { namespace = "", name = "" } = volume.spec.claimRef ?? {};
  return client
    .list<Pod>(POD, { namespace })
    .filter((pod) => (pod.spec.nodeName ?? "") !== "" && !isFinished(pod) && claimNames(pod).includes(name))
    .sort((a, b) => Number(isTrue(b.status?.conditions, "Ready")) - Number(isTrue(a.status?.conditions, "Ready")) || (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : a.metadata.creationTimestamp > b.metadata.creationTimestamp ? 1 : a.metadata.name < b.metadata.name ? -1 : 1));
}

/** Takes the disk off a machine nobody needs it on, once it is unmounted there or waiting is in vain. */
function release(context: ComponentContext, volume: PersistentVolume, attachment: VolumeAttachment): boolean {
  const { client, clock, state } = context;
  const node = client.get<Node>(NODE, { namespace: "", name: attachment.spec.nodeName });
  const since = state.table<number>(`${NAME}:unwanted`);
  const key = attachment.metadata.name;
  const used = `kubernetes.io/csi/${volume.spec.csi?.driver}^${volume.spec.csi?.volumeHandle}`;
  const isMounted = node?.status?.volumesInUse?.includes(used) === true;
  const isTrusted = node !== undefined && isTrue(node.status?.conditions, "Ready");
  const isOut = node?.spec.taints?.some((taint) => taint.key === OUT_OF_SERVICE) === true;
  if (isMounted && !isOut) {
    const from = since.get(key);
    if (from === undefined) {
      since.set(key, clock.now());
      clock.after(UNMOUNT_PATIENCE, NAME, { k: "look", volume: volume.metadata.name });
    }
    if (isTrusted || from === undefined || clock.now() - from < UNMOUNT_PATIENCE) return false;
  }
  since.delete(key);
  client.delete(refOf(attachment));
  return true;
}

/** Says to the pods of a machine that somebody else has their disk; once each. */
function refuse(context: ComponentContext, volume: PersistentVolume, users: readonly Pod[], node: string): void {
  const told = context.state.table<number>(`${NAME}:told`);
  const others = users.filter((pod) => pod.spec.nodeName !== node).map((pod) => pod.metadata.name);
  const why = others.length > 0 ? `Volume is already used by pod(s) ${others.join(", ")}` : "Volume is already exclusively attached to one node and can't be attached to another";
  for (const pod of users) {
    const key = `${pod.metadata.uid} ${volume.metadata.name}`;
    if (pod.spec.nodeName !== node || told.has(key)) continue;
    told.set(key, 1);
    context.event({ ...refOf(pod), uid: pod.metadata.uid }, "Warning", "FailedAttachVolume", `Multi-Attach error for volume "${volume.metadata.name}" ${why}`);
  }
}

/** The disk has reached its machine. */
function attach(machines: Machines, context: ComponentContext, name: string): void {
  const { client } = context;
  const attachment = client.get<VolumeAttachment>(VOLUME_ATTACHMENT, { namespace: "", name });
  const volume = attachment && client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: attachment.spec.source.persistentVolumeName ?? "" });
  const handle = volume?.spec.csi?.volumeHandle;
  if (!attachment || !volume || handle === undefined) return;
  machines.attachDisk(handle, attachment.spec.nodeName, isShared(volume));
  client.updateStatus<VolumeAttachment>({ ...attachment, status: { attached: true } });
  for (const pod of usersOf(context, volume)) {
    if (pod.spec.nodeName !== attachment.spec.nodeName) continue;
    context.event({ ...refOf(pod), uid: pod.metadata.uid }, "Normal", "SuccessfulAttachVolume", `AttachVolume.Attach succeeded for volume "${volume.metadata.name}"`);
  }
}
