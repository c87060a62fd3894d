import { forbidden } from "../../apimachinery/api-error";
import { EVENT, PERSISTENT_VOLUME_CLAIM, POD, RESOURCE_QUOTA, SERVICE } from "../../apimachinery/kinds";
import { partsOfKind, type KindId, type KubeObject } from "../../apimachinery/meta";
import { quantityFrom, quantitySign, subtractQuantities, type Quantity } from "../../apimachinery/quantity";
import type { Pod } from "../../resources/core/pod/pod";
import type { ResourceQuota } from "../../resources/core/resourcequota/index";
import { quotaKinds } from "../../resources/index";
import type { AdmissionPlugin, AdmissionRequest } from "../request";
import { counts, exceeded, unspecified, usageOf, usageText, usedIn, type Usage } from "../../resources/core/resourcequota/usage";

/** Kinds nobody's quota counts. Upstream: ignoredResources. */
const IGNORED: ReadonlySet<KindId> = new Set([EVENT]);
/** Kinds that can come to cost more after they were made. */
const GROWING: ReadonlySet<KindId> = new Set([PERSISTENT_VOLUME_CLAIM, SERVICE]);

/** Has a pod's update changed whether its end is set, and with it which quotas count it? */
function changesScope(now: Pod, before: Pod): boolean {
  const ends = ({ spec }: Pod): boolean => (spec as { readonly activeDeadlineSeconds?: number }).activeDeadlineSeconds !== undefined;
  return ends(now) !== ends(before);
}

/** Is this a request that can cost something? Upstream: each evaluator's Handles. */
function concerns({ operation, definition, object, subresource, previous }: AdmissionRequest): boolean {
  if (operation === "DELETE" || !object || !definition.namespaced || IGNORED.has(definition.kind)) return false;
  if (subresource !== "") return subresource === "resize" && definition.kind === POD && operation === "UPDATE";
  if (operation === "CREATE" || GROWING.has(definition.kind)) return true;
  return definition.kind === POD && previous !== undefined && changesScope(object as Pod, previous as Pod);
}

/** What a request would add to what a quota counts as used; all of it when the quota did not count the object before. */
function asked({ definition, object, previous }: AdmissionRequest, quota: ResourceQuota, now: number): Usage {
  const usage = (of: KubeObject | undefined): Usage => (of === undefined ? new Map<string, Quantity>() : usageOf(definition.kind, definition.plural, of, now));
  const before = previous !== undefined && counts(quota, definition.kind, previous) ? usage(previous) : undefined;
  const more = [...usage(object)].flatMap(([name, amount]): readonly (readonly [string, Quantity])[] => {
    const old = before?.get(name);
    const delta = old === undefined ? amount : subtractQuantities(amount, old);
    return quantitySign(delta) > 0 ? [[name, delta]] : [];
  });
  return new Map(more);
}

/**
 * Refuses what would go beyond a namespace's quotas. Upstream: k8s.io/apiserver/pkg/admission/plugin/resourcequota.
 *
 * What is used is counted from the objects themselves, not read from the quota's status, so a quota holds from its first moment.
 */
export const resourceQuota: AdmissionPlugin = {
  name: "ResourceQuota",
  validate(request, { store, now }) {
    const { definition, object, ref, previous } = request;
    if (store.count(RESOURCE_QUOTA) === 0 || !object || !concerns(request)) return;
    const quotas = (store.list(RESOURCE_QUOTA, ref.namespace) as readonly ResourceQuota[]).filter((quota) => counts(quota, definition.kind, object));
    if (quotas.length === 0) return;
    const { group, kind } = partsOfKind(definition.kind);
    const resource = { group, plural: definition.plural, kind };
    // A pod that leaves out what any of them insists on is refused before it is asked what it costs the first.
    for (const quota of definition.kind === POD ? quotas : []) {
      const missing = unspecified(quota, object as Pod);
      if (missing !== "") throw forbidden(resource, ref.name, `failed quota: ${quota.metadata.name}: must specify ${missing}`);
    }
    for (const quota of quotas) {
      const more = asked(request, quota, now);
      if (![...more.keys()].some((name) => quota.spec?.hard?.[name] !== undefined)) continue;
      const used = usedIn(quota, quotaKinds, (kind, namespace) => store.list(kind, namespace), now);
      const beyond = exceeded(quota, used, more);
      if (beyond.length === 0) continue;
      const hard = usageOfHard(quota);
      throw forbidden(resource, previous === undefined ? object.metadata.name : ref.name, `exceeded quota: ${quota.metadata.name}, requested: ${usageText(beyond, more)}, used: ${usageText(beyond, used)}, limited: ${usageText(beyond, hard)}`);
    }
  },
};

function usageOfHard(quota: ResourceQuota): Usage {
  return new Map(Object.entries(quota.spec?.hard ?? {}).map(([name, value]) => [name, quantityFrom(value)]));
}
