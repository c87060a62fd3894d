import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM } from "../apimachinery/kinds";
import { diskTree } from "../machine/machines";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { millis } from "../sim/clock";
import { PRE_RESIZE, withoutResizing } from "../resources/core/persistentvolumeclaim/resize-status";
import { aboutPod, type Kubelet, type KubeletPod } from "./kubelet-pod";

/** From the news that a disk has grown until the file system on it has, too. */
const GROW_TIME = millis(1000);

const isPending = (claim: PersistentVolumeClaim): boolean => claim.status?.allocatedResourceStatuses?.["storage"] === "NodeResizePending";

/** A claim changed: when its disk has grown under a running pod, the file system will soon. */
export function noteGrowth(kubelet: Kubelet, claim: PersistentVolumeClaim): void {
  if (isPending(claim)) kubelet.after(GROW_TIME, { k: "grow", namespace: claim.metadata.namespace ?? "", name: claim.metadata.name });
}

/** Makes the file system of a claim's disk as large as the disk, where a pod of this cluster has it mounted. */
export function growMounted(kubelet: Kubelet, namespace: string, name: string): void {
  const claim = kubelet.client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace, name });
  const volume = claim && kubelet.client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: claim.spec.volumeName ?? "" });
  if (!claim || !volume?.spec.csi) return;
  const tree = diskTree(volume.spec.csi.volumeHandle);
  const record = kubelet.pods.values().find((one) => one.namespace === namespace && kubelet.machines.isUp(one.node) && one.volumes?.some((mounted) => mounted.tree === tree));
  if (record) growFileSystem(kubelet, record, claim, volume);
}

/** Makes a file system as large as its disk, when that has grown. Upstream: volume/util/operationexecutor/node_expander.go. */
export function growFileSystem(kubelet: Kubelet, record: KubeletPod, claim: PersistentVolumeClaim, volume: PersistentVolume): void {
  if (!isPending(claim) || !volume.spec.csi) return;
  kubelet.machines.growFileSystem(volume.spec.csi.volumeHandle);
  const status = withoutResizing(claim.status ?? {});
  kubelet.client.updateStatus<PersistentVolumeClaim>({ ...claim, status: { ...status, capacity: { ...status.capacity, ...status.allocatedResources } } });
  const { [PRE_RESIZE]: _old, ...annotations } = volume.metadata.annotations ?? {};
  kubelet.client.update<PersistentVolume>({ ...volume, metadata: { ...volume.metadata, annotations } });
  const told = `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}" ${record.node}`;
  const event = kubelet.event(record.node);
  event(aboutPod(record), "Normal", "FileSystemResizeSuccessful", told);
  event({ kind: PERSISTENT_VOLUME_CLAIM, namespace: record.namespace, name: claim.metadata.name, uid: claim.metadata.uid }, "Normal", "FileSystemResizeSuccessful", told);
}
