import { CSI_NODE, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS, VOLUME_ATTACHMENT } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { controllerOf } from "../../../apimachinery/owner";
import type { Client } from "../../../client/client";
import { classOfClaim } from "../../../resources/core/persistentvolume/match";
import type { PersistentVolume } from "../../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { claimName, claimNames } from "../../../resources/core/pod/claim-names";
import type { Pod } from "../../../resources/core/pod/pod";
import type { StorageClass, VolumeAttachment } from "../../../resources/storage/storageclass/storageclass";
import { reason } from "../../../reason";
import { SKIP, SUCCESS, unresolvable, unschedulable, type Refusal, type SchedulerPlugin } from "../../framework";

interface CsiNode extends KubeObject {
  readonly spec: { readonly drivers?: readonly { readonly name: string; readonly allocatable?: { readonly count?: number } }[] };
}

/** `driver/volume` → the driver. */
type Disks = Map<string, string>;

/** A driver can put only so many disks on a node, as the node's CSINode says. Upstream: plugins/nodevolumelimits/csi.go. */
export const nodeVolumeLimits: SchedulerPlugin = {
  name: "NodeVolumeLimits",
  preFilter: ({ pod }) => (claimNames(pod).length === 0 ? SKIP : SUCCESS),
  filter({ pod, client }, { node, pods }) {
    const wanted: Disks = new Map();
    const problem = collect(pod, client, wanted, true);
    if (problem) return problem;
    const limits = limitsOf(client.get<CsiNode>(CSI_NODE, { namespace: "", name: node.metadata.name }));
    if (wanted.size === 0 || limits.size === 0) return SUCCESS;
    const attached: Disks = new Map();
    for (const other of pods) collect(other, client, attached, false);
    for (const { spec } of client.list<VolumeAttachment>(VOLUME_ATTACHMENT)) if (spec.nodeName === node.metadata.name) note(volumeNamed(spec.source.persistentVolumeName ?? "", client), attached);
    const used = countsOf(attached.values());
    for (const [driver, count] of countsOf([...wanted].filter(([disk]) => !attached.has(disk)).map(([, name]) => name))) {
      const limit = limits.get(driver);
      if (limit === undefined || (used.get(driver) ?? 0) + count <= limit) continue;
      return unschedulable("node(s) exceed max volume count", reason("scheduler.too-many-volumes", { node: node.metadata.name, limit }, [{ kind: NODE, namespace: "", name: node.metadata.name }]));
    }
    return SUCCESS;
  },
};

function limitsOf(csiNode: CsiNode | undefined): ReadonlyMap<string, number> {
  return new Map((csiNode?.spec.drivers ?? []).flatMap(({ name, allocatable }) => (allocatable?.count === undefined ? [] : [[name, allocatable.count] as const])));
}

function countsOf(drivers: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const driver of drivers) counts.set(driver, (counts.get(driver) ?? 0) + 1);
  return counts;
}

/** Adds the disks a pod mounts. Of a newcomer a claim that is not there, or is another pod's, is a refusal; of others it is passed over. */
function collect(pod: Pod, client: Client, into: Disks, isNew: boolean): Refusal | undefined {
  const namespace = pod.metadata.namespace ?? "";
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimName(pod, volume);
    if (name === undefined) continue;
    const claim = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace, name });
    const strange = claim !== undefined && volume.ephemeral !== undefined && controllerOf(claim)?.uid !== pod.metadata.uid;
    if (claim && !strange) note(diskOf(claim, client), into);
    else if (isNew) return unresolvable(claim ? `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)` : `persistentvolumeclaim "${name}" not found`);
  }
  return undefined;
}

type Disk = readonly [driver: string, volume: string];

function note(disk: Disk | undefined, into: Disks): void {
  if (disk) into.set(disk.join("/"), disk[0]);
}

function volumeNamed(name: string, client: Client): Disk | undefined {
  const csi = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name })?.spec.csi;
  return csi && [csi.driver, csi.volumeHandle];
}

/** The disk behind a claim, or the one that will be made for it; undefined when no driver attaches it. */
function diskOf(claim: PersistentVolumeClaim, client: Client): Disk | undefined {
  const { volumeName = "" } = claim.spec;
  if (volumeName !== "" && client.get(PERSISTENT_VOLUME, { namespace: "", name: volumeName })) return volumeNamed(volumeName, client);
  const className = classOfClaim(claim);
  const found = className === "" ? undefined : client.get<StorageClass>(STORAGE_CLASS, { namespace: "", name: className });
  return found && [found.provisioner ?? "", `new ${claim.metadata.namespace ?? ""}/${claim.metadata.name}`];
}
