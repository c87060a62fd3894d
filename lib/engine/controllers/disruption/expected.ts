import { DEPLOYMENT, REPLICA_SET, STATEFUL_SET } from "../../apimachinery/kinds";
import { scaledIntOrPercent } from "../../apimachinery/intstr";
import { kindId, partsOfKind, type KindId, type KubeObject, type OwnerReference } from "../../apimachinery/meta";
import { controllerOf } from "../../apimachinery/owner";
import type { Client } from "../../client/client";
import type { ResourceDefinition } from "../../resources/define";
import type { Pod } from "../../resources/core/pod/pod";
import type { PodDisruptionBudget } from "../../resources/policy/poddisruptionbudget/index";
import { scaleIn } from "../scale";

/** Reads objects and knows kinds. */
export type Reader = Pick<Client, "get" | "definition">;

/** How many pods a budget counts on and how many must stay healthy; or why that cannot be told. */
export type Expectation = { readonly expected: number; readonly desired: number; readonly unmanaged: readonly string[] } | { readonly error: string };

interface Counted {
  readonly uid: string;
  readonly replicas: number;
}

type Found = Counted | undefined | { readonly error: string };

/**
 * What a budget expects of the pods it selects. An absolute `minAvailable` counts the pods themselves; everything
 * else counts what their controllers want. Upstream: pkg/controller/disruption getExpectedPodCount.
 */
export function expectationOf({ spec }: PodDisruptionBudget, pods: readonly Pod[], reader: Reader): Expectation {
  if (spec.maxUnavailable !== undefined) {
    const scale = expectedScale(pods, reader);
    if ("error" in scale) return scale;
    const most = scaledIntOrPercent(spec.maxUnavailable, scale.expected, true);
    return "error" in most ? most : { ...scale, desired: Math.max(0, scale.expected - most.value) };
  }
  if (typeof spec.minAvailable === "number") return { expected: pods.length, desired: spec.minAvailable, unmanaged: [] };
  if (spec.minAvailable === undefined) return { expected: 0, desired: 0, unmanaged: [] };
  const scale = expectedScale(pods, reader);
  if ("error" in scale) return scale;
  const least = scaledIntOrPercent(spec.minAvailable, scale.expected, true);
  return "error" in least ? least : { ...scale, desired: least.value };
}

function expectedScale(pods: readonly Pod[], reader: Reader): { readonly expected: number; readonly unmanaged: readonly string[] } | { readonly error: string } {
  const unmanaged: string[] = [];
  const asked = new Set<string>();
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) {
      unmanaged.push(pod.metadata.name);
      continue;
    }
    if (asked.has(owner.uid)) continue;
    asked.add(owner.uid);
    const found = scaleBehind(owner, pod.metadata.namespace ?? "", reader);
    if (found === undefined) return { error: `found no controllers for pod ${JSON.stringify(pod.metadata.name)}` };
    if ("error" in found) return found;
    scales.set(found.uid, found.replicas);
  }
  return { expected: [...scales.values()].reduce((sum, one) => sum + one, 0), unmanaged };
}

/** Who decides how many pods there are: the owner itself, or the Deployment above a ReplicaSet. Upstream: finders. */
function scaleBehind(owner: OwnerReference, namespace: string, reader: Reader): Found {
  const kind = ownerKind(owner);
  const definition = reader.definition(kind);
  if (definition === undefined) return { error: `no matches for kind ${JSON.stringify(owner.kind)} in version ${JSON.stringify(owner.apiVersion)}` };
  const object = reader.get<KubeObject>(kind, { namespace, name: owner.name });
  const own = object?.metadata.uid === owner.uid ? object : undefined;
  if (kind === REPLICA_SET && own !== undefined) {
    const above = controllerOf(own);
    const deployment = above !== undefined && ownerKind(above) === DEPLOYMENT ? reader.get<KubeObject>(DEPLOYMENT, { namespace, name: above.name }) : undefined;
    if (deployment !== undefined && deployment.metadata.uid === above?.uid) return counted(definition, deployment);
  }
  if (!definition.subresources.includes("scale")) {
    const { group } = partsOfKind(kind);
    return { error: `${definition.plural}${group === "" ? "" : `.${group}`} does not implement the scale subresource` };
  }
  return own && counted(definition, own);
}

/** Workloads are known by group and kind, whatever version an owner reference names. Upstream: verifyGroupKind. */
function ownerKind({ apiVersion, kind }: OwnerReference): KindId {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  if (kind === "ReplicaSet" && (group === "apps" || group === "extensions")) return REPLICA_SET;
  if (kind === "Deployment" && (group === "apps" || group === "extensions")) return DEPLOYMENT;
  return kind === "StatefulSet" && group === "apps" ? STATEFUL_SET : kindId(apiVersion, kind);
}

function counted(definition: ResourceDefinition, object: KubeObject): Found {
  const scale = scaleIn(definition, object);
  return "error" in scale ? scale : { uid: object.metadata.uid, replicas: scale.replicas };
}
