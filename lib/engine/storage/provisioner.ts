import { NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS } from "../apimachinery/kinds";
import { keyText, parseKey, type ObjectKey } from "../apimachinery/meta";
import { bytesOf } from "../apimachinery/quantity";
import type { Component, ComponentContext } from "../client/component";
import type { Client } from "../client/client";
import type { Machines } from "../machine/machines";
import type { Node } from "../resources/core/node/node";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { StorageClass } from "../resources/storage/storageclass/storageclass";
import { millis } from "../sim/clock";
import type { StoreEvent } from "../client/component";
import type { StorageOption } from "./classes";
import { dataSourceOf } from "./data-source";
import { runWorker } from "./worker";

const NAME = "csi-provisioner";
/** Making a disk takes the storage this long. */
const CREATE_TIME = millis(500);
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

/**
 * Makes volumes for claims of the cluster's own storage classes, and destroys them when their
 * volume is released and its policy says Delete.
 *
 * Upstream: kubernetes-csi/external-provisioner. The binding itself is the persistentvolume
 * controller's: a volume comes with its claim already named.
 */
export function provisioner(machines: Machines, options: readonly StorageOption[]): Component {
  const optionOf = (driver: string | undefined): StorageOption | undefined => options.find((option) => option.provisioner === driver);
  return runWorker({
    name: NAME,
    watches: [PERSISTENT_VOLUME_CLAIM, PERSISTENT_VOLUME, STORAGE_CLASS],
    watchesCustom: true,
    keysOf: (event, context) => (options.length === 0 ? [] : keysOf(event, context)),
    look(key, context) {
      const rest = key.slice(key.indexOf("/") + 1);
      if (key.startsWith("pv/")) reclaim(machines, optionOf, context, rest);
      else provision(machines, optionOf, context, parseKey(rest), false);
    },
    onTimer: (message, context) => provision(machines, optionOf, context, parseKey(message as string), true),
  });
}

function keysOf(event: StoreEvent, context: ComponentContext): readonly string[] {
  // Claims that wait for what they are to be filled from look again whenever such a thing changes.
  const awaiting = event.kind === PERSISTENT_VOLUME_CLAIM || event.kind.startsWith("snapshot.storage.k8s.io/") ? context.state.table<string>(`${NAME}:awaits`).keys() : [];
  const own = ownKeys(event, context);
  return awaiting.length === 0 ? own : [...own, ...awaiting];
}

function ownKeys(event: StoreEvent, context: ComponentContext): readonly string[] {
  if (event.kind === PERSISTENT_VOLUME) return event.type === "DELETED" ? [] : [`pv/${event.object.metadata.name}`];
  if (event.kind === PERSISTENT_VOLUME_CLAIM) return event.type === "DELETED" ? [] : [`pvc/${keyText({ namespace: event.object.metadata.namespace ?? "", name: event.object.metadata.name })}`];
  if (event.kind !== STORAGE_CLASS) return [];
  return context.client.list<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM).map((claim) => `pvc/${keyText({ namespace: claim.metadata.namespace ?? "", name: claim.metadata.name })}`);
}

/** Where a disk can be used: in the topology its class allows, narrowed to that of the machine its first pod goes to. */
function reachOf({ allowedTopologies = [] }: StorageClass, claim: PersistentVolumeClaim, client: Client): Pick<PersistentVolume["spec"], "nodeAffinity"> {
  const node = client.get<Node>(NODE, { namespace: "", name: claim.metadata.annotations?.[SELECTED_NODE] ?? "" });
  const terms = (allowedTopologies as readonly Topology[]).map(({ matchLabelExpressions = [] }) => matchLabelExpressions.map(({ key, values }) => ({ key, operator: "In" as const, values: values.filter((value) => node === undefined || node.metadata.labels?.[key] === value) })));
  const possible = terms.filter((expressions) => expressions.length > 0 && expressions.every(({ values }) => values.length > 0));
  return possible.length === 0 ? {} : { nodeAffinity: { required: { nodeSelectorTerms: possible.map((matchExpressions) => ({ matchExpressions })) } } };
}

interface Topology {
  readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
}

const sizeAsked = (claim: PersistentVolumeClaim): string => claim.spec.resources?.requests?.["storage"] ?? "1Gi";

type Options = (driver: string | undefined) => StorageOption | undefined;

