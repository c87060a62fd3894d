import type { Deployment } from "../../resources/apps/deployment/deployment";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import { maxSurge } from "./limits";

/** The revision of a ReplicaSet, and the current one of a Deployment. */
export const REVISION = "deployment.kubernetes.io/revision";
/** Earlier revisions of a ReplicaSet that was rolled back to, separated by commas. */
export const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
/** `spec.replicas` of the Deployment when it last touched the ReplicaSet; a difference means somebody scaled. */
export const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
/** Desired replicas plus surge at that time; the base of proportional scaling. */
export const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

const NOT_COPIED: ReadonlySet<string> = new Set(["kubectl.kubernetes.io/last-applied-configuration", REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, "deprecated.deployment.rollback.to"]);

/** The revision a ReplicaSet bears; 0 when it bears none. */
export function revisionOf(replicaSet: ReplicaSet): number {
  return numberIn(replicaSet.metadata.annotations, REVISION) ?? 0;
}

/** The highest revision among ReplicaSets. */
export function maxRevision(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((max, replicaSet) => Math.max(max, revisionOf(replicaSet)), 0);
}

/** A whole number kept in an annotation; undefined when there is none. */
export function numberIn(annotations: Readonly<Record<string, string>> | undefined, key: string): number | undefined {
  const text = annotations?.[key];
  return text !== undefined && /^-?[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Annotations of a new ReplicaSet, or of the existing one brought up to date with its Deployment. Upstream: SetNewReplicaSetAnnotations. */
export function newReplicaSetAnnotations(deployment: Deployment, existing: ReplicaSet | undefined, revision: number): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = { ...existing?.metadata.annotations };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!NOT_COPIED.has(key)) annotations[key] = value;
  const old = annotations[REVISION];
  if ((numberIn(annotations, REVISION) ?? 0) < revision) {
    annotations[REVISION] = String(revision);
    if (old !== undefined) {
      const history = annotations[REVISION_HISTORY] ?? "";
      annotations[REVISION_HISTORY] = history === "" ? old : `${history},${old}`;
    }
  }
  return existing === undefined ? { ...annotations, ...sizeAnnotations(deployment) } : annotations;
}

/** What a ReplicaSet remembers of its Deployment's size. */
export function sizeAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const desired = deployment.spec.replicas ?? 1;
  return { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(desired + maxSurge(deployment)) };
}
