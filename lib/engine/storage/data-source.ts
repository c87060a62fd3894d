import { PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM } from "../apimachinery/kinds";
import type { Client } from "../client/client";
import { bytesOf } from "../apimachinery/quantity";
import type { Machines } from "../machine/machines";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { contentNamed, snapshotsOf } from "./snapshots";

/** What a new disk is filled from: nothing, another disk or snapshot by its handle, somebody else's business, or why that cannot be. */
export type DataSource = { readonly handle: string | undefined } | { readonly foreign: true } | { readonly error: string };

interface Reference {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Where the files of a claim's new disk come from. Upstream: kubernetes-csi/external-provisioner, getVolumeContentSource. */
export function dataSourceOf(claim: PersistentVolumeClaim, size: string, driver: string, client: Client, machines: Machines): DataSource {
  const source = (claim.spec.dataSource ?? claim.spec.dataSourceRef) as Reference | undefined;
  if (!source) return { handle: undefined };
  const namespace = source.namespace ?? claim.metadata.namespace ?? "";
  const name = source.name ?? "";
  const fail = (why: string): DataSource => ({ error: `error getting handle for DataSource Type ${source.kind ?? ""} by Name ${name}: ${why}` });
  if (source.kind === "PersistentVolumeClaim" && (source.apiGroup ?? "") === "") {
    const other = client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace, name });
    if (!other) return fail(`error getting PVC ${name} (namespace "${namespace}") from api server: persistentvolumeclaims "${name}" not found`);
    const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: other.spec.volumeName ?? "" });
    if (!volume || other.status?.phase !== "Bound") return fail("the PVC is not bound");
    if (volume.spec.csi?.driver !== driver) return fail("the source PVC and destination PVCs must be for the same CSI driver for cloning");
    const disk = machines.disk(volume.spec.csi.volumeHandle);
    if (disk && bytesOf(size) < disk.bytes) return fail(`error, new PVC request must be greater than or equal in size to the specified PVC data source, requested ${bytesOf(size)} but source is ${disk.bytes}`);
    return { handle: volume.spec.csi.volumeHandle };
  }
  if (source.kind !== "VolumeSnapshot" || source.apiGroup !== "snapshot.storage.k8s.io") return { foreign: true };
  const snapshot = snapshotsOf(client).find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  if (!snapshot) return fail(`error getting snapshot ${name} from api server: volumesnapshots.snapshot.storage.k8s.io "${name}" not found`);
  const content = contentNamed(client, snapshot.status?.boundVolumeSnapshotContentName ?? "");
  const handle = content?.status?.snapshotHandle;
  if (snapshot.status?.readyToUse !== true || handle === undefined) return fail(`snapshot ${name} is not Ready`);
  const disk = machines.disk(handle);
  if (disk && bytesOf(size) < disk.bytes) return fail(`requested volume size ${bytesOf(size)} is less than the size ${disk.bytes} for the source snapshot ${name}`);
  return { handle };
}
