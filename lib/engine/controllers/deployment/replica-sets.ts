import { ApiError } from "../../apimachinery/api-error";
import { deepEqual } from "../../apimachinery/compare";
import { findCondition } from "../../apimachinery/conditions";
import { podTemplateHash } from "../../apimachinery/hash";
import { REPLICA_SET } from "../../apimachinery/kinds";
import { refOf } from "../../apimachinery/meta";
import { controllerRef, isControlledBy } from "../../apimachinery/owner";
import type { Deployment } from "../../resources/apps/deployment/deployment";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import type { PodTemplateSpec } from "../../resources/core/pod/pod";
import { byAge } from "../age";
import type { ControllerContext } from "../controller";
import { maxRevision, newReplicaSetAnnotations, numberIn, REVISION, sizeAnnotations } from "./annotations";
import { deadlineOf, newReplicaSetSize, sizeOf } from "./limits";
import { withCondition } from "./status";

/** The label that tells pods of one template from those of another. */
export const TEMPLATE_HASH = "pod-template-hash";

/** Longest name of a ReplicaSet. */
const LONGEST_NAME = 253;

/** The ReplicaSets of a Deployment: the one of its present template, if there is one, and the rest. */
export interface ReplicaSets {
  readonly fresh: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  readonly all: readonly ReplicaSet[];
  /** As it stands after revision and conditions were written. */
  readonly deployment: Deployment;
}

/** Are two templates equal but for the hash label? */
function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return deepEqual(a.spec, b.spec) && deepEqual(withoutHash(a), withoutHash(b));
}

function withoutHash({ metadata }: PodTemplateSpec): PodTemplateSpec["metadata"] {
  const { [TEMPLATE_HASH]: _hash, ...labels } = metadata?.labels ?? {};
  return { ...metadata, labels };
}

/** The oldest ReplicaSet of the Deployment's present template. */
export function findFresh(deployment: Deployment, list: readonly ReplicaSet[]): ReplicaSet | undefined {
  return [...list].sort(byAge).find((replicaSet) => sameTemplate(replicaSet.spec.template, deployment.spec.template));
}

/** The ReplicaSets of earlier templates. Upstream: FindOldReplicaSets. */
export function findOld(list: readonly ReplicaSet[], fresh: ReplicaSet | undefined): readonly ReplicaSet[] {
  return list.filter((replicaSet) => fresh === undefined || replicaSet.metadata.uid !== fresh.metadata.uid);
}

/** `<deployment>-<hash>`, the name cut so that the hash is whole. Upstream: GenerateReplicaSetName. */
export function replicaSetName(deployment: string, hash: string): string {
  return `${deployment.slice(0, LONGEST_NAME - hash.length - 1)}-${hash}`;
}

/** Sorts a Deployment's ReplicaSets out and keeps revisions current; makes the one of the present template when asked. Upstream: getAllReplicaSetsAndSyncRevision. */
export function syncRevisions(deployment: Deployment, list: readonly ReplicaSet[], create: boolean, context: ControllerContext): ReplicaSets {
  const existing = findFresh(deployment, list);
  const old = findOld([...list].sort(byAge), existing);
  const revision = maxRevision(old) + 1;
  if (existing) {
    const fresh = upToDate(deployment, existing, revision, context);
    const written = noteRevision(deployment, fresh, context);
    return { fresh, old, all: [...old, fresh], deployment: written };
  }
  if (!create) return { fresh: undefined, old, all: old, deployment };
  const made = createFresh(deployment, old, revision, context);
  return { fresh: made.replicaSet, old, all: [...old, made.replicaSet], deployment: made.deployment };
}

function upToDate(deployment: Deployment, existing: ReplicaSet, revision: number, { client }: ControllerContext): ReplicaSet {
  const annotations = newReplicaSetAnnotations(deployment, existing.metadata.annotations, revision, true);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  if (deepEqual(annotations, existing.metadata.annotations ?? {}) && (existing.spec.minReadySeconds ?? 0) === minReadySeconds) return existing;
  return client.update<ReplicaSet>({ ...existing, metadata: { ...existing.metadata, annotations }, spec: { ...existing.spec, minReadySeconds } });
}

function noteRevision(deployment: Deployment, fresh: ReplicaSet, { client, now }: ControllerContext): Deployment {
  const conditions = deployment.status?.conditions ?? [];
  const noted =
    deadlineOf(deployment) !== undefined && !findCondition(conditions, "Progressing")
      ? withCondition(conditions, { type: "Progressing", status: "True", reason: "FoundNewReplicaSet", message: `Found new replica set "${fresh.metadata.name}"` }, now)
      : conditions;
  const revision = fresh.metadata.annotations?.[REVISION] ?? "0";
  if (deployment.metadata.annotations?.[REVISION] === revision && noted === conditions) return deployment;
  return client.updateStatus<Deployment>(withRevision({ ...deployment, status: { ...deployment.status, conditions: noted } }, revision));
}

