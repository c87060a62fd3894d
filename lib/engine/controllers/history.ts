import { deepEqual, compareNumbers, compareStrings } from "../apimachinery/compare";
import { CONTROLLER_REVISION } from "../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../apimachinery/meta";
import { controllerRef } from "../apimachinery/owner";
import type { Client } from "../client/client";
import type { ControllerRevision, LabelSelector } from "../resources/apps/deployment/deployment";
import type { PodTemplateSpec } from "../resources/core/pod/pod";
import { claim, remove } from "./claims";

/** The label that says which revision of its template a pod was made from. */
export const REVISION_HASH = "controller-revision-hash";

/** Upstream cuts longer names of workloads in those of their revisions. */
const LONGEST_PREFIX = 223;

/** A workload whose templates are kept as ControllerRevisions. */
export interface Versioned extends KubeObject {
  readonly spec: { readonly selector: LabelSelector; readonly template: PodTemplateSpec };
}

/** Revisions of a StatefulSet or DaemonSet, oldest first. Upstream: pkg/controller/history. */
export function revisionsOf(client: Client, owner: Versioned): readonly ControllerRevision[] {
  return [...claim<ControllerRevision>(client, owner, CONTROLLER_REVISION, owner.spec.selector)].sort(
    (a, b) => compareNumbers(a.revision, b.revision) || compareStrings(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compareStrings(a.metadata.name, b.metadata.name),
  );
}

/** What a revision keeps of its workload: the template, to be put back whole. */
export function revisionData(template: PodTemplateSpec): JsonObject {
  return { spec: { template: { ...(template as unknown as JsonObject), $patch: "replace" } } };
}

/** The template a revision keeps; the owner's own when it keeps none. */
export function templateOf(revision: ControllerRevision, fallback: PodTemplateSpec): PodTemplateSpec {
  const data = revision.data as { readonly spec?: { readonly template?: JsonObject } } | undefined;
  const kept = data?.spec?.template;
  if (!kept) return fallback;
  const { $patch: _directive, ...template } = kept;
  return template as unknown as PodTemplateSpec;
}

/**
 * The revision of the workload's present template: the newest if it is the same, an older one renumbered
 * when the template came back, a new one otherwise, named by its hash.
 */
export function ensureRevision(client: Client, owner: Versioned, revisions: readonly ControllerRevision[], hashLabel: string, hashOf: (data: JsonObject) => string): ControllerRevision {
  const data = revisionData(owner.spec.template);
  const equal = revisions.filter((revision) => deepEqual(revision.data, data));
  const last = revisions.at(-1);
  const match = equal.at(-1);
  const next = (last?.revision ?? 0) + 1;
  if (match && match === last) return match;
  if (match) return client.update<ControllerRevision>({ ...match, revision: next });
  const hash = hashOf(data);
  return client.create<ControllerRevision>({
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${owner.metadata.name.slice(0, LONGEST_PREFIX)}-${hash}`,
      namespace: owner.metadata.namespace ?? "",
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
      ...(owner.metadata.annotations === undefined ? {} : { annotations: owner.metadata.annotations }),
      ownerReferences: [controllerRef(owner)],
    },
    data,
    revision: next,
  });
}

/** Removes the oldest revisions nobody uses beyond the limit. */
export function truncateHistory(client: Client, revisions: readonly ControllerRevision[], live: ReadonlySet<string>, limit: number): void {
  const idle = revisions.filter((revision) => !live.has(revision.metadata.name));
  for (const revision of idle.slice(0, Math.max(0, idle.length - limit))) remove(client, revision);
}