function provision(machines: Machines, optionOf: Options, context: ComponentContext, key: ObjectKey, isTime: boolean): void {
  const { client, clock, state, event } = context;
  const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key);
  const storageClass = claim && client.get<StorageClass>(STORAGE_CLASS, { namespace: "", name: claim.spec.storageClassName ?? "" });
  const option = optionOf(storageClass?.provisioner);
  if (!claim || !storageClass || !option || (claim.spec.volumeName ?? "") !== "" || claim.metadata.deletionTimestamp !== undefined) return;
  if (storageClass.volumeBindingMode === "WaitForFirstConsumer" && claim.metadata.annotations?.[SELECTED_NODE] === undefined) return;
  const name = `pvc-${claim.metadata.uid}`;
  if (client.get(PERSISTENT_VOLUME, { namespace: "", name })) return;
  const about = { kind: PERSISTENT_VOLUME_CLAIM, ...key, uid: claim.metadata.uid };
  const begun = state.table<number>(`${NAME}:begun`);
  const source = dataSourceOf(claim, sizeAsked(claim), option.provisioner, client, machines);
  if ("foreign" in source) return;
  if ("error" in source) {
    begun.delete(claim.metadata.uid);
    const waits = state.table<string>(`${NAME}:awaits`);
    if (waits.get(`pvc/${keyText(key)}`) === source.error) return;
    waits.set(`pvc/${keyText(key)}`, source.error);
    event(about, "Normal", "Provisioning", `External provisioner is provisioning volume for claim "${keyText(key)}"`);
    return event(about, "Warning", "ProvisioningFailed", `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${source.error}`);
  }
  if (!begun.has(claim.metadata.uid)) {
    begun.set(claim.metadata.uid, 1);
    state.table<string>(`${NAME}:awaits`).delete(`pvc/${keyText(key)}`);
    event(about, "Normal", "Provisioning", `External provisioner is provisioning volume for claim "${keyText(key)}"`);
    const modes = claim.spec.accessModes ?? [];
    if (option.kind === "block" && (claim.spec.volumeMode ?? "Filesystem") === "Filesystem" && modes.some((mode) => mode === "ReadWriteMany")) {
      event(about, "Warning", "ProvisioningFailed", `failed to provision volume with StorageClass "${storageClass.metadata.name}": rpc error: code = InvalidArgument desc = volume capabilities not supported: access mode MULTI_NODE_MULTI_WRITER is not available for block disks`);
      return;
    }
    clock.after(CREATE_TIME, NAME, keyText(key));
    return;
  }
  if (!isTime) return;
  begun.delete(claim.metadata.uid);
  const size = sizeAsked(claim);
  const disk = { handle: name, kind: option.kind, bytes: bytesOf(size) };
  if (source.handle === undefined) machines.addDisk(disk);
  else machines.copyDisk(source.handle, disk);
  client.create<PersistentVolume>({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, annotations: { [PROVISIONED_BY]: option.provisioner }, finalizers: ["external-provisioner.volume.kubernetes.io/finalizer"] },
    spec: {
      capacity: { storage: size },
      accessModes: claim.spec.accessModes ?? ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec.volumeMode ?? "Filesystem",
      ...reachOf(storageClass, claim, client),
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: key.namespace, name: key.name, uid: claim.metadata.uid, resourceVersion: claim.metadata.resourceVersion },
      csi: { driver: option.provisioner, volumeHandle: name, ...(option.kind === "block" ? { fsType: "ext4" } : {}) },
    },
  });
  event(about, "Normal", "ProvisioningSucceeded", `Successfully provisioned volume ${name}`);
}

/** Destroys what a released volume stood for, when its policy is Delete; and lets a volume go whose deletion only waits for that. */
function reclaim(machines: Machines, optionOf: Options, { client }: ComponentContext, name: string): void {
  const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name });
  const driver = volume?.metadata.annotations?.[PROVISIONED_BY];
  if (!volume || !optionOf(driver) || !volume.spec.csi) return;
  const finalizers = volume.metadata.finalizers ?? [];
  const own = "external-provisioner.volume.kubernetes.io/finalizer";
  const isDeleted = volume.metadata.deletionTimestamp !== undefined;
  const isReleased = volume.status?.phase === "Released" && volume.spec.persistentVolumeReclaimPolicy === "Delete";
  if (!isDeleted && !isReleased) return;
  if (machines.disk(volume.spec.csi.volumeHandle)?.attachedTo !== undefined) return;
  if (isReleased) machines.removeDisk(volume.spec.csi.volumeHandle);
  const ref = { kind: PERSISTENT_VOLUME, namespace: "", name };
  if (!isDeleted) client.delete(ref);
  const current = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name });
  if (current && finalizers.includes(own)) client.update<PersistentVolume>({ ...current, metadata: { ...current.metadata, finalizers: (current.metadata.finalizers ?? []).filter((one) => one !== own) } });
}
