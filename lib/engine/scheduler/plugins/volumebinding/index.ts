import { compareNumbers } from "../../../apimachinery/compare";
import { NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, STORAGE_CLASS } from "../../../apimachinery/kinds";
import type { Client } from "../../../client/client";
import { BOUND_BY_CONTROLLER, classOfClaim, findVolume, isBound, reachableFrom, SELECTED_NODE, sizeOfClaim } from "../../../resources/core/persistentvolume/match";
import { reason } from "../../../reason";
import type { Node } from "../../../resources/core/node/node";
import type { PersistentVolume } from "../../../resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "../../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { StorageClass } from "../../../resources/storage/storageclass/storageclass";
import { SKIP, SUCCESS, unresolvable, type Refusal, type SchedulerPlugin } from "../../framework";
import { claimNames } from "../../../resources/core/pod/claim-names";
import { claimOf } from "../../pod-claims";

/** The claims of a pod, by what is left to do for them. */
interface Claims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** To be bound or made once a node is chosen. */
  readonly delayed: readonly PersistentVolumeClaim[];
}

const MEMO = "VolumeBinding";

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
    for (const name of claimNames(pod)) {
      const claim = claimOf(cycle, name);
      if ("code" in claim) return claim;
      if (claim.status?.phase === "Lost") return unresolvable(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ""}"`);
      if (claim.metadata.deletionTimestamp !== undefined) return unresolvable(`persistentvolumeclaim "${name}" is being deleted`);
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
    const wrong = boundElsewhere(claims.bound, node, cycle.client);
    if (wrong) return wrong;
    return planFor(claims.delayed, node, cycle.client) ? SUCCESS : unresolvable("node(s) didn't find available persistent volumes to bind", reason("scheduler.unbound-claims", { count: claims.delayed.length }, aboutNode(node)));
  },
  preScore: () => SKIP,
  reserve(cycle, { node }) {
    const claims = this.preFilter?.(cycle);
    const known = cycle.memo.get(MEMO) as Claims | undefined;
    // A pod that waits already is asked again: its claims may be bound by now.
    if (!claims || !known || known.delayed.length === 0) return claims && "messages" in claims ? "wait" : "ready";
    const plan = planFor(known.delayed, node, cycle.client);
    if (plan) carryOut(plan, node, cycle.client);
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

function boundElsewhere(claims: readonly PersistentVolumeClaim[], node: Node, client: Client): Refusal | undefined {
  for (const claim of claims) {
    const volume = client.get<PersistentVolume>(PERSISTENT_VOLUME, { namespace: "", name: claim.spec.volumeName ?? "" });
    if (!volume) return unresolvable("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)", reason("scheduler.unbound-claims", { count: 1 }, aboutNode(node)));
    if (!reachableFrom(volume, node)) {
      return unresolvable("node(s) didn't match PersistentVolume's node affinity", reason("scheduler.volume-node-conflict", { node: node.metadata.name, volume: volume.metadata.name }, aboutNode(node)));
    }
  }
  return undefined;
}

function planFor(claims: readonly PersistentVolumeClaim[], node: Node, client: Client): Plan | undefined {
  const taken = new Set<string>();
  const matches: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
  const provision: PersistentVolumeClaim[] = [];
  for (const claim of claims) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined && selected !== node.metadata.name) return undefined;
    const volume = selected === undefined ? findVolume(client.list<PersistentVolume>(PERSISTENT_VOLUME), claim, { node, taken }) : undefined;
    if (volume) {
      taken.add(volume.metadata.name);
      matches.push({ claim, volume });
    } else if (canProvision(claim, node, client)) provision.push(claim);
    else return undefined;
  }
  return { matches, provision };
}

function canProvision(claim: PersistentVolumeClaim, node: Node, client: Client): boolean {
  const storageClass = classFor(claim, client);
  if (!storageClass || storageClass.provisioner === "" || storageClass.provisioner === "kubernetes.io/no-provisioner") return false;
  const terms = (storageClass.allowedTopologies ?? []) as readonly { readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[] }[];
  if (terms.length === 0) return true;
  const labels = node.metadata.labels ?? {};
  return terms.some(({ matchLabelExpressions = [] }) => matchLabelExpressions.length > 0 && matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? "")));
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
