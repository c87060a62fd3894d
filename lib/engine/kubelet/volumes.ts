import { CONFIG_MAP, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, SECRET, SERVICE_ACCOUNT } from "../apimachinery/kinds";
import type { KubeObject } from "../apimachinery/meta";
import { Memory } from "../apimachinery/memory";
import { API_AUDIENCE, issueToken, POD_TOKEN_SECONDS } from "../apimachinery/account-token";
import { diskTree } from "../machine/machines";
import { isOn } from "../machine/disks";
import { joinPath, normalPath } from "../machine/trees";
import type { Mount } from "../machine/records";
import type { ConfigMap } from "../resources/core/configmap/configmap";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { claimName } from "../resources/core/pod/claim-names";
import type { Container, Pod, Volume } from "../resources/core/pod/pod";
import type { Secret } from "../resources/core/secret/secret";
import { millis } from "../sim/clock";
import { bytesOf } from "../apimachinery/quantity";
import { TOKEN_VOLUME_PREFIX } from "../resources/core/serviceaccount/serviceaccount";
import { decodeBase64 } from "./base64";
import { fieldValue, resourceValue } from "./downward";
import { expand } from "./expansion";
import { hostFolder, localFolder, nfsShare, type Attempt, type Failing } from "./host-volumes";
import { growFileSystem } from "./volume-growth";
import { aboutPod, oneText, remember, revised, type Kubelet, type KubeletPod, type Mounted, type MountedVolume } from "./kubelet-pod";
import { TIMERS } from "../sim/timers";

/** Mounts a pod's volumes. False while one of them is missing; the reason is an Event on the pod. */
export function mountVolumes(kubelet: Kubelet, record: KubeletPod, pod: Pod): boolean {
  const volumes: MountedVolume[] = [];
  const missing: string[] = [];
  const problems: string[] = [];
  let again = false;
  for (const volume of pod.spec.volumes ?? []) {
    const attempt = mountVolume(kubelet, record, pod, volume);
    if ("mounted" in attempt) volumes.push(named(volume.name, attempt.mounted));
    else {
      missing.push(volume.name);
      if ("failed" in attempt) problems.push(attempt.failed);
      if ("again" in attempt && attempt.again === true) again = true;
    }
  }
  if (missing.length === 0) {
    remember(kubelet, record.uid, (old) => {
      const { token, op, ip, containers, probes } = old;
      return revised(old, { token, op, volumes, ip, containers, probes });
    });
    return true;
  }
  if (again) tryAgain(kubelet, record);
  const problem = problems.join("\n");
  if (problem !== (record.volumeProblem ?? "")) {
    remember(kubelet, record.uid, (old) => ({ ...old, volumeProblem: problem }));
    for (const text of problems) kubelet.event(record.node)(aboutPod(record), "Warning", "FailedMount", text);
  }
  return false;
}

function named(name: string, { tree, base, readOnly, attached }: Mounted): MountedVolume {
  return attached === undefined ? { name, tree, base, readOnly } : { name, tree, base, readOnly, attached };
}

/** Books another try: half a second after the first failure, then twice as long each time, up to a little over two minutes. Upstream: exponentialBackOff. */
function tryAgain(kubelet: Kubelet, { uid, mountRetry }: KubeletPod): void {
  const now = kubelet.clock.now();
  if (mountRetry && mountRetry.at > now) return;
  const delay = mountRetry ? Math.min(LONGEST_RETRY, mountRetry.delay * 2) : FIRST_RETRY;
  remember(kubelet, uid, (old) => ({ ...old, mountRetry: { at: now + delay, delay } }));
  kubelet.after(millis(delay), { k: "sync", uid });
}

const FIRST_RETRY = TIMERS.storage.mountRetry.ms;
const LONGEST_RETRY = TIMERS.storage.mountRetryMost.ms;

/** Two minutes and three seconds: how long a kubelet waits for volumes before it says so. Upstream: podAttachAndMountTimeout. */
export const VOLUME_TIMEOUT = 123_000;

/** Says which volumes are still missing after {@link VOLUME_TIMEOUT}. */
export function reportMissingVolumes(kubelet: Kubelet, record: KubeletPod, pod: Pod): void {
  const missing = (pod.spec.volumes ?? []).filter((volume) => !("mounted" in mountVolume(kubelet, record, pod, volume))).map((volume) => volume.name);
  if (missing.length === 0) return;
  const text = `Unable to attach or mount volumes: unmounted volumes=[${missing.join(" ")}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`;
  kubelet.event(record.node)(aboutPod(record), "Warning", "FailedMount", text);
}

