import { ApiError, forbidden } from "../../apimachinery/api-error";
import { DEPLOYMENT, EVENT, LEASE, POD, REPLICA_SET, STATEFUL_SET } from "../../apimachinery/kinds";
import { partsOfKind, type KindId, type KubeObject } from "../../apimachinery/meta";
import type { ResourceDefinition } from "../../resources/define";
import type { AdmissionPlugin } from "../request";

/** The name the refusals carry, as a ResourceQuota of that name would. */
const QUOTA = "student-limits";

const SCALED: ReadonlySet<KindId> = new Set([DEPLOYMENT, REPLICA_SET, STATEFUL_SET]);
/** What the cluster itself writes to live; never counted, never refused. */
const FREE: ReadonlySet<KindId> = new Set([EVENT, LEASE]);

interface Excess {
  readonly what: "pods" | "objects";
  readonly path: string;
  readonly requested: number;
  readonly used: number;
  readonly limited: number;
}

/**
 * Keeps a cluster small enough for a browser, in the words of a quota: workloads may not ask for more replicas than the
 * cluster takes pods, and neither pods nor objects of all kinds together may go over their number.
 *
 * @simplified A real quota stops the pods one by one and lets the Deployment stand; here a workload that could never be
 * satisfied is refused at once, where the learner is looking. Clusters without `limits` are not bounded.
 */
export const studentLimits: AdmissionPlugin = {
  name: "StudentLimits",
  validate({ operation, definition, object, previous, ref }, { store, settings }) {
    const { limits } = settings;
    if (!limits || operation === "DELETE" || !object) return;
    const { kind } = definition;
    const replicas = SCALED.has(kind) ? replicasOf(object) : 0;
    // What was admitted once may be written again, lowered or left.
    if (replicas > limits.pods && (previous === undefined || replicas > replicasOf(previous))) {
      throw refusal(definition, ref.name, { what: "pods", path: "spec.replicas", requested: replicas, used: store.count(POD), limited: limits.pods });
    }
    if (operation !== "CREATE" || FREE.has(kind)) return;
    if (kind === POD && store.count(POD) >= limits.pods) throw refusal(definition, ref.name, { what: "pods", path: "", requested: 1, used: store.count(POD), limited: limits.pods });
    const used = store.total(FREE);
    if (used >= limits.objects) throw refusal(definition, ref.name, { what: "objects", path: "", requested: 1, used, limited: limits.objects });
  },
};

function replicasOf(object: KubeObject): number {
  return (object as { readonly spec?: { readonly replicas?: number } }).spec?.replicas ?? 1;
}

function refusal(definition: ResourceDefinition, name: string, { what, path, requested, used, limited }: Excess): ApiError {
  const { group, kind } = partsOfKind(definition.kind);
  const { status } = forbidden({ group, plural: definition.plural, kind }, name, `exceeded quota: ${QUOTA}, requested: ${what}=${requested}, used: ${what}=${used}, limited: ${what}=${limited}`);
  return new ApiError({ ...status, causes: [{ code: "too-many", path, badValue: requested, detail: `must have at most ${limited} ${what}`, origin: `limits.${what}` }] });
}
