import { CONFIG_MAP, CONTROLLER_REVISION, DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, NAMESPACE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, POD_DISRUPTION_BUDGET, REPLICA_SET, RESOURCE_QUOTA, SERVICE, STATEFUL_SET } from "@/lib/engine/apimachinery/kinds";
import type { KindId, KubeObject } from "@/lib/engine/apimachinery/meta";
import { controllerOf } from "@/lib/engine/apimachinery/owner";
import { targetNode } from "@/lib/engine/controllers/daemonset/placement";
import type { DaemonSet, Deployment, EndpointSlice, Namespace, Pod, PodDisruptionBudget, ReplicaSet, ResourceQuota, Service, StatefulSet } from "@/lib/engine/models";
import type { PersistentVolume } from "@/lib/engine/resources/core/persistentvolume/persistentvolume";
import type { PersistentVolumeClaim } from "@/lib/engine/resources/core/persistentvolumeclaim/persistentvolumeclaim";
import { indexedPods, jobStatus } from "./scenario-jobs";
import { NS, type Run } from "./scenario-run";

const compareText = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : 1);
const HASH = "pod-template-hash";
const REVISION = "deployment.kubernetes.io/revision";

function all<T extends KubeObject>({ cluster }: Run, kind: KindId): readonly T[] {
  return cluster.as("test").list<T>(kind, { namespace: NS });
}

const names = (objects: readonly KubeObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name);
const image = (object: { readonly spec: { readonly containers: readonly { readonly image?: string }[] } }): string => object.spec.containers[0]?.image ?? "";
const owners = ({ metadata }: KubeObject): readonly string[] => (metadata.ownerReferences ?? []).map(({ kind }) => kind);
const triples = (run: Run): unknown => all<Pod>(run, POD).map((pod) => [pod.metadata.name, pod.status?.phase, pod.metadata.deletionTimestamp !== undefined]);

/** The ReplicaSets in order of revision, as the recordings show them. */
export function replicaSets(run: Run): unknown {
  return [...all<ReplicaSet>(run, REPLICA_SET)]
    .sort((a, b) => Number(a.metadata.annotations?.[REVISION]) - Number(b.metadata.annotations?.[REVISION]))
    .map((set) => ({ revision: set.metadata.annotations?.[REVISION], image: image(set.spec.template), replicas: set.spec.replicas, ready: set.status?.readyReplicas ?? 0 }));
}

function deploymentStatus(run: Run): unknown {
  const status = all<Deployment>(run, DEPLOYMENT)[0]?.status;
  const count = (key: "replicas" | "updatedReplicas" | "readyReplicas" | "availableReplicas" | "unavailableReplicas"): number => status?.[key] ?? 0;
  return {
    replicas: count("replicas"),
    updatedReplicas: count("updatedReplicas"),
    readyReplicas: count("readyReplicas"),
    availableReplicas: count("availableReplicas"),
    unavailableReplicas: count("unavailableReplicas"),
    conditions: (status?.conditions ?? []).map(({ type, status: value, reason }) => [type, value, reason]).sort(compareText),
  };
}

function statusOf(run: Run): unknown {
  if (run.subject === "Deployment") return deploymentStatus(run);
  if (run.subject === "DaemonSet") {
    const { observedGeneration: _generation, conditions: _conditions, collisionCount: _collisions, ...status } = all<DaemonSet>(run, DAEMON_SET)[0]?.status ?? ({} as NonNullable<DaemonSet["status"]>);
    return status;
  }
  const status = all<StatefulSet>(run, STATEFUL_SET)[0]?.status;
  return {
    replicas: status?.replicas ?? null,
    readyReplicas: status?.readyReplicas ?? null,
    currentReplicas: status?.currentReplicas ?? null,
    updatedReplicas: status?.updatedReplicas ?? null,
    revisionsEqual: status?.currentRevision === status?.updateRevision,
  };
}

function budgetStatus(run: Run): unknown {
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, conditions = [] } = all<PodDisruptionBudget>(run, POD_DISRUPTION_BUDGET)[0]?.status ?? {};
  return { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, conditions: conditions.map(({ type, status, reason }) => [type, status, reason]) };
}

function naming(run: Run): unknown {
  const [set] = all<ReplicaSet>(run, REPLICA_SET);
  const [pod] = all<Pod>(run, POD);
  const hash = set?.metadata.labels?.[HASH] ?? "";
  const name = pod?.metadata.name ?? "";
  const prefix = `${set?.metadata.name ?? ""}-`;
  return {
    rsNameIsDeploymentDashHash: set?.metadata.name === `${names(all(run, DEPLOYMENT))[0] ?? ""}-${hash}`,
    selectorHasHash: set?.spec.selector.matchLabels?.[HASH] === hash,
    podLabelHasHash: pod?.metadata.labels?.[HASH] === hash,
    podNamePrefix: name.startsWith(prefix),
    podSuffixLen: name.length - prefix.length,
    ownerKind: owners(pod as Pod)[0],
    controller: controllerOf(pod as Pod)?.controller,
    hash,
  };
}

