import { compareNumbers } from "../../../apimachinery/compare";
import { labelSelectorMatches, type LabelSelector } from "../../../apimachinery/labels";
import type { KubeObject } from "../../../apimachinery/meta";
import { controllerOf } from "../../../apimachinery/owner";
import { bytesOf } from "../../../apimachinery/quantity";
import { CSI_DRIVER, CSI_STORAGE_CAPACITY, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS } from "../../../apimachinery/kinds";
import type { Client } from "../../../client/client";
import { BOUND_BY_CONTROLLER, classOfClaim, classOfVolume, findVolume, isBound, reachableFrom, SELECTED_NODE, sizeOfClaim } from "../../../resources/core/persistentvolume/match";
import { reason } from "../../../reason";
import type { Node } from "../../../resources/core/node/node";
import type { PersistentVolume } from "../../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { StorageClass } from "../../../resources/storage/storageclass/storageclass";
import { SKIP, SUCCESS, unresolvable, type Refusal, type SchedulerPlugin } from "../../framework";
import { claimName, claimNames } from "../../../resources/core/pod/claim-names";
import { claimOf } from "../../pod-claims";

/** The claims of a pod, by what is left to do for them. */
interface Claims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** To be bound or made once a node is chosen. */
  readonly delayed: readonly PersistentVolumeClaim[];
}

const MEMO = "VolumeBinding";

interface CsiDriver extends KubeObject {
  readonly spec: { readonly storageCapacity?: boolean };
}

/** The room a driver has for volumes of a class, as seen from some nodes. */
interface StorageCapacity extends KubeObject {
  readonly storageClassName: string;
  readonly nodeTopology?: LabelSelector;
  readonly capacity?: string;
  readonly maximumVolumeSize?: string;
}

/** What a pod's unbound claims get on a node: volumes that exist, or a provisioner's work. */
interface Plan {
  readonly matches: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  readonly provision: readonly PersistentVolumeClaim[];
}

/**
 * Sends a pod where its volumes are or can be, and asks for volumes that wait for their first consumer.
 * Upstream: plugins/volumebinding.
 */
export const volumeBinding: SchedulerPlugin = {
  name: MEMO,
  preFilter(cycle) {
    const { pod } = cycle;
    if (claimNames(pod).length === 0) return SKIP;
    const found: PersistentVolumeClaim[] = [];
    for (const volume of pod.spec.volumes ?? []) {
      const name = claimName(pod, volume);
      if (name === undefined) continue;
      const made = volume.persistentVolumeClaim === undefined;
      const claim = claimOf(cycle, name);
      if ("code" in claim) return made ? { ...claim, messages: [`waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`] } : claim;
      if (claim.status?.phase === "Lost") return unresolvable(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ""}"`);
      if (claim.metadata.deletionTimestamp !== undefined) return unresolvable(`persistentvolumeclaim "${name}" is being deleted`);
      if (made && controllerOf(claim)?.uid !== pod.metadata.uid) {
        const namespace = pod.metadata.namespace ?? "";
        return unresolvable(`PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`);
      }
      found.push(claim);
    }
    const unbound = found.filter((claim) => !isBound(claim));
    const immediate = unbound.filter((claim) => (claim.spec.volumeName ?? "") !== "" || !waitsForConsumer(claim, cycle.client));
    if (immediate.length > 0) {
      const about = immediate.map(({ metadata }) => ({ kind: PERSISTENT_VOLUME_CLAIM, namespace: metadata.namespace ?? "", name: metadata.name }));
      return unresolvable("pod has unbound immediate PersistentVolumeClaims", reason("scheduler.unbound-claims", { count: immediate.length }, about));
    }
    cycle.memo.set(MEMO, { bound: found.filter(isBound), delayed: unbound.sort((a, b) => compareNumbers(sizeOfClaim(a), sizeOfClaim(b))) } satisfies Claims);
    return SUCCESS;
  },
  filter(cycle, { node }) {
    const claims = cycle.memo.get(MEMO) as Claims | undefined;
    if (!claims) return SUCCESS;
    // Whatever is wrong with the node is told, in this order.
    const bound = boundElsewhere(claims.bound, node, cycle.client);
    const plan = planFor(claims.delayed, node, cycle.client);
    const said = [bound?.code === "elsewhere" ? bound.refusal : undefined, "messages" in plan ? plan : undefined, bound?.code === "gone" ? bound.refusal : undefined].filter((one) => one !== undefined);
    const [first] = said;
    return first ? { code: first.code, messages: said.flatMap(({ messages }) => messages), reasons: said.flatMap(({ reasons }) => reasons) } : SUCCESS;
  },
  preScore: () => SKIP,
  reserve(cycle, { node }) {
    const claims = this.preFilter?.(cycle);
    const known = cycle.memo.get(MEMO) as Claims | undefined;
    // A pod that waits already is asked again: its claims may be bound by now.
    if (!claims || !known || known.delayed.length === 0) return claims && "messages" in claims ? "wait" : "ready";
    const plan = planFor(known.delayed, node, cycle.client);
    if (!("messages" in plan)) carryOut(plan, node, cycle.client);
    return "wait";
  },
};

const aboutNode = (node: Node) => [{ kind: NODE, namespace: "", name: node.metadata.name }];

