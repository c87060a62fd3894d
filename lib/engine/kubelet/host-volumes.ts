import { joinPath, normalPath, parentOf } from "../machine/trees";
import type { PersistentVolume } from "../resources/core/persistentvolume/persistentvolume";
import type { Kubelet, KubeletPod, Mounted } from "./kubelet-pod";

/** A volume in place, something to wait for in silence, or a failure that is an Event; `again` when only another try will tell. */
export type Attempt = { readonly mounted: Mounted } | { readonly wait: string } | { readonly failed: string; readonly again?: boolean };

/** How a mount that failed is told. */
export type Failing = (why: string) => Attempt;

/** Every machine's runtime listens here. */
const SOCKETS: ReadonlySet<string> = new Set(["/run/containerd/containerd.sock", "/var/run/containerd/containerd.sock"]);
const CHARACTERS: ReadonlySet<string> = new Set(["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/kmsg", "/dev/fuse"]);
const BLOCKS: ReadonlySet<string> = new Set(["/dev/sda", "/dev/sda1", "/dev/vda", "/dev/vda1"]);

const retried = (attempt: Attempt): Attempt => ("failed" in attempt ? { ...attempt, again: true } : attempt);

/** What the machine has at a path, as `stat` calls it. */
function kindAt(kubelet: Kubelet, tree: string, path: string): "file" | "directory" | "socket" | "character" | "block" | undefined {
  if (SOCKETS.has(path)) return "socket";
  if (CHARACTERS.has(path)) return "character";
  if (BLOCKS.has(path)) return "block";
  return kubelet.machines.trees.stat(tree, path)?.type;
}

/**
 * A folder or file of the machine itself. Upstream: pkg/volume/hostpath, checkTypeInternal.
 *
 * @simplified Of sockets and devices a machine has only the best known, and a container finds nothing in them.
 */
export function hostFolder(kubelet: Kubelet, record: KubeletPod, source: { readonly path: string; readonly type?: string }, failed: Failing): Attempt {
  const tree = `h:${record.node}`;
  const base = normalPath(source.path);
  const { trees } = kubelet.machines;
  const now = kubelet.clock.now();
  const there = kindAt(kubelet, tree, base);
  const not = (what: string): Attempt => retried(failed(`hostPath type check failed: ${source.path} is not a ${what}`));
  switch (source.type) {
    case "Directory":
      if (there !== "directory") return not("directory");
      break;
    case "DirectoryOrCreate":
      if (there !== undefined && there !== "directory") return not("directory");
      break;
    case "File":
      if (there !== "file") return not("file");
      break;
    case "FileOrCreate":
      if (there !== undefined && there !== "file") return not("file");
      if (there === undefined && trees.stat(tree, parentOf(base)) === undefined && parentOf(base) !== "/") return retried(failed(`open ${source.path}: no such file or directory`));
      break;
    case "Socket":
      if (there !== "socket") return not("socket file");
      break;
    case "CharDevice":
      if (there !== "character") return not("character device");
      break;
    case "BlockDevice":
      if (there !== "block") return not("block device");
  }
  if (there === undefined && source.type === "FileOrCreate") trees.write(tree, base, "", now);
  // Without a type nothing is checked; the runtime makes the folder it is to mount.
  else if (there === undefined) trees.makeDirectory(tree, base, true, now);
  return { mounted: { tree, base, readOnly: false } };
}

/** A folder of one machine given as a volume: it has to be there. Upstream: pkg/volume/local. */
export function localFolder(kubelet: Kubelet, record: KubeletPod, volume: PersistentVolume, path: string): Attempt {
  const tree = `h:${record.node}`;
  const base = normalPath(path);
  if (kubelet.machines.trees.stat(tree, base) === undefined) return { failed: `MountVolume.NewMounter initialization failed for volume "${volume.metadata.name}" : path "${path}" does not exist`, again: true };
  return { mounted: { tree, base, readOnly: false } };
}

/** An export, as volumes name it. */
export interface Export {
  readonly server: string;
  readonly path: string;
  readonly readOnly?: boolean;
  readonly options?: readonly string[];
}

/** An NFS export: files on a server that every machine sees alike. What `mount.nfs` says is told as it says it. */
export function nfsShare(kubelet: Kubelet, record: KubeletPod, name: string, source: Export, failed: Failing): Attempt {
  const tree = `nfs:${source.server}`;
  const base = normalPath(source.path);
  const problem = kubelet.nfsProblem(record.node, source.server, base);
  if (problem !== undefined) {
    const options = source.options && source.options.length > 0 ? ` -o ${source.options.join(",")}` : "";
    const target = joinPath("/var/lib/kubelet/pods", `${record.uid}/volumes/kubernetes.io~nfs/${name}`);
    return retried(failed(`mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs${options} ${source.server}:${source.path} ${target}\nOutput: ${problem}\n`));
  }
  kubelet.machines.trees.makeDirectory(tree, base, true, kubelet.clock.now());
  return { mounted: { tree, base, readOnly: source.readOnly === true } };
}