function identity(run: Run): unknown {
  return all<Pod>(run, POD).map(({ metadata, spec }) => {
    const { "controller-revision-hash": _revision, ...labels } = metadata.labels ?? {};
    return { name: metadata.name, hostname: spec.hostname, subdomain: spec.subdomain, labels };
  });
}

/** Python's own JSON of an object with sorted keys, as the recordings hold it. */
function python(value: Readonly<Record<string, unknown>>): string {
  return `{${Object.entries(value).sort(compareText).map(([key, one]) => `${JSON.stringify(key)}: ${JSON.stringify(one)}`).join(", ")}}`;
}

function tolerations(run: Run): unknown {
  return [...new Set(all<Pod>(run, POD).flatMap(({ spec }) => (spec.tolerations ?? []).map((one) => python({ ...one }))))].sort(compareText);
}

function slices(run: Run): unknown {
  return all<EndpointSlice>(run, ENDPOINT_SLICE)
    .map((slice) => ({
      addressType: slice.addressType,
      ports: (slice.ports ?? []).map(({ name, port, protocol }) => [name, port, protocol]).sort(compareText),
      endpoints: (slice.endpoints ?? [])
        .map(({ targetRef, conditions, hostname }) => [targetRef?.name, conditions?.ready, conditions?.serving, conditions?.terminating, hostname ?? null])
        .sort(compareText),
      labels: slice.metadata.labels,
    }))
    .sort((a, b) => compareText(b.ports.length, a.ports.length) || compareText(a.endpoints[0], b.endpoints[0]));
}

function namespace({ cluster }: Run): unknown {
  const found = cluster.as("test").get<Namespace>(NAMESPACE, { namespace: "", name: NS });
  if (!found) return "gone";
  const conditions = (found.status?.conditions ?? []).map(({ type, status, reason, message }) => [type, status, reason, message]).sort(compareText);
  return { phase: found.status?.phase, finalizers: found.spec?.finalizers, conditions };
}

/** What a deleted workload leaves: its pods, who owns those and what holds them. */
function left(run: Run): unknown {
  const pods = all<Pod>(run, POD);
  return {
    pods: pods.length,
    controllerRevisions: all(run, CONTROLLER_REVISION).length,
    owners: pods.flatMap(owners),
    finalizers: pods.flatMap(({ metadata }) => metadata.finalizers ?? []),
  };
}

function whatIsLeft(run: Run): unknown {
  const sets = all<ReplicaSet>(run, REPLICA_SET);
  return { deployments: all(run, DEPLOYMENT).length, replicaSets: sets.length, pods: all(run, POD).length, rsOwners: sets.map(owners) };
}

function defaults(run: Run): unknown {
  const spec = all<Deployment>(run, DEPLOYMENT)[0]?.spec;
  return { strategy: spec?.strategy, revisionHistoryLimit: spec?.revisionHistoryLimit, progressDeadlineSeconds: spec?.progressDeadlineSeconds, minReadySeconds: spec?.minReadySeconds ?? null };
}

function aboutConfigMap(run: Run, name: string): KubeObject | undefined {
  return all<KubeObject>(run, CONFIG_MAP).find(({ metadata }) => metadata.name === name);
}

/** The spec of the Service created last, with what the server chose by itself written as AUTO. */
function storedService(run: Run): unknown {
  const spec = all<Service>(run, SERVICE).find(({ metadata }) => metadata.uid === run.newest)?.spec;
  if (!spec) return null;
  const given = (run.given?.["spec"] ?? {}) as Partial<Service["spec"]>;
  const ip = (address: string): string => (address === "None" || given.clusterIP === address ? address : "AUTO");
  const port = (chosen: number | undefined, asked: number | undefined): number | string | undefined => (chosen === undefined || chosen === asked ? chosen : chosen >= 30000 && chosen <= 32767 ? "AUTO(30000-32767)" : chosen);
  const ports = spec.ports?.map((one, i) => ({ ...one, ...(one.nodePort === undefined ? {} : { nodePort: port(one.nodePort, given.ports?.[i]?.nodePort) }) }));
  return {
    ...spec,
    ...(ports ? { ports } : {}),
    ...(spec.clusterIP === undefined ? {} : { clusterIP: ip(spec.clusterIP) }),
    ...(spec.clusterIPs === undefined ? {} : { clusterIPs: spec.clusterIPs.map(ip) }),
    ...(spec.healthCheckNodePort === undefined ? {} : { healthCheckNodePort: port(spec.healthCheckNodePort, given.healthCheckNodePort) }),
  };
}