const failing = (name: string): Failing => (why) => ({ failed: `MountVolume.SetUp failed for volume "${name}" : ${why}` });

function mountVolume(kubelet: Kubelet, record: KubeletPod, pod: Pod, volume: Volume): Attempt {
  const tree = `v:${record.uid}/${volume.name}`;
  const own = (readOnly: boolean): Attempt => ({ mounted: { tree, base: "/", readOnly } });
  if (volume.name.startsWith(TOKEN_VOLUME_PREFIX) && volume.projected) return apiAccess(kubelet, record, pod, volume);
  const failed = failing(volume.name);
  if (volume.configMap ?? volume.secret ?? volume.downwardAPI ?? volume.projected) {
    const files = volumeFiles(kubelet, record, pod, volume);
    if ("error" in files) return failed(files.error);
    kubelet.machines.trees.replaceAll(tree, files.files, files.mode, kubelet.clock.now());
    return own(true);
  }
  if (volume.hostPath) return hostFolder(kubelet, record, volume.hostPath, failed);
  if (volume.nfs) return nfsShare(kubelet, record, volume.name, volume.nfs, failed);
  const name = claimName(pod, volume);
  if (name !== undefined) return claimed(kubelet, record, { ...volume.persistentVolumeClaim, claimName: name });
  if (RETIRED.some((kind) => kind in volume)) return noPlugin(volume.name);
  const limit = volume.emptyDir?.sizeLimit;
  // A folder in memory is as large as its limit; one on disk may grow beyond it, and its pod is then evicted.
  if (limit !== undefined && volume.emptyDir?.medium === "Memory") kubelet.machines.trees.setLimit(tree, bytesOf(limit));
  return own(false);
}

/** Kinds of volumes the API still knows and no kubelet mounts any more: CSI drivers do. */
const RETIRED = ["cephfs", "rbd", "glusterfs", "flocker", "quobyte", "storageos", "scaleIO", "photonPersistentDisk", "gcePersistentDisk", "awsElasticBlockStore", "azureDisk", "azureFile", "cinder", "vsphereVolume", "portworxVolume"];

/** Upstream: the volume manager's own words for a volume without a plugin. */
function noPlugin(name: string): Attempt {
  return { failed: `Unable to attach or mount volumes: unmounted volumes=[${name}], unattached volumes=[], failed to process volumes=[${name}]: failed to get Plugin from volumeSpec for volume "${name}" err=no volume plugin matched` };
}

/**
 * The token volume the API server gives every pod: one set of files for all pods of an account.
 *
 * @simplified All pods of an account read the same token, and a changed certificate reaches the pods that start later.
 */
function apiAccess(kubelet: Kubelet, record: KubeletPod, pod: Pod, volume: Volume): Attempt {
  const tree = oneText(`sa:${record.node}/${record.namespace}/${pod.spec.serviceAccountName ?? "default"}`);
  if (kubelet.machines.trees.stat(tree, "/token") === undefined) {
    const files = volumeFiles(kubelet, record, pod, volume);
    if ("error" in files) return { failed: `MountVolume.SetUp failed for volume "${volume.name}" : ${files.error}` };
    kubelet.machines.trees.replaceAll(tree, files.files, files.mode, kubelet.clock.now());
  }
  return { mounted: { tree, base: "/", readOnly: true } };
}

