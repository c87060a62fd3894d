import type { ControllerRevision } from "../../resources/apps/deployment/deployment";
import type { StatefulSet } from "../../resources/apps/statefulset/statefulset";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod, PodTemplateSpec, Volume } from "../../resources/core/pod/pod";
import { intOrPercentOf } from "../../apimachinery/intstr";
import { REVISION_HASH } from "../history";
import { podFromTemplate } from "../pod-template";

/** The label that names a StatefulSet's pod, for Services of a single pod. */
export const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";
/** The label that holds its ordinal. */
export const POD_INDEX_LABEL = "apps.kubernetes.io/pod-index";

/** What a pod's name says of its set and place: `web` and 3 for `web-3`; nothing and -1 for other names. Upstream: getParentNameAndOrdinal. */
export function parentAndOrdinal(pod: Pod): { readonly parent: string; readonly ordinal: number } {
  const [, parent, digits] = /^(.*)-([0-9]+)$/s.exec(pod.metadata.name) ?? [];
  if (parent === undefined || digits === undefined) return { parent: "", ordinal: -1 };
  const ordinal = Number(digits);
  return { parent, ordinal: ordinal > 2147483647 ? -1 : ordinal };
}

/** The ordinal in a pod's name; -1 for a pod that is not one of the set's. */
export function ordinalOf(set: StatefulSet, pod: Pod): number {
  const { parent, ordinal } = parentAndOrdinal(pod);
  return parent === set.metadata.name ? ordinal : -1;
}

/** Is the pod named, and labelled with its name, as the set's pod of its place? */
export function identityMatches(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(set, pod);
  const { name, namespace, labels } = pod.metadata;
  return ordinal >= 0 && name === `${set.metadata.name}-${ordinal}` && namespace === set.metadata.namespace && labels?.[POD_NAME_LABEL] === name;
}

/** Does the pod use the claims of its place? */
export function storageMatches(set: StatefulSet, pod: Pod): boolean {
  const { ordinal } = parentAndOrdinal(pod);
  if (ordinal < 0) return false;
  return (set.spec.volumeClaimTemplates ?? []).every(({ metadata }) => {
    const volume = (pod.spec.volumes ?? []).find(({ name }) => name === metadata.name);
    return volume?.persistentVolumeClaim?.claimName === claimName(set, metadata.name, ordinal);
  });
}

/** How many pods an update may have away at once: one at least, of a percentage what is whole. Upstream: getStatefulSetMaxUnavailable. */
export function maxUnavailable(limit: number | string | undefined, replicas: number): number {
  return Math.max(1, intOrPercentOf(limit ?? 1, replicas, false, 1));
}

/** The first ordinal. */
export function startOf(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

/** The name of the claim a template gives the pod of an ordinal: it outlives the pod, and the next one finds it. */
export function claimName(set: StatefulSet, template: string, ordinal: number): string {
  return `${template}-${set.metadata.name}-${ordinal}`;
}

/** A pod of the set as it should be. Upstream: newStatefulSetPod. */
export function podOf(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): Omit<Pod, "metadata"> & { readonly metadata: Partial<Pod["metadata"]> } {
  const name = `${set.metadata.name}-${ordinal}`;
  const draft = podFromTemplate(template, set);
  const labels = { ...draft.metadata.labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal), [REVISION_HASH]: revision };
  const { serviceName } = set.spec;
  return {
    ...draft,
    metadata: { ...draft.metadata, name, labels },
    spec: { ...draft.spec, hostname: name, ...(serviceName === undefined || serviceName === "" ? {} : { subdomain: serviceName }), ...volumesOf(set, draft.spec.volumes, ordinal) },
  };
}

function volumesOf(set: StatefulSet, own: readonly Volume[] | undefined, ordinal: number): { readonly volumes?: readonly Volume[] } {
  const templates = set.spec.volumeClaimTemplates ?? [];
  if (templates.length === 0) return own === undefined ? {} : { volumes: own };
  const claims = templates.map(({ metadata: { name } }): Volume => ({ name, persistentVolumeClaim: { claimName: claimName(set, name, ordinal) } }));
  const names = new Set(claims.map(({ name }) => name));
  return { volumes: [...claims, ...(own ?? []).filter(({ name }) => !names.has(name))] };
}

/** A template and the name of the revision that holds it. */
export interface VersionedTemplate {
  readonly template: PodTemplateSpec;
  readonly name: string;
}

/** The pod of an ordinal, of the revision its place calls for: below the partition the old one. Upstream: newVersionedStatefulSetPod. */
export function versionedPod(set: StatefulSet, current: VersionedTemplate, update: VersionedTemplate, ordinal: number): ReturnType<typeof podOf> {
  const strategy = set.spec.updateStrategy;
  const rolling = (strategy?.type ?? "RollingUpdate") === "RollingUpdate";
  const boundary = strategy?.rollingUpdate ? (strategy.rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  const { template, name } = rolling && ordinal < startOf(set) + boundary ? current : update;
  return podOf(set, template, name, ordinal);
}

/** The claims the pod of an ordinal needs. */
export function claimsOf(set: StatefulSet, ordinal: number): readonly (Pick<PersistentVolumeClaim, "spec"> & { readonly apiVersion: string; readonly kind: string; readonly metadata: Partial<PersistentVolumeClaim["metadata"]> })[] {
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }) => {
    const labels = { ...metadata.labels, ...set.spec.selector.matchLabels };
    return {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name: claimName(set, metadata.name, ordinal),
        namespace: set.metadata.namespace ?? "",
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
        ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
      },
      spec,
    };
  });
}

/** The name of the revision a pod was made from. */
export function revisionOfPod(pod: Pod): string {
  return pod.metadata.labels?.[REVISION_HASH] ?? "";
}

/** The two revisions a set may have at once: what it was, and what it becomes. */
export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
}
