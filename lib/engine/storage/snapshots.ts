import { deepEqual } from "../apimachinery/compare";
import { CUSTOM_RESOURCE_DEFINITION, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM } from "../apimachinery/kinds";
import { keyOf, keyText, parseKey, refOf, type JsonObject, type KindId, type KubeObject } from "../apimachinery/meta";
import { formatQuantity, quantityOf } from "../apimachinery/quantity";
import { timestamp } from "../apimachinery/time";
import type { Client } from "../client/client";
import type { Component, ComponentContext } from "../client/component";
import type { Machines } from "../machine/machines";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CLASS, VOLUME_SNAPSHOT_CONTENT, type VolumeSnapshot, type VolumeSnapshotClass, type VolumeSnapshotContent } from "../resources/snapshot/definitions";
import { isObject } from "../resources/json-object";
import { millis } from "../sim/clock";
import type { StorageOption } from "./classes";
import { runWorker } from "./worker";

const NAME = "snapshot-controller";
const GROUP = "snapshot.storage.k8s.io/";
const FINALIZERS = "snapshot.storage.kubernetes.io";
const HELD = [`${FINALIZERS}/volumesnapshot-as-source-protection`, `${FINALIZERS}/volumesnapshot-bound-protection`];
const CONTENT_HELD = `${FINALIZERS}/volumesnapshotcontent-bound-protection`;
const DEFAULT = `${FINALIZERS}/is-default-class`;
/** Copying a disk takes the storage this long. */
const COPY_TIME = millis(1000);

/**
 * Takes snapshots of claims' disks, where the definitions of the snapshot API are installed, and forgets them by their policy.
 *
 * Upstream: kubernetes-csi/external-snapshotter, common controller and sidecar as one.
 * @simplified It works as soon as its definitions are there, without a Deployment of its own; group snapshots are not known.
 */
export function snapshotController(machines: Machines, options: readonly StorageOption[]): Component {
  return runWorker({
    name: NAME,
    watches: [PERSISTENT_VOLUME_CLAIM, CUSTOM_RESOURCE_DEFINITION],
    watchesCustom: true,
    keysOf({ kind }, { client }) {
      if (!kind.startsWith(GROUP) && kind !== CUSTOM_RESOURCE_DEFINITION && kind !== PERSISTENT_VOLUME_CLAIM) return [];
      return [...snapshotsOf(client), ...contentsOf(client)].map((object) => keyText(keyOf(object)));
    },
    look(text, context) {
      const { namespace, name } = parseKey(text);
      const snapshot = snapshotsOf(context.client).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
      if (snapshot) return sync(machines, options, context, snapshot);
      const content = namespace === "" ? contentNamed(context.client, name) : undefined;
      if (content) releaseContent(machines, context, content);
    },
    onTimer: (message, context) => copied(machines, context, message as string),
  });
}

/** Objects of a kind that may not be installed. */
function listed<T extends KubeObject>(client: Client, kind: KindId): readonly T[] {
  return client.definition(kind) === undefined ? [] : client.list<T>(kind);
}

/** The object under a key of something whose schema may be somebody else's. */
const inside = (object: unknown, key: string): JsonObject | undefined => {
  const value = isObject(object) ? object[key] : undefined;
  return isObject(value) ? value : undefined;
};

/** Everything that stands for a disk's copy. Definitions of somebody with other ideas of it are passed over. */
function contentsOf(client: Client): readonly VolumeSnapshotContent[] {
  return listed<VolumeSnapshotContent>(client, VOLUME_SNAPSHOT_CONTENT).filter((object) => inside(inside(object, "spec"), "source") && inside(inside(object, "spec"), "volumeSnapshotRef"));
}

/** All snapshots, where there can be any. */
export function snapshotsOf(client: Client): readonly VolumeSnapshot[] {
  return listed<VolumeSnapshot>(client, VOLUME_SNAPSHOT).filter((object) => inside(inside(object, "spec"), "source"));
}