function claimed(kubelet: Kubelet, record: KubeletPod, source: { readonly claimName: string; readonly readOnly?: boolean }): Attempt {
  const claim = kubelet.client.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace: record.namespace, name: source.claimName });
  if (!claim) return { failed: `persistentvolumeclaim "${source.claimName}" not found` };
  const name = claim.spec.volumeName;
  if (name === undefined || name === "" || claim.status?.phase !== "Bound") return { wait: "claim is not bound" };
  const volume = kubelet.client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name });
  if (!volume) return { wait: "volume is not there" };
  const { spec } = volume;
  const failed = failing(name);
  const wanted = { readOnly: source.readOnly === true };
  if (spec.nfs) return nfsShare(kubelet, record, name, { ...spec.nfs, readOnly: wanted.readOnly || spec.nfs.readOnly === true, ...(spec.mountOptions ? { options: spec.mountOptions } : {}) }, failed);
  if (spec.hostPath) return lent(hostFolder(kubelet, record, spec.hostPath, failed), wanted.readOnly);
  if (spec.local) return lent(localFolder(kubelet, record, volume, spec.local.path), wanted.readOnly);
  if (!spec.csi) return RETIRED.some((kind) => kind in spec) ? noPlugin(name) : { wait: "volume of a kind no driver here serves" };
  const handle = spec.csi.volumeHandle;
  const disk = kubelet.machines.disk(handle);
  if (!disk) return failed(`rpc error: code = NotFound desc = volume ${handle} not found`);
  if (disk.kind === "block" && !isOn(disk, record.node)) return { wait: "disk is not attached here" };
  growFileSystem(kubelet, record, claim, volume);
  // A disk for many readers is mounted read-only wherever it is.
  const forReaders = disk.kind === "block" && (spec.accessModes ?? []).every((mode) => mode === "ReadOnlyMany");
  const readOnly = wanted.readOnly || spec.csi.readOnly === true || forReaders;
  return { mounted: { tree: diskTree(handle), base: "/", readOnly, ...(disk.kind === "block" ? { attached: `kubernetes.io/csi/${spec.csi.driver}^${handle}` } : {}) } };
}

const lent = (attempt: Attempt, readOnly: boolean): Attempt => ("mounted" in attempt && readOnly ? { mounted: { ...attempt.mounted, readOnly: true } } : attempt);

/** Reads a pod's ConfigMap-like volumes again, as the kubelet does about once a minute. */
export function refreshVolumes(kubelet: Kubelet, record: KubeletPod, pod: Pod): void {
  for (const volume of pod.spec.volumes ?? []) {
    if (!(volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI) || volume.name.startsWith(TOKEN_VOLUME_PREFIX)) continue;
    const files = volumeFiles(kubelet, record, pod, volume);
    if (!("error" in files)) kubelet.machines.trees.replaceAll(`v:${record.uid}/${volume.name}`, files.files, files.mode, kubelet.clock.now());
  }
}

interface Item {
  readonly key: string;
  readonly path: string;
}
interface Source {
  readonly configMap?: { readonly name: string; readonly items?: readonly Item[]; readonly optional?: boolean };
  readonly secret?: { readonly name?: string; readonly secretName?: string; readonly items?: readonly Item[]; readonly optional?: boolean };
  readonly downwardAPI?: { readonly items?: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string }; readonly resourceFieldRef?: { readonly containerName?: string; readonly resource: string; readonly divisor?: string } }[] };
  readonly serviceAccountToken?: { readonly path: string; readonly audience?: string; readonly expirationSeconds?: number };
}
type Files = { readonly files: Readonly<Record<string, string>>; readonly mode: number } | { readonly error: string };

function volumeFiles(kubelet: Kubelet, record: KubeletPod, pod: Pod, volume: Volume): Files {
  const projected = volume.projected as { readonly sources?: readonly Source[]; readonly defaultMode?: number } | undefined;
  const mode = volume.configMap?.defaultMode ?? volume.secret?.defaultMode ?? projected?.defaultMode ?? 0o644;
  const sources = projected?.sources ?? [volume as unknown as Source];
  const files: Record<string, string> = {};
  for (const source of sources) {
    const found = sourceFiles(kubelet, record, pod, source);
    if (typeof found === "string") return { error: found };
    Object.assign(files, found);
  }
  return { files, mode };
}

/** Tokens issued lately, by all that is in them. */
const tokens = new Memory<string>(16);

/**
 * A token of the pod's account.
 *
 * @simplified One for the API server holds a year and is not bound to the pod, since all pods of an account on a machine share it.
 */
function accountToken(kubelet: Kubelet, { namespace, uid }: KubeletPod, pod: Pod, { audience = "", expirationSeconds = 3600 }: NonNullable<Source["serviceAccountToken"]>): string {
  const account = pod.spec.serviceAccountName ?? "default";
  const stored = kubelet.client.get<KubeObject>(SERVICE_ACCOUNT, { namespace, name: account });
  const wish = { namespace, account, uid: stored?.metadata.uid ?? "", now: kubelet.clock.now() };
  if (audience === "") {
    // On many machines at one instant it is the same token.
    const asked = [kubelet.signingKey, wish.namespace, wish.account, wish.uid, String(wish.now)].join("\n");
    return tokens.of(asked, () => issueToken(kubelet.signingKey, { ...wish, audiences: [API_AUDIENCE], seconds: POD_TOKEN_SECONDS }));
  }
  return issueToken(kubelet.signingKey, { ...wish, audiences: [audience], seconds: expirationSeconds, bound: { kind: "Pod", name: pod.metadata.name, uid } });
}

