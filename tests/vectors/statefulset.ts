import { claimsOf, identityMatches, maxUnavailable, parentAndOrdinal, storageMatches, versionedPod } from "@/lib/engine/controllers/statefulset/identity";
import { ownersAreRight, rightOwners } from "@/lib/engine/controllers/statefulset/claim-owners";
import type { PersistentVolumeClaim, Pod, StatefulSet } from "@/lib/engine/models";
import { compare, type Adapter } from "./adapter";
import { scenario } from "./scenario";

type Input = Readonly<Record<string, unknown>>;

const setOf = (input: Input): StatefulSet => input["set"] as StatefulSet;
const podIn = (input: Input): Pod => input["pod"] as Pod;

function claims(input: Input): unknown {
  const set = setOf(input);
  const { ordinal } = parentAndOrdinal(podIn(input));
  const made = claimsOf(set, ordinal).map(({ metadata, spec }, i) => {
    const template = set.spec.volumeClaimTemplates?.[i];
    return [template?.metadata.name ?? "", { metadata: { ...metadata, name: metadata.name }, spec, status: (template as unknown as { readonly status?: unknown }).status }];
  });
  return { result: Object.fromEntries(made) as unknown };
}

function owners(input: Input): unknown {
  const claim = input["claim"] as PersistentVolumeClaim;
  const refs = rightOwners(claim, setOf(input), podIn(input));
  const { ownerReferences: _old, ...metadata } = claim.metadata;
  return { afterArgs: { claim: { ...claim, metadata: refs.length === 0 ? metadata : { ...metadata, ownerReferences: refs } }, pod: input["pod"], set: input["set"] } };
}

function pod(input: Input): unknown {
  const [current, update] = [input["currentSet"] as StatefulSet, input["updateSet"] as StatefulSet];
  const versions = [
    { template: current.spec.template, name: input["currentRevision"] as string },
    { template: update.spec.template, name: input["updateRevision"] as string },
  ] as const;
  const { metadata, spec } = versionedPod(current, ...versions, input["ordinal"] as number);
  return { result: { metadata, spec, status: {} } };
}

const ops: Readonly<Record<string, (input: Input) => unknown>> = {
  getParentNameAndOrdinal: (input) => {
    const { parent, ordinal } = parentAndOrdinal(podIn(input));
    return { result: [parent, ordinal] };
  },
  getPersistentVolumeClaims: claims,
  getStatefulSetMaxUnavailable: (input) => ({ result: [maxUnavailable((input["maxUnavailable"] ?? undefined) as number | string | undefined, input["replicaCount"] as number), null] }),
  identityMatches: (input) => ({ result: identityMatches(setOf(input), podIn(input)) }),
  storageMatches: (input) => ({ result: storageMatches(setOf(input), podIn(input)) }),
  isClaimOwnerUpToDate: (input) => ({ result: ownersAreRight(input["claim"] as PersistentVolumeClaim, setOf(input), podIn(input)) }),
  updateClaimOwnerRefForSetAndPod: owners,
  newVersionedStatefulSetPod: pod,
};

/** `behaviour/statefulset`: whole StatefulSets, and the rules of identity, storage and ownership. */
export const statefulset: Adapter = (vector, file) => {
  const op = vector.input["op"] as string;
  const run = Object.hasOwn(ops, op) ? ops[op] : undefined;
  return run ? compare(run(vector.input), vector.expected) : scenario(vector, file);
};
