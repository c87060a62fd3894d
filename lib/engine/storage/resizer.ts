import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM } from "../apimachinery/kinds";
import { keyOf, keyText, parseKey, type ObjectKey } from "../apimachinery/meta";
import { bytesOf } from "../apimachinery/quantity";
import { timestamp } from "../apimachinery/time";
import type { Component, ComponentContext } from "../client/component";
import { createRecorder, type EventRecorder } from "../client/events";
import type { Machines } from "../machine/machines";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { millis } from "../sim/clock";
import type { StorageOption } from "./classes";
import { runWorker } from "./worker";
import { PRE_RESIZE, withoutResizing } from "../resources/core/persistentvolumeclaim/resize-status";

const NAME = "external-resizer";
/** Making a disk larger takes the storage this long. */
const EXPAND_TIME = millis(2000);

/**
 * Makes disks larger when their claims ask for more: first the storage, then, for a disk with a file system, the kubelet of the machine it
 * is mounted on. A claim is larger when both have been.
 *
 * Upstream: kubernetes-csi/external-resizer (RecoverVolumeExpansionFailure on), pkg/controller/volume/expand.
 * @simplified The storage has room for whatever is asked, so no expansion fails half way.
 */
export function resizer(machines: Machines, options: readonly StorageOption[]): Component {
  return runWorker({
    name: NAME,
    watches: [PERSISTENT_VOLUME_CLAIM],
    keysOf: ({ type, object }) => (type === "DELETED" || !wantsMore(object as PersistentVolumeClaim) ? [] : [keyText(keyOf(object))]),
    look: (key, context) => begin(options, context, parseKey(key)),
    onTimer: (message, context) => expand(machines, options, context, parseKey(message as string)),
  });
}

const asked = (claim: PersistentVolumeClaim): string => claim.spec.resources?.requests?.["storage"] ?? "0";

function wantsMore(claim: PersistentVolumeClaim): boolean {
  const has = claim.status?.capacity?.["storage"];
  return claim.status?.phase === "Bound" && has !== undefined && bytesOf(asked(claim)) > bytesOf(has);
}

/** The claim that wants more, its volume, and whose disks these are. */
function found(options: readonly StorageOption[], { client }: ComponentContext, key: ObjectKey): { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume; readonly option: StorageOption | undefined } | undefined {
  const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, key);
  if (!claim || claim.metadata.deletionTimestamp !== undefined || !wantsMore(claim)) return undefined;
  const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: claim.spec.volumeName ?? "" });
  return volume && { claim, volume, option: options.find((one) => one.provisioner === volume.spec.csi?.driver) };
}

const aboutClaim = (claim: PersistentVolumeClaim): { kind: typeof PERSISTENT_VOLUME_CLAIM; namespace: string; name: string; uid: string } => ({ kind: PERSISTENT_VOLUME_CLAIM, namespace: claim.metadata.namespace ?? "", name: claim.metadata.name, uid: claim.metadata.uid });

const voice = ({ client, clock }: ComponentContext, name: string): EventRecorder => createRecorder(client, clock, name);

function begin(options: readonly StorageOption[], context: ComponentContext, key: ObjectKey): void {
  const known = found(options, context, key);
  if (!known) return;
  const { claim, volume, option } = known;
  const told = context.state.table<string>(`${NAME}:told`);
  if (told.get(claim.metadata.uid) === asked(claim)) return;
  told.set(claim.metadata.uid, asked(claim));
  voice(context, "volume_expand")(aboutClaim(claim), "Normal", "ExternalExpanding", "waiting for an external controller to expand this PVC");
  if (!option) return;
  voice(context, `${NAME} ${option.provisioner}`)(aboutClaim(claim), "Normal", "Resizing", `External resizer is resizing volume ${volume.metadata.name}`);
  context.client.updateStatus<PersistentVolumeClaim>({
    ...claim,
    status: {
      ...withoutResizing(claim.status ?? {}),
      allocatedResources: { storage: asked(claim) },
      allocatedResourceStatuses: { storage: "ControllerResizeInProgress" },
      conditions: [...(withoutResizing(claim.status ?? {}).conditions ?? []), { type: "Resizing", status: "True", lastTransitionTime: timestamp(context.clock.now()) }],
    },
  });
  context.clock.after(EXPAND_TIME, NAME, keyText(key));
}

/** The storage has made the disk larger. */
function expand(machines: Machines, options: readonly StorageOption[], context: ComponentContext, key: ObjectKey): void {
  const known = found(options, context, key);
  if (!known?.option) return;
  const { claim, volume, option } = known;
  const { client, clock } = context;
  const size = claim.status?.allocatedResources?.["storage"] ?? asked(claim);
  const handle = volume.spec.csi?.volumeHandle ?? "";
  const onNode = option.kind === "block" && (claim.spec.volumeMode ?? "Filesystem") === "Filesystem";
  const event = voice(context, `${NAME} ${option.provisioner}`);
  machines.growDisk(handle, bytesOf(size), !onNode);
  const before = { [PRE_RESIZE]: volume.spec.capacity?.["storage"] ?? "" };
  client.update<PersistentVolume>({ ...volume, metadata: { ...volume.metadata, ...(onNode ? { annotations: { ...volume.metadata.annotations, ...before } } : {}) }, spec: { ...volume.spec, capacity: { ...volume.spec.capacity, storage: size } } });
  const status = withoutResizing(claim.status ?? {});
  if (!onNode) {
    client.updateStatus<PersistentVolumeClaim>({ ...claim, status: { ...status, allocatedResources: { storage: size }, capacity: { ...status.capacity, storage: size } } });
    event(aboutClaim(claim), "Normal", "VolumeResizeSuccessful", "Resize volume succeeded");
    return;
  }
  const waiting = { type: "FileSystemResizePending", status: "True", lastTransitionTime: timestamp(clock.now()), message: "Waiting for user to (re-)start a pod to finish file system resize of volume on node." } as const;
  client.updateStatus<PersistentVolumeClaim>({
    ...claim,
    status: { ...status, allocatedResources: { storage: size }, allocatedResourceStatuses: { storage: "NodeResizePending" }, conditions: [...(status.conditions ?? []), waiting] },
  });
  event(aboutClaim(claim), "Normal", "FileSystemResizeRequired", "Require file system resize of volume on node");
}