/** What a snapshot stands for, by its name. */
export function contentNamed(client: Client, name: string): VolumeSnapshotContent | undefined {
  return contentsOf(client).find((one) => one.metadata.name === name);
}

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ""}/${metadata.name}`;
const contentOf = ({ client }: ComponentContext, name: string): VolumeSnapshotContent | undefined => contentNamed(client, name);

function say(context: ComponentContext, snapshot: VolumeSnapshot, type: "Normal" | "Warning", reason: string, message: string): void {
  context.event({ ...refOf(snapshot), uid: snapshot.metadata.uid }, type, reason, message);
}

function sync(machines: Machines, options: readonly StorageOption[], context: ComponentContext, snapshot: VolumeSnapshot): void {
  if (snapshot.metadata.deletionTimestamp !== undefined) return release(context, snapshot);
  if (snapshot.status?.readyToUse === true) return;
  const given = snapshot.spec.source.volumeSnapshotContentName;
  if (given !== undefined) return bindGiven(machines, context, snapshot, given);
  const content = contentOf(context, `snapcontent-${snapshot.metadata.uid}`);
  if (!content) return begin(machines, options, context, snapshot);
  if (content.status?.readyToUse === true) ready(context, snapshot, content);
}

function fail(context: ComponentContext, snapshot: VolumeSnapshot, reason: string, message: string): void {
  if (snapshot.status?.error?.message === message) return;
  context.client.updateStatus<VolumeSnapshot>({ ...snapshot, status: { ...snapshot.status, readyToUse: false, error: { message, time: timestamp(context.clock.now()) } } });
  say(context, snapshot, "Warning", reason, message);
}

function begin(machines: Machines, options: readonly StorageOption[], context: ComponentContext, found: VolumeSnapshot): void {
  const { client, clock } = context;
  const classes = listed<VolumeSnapshotClass>(client, VOLUME_SNAPSHOT_CLASS);
  const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace: found.metadata.namespace ?? "", name: found.spec.source.persistentVolumeClaimName ?? "" });
  const volume = claim && client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: claim.spec.volumeName ?? "" });
  const snapshot = named(context, found, classes, volume);
  if (!snapshot) return;
  const failed = (why: string): void => fail(context, snapshot, "SnapshotContentCreationFailed", `Failed to create snapshot content with error ${why}`);
  const className = snapshot.spec.volumeSnapshotClassName ?? "";
  const snapshotClass = classes.find(({ metadata }) => metadata.name === className);
  const inputs = `failed to get input parameters to create snapshot ${snapshot.metadata.name}:`;
  if (!snapshotClass) return failed(`${inputs} "failed to retrieve snapshot class ${className} from the informer: \\"volumesnapshotclass.snapshot.storage.k8s.io \\\\\\"${className}\\\\\\" not found\\""`);
  if (!claim) return failed(`snapshot controller failed to update ${snapshot.metadata.name} on API server: cannot get claim from snapshot`);
  if (!volume) return failed(`${inputs} "the PVC ${claim.metadata.name} is not yet bound to a PV, will not attempt to take a snapshot"`);
  const handle = volume.spec.csi?.volumeHandle ?? "";
  if (!volume.spec.csi || volume.spec.csi.driver !== snapshotClass.driver || !options.some((option) => option.provisioner === snapshotClass.driver) || !machines.disk(handle)) {
    return failed(`cannot find CSI PersistentVolumeSource for volume ${volume.metadata.name}`);
  }
  const held = client.update<VolumeSnapshot>({ ...snapshot, metadata: { ...snapshot.metadata, finalizers: [...new Set([...(snapshot.metadata.finalizers ?? []), ...HELD])] } });
  const content = `snapcontent-${snapshot.metadata.uid}`;
  client.create<VolumeSnapshotContent>({
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshotContent",
    metadata: { name: content, finalizers: [CONTENT_HELD] },
    spec: {
      deletionPolicy: snapshotClass.deletionPolicy,
      driver: snapshotClass.driver,
      source: { volumeHandle: handle },
      volumeSnapshotClassName: className,
      volumeSnapshotRef: { apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshot", namespace: snapshot.metadata.namespace ?? "", name: snapshot.metadata.name, uid: snapshot.metadata.uid },
    },
  });
  client.updateStatus<VolumeSnapshot>({ ...held, status: { boundVolumeSnapshotContentName: content, readyToUse: false } });
  say(context, snapshot, "Normal", "CreatingSnapshot", `Waiting for a snapshot ${nameOf(snapshot)} to be created by the CSI driver.`);
  clock.after(COPY_TIME, NAME, content);
}

/** A snapshot that names no class gets its driver's default one. */
function named(context: ComponentContext, snapshot: VolumeSnapshot, classes: readonly VolumeSnapshotClass[], volume: PersistentVolume | undefined): VolumeSnapshot | undefined {
  if (snapshot.spec.volumeSnapshotClassName !== undefined) return snapshot;
  const marked = classes.filter((one) => one.metadata.annotations?.[DEFAULT] === "true" && one.driver === volume?.spec.csi?.driver);
  const failed = (why: string): void => fail(context, snapshot, "SetDefaultSnapshotClassFailed", `Failed to set default snapshot class with error ${why}`);
  if (marked.length > 1) failed(`${marked.length} default snapshot classes were found`);
  if (marked.length === 0) failed("cannot find default snapshot class");
  const [only] = marked;
  return marked.length === 1 && only ? context.client.update<VolumeSnapshot>({ ...snapshot, spec: { ...snapshot.spec, volumeSnapshotClassName: only.metadata.name } }) : undefined;
}

/** The storage has made the copy. */
function copied(machines: Machines, context: ComponentContext, name: string): void {
  const content = contentOf(context, name);
  const from = machines.disk(content?.spec.source.volumeHandle ?? "");
  if (!content || !from) return;
  const snapshotHandle = `snapshot-${content.spec.volumeSnapshotRef.uid ?? name}`;
  machines.copyDisk(from.handle, { handle: snapshotHandle, kind: "file", bytes: from.bytes });
  context.client.updateStatus<VolumeSnapshotContent>({ ...content, status: { readyToUse: true, restoreSize: from.bytes, snapshotHandle } });
}

function ready(context: ComponentContext, snapshot: VolumeSnapshot, content: VolumeSnapshotContent): void {
  const status = { boundVolumeSnapshotContentName: content.metadata.name, creationTime: timestamp(context.clock.now()), readyToUse: true, restoreSize: formatQuantity(quantityOf(Number(content.status?.restoreSize) || 0, "BinarySI")) };
  if (!deepEqual(snapshot.status ?? {}, status)) context.client.updateStatus<VolumeSnapshot>({ ...snapshot, status });
  say(context, snapshot, "Normal", "SnapshotCreated", `Snapshot ${nameOf(snapshot)} was successfully created by the CSI driver.`);
  say(context, snapshot, "Normal", "SnapshotReady", `Snapshot ${nameOf(snapshot)} is ready to use.`);
}

/** A snapshot that names the content it stands for. */
function bindGiven(machines: Machines, context: ComponentContext, snapshot: VolumeSnapshot, name: string): void {
  const content = contentOf(context, name);
  if (!content) return fail(context, snapshot, "SnapshotContentMissing", "VolumeSnapshotContent is missing");
  const { namespace, name: meant, uid } = content.spec.volumeSnapshotRef;
  if (meant !== snapshot.metadata.name || namespace !== snapshot.metadata.namespace || (uid !== undefined && uid !== snapshot.metadata.uid)) {
    return fail(context, snapshot, "SnapshotContentMisbound", `VolumeSnapshotContent [${name}] is bound to a different snapshot`);
  }
  const handle = content.spec.source.snapshotHandle ?? content.status?.snapshotHandle ?? "";
  const disk = machines.disk(handle);
  if (!disk) return fail(context, snapshot, "SnapshotContentCheckandUpdateFailed", `Failed to check and update snapshot content: failed to list snapshot for content ${name}: "rpc error: code = NotFound desc = snapshot ${handle} not found"`);
  const status = { readyToUse: true, restoreSize: disk.bytes, snapshotHandle: handle };
  const bound = uid === undefined ? context.client.update<VolumeSnapshotContent>({ ...content, spec: { ...content.spec, volumeSnapshotRef: { ...content.spec.volumeSnapshotRef, uid: snapshot.metadata.uid } } }) : content;
  const written = deepEqual(bound.status ?? {}, status) ? bound : context.client.updateStatus<VolumeSnapshotContent>({ ...bound, status });
  ready(context, snapshot, written);
}

const without = (finalizers: readonly string[] | undefined, gone: readonly string[]): readonly string[] => (finalizers ?? []).filter((one) => !gone.includes(one));

/** A snapshot is deleted: its content goes with it, or stays, as its policy says. */
function release(context: ComponentContext, snapshot: VolumeSnapshot): void {
  const { client } = context;
  const content = contentOf(context, snapshot.status?.boundVolumeSnapshotContentName ?? "");
  if (content?.spec.deletionPolicy === "Delete" && content.metadata.deletionTimestamp === undefined) client.delete(refOf(content));
  const finalizers = without(snapshot.metadata.finalizers, HELD);
  if (finalizers.length !== (snapshot.metadata.finalizers ?? []).length) client.update<VolumeSnapshot>({ ...snapshot, metadata: { ...snapshot.metadata, finalizers } });
}

/** A deleted content lets go once its snapshot is gone; what it held goes too when its policy is Delete. */
function releaseContent(machines: Machines, { client }: ComponentContext, content: VolumeSnapshotContent): void {
  if (content.metadata.deletionTimestamp === undefined) return;
  const { namespace = "", name = "", uid } = content.spec.volumeSnapshotRef;
  const snapshot = snapshotsOf(client).find((one) => one.metadata.namespace === namespace && one.metadata.name === name && one.metadata.uid === uid);
  if (snapshot && snapshot.metadata.deletionTimestamp === undefined) return;
  if (content.spec.deletionPolicy === "Delete") machines.removeDisk(content.status?.snapshotHandle ?? "");
  const finalizers = without(content.metadata.finalizers, [CONTENT_HELD]);
  if (finalizers.length !== (content.metadata.finalizers ?? []).length) client.update<VolumeSnapshotContent>({ ...content, metadata: { ...content.metadata, finalizers } });
}