function classFor(claim: PersistentVolumeClaim, client: Client): StorageClass | undefined {
  const name = classOfClaim(claim);
  return name === "" ? undefined : client.get<StorageClass>(STORAGE_CLASS, { namespace: "", name });
}

function waitsForConsumer(claim: PersistentVolumeClaim, client: Client): boolean {
  return classFor(claim, client)?.volumeBindingMode === "WaitForFirstConsumer";
}

/** What is wrong with the first of the bound claims that has something wrong: its volume is gone, or not to be had from the node. */
function boundElsewhere(claims: readonly PersistentVolumeClaim[], node: Node, client: Client): { readonly code: "gone" | "elsewhere"; readonly refusal: Refusal } | undefined {
  for (const claim of claims) {
    const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: claim.spec.volumeName ?? "" });
    if (!volume) return { code: "gone", refusal: unresolvable("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)", reason("scheduler.unbound-claims", { count: 1 }, aboutNode(node))) };
    if (!reachableFrom(volume, node)) {
      return { code: "elsewhere", refusal: unresolvable("node(s) didn't match PersistentVolume's node affinity", reason("scheduler.volume-node-conflict", { node: node.metadata.name, volume: volume.metadata.name }, aboutNode(node))) };
    }
  }
  return undefined;
}

function planFor(claims: readonly PersistentVolumeClaim[], node: Node, client: Client): Plan | Refusal {
  const because = reason("scheduler.unbound-claims", { count: claims.length }, aboutNode(node));
  const none = unresolvable("node(s) didn't find available persistent volumes to bind", because);
  const taken = new Set<string>();
  const ofClass = (name: string): readonly PersistentVolume[] => client.list<PersistentVolume>(PERSISTENT_VOLUME).filter((volume) => classOfVolume(volume) === name);
  const matches: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
  const provision: PersistentVolumeClaim[] = [];
  for (const claim of claims) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined && selected !== node.metadata.name) return none;
    const volume = selected === undefined ? findVolume(ofClass(classOfClaim(claim)), claim, { node, taken }) : undefined;
    if (volume) {
      taken.add(volume.metadata.name);
      matches.push({ claim, volume });
    } else provision.push(claim);
  }
  // Where a volume was chosen already comes first. Upstream: FindPodVolumes.
  provision.sort((a, b) => Number(isSelected(b)) - Number(isSelected(a)));
  for (const claim of provision) {
    const storageClass = provisionerFor(claim, node, client);
    if (!storageClass) return none;
    if (!hasRoom(claim, storageClass, node, client)) return unresolvable("node(s) did not have enough free storage", because);
  }
  return { matches, provision };
}

const isSelected = (claim: PersistentVolumeClaim): boolean => claim.metadata.annotations?.[SELECTED_NODE] !== undefined;

/** The class that can make the claim's volume where the node can use it. */
function provisionerFor(claim: PersistentVolumeClaim, node: Node, client: Client): StorageClass | undefined {
  const storageClass = classFor(claim, client);
  if (!storageClass || (storageClass.provisioner ?? "") === "" || storageClass.provisioner === "kubernetes.io/no-provisioner") return undefined;
  const terms = (storageClass.allowedTopologies ?? []) as readonly { readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[] }[];
  if (terms.length === 0) return storageClass;
  const labels = node.metadata.labels ?? {};
  const within = terms.some(({ matchLabelExpressions = [] }) => matchLabelExpressions.length > 0 && matchLabelExpressions.every(({ key, values }) => labels[key] !== undefined && values.includes(labels[key])));
  return within ? storageClass : undefined;
}

/** Has the driver room for the claim where the node can reach it? Asked only of drivers that report their room. Upstream: hasEnoughCapacity. */
function hasRoom(claim: PersistentVolumeClaim, { metadata, provisioner }: StorageClass, node: Node, client: Client): boolean {
  const driver = client.get<CsiDriver>(CSI_DRIVER, { namespace: "", name: provisioner });
  if (claim.spec.resources?.requests?.["storage"] === undefined || driver?.spec.storageCapacity !== true) return true;
  return client.list<StorageCapacity>(CSI_STORAGE_CAPACITY).some(({ storageClassName, nodeTopology, capacity, maximumVolumeSize }) => {
    const limit = maximumVolumeSize ?? capacity;
    return storageClassName === metadata.name && limit !== undefined && bytesOf(limit) >= sizeOfClaim(claim) && nodeTopology !== undefined && labelSelectorMatches(nodeTopology, node.metadata.labels);
  });
}

function carryOut({ matches, provision }: Plan, node: Node, client: Client): void {
  for (const { claim, volume } of matches) {
    if (volume.spec.claimRef) continue;
    const claimRef = { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace: claim.metadata.namespace ?? "", name: claim.metadata.name, uid: claim.metadata.uid, resourceVersion: claim.metadata.resourceVersion };
    const annotations = { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" };
    client.update<PersistentVolume>({ ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } });
  }
  for (const claim of provision) {
    if (claim.metadata.annotations?.[SELECTED_NODE] !== undefined) continue;
    const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node.metadata.name };
    client.update<PersistentVolumeClaim>({ ...claim, metadata: { ...claim.metadata, annotations } });
  }
}
