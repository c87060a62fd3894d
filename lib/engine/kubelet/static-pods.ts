import { fingerprint } from "../apimachinery/canonical";
import { NODE, POD } from "../apimachinery/kinds";
import type { Json } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import { joinPath } from "../machine/trees";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import { has, listAt, objectAt, textAt } from "../resources/json-object";
import type { Kubelet, KubeletPod } from "./kubelet-pod";
import { completePod, manifestOf } from "./manifest";
import { unlessRefused } from "./refusals";
import { CONFIG_MIRROR, CONFIG_SOURCE } from "./oom-score";

/** Where a kubelet looks for the pods it runs without being asked by the API. Upstream: staticPodPath of kubeadm. */
export const MANIFESTS = "/etc/kubernetes/manifests";
const HASH = "kubernetes.io/config.hash";
const SEEN = "kubernetes.io/config.seen";

/** The static pod an API object is the image of; undefined for ordinary pods. */
export function mirrorOf(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[CONFIG_MIRROR];
}

function read(kubelet: Kubelet, text: string): Json | undefined {
  if (kubelet.images.readManifest) return kubelet.images.readManifest(text);
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * The pod a manifest on a machine describes, as its kubelet completes it; undefined when it describes none that may run.
 * Upstream: pkg/kubelet/config applyDefaults.
 *
 * @simplified A kubelet's log is kept nowhere: a manifest it refuses runs nothing and is told of nowhere.
 */
function staticPod(kubelet: Kubelet, node: string, text: string): Pod | undefined {
  const manifest = manifestOf(read(kubelet, text));
  if (!manifest) return undefined;
  const { metadata, spec } = manifest;
  const uid = fingerprint(`${node}/${text}`).slice(0, 32);
  const annotations = { ...objectAt(metadata, "annotations"), [HASH]: uid, [SEEN]: timestamp(kubelet.clock.now()), [CONFIG_SOURCE]: "file" };
  const labels = has(metadata, "labels") ? { labels: objectAt(metadata, "labels") } : {};
  return completePod({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${metadata.name}-${node}`, namespace: textAt(metadata, "namespace") || "default", uid, ...labels, annotations },
    spec: { ...spec, nodeName: node, tolerations: [...listAt(spec, "tolerations"), { operator: "Exists", effect: "NoExecute" }] },
  });
}

/**
 * Compares the manifests on a machine with the static pods it runs. The answer is the pods to begin with; those whose
 * file is gone or says something else are stopped.
 */
export function readManifests(kubelet: Kubelet, node: string): readonly Pod[] {
  const { trees } = kubelet.machines;
  const tree = `h:${node}`;
  const wanted = new Map<string, Pod>();
  for (const name of trees.list(tree, MANIFESTS) ?? []) {
    const text = name.startsWith(".") ? undefined : trees.read(tree, joinPath(MANIFESTS, name));
    const pod = text === undefined ? undefined : staticPod(kubelet, node, text);
    if (pod && ![...wanted.values()].some((other) => other.metadata.name === pod.metadata.name && other.metadata.namespace === pod.metadata.namespace)) wanted.set(pod.metadata.uid, pod);
  }
  const running = new Set<string>();
  for (const record of kubelet.podsOn(node)) {
    if (!record.isStatic) continue;
    running.add(record.uid);
    if (wanted.has(record.uid)) continue;
    const last = kubelet.lastSeen.get(record.uid);
    if (last && kubelet.statics.has(record.uid)) kubelet.lastSeen.set(record.uid, { ...last, metadata: { ...last.metadata, deletionGracePeriodSeconds: last.spec.terminationGracePeriodSeconds ?? 30 } });
    kubelet.statics.delete(record.uid);
    kubelet.wake(record.uid);
  }
  const fresh = [...wanted.values()].filter((pod) => !running.has(pod.metadata.uid));
  for (const pod of fresh) {
    kubelet.statics.set(pod.metadata.uid, node);
    kubelet.lastSeen.set(pod.metadata.uid, pod);
  }
  return fresh;
}

/** The API's image of a static pod, made anew when it is missing or of an earlier one. */
export function mirror(kubelet: Kubelet, record: KubeletPod): Pod | undefined {
  const key = { namespace: record.namespace, name: record.name };
  const stored = kubelet.client.get<Pod>(POD, key);
  if (stored && mirrorOf(stored) === record.uid) return stored;
  const own = kubelet.lastSeen.get(record.uid);
  const node = kubelet.client.get<Node>(NODE, { namespace: "", name: record.node });
  if (stored) {
    // Of an earlier manifest: it goes, and the next look makes the new one.
    if (mirrorOf(stored) !== undefined) unlessRefused(kubelet, record.uid, () => kubelet.client.delete({ kind: POD, ...key }, { gracePeriodSeconds: 0 }));
    return undefined;
  }
  if (!own || !node || !kubelet.statics.has(record.uid)) return undefined;
  const { uid: _uid, deletionGracePeriodSeconds: _grace, ...metadata } = own.metadata;
  const image = {
    ...own,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [CONFIG_MIRROR]: record.uid }, ownerReferences: [{ apiVersion: "v1", kind: "Node", name: record.node, uid: node.metadata.uid, controller: true }] },
  };
  return unlessRefused(kubelet, record.uid, () => kubelet.client.create<Pod>(image, { fieldValidation: "Ignore" }));
}

/** Takes the image of a static pod that is no more out of the API. */
export function dropMirror(kubelet: Kubelet, record: KubeletPod): void {
  const key = { namespace: record.namespace, name: record.name };
  const stored = kubelet.machines.isUp(record.node) ? kubelet.client.get<Pod>(POD, key) : undefined;
  if (stored && mirrorOf(stored) === record.uid) unlessRefused(kubelet, record.uid, () => kubelet.client.delete({ kind: POD, ...key }, { gracePeriodSeconds: 0 }));
}
