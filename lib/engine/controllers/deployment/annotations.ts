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

/** Longest list of earlier revisions, in characters. Upstream: maxRevHistoryLengthInChars. */
const LONGEST_HISTORY = 2000;

/**
 * Annotations of a ReplicaSet brought up to date with its Deployment: those it has, what the Deployment's say, and
 * its revision. One that is about to be made remembers sizes too. Upstream: SetNewReplicaSetAnnotations.
 */
export function newReplicaSetAnnotations(deployment: Deployment, present: Readonly<Record<string, string>> | undefined, revision: number, exists: boolean, longest = LONGEST_HISTORY): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = { ...present };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!NOT_COPIED.has(key)) annotations[key] = value;
  const old = annotations[REVISION];
  if ((numberIn(annotations, REVISION) ?? 0) < revision) {
    annotations[REVISION] = String(revision);
    if (old !== undefined) annotations[REVISION_HISTORY] = historyWith(annotations[REVISION_HISTORY] ?? "", old, longest);
  }
  return exists ? annotations : { ...annotations, ...sizeAnnotations(deployment) };
}

/** Earlier revisions and one more; the oldest give way when the list grows too long. */
function historyWith(history: string, revision: string, longest: number): string {
  if (history === "") return revision;
  let kept = [...history.split(","), revision];
  while (kept.length > 1 && kept.join(",").length > longest) kept = kept.slice(1);
  const text = kept.join(",");
  return text.length > longest ? history : text;
}

/** What a ReplicaSet remembers of its Deployment's size. */
export function sizeAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const desired = deployment.spec.replicas ?? 1;
  return { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(desired + maxSurge(deployment)) };
}
