import { PERSISTENT_VOLUME_CLAIM, POD, type Cluster, type Container, type FileSystem, type PersistentVolumeClaim, type Pod, type Volume } from "@/lib/engine";
import type { FolderView } from "../view-model";
import { isSystem } from "./pods";

const MOST_FILES = 40;
const DEEPEST = 5;
const MOST_TEXT = 400;

/** Where images keep what they write, when no volume is mounted there: the container's own disk, which dies with it. */
const DATA_FOLDERS: readonly (readonly [RegExp, string])[] = [
  [/^wordpress/, "/var/www/html/wp-content/uploads"],
  [/^(mariadb|mysql)/, "/var/lib/mysql"],
  [/^redis/, "/data"],
];

/** Folders by who shares them: each claim once with all its pods, then folders of one pod only. */
export function folderViews(cluster: Cluster): readonly FolderView[] {
  const client = cluster.as("kubernetes-admin");
  const claims = client.list<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM).filter(({ metadata }) => !isSystem(metadata.namespace));
  const folders = new Map<string, FolderView>(claims.map((claim) => [claimId(claim.metadata.namespace ?? "default", claim.metadata.name), emptyClaim(claim)] as const));
  for (const pod of client.list<Pod>(POD)) {
    if (isSystem(pod.metadata.namespace) || pod.spec.nodeName === undefined) continue;
    for (const container of pod.spec.containers) look(cluster, pod, container, folders);
  }
  return [...folders.values()];
}

const claimId = (namespace: string, name: string): string => `claim ${namespace}/${name}`;

function emptyClaim(claim: PersistentVolumeClaim): FolderView {
  const { spec, status } = claim;
  const size = status?.capacity?.["storage"] ?? spec.resources?.requests?.["storage"] ?? "";
  const detail = [status?.phase ?? "Pending", (spec.accessModes ?? []).join(", "), size, spec.storageClassName ?? ""].filter((part) => part !== "").join(" · ");
  return { id: claimId(claim.metadata.namespace ?? "default", claim.metadata.name), kind: "claim", name: claim.metadata.name, detail, pods: [], files: [], more: 0 };
}

function look(cluster: Cluster, pod: Pod, container: Container, folders: Map<string, FolderView>): void {
  const key = { namespace: pod.metadata.namespace ?? "default", name: pod.metadata.name };
  const disk = cluster.files(key, container.name);
  const seen = (id: string, frame: Pick<FolderView, "kind" | "name" | "detail">, path: string): void => {
    const before = folders.get(id) ?? { id, ...frame, pods: [], files: [], more: 0 };
    const found = before.files.length > 0 || !disk ? { files: before.files, more: before.more } : filesUnder(disk, path);
    const here = { pod: pod.metadata.name, node: pod.spec.nodeName ?? "", path };
    folders.set(id, { ...before, ...found, pods: before.pods.some((one) => one.pod === here.pod && one.path === here.path) ? before.pods : [...before.pods, here] });
  };
  for (const mount of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((one) => one.name === mount.name);
    const shared = volume && identity(volume, key.namespace, pod);
    if (shared) seen(mount.subPath === undefined ? shared.id : `${shared.id}:${mount.subPath}`, shared, mount.mountPath);
  }
  const own = DATA_FOLDERS.find(([image]) => image.test((container.image ?? "").replace(/^.*\//, "")))?.[1];
  if (own === undefined || (container.volumeMounts ?? []).some(({ mountPath }) => own === mountPath || own.startsWith(`${mountPath}/`))) return;
  seen(`own ${key.namespace}/${key.name}/${container.name}`, { kind: "own", name: pod.metadata.name, detail: container.image ?? "" }, own);
}

function identity(volume: Volume, namespace: string, pod: Pod): Pick<FolderView, "id" | "kind" | "name" | "detail"> | undefined {
  if (volume.persistentVolumeClaim) {
    const { claimName } = volume.persistentVolumeClaim;
    return { id: claimId(namespace, claimName), kind: "claim", name: claimName, detail: "" };
  }
  if (volume.nfs) return { id: `nfs ${volume.nfs.server}:${volume.nfs.path}`, kind: "claim", name: `${volume.nfs.server}:${volume.nfs.path}`, detail: "nfs" };
  if (volume.hostPath) return { id: `host ${pod.spec.nodeName ?? ""}:${volume.hostPath.path}`, kind: "scratch", name: volume.hostPath.path, detail: `hostPath · ${pod.spec.nodeName ?? ""}` };
  if (volume.emptyDir) return { id: `scratch ${namespace}/${pod.metadata.name}/${volume.name}`, kind: "scratch", name: volume.name, detail: "emptyDir" };
  return undefined;
}

function filesUnder(disk: FileSystem, root: string): Pick<FolderView, "files" | "more"> {
  const files: FolderView["files"][number][] = [];
  let more = 0;
  const walk = (folder: string, deep: number): void => {
    for (const name of disk.list(folder) ?? []) {
      const path = `${folder}/${name}`;
      const stat = disk.stat(path);
      if (stat?.type === "directory") {
        if (deep < DEEPEST) walk(path, deep + 1);
      } else if (files.length >= MOST_FILES) more += 1;
      else files.push({ path: path.slice(root.length + 1), size: stat?.size ?? 0, text: (disk.read(path) ?? "").slice(0, MOST_TEXT) });
    }
  };
  walk(root, 0);
  return { files, more };
}