/** Of the pods created so far, the newest is the one a step speaks of. */
function resourcesOfNewest(run: Run): unknown {
  const newest = [...all<Pod>(run, POD)].sort((a, b) => Number(b.metadata.uid === run.newest) - Number(a.metadata.uid === run.newest))[0];
  return newest?.spec.containers.map(({ name, resources }) => [name, resources]);
}

/** What an `observe` step sees, by its words. */
export function observe(run: Run, what: string): unknown {
  if (what === "PDB status") return budgetStatus(run);
  if (what === "stored service") return storedService(run);
  if (what === "job status") return jobStatus(run);
  if (what.startsWith("pods [completion index")) return indexedPods(run);
  if (what.startsWith("pvcs")) return { pvcs: claims(run), pvs: volumes(run) };
  if (what.startsWith("replicasets")) return replicaSets(run);
  if (what === "deployment status") return deploymentStatus(run);
  if (what.startsWith("status")) return statusOf(run);
  if (what === "replicaset naming") return naming(run);
  if (what.startsWith("number of ReplicaSets")) return all(run, REPLICA_SET).length;
  if (what === "deployment revision annotation") return all<Deployment>(run, DEPLOYMENT)[0]?.metadata.annotations?.[REVISION];
  if (what === "defaults") return defaults(run);
  if (what === "adoption" || what === "release") return { pods: all(run, POD).length, soloOwner: all<Pod>(run, POD).filter(({ metadata }) => metadata.name === "solo").flatMap(owners) };
  if (what === "pod identity") return identity(run);
  if (what.startsWith("images")) return all<Pod>(run, POD).map((pod) => [pod.metadata.name, image(pod)]);
  if (what.startsWith("pods and owners")) return all<Pod>(run, POD).map((pod) => [pod.metadata.name, pod.metadata.ownerReferences === undefined ? null : owners(pod)]);
  if (what === "PVCs and owners") return all<KubeObject>(run, PERSISTENT_VOLUME_CLAIM).map((claim) => [claim.metadata.name, owners(claim)]);
  if (what.startsWith("PVCs")) return names(all(run, PERSISTENT_VOLUME_CLAIM));
  if (what.startsWith("pods")) return run.subject === "StatefulSet" ? triples(run) : names(all(run, POD));
  if (what === "quota status") return all<ResourceQuota>(run, RESOURCE_QUOTA).find(({ metadata }) => metadata.name === "q")?.status;
  if (what === "resources of the stored pod") return resourcesOfNewest(run);
  if (what.startsWith("target nodes")) return all<Pod>(run, POD).map(targetNode).sort(compareText);
  if (what.startsWith("tolerations")) return tolerations(run);
  if (what.startsWith("EndpointSlices")) return slices(run);
  if (what === "configmaps") return names(all(run, CONFIG_MAP)).filter((name) => name !== "kube-root-ca.crt");
  if (what === "what is left") return whatIsLeft(run);
  if (what === "left") return left(run);
  if (what.startsWith("namespace")) return namespace(run);
  return ofConfigMap(run, what);
}

function ofConfigMap(run: Run, what: string): unknown {
  const [, listed] = /^ownerReferences of (\S+)$/.exec(what) ?? [];
  if (listed !== undefined) return aboutConfigMap(run, listed)?.metadata.ownerReferences ?? [];
  const [, deleting] = /^(\S+) has deletionTimestamp$/.exec(what) ?? [];
  if (deleting !== undefined) return aboutConfigMap(run, deleting)?.metadata.deletionTimestamp !== undefined;
  const [, owner] = /^owner (\S+)$/.exec(what) ?? [];
  const found = owner === undefined ? undefined : aboutConfigMap(run, owner);
  return found ? { finalizers: found.metadata.finalizers ?? [], deleting: found.metadata.deletionTimestamp !== undefined } : null;
}

const byName = (a: KubeObject, b: KubeObject): number => compareText(a.metadata.name, b.metadata.name);

function claims({ cluster }: Run): readonly unknown[] {
  return [...cluster.as("admin").list<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIM, { namespace: NS })]
    .sort(byName)
    .map(({ metadata, spec, status }) => [metadata.name, status?.phase ?? null, spec.volumeName ?? null, spec.storageClassName ?? null, status?.capacity?.["storage"] ?? null]);
}

function volumes({ cluster }: Run): readonly unknown[] {
  return [...cluster.as("admin").list<PersistentVolume>(PERSISTENT_VOLUME)].sort(byName).map(({ metadata, spec, status }) => [metadata.name, status?.phase ?? null, spec.claimRef?.name ?? null]);
}