/** The files of one source, or the error. */
function sourceFiles(kubelet: Kubelet, record: KubeletPod, pod: Pod, source: Source): Readonly<Record<string, string>> | string {
  if (source.serviceAccountToken) return { [source.serviceAccountToken.path]: accountToken(kubelet, record, pod, source.serviceAccountToken) };
  if (source.downwardAPI) {
    return Object.fromEntries(
      (source.downwardAPI.items ?? []).map((item) => {
        const ref = item.resourceFieldRef;
        const about = pod.spec.containers.find((container) => container.name === ref?.containerName) ?? (pod.spec.containers[0] as Container);
        return [item.path, ref ? resourceValue(kubelet, record, pod, about, ref.resource, ref.divisor) : fieldValue(kubelet, record, pod, item.fieldRef?.fieldPath ?? "")];
      }),
    );
  }
  const isMap = source.configMap !== undefined;
  const from = source.configMap ?? source.secret;
  if (!from) return {};
  const name = source.configMap?.name ?? source.secret?.secretName ?? source.secret?.name ?? "";
  const key = { namespace: record.namespace, name };
  const map = isMap ? kubelet.client.get<ConfigMap>(CONFIG_MAP, key) : undefined;
  const secret = isMap ? undefined : kubelet.client.get<Secret>(SECRET, key);
  if (!map && !secret) return from.optional === true ? {} : `${isMap ? "configmap" : "secret"} "${name}" not found`;
  const plain = map ? { ...map.data, ...decoded(map.binaryData) } : decoded(secret?.data);
  if (!from.items) return plain;
  const files: Record<string, string> = {};
  for (const item of from.items) {
    const content = plain[item.key];
    if (content !== undefined) files[item.path] = content;
    else if (from.optional !== true) return isMap ? `configmap references non-existent config key: ${item.key}` : `references non-existent secret key: ${item.key}`;
  }
  return files;
}

function decoded(data: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(data ?? {}).map(([name, value]) => [name, decodeBase64(value)]));
}

/** A container's mounts. A `subPath` that is not there yet becomes a folder, as upstream makes it. */
export function mountsOf(kubelet: Kubelet, record: KubeletPod, container: Container, env: Readonly<Record<string, string>>): readonly Mount[] {
  return (container.volumeMounts ?? []).flatMap((mount) => {
    const volume = record.volumes?.find(({ name }) => name === mount.name);
    if (!volume) return [];
    const sub = mount.subPathExpr === undefined ? (mount.subPath ?? "") : expand(mount.subPathExpr, (name) => env[name]);
    const base = sub === "" ? volume.base : joinPath(volume.base, sub);
    if (sub !== "" && volume.readOnly && volume.tree.startsWith("v:")) return [pinned(kubelet, record, container, mount.mountPath, volume.tree, base)];
    if (sub !== "" && !kubelet.machines.trees.stat(volume.tree, base)) kubelet.machines.trees.makeDirectory(volume.tree, base, true, kubelet.clock.now());
    return [{ path: normalPath(mount.mountPath), tree: volume.tree, base, readOnly: volume.readOnly || mount.readOnly === true }];
  });
}

/** A part of a ConfigMap-like volume mounted by `subPath`: what it was when the container started, for as long as it runs. */
function pinned(kubelet: Kubelet, record: KubeletPod, container: Container, mountPath: string, tree: string, base: string): Mount {
  const copy = `s:${record.uid}/${container.name}${mountPath}`;
  const { trees } = kubelet.machines;
  const isFile = trees.stat(tree, base)?.type === "file";
  const files = Object.fromEntries(trees.paths(tree, base).map((path) => [isFile ? "/file" : path.slice(base.length), trees.read(tree, path) ?? ""]));
  trees.replaceAll(copy, files, 0o644, kubelet.clock.now());
  return { path: normalPath(mountPath), tree: copy, base: isFile ? "/file" : "/", readOnly: true };
}
