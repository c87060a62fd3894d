import { POD, type PersistentVolume, type PersistentVolumeClaim, type Pod, type StorageClass } from "@/lib/engine";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { listText, objectOf, oneLineLabels, since, sortedKeys, type Paper } from "./paper";
import { hostPathLines, nfsLines } from "./volumes";

const SHORT: Readonly<Record<string, string>> = { ReadWriteOnce: "RWO", ReadOnlyMany: "ROX", ReadWriteMany: "RWX", ReadWriteOncePod: "RWOP" };

/** `RWO,ROX`, in upstream's order and without repeats. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return Object.keys(SHORT).filter((mode) => (modes ?? []).includes(mode)).map((mode) => SHORT[mode] ?? mode).join(",");
}

/** Describes a PersistentVolumeClaim. */
export function describeClaim(scene: Scene<PersistentVolumeClaim>): void {
  const { object, paper, client, now } = scene;
  const { metadata, spec, status } = object;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.line(0, `StorageClass:\t${metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName ?? ""}`);
  paper.line(0, `Status:\t${metadata.deletionTimestamp === undefined ? (status?.phase ?? "") : `Terminating (lasts ${since(metadata.deletionTimestamp, now)})`}`);
  paper.line(0, `Volume:\t${spec.volumeName ?? ""}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `Finalizers:\t${listText(metadata.finalizers)}`);
  const bound = spec.volumeName !== undefined && spec.volumeName !== "";
  paper.line(0, `Capacity:\t${bound ? (status?.capacity?.["storage"] ?? "") : ""}`);
  paper.line(0, `Access Modes:\t${bound ? accessModesText(status?.accessModes) : ""}`);
  if (spec.volumeMode) paper.line(0, `VolumeMode:\t${spec.volumeMode}`);
  const users = client.list<Pod>(POD, { namespace: metadata.namespace ?? "" }).filter((pod) => (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === metadata.name));
  if (users.length === 0) paper.line(0, "Used By:\t<none>");
  users.forEach((pod, i) => paper.line(0, `${i === 0 ? "Used By:" : ""}\t${pod.metadata.name}`));
  writeEvents(scene as Scene);
}

/** Describes a PersistentVolume. */
export function describeVolume(scene: Scene<PersistentVolume>): void {
  const { object, paper, now } = scene;
  const { metadata, spec, status } = object;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `Finalizers:\t${listText(metadata.finalizers)}`);
  paper.line(0, `StorageClass:\t${spec.storageClassName ?? ""}`);
  paper.line(0, `Status:\t${metadata.deletionTimestamp === undefined ? (status?.phase ?? "") : `Terminating (lasts ${since(metadata.deletionTimestamp, now)})`}`);
  paper.line(0, `Claim:\t${spec.claimRef ? `${spec.claimRef.namespace ?? ""}/${spec.claimRef.name ?? ""}` : ""}`);
  paper.line(0, `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ""}`);
  paper.line(0, `Access Modes:\t${accessModesText(spec.accessModes)}`);
  if (spec.volumeMode) paper.line(0, `VolumeMode:\t${spec.volumeMode}`);
  paper.line(0, `Capacity:\t${spec.capacity?.["storage"] ?? ""}`);
  writeAffinity(paper, spec);
  paper.line(0, `Message:\t${status?.message ?? ""}`);
  paper.line(0, "Source:");
  for (const line of sourceLines(spec)) paper.line(2, line);
  writeEvents(scene as Scene);
}

function writeAffinity(paper: Paper, spec: PersistentVolume["spec"]): void {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
  if (terms === undefined) return paper.line(0, "Node Affinity:\t<none>");
  paper.line(0, "Node Affinity:\t");
  paper.line(1, `Required Terms:\t${terms.length === 0 ? "<none>" : ""}`);
  terms.forEach((term, i) => {
    const requirements = (term.matchExpressions ?? []).map(({ key, operator, values }) => `${key} ${operator.toLowerCase()}${values === undefined ? "" : ` [${values.join(", ")}]`}`);
    if (requirements.length === 0) paper.line(2, `Term ${i}:\t<none>`);
    requirements.forEach((requirement, j) => paper.line(j === 0 ? 2 : 0, j === 0 ? `Term ${i}:\t${requirement}` : `\t${requirement}`));
  });
}

function sourceLines(spec: PersistentVolume["spec"]): readonly string[] {
  if (spec.hostPath) return hostPathLines(spec.hostPath);
  if (spec.nfs) return nfsLines(spec.nfs);
  if (spec.local) return ["Type:\tLocalVolume (a persistent volume backed by local storage on a node)", `Path:\t${spec.local.path}`];
  if (spec.csi) {
    const { driver, fsType = "", volumeHandle, readOnly = false, volumeAttributes } = spec.csi;
    const attributes = sortedKeys(volumeAttributes).map((key) => `${key}=${volumeAttributes?.[key] ?? ""}`);
    return ["Type:\tCSI (a Container Storage Interface (CSI) volume source)", `Driver:\t${driver}`, `FSType:\t${fsType}`, `VolumeHandle:\t${volumeHandle}`, `ReadOnly:\t${String(readOnly)}`, ...(attributes.length === 0 ? ["VolumeAttributes:\t<none>"] : attributes.map((pair, i) => `${i === 0 ? "VolumeAttributes:" : "                "}\t    ${pair}`))];
  }
  if (spec.cephfs) return ["Type:\tCephFS (a CephFS mount on the host that shares a pod's lifetime)", `Monitors:\t${listText(Array.isArray(spec.cephfs["monitors"]) ? spec.cephfs["monitors"] : [])}`, `Path:\t${String(spec.cephfs["path"] ?? "")}`, `User:\t${String(spec.cephfs["user"] ?? "")}`];
  return ["<unknown>"];
}

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** Describes a StorageClass. */
export function describeStorageClass(scene: Scene<StorageClass>): void {
  const { object, paper } = scene;
  const { metadata } = object;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `IsDefaultClass:\t${metadata.annotations?.[DEFAULT_CLASS] === "true" ? "Yes" : "No"}`);
  paper.line(0, `Annotations:\t${oneLineLabels(metadata.annotations)}`);
  paper.line(0, `Provisioner:\t${object.provisioner}`);
  paper.line(0, `Parameters:\t${oneLineLabels(objectOf(object.parameters) as Readonly<Record<string, string>>)}`);
  paper.line(0, `AllowVolumeExpansion:\t${object.allowVolumeExpansion === undefined ? "<unset>" : object.allowVolumeExpansion ? "True" : "False"}`);
  const options = object.mountOptions ?? [];
  if (options.length === 0) paper.line(0, "MountOptions:\t<none>");
  else {
    paper.line(0, "MountOptions:");
    for (const option of options) paper.line(1, option);
  }
  if (object.reclaimPolicy) paper.line(0, `ReclaimPolicy:\t${object.reclaimPolicy}`);
  if (object.volumeBindingMode) paper.line(0, `VolumeBindingMode:\t${object.volumeBindingMode}`);
  writeEvents(scene as Scene);
}