function withRevision(deployment: Deployment, revision: string): Deployment {
  return { ...deployment, metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, [REVISION]: revision } } };
}

function draftOf(deployment: Deployment, old: readonly ReplicaSet[], revision: number): Omit<ReplicaSet, "metadata"> & { readonly metadata: Partial<ReplicaSet["metadata"]> } {
  const { selector, template, minReadySeconds } = deployment.spec;
  const hash = podTemplateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: replicaSetName(deployment.metadata.name, hash),
      namespace: deployment.metadata.namespace ?? "",
      labels,
      annotations: newReplicaSetAnnotations(deployment, undefined, revision, false),
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas: newReplicaSetSize(deployment, old, 0),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

function createFresh(deployment: Deployment, old: readonly ReplicaSet[], revision: number, context: ControllerContext): { readonly replicaSet: ReplicaSet; readonly deployment: Deployment } {
  const { client, now, event } = context;
  const draft = draftOf(deployment, old, revision);
  const name = draft.metadata.name ?? "";
  let replicaSet: ReplicaSet;
  try {
    replicaSet = client.create<ReplicaSet>(draft);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const taken = error.status.reason === "AlreadyExists" ? client.get<ReplicaSet>(REPLICA_SET, { namespace: deployment.metadata.namespace ?? "", name }) : undefined;
    if (taken) return collided(deployment, taken, revision, context, error);
    reportFailure(deployment, name, error, context);
    throw error;
  }
  const size = sizeOf(replicaSet);
  if (size > 0) event({ ...refOf(deployment), uid: deployment.metadata.uid }, "Normal", "ScalingReplicaSet", `Scaled up replica set ${name} from 0 to ${size}`);
  const conditions = deployment.status?.conditions ?? [];
  const noted =
    deadlineOf(deployment) === undefined
      ? conditions
      : withCondition(conditions, { type: "Progressing", status: "True", reason: "NewReplicaSetCreated", message: `Created new replica set "${name}"` }, now);
  const written = client.updateStatus<Deployment>(withRevision({ ...deployment, status: { ...deployment.status, ...(noted.length > 0 ? { conditions: noted } : {}) } }, String(revision)));
  return { replicaSet, deployment: written };
}

/** The name is taken: by our own ReplicaSet, which is as good as new, or by a stranger, and then the hash is drawn again. */
function collided(deployment: Deployment, taken: ReplicaSet, revision: number, { client }: ControllerContext, error: ApiError): { readonly replicaSet: ReplicaSet; readonly deployment: Deployment } {
  if (isControlledBy(taken, deployment) && sameTemplate(taken.spec.template, deployment.spec.template)) {
    return { replicaSet: taken, deployment: client.updateStatus<Deployment>(withRevision(deployment, String(revision))) };
  }
  client.updateStatus<Deployment>({ ...deployment, status: { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 } });
  throw error;
}

function reportFailure(deployment: Deployment, name: string, error: ApiError, { client, now, event }: ControllerContext): void {
  const message = `Failed to create new replica set "${name}": ${error.status.message}`;
  if (deadlineOf(deployment) !== undefined) {
    const conditions = withCondition(deployment.status?.conditions ?? [], { type: "Progressing", status: "False", reason: "ReplicaSetCreateError", message }, now);
    client.updateStatus<Deployment>({ ...deployment, status: { ...deployment.status, conditions } });
  }
  event({ ...refOf(deployment), uid: deployment.metadata.uid }, "Warning", "ReplicaSetCreateError", message);
}

/** Sets a ReplicaSet's size and what it remembers of the Deployment's; returns it as stored. Upstream: scaleReplicaSet. */
export function scale(deployment: Deployment, replicaSet: ReplicaSet, size: number, { client, event }: ControllerContext): ReplicaSet {
  const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(deployment) };
  const before = sizeOf(replicaSet);
  if (before === size && deepEqual(annotations, replicaSet.metadata.annotations)) return replicaSet;
  const scaled = client.update<ReplicaSet>({ ...replicaSet, metadata: { ...replicaSet.metadata, annotations }, spec: { ...replicaSet.spec, replicas: size } });
  if (before !== size) {
    const message = `Scaled ${before < size ? "up" : "down"} replica set ${replicaSet.metadata.name} from ${before} to ${size}`;
    event({ ...refOf(deployment), uid: deployment.metadata.uid }, "Normal", "ScalingReplicaSet", message);
  }
  return scaled;
}

/** The number a size annotation holds. */
export function remembered(replicaSet: ReplicaSet, annotation: string): number | undefined {
  return numberIn(replicaSet.metadata.annotations, annotation);
}
