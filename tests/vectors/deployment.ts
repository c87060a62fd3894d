import { instantOf } from "@/lib/engine/apimachinery/time";
import { podTemplateHash } from "@/lib/engine/apimachinery/hash";
import { byAge } from "@/lib/engine/controllers/age";
import { newReplicaSetAnnotations } from "@/lib/engine/controllers/deployment/annotations";
import { fenceposts, maxUnavailable, newReplicaSetSize, sizeOf } from "@/lib/engine/controllers/deployment/limits";
import { findFresh, findOld } from "@/lib/engine/controllers/deployment/replica-sets";
import { activeOrLatest, proportion } from "@/lib/engine/controllers/deployment/scaling";
import { countedStatus, hasProgressed, isComplete, type DeploymentStatus } from "@/lib/engine/controllers/deployment/status";
import type { Deployment, PodTemplateSpec, ReplicaSet } from "@/lib/engine/models";
import { compare, same, type Adapter } from "./adapter";
import { scenario } from "./scenario";

type Input = Readonly<Record<string, unknown>>;

/** The day of the recordings: times of that day are those of the clock that ran then. */
const RECORDED = "2026-11-21T00:00:00Z";

/** Go's `null` for what is unset. */
function tidy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null), (_key, one: unknown) => {
    if (typeof one === "string" && one.startsWith("2026-11-21T")) return RECORDED;
    if (one === null || typeof one !== "object" || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).filter(([, inner]) => inner !== null));
  });
}

const list = (value: unknown): readonly ReplicaSet[] => (value ?? []) as readonly ReplicaSet[];
const orNothing = (value: unknown): ReplicaSet | undefined => (value ?? undefined) as ReplicaSet | undefined;
const orNull = (some: readonly ReplicaSet[]): readonly ReplicaSet[] | null => (some.length === 0 ? null : some);

function annotated(input: Input): unknown {
  const replicaSet = input["newRS"] as ReplicaSet;
  const before = replicaSet.metadata.annotations;
  const after = newReplicaSetAnnotations(input["deployment"] as Deployment, before, Number(input["newRevision"]), input["exists"] === true, input["revHistoryLimitInChars"] as number);
  if (same(before ?? {}, after)) return { result: false };
  return { result: true, afterArgs: { ...without(input), newRS: { ...replicaSet, metadata: { ...replicaSet.metadata, annotations: after } } } };
}

/** The arguments of a call. */
function without({ op: _op, name: _name, ...rest }: Input): Input {
  return rest;
}

/** A call that sorts the list it is given shows it sorted. */
function sorted(input: Input, result: unknown): unknown {
  const given = list(input["rsList"]);
  const ordered = [...given].sort(byAge);
  return same(given, ordered) ? { result } : { result, afterArgs: { ...without(input), rsList: ordered } };
}

const ops: Readonly<Record<string, (input: Input) => unknown>> = {
  ResolveFenceposts: (input) => {
    const { surge, unavailable } = fenceposts((input["maxSurge"] ?? 0) as number | string, (input["maxUnavailable"] ?? 0) as number | string, input["desired"] as number);
    return { result: [surge, unavailable, null] };
  },
  MaxUnavailable: (input) => ({ result: maxUnavailable(input["deployment"] as Deployment) }),
  GetReplicaSetProportion: (input) => ({ result: proportion(input["d"] as Deployment, input["rs"] as ReplicaSet, input["deploymentReplicasToAdd"] as number, input["deploymentReplicasAdded"] as number) }),
  DeploymentComplete: (input) => ({ result: isComplete(input["deployment"] as Deployment, input["newStatus"] as DeploymentStatus) }),
  DeploymentProgressing: (input) => ({ result: hasProgressed((input["deployment"] as Deployment).status, input["newStatus"] as DeploymentStatus) }),
  FindActiveOrLatest: (input) => ({ result: activeOrLatest(orNothing(input["newRS"]), list(input["oldRSs"])) ?? null }),
  NewRSNewReplicas: (input) => ({ result: [newReplicaSetSize(input["deployment"] as Deployment, list(input["allRSs"]), sizeOf(input["newRS"] as ReplicaSet)), null] }),
  SetNewReplicaSetAnnotations: annotated,
  calculateStatus: (input) => ({ result: countedStatus(input["deployment"] as Deployment, list(input["allRSs"]), orNothing(input["newRS"]), instantOf(RECORDED) ?? 0) }),
  FindNewReplicaSet: (input) => sorted(input, findFresh(input["deployment"] as Deployment, list(input["rsList"])) ?? null),
  FindOldReplicaSets: (input) => {
    const old = findOld(list(input["rsList"]), findFresh(input["deployment"] as Deployment, list(input["rsList"])));
    return sorted(input, [orNull(old.filter((one) => sizeOf(one) !== 0)), orNull(old)]);
  },
  ComputeHash: (input) => ({ result: podTemplateHash(input["template"] as PodTemplateSpec, (input["collisionCount"] ?? undefined) as number | undefined) }),
};

/** `behaviour/deployment`: whole Deployments, and the rules of a rollout one by one. */
export const deployment: Adapter = (vector, file) => {
  const op = vector.input["op"] as string;
  const run = Object.hasOwn(ops, op) ? ops[op] : undefined;
  return run ? compare(tidy(run(vector.input)), tidy(vector.expected)) : scenario(vector, file);
};
