import type { ControllerRevision } from "../../resources/apps/deployment/deployment";
import type { StatefulSet } from "../../resources/apps/statefulset/statefulset";
import type { PersistentVolumeClaim } from "../../resources/core/persistentvolumeclaim/persistentvolumeclaim";
import type { Pod, PodTemplateSpec, Volume } from "../../resources/core/pod/pod";
import { REVISION_HASH } from "../history";
import { podFromTemplate } from "../pod-template";

/** The label that names a StatefulSet's pod, for Services of a single pod. */
export const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";
/** The label that holds its ordinal. */
export const POD_INDEX_LABEL = "apps.kubernetes.io/pod-index";

/** The ordinal in a pod's name; -1 for a pod that is not one of the set's. */
export function ordinalOf(set: StatefulSet, pod: Pod): number {
  const prefix = `${set.metadata.name}-`;
  const { name } = pod.metadata;
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  return /^(0|[1-9][0-9]{0,8})$/.test(rest) ? Number(rest) : -1;
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

/** The claims the pod of an ordinal needs. */
export function claimsOf(set: StatefulSet, ordinal: number): readonly (Pick<PersistentVolumeClaim, "spec"> & { readonly apiVersion: string; readonly kind: string; readonly metadata: Partial<PersistentVolumeClaim["metadata"]> })[] {
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: claimName(set, metadata.name, ordinal),
      namespace: set.metadata.namespace ?? "",
      labels: { ...metadata.labels, ...set.spec.selector.matchLabels },
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
    },
    spec,
  }));
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
