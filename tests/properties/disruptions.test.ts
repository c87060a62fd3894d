import fc from "fast-check";
import { describe, it } from "vitest";
import { DEPLOYMENT, HORIZONTAL_POD_AUTOSCALER, isTrue, NAMESPACE, POD, POD_DISRUPTION_BUDGET, STATEFUL_SET, type Cluster, type Deployment, type HorizontalPodAutoscaler, type JsonObject, type Pod, type PodDisruptionBudget } from "@/lib/engine";
import { settings } from "./generators";
import { anyContainer, containers, node, PLACE, podTemplate, rough, wait, type Act } from "./histories";
import { atRest, endsForGood, leavesNothing, must, played, ready, removal, type Witness } from "./replay";

const NODES = 3;
const app = fc.constantFrom("web", "db");
const busy = fc.constant<JsonObject>({ ...containers.httpd, image: "busybox:1.36", command: ["sh", "-c", "while true; do :; done"] });
const put = (apiVersion: string, kind: string, name: string, spec: JsonObject): Act => ({ do: "put", object: { apiVersion, kind, metadata: { name, namespace: PLACE }, spec } });
const workload = fc.tuple(app, fc.integer({ min: 0, max: 5 }), fc.oneof({ weight: 5, arbitrary: anyContainer }, { weight: 1, arbitrary: busy })).map(([name, replicas, one]) => {
  const spec = { replicas, selector: { matchLabels: { app: name } }, template: podTemplate(name, { ...one, resources: { requests: { cpu: "200m" }, limits: { cpu: "500m" } } }) };
  return name === "web" ? put("apps/v1", "Deployment", name, spec) : put("apps/v1", "StatefulSet", name, { ...spec, serviceName: name, podManagementPolicy: "Parallel" });
});
const allowed = fc.constantFrom<JsonObject>({ minAvailable: 1 }, { minAvailable: 3 }, { minAvailable: "50%" }, { maxUnavailable: 1 }, { maxUnavailable: 0 }, { maxUnavailable: "40%" });
const budget = fc.tuple(app, allowed, fc.constantFrom("AlwaysAllow", "IfHealthyBudget")).map(([name, limit, unhealthyPodEvictionPolicy]) => put("policy/v1", "PodDisruptionBudget", name, { selector: { matchLabels: { app: name } }, ...limit, unhealthyPodEvictionPolicy }));
const autoscaler = fc.tuple(app, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.constantFrom(10, 60, 300)).map(([name, minReplicas, more, averageUtilization]) =>
  put("autoscaling/v2", "HorizontalPodAutoscaler", name, { scaleTargetRef: { apiVersion: "apps/v1", kind: name === "web" ? "Deployment" : "StatefulSet", name }, minReplicas, maxReplicas: minReplicas + more, metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization } } }] }),
);
const quota = fc.constantFrom<JsonObject>({ pods: "3" }, { "requests.cpu": "700m" }).map((hard) => put("v1", "ResourceQuota", "room", { hard }));
const deed: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: wait },
  { weight: 4, arbitrary: workload },
  { weight: 2, arbitrary: budget },
  { weight: 2, arbitrary: autoscaler },
  { weight: 1, arbitrary: quota },
  { weight: 3, arbitrary: fc.nat(20).map((nth): Act => ({ do: "evict", nth })) },
  { weight: 2, arbitrary: node(NODES).map((name): Act => ({ do: "drain", node: name })) },
  { weight: 3, arbitrary: rough(NODES) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ do: "delete", kind: NAMESPACE, name: PLACE }, { do: "delete", kind: DEPLOYMENT, name: "web", propagation: "Orphan" }, { do: "delete", kind: STATEFUL_SET, name: "db", propagation: "Foreground" }) },
);
const history = fc.tuple(workload, budget, fc.array(deed, { minLength: 3, maxLength: 14 })).map(([first, second, rest]): readonly Act[] => [first, second, { do: "wait", millis: 45_000 }, ...rest]);

/** Whoever evicts leaves what the budget asks for. */
const keepsBudgets: Witness = (event, world, now) => {
  if (event.kind !== POD || event.by !== "kubernetes-admin") return;
  const removed = removal(event, now)?.pod;
  if (!removed || !ready(removed) || removed.status?.phase !== "Running" || !isTrue(removed.status.conditions, "DisruptionTarget")) return;
  for (const { metadata, status } of world.of<PodDisruptionBudget>(POD_DISRUPTION_BUDGET).filter(({ metadata: { name } }) => name === removed.metadata.labels?.["app"])) {
    const healthy = world.of<Pod>(POD).filter((pod) => pod.metadata.labels?.["app"] === metadata.name && pod.metadata.deletionTimestamp === undefined && ready(pod)).length;
    must(healthy >= (status?.desiredHealthy ?? 0), () => `${removed.metadata.name} evicted: ${healthy} of ${status?.desiredHealthy}`);
  }
};

/** An autoscaler keeps within its bounds. */
const keepsBounds: Witness = ({ kind, by, object, previous }, world) => {
  if ((kind !== DEPLOYMENT && kind !== STATEFUL_SET) || previous === undefined || !by.includes("horizontal")) return;
  const { replicas = 1 } = (object as Deployment).spec;
  const scaler = world.of<HorizontalPodAutoscaler>(HORIZONTAL_POD_AUTOSCALER).find(({ metadata }) => metadata.name === object.metadata.name);
  if (!scaler || replicas === (previous as Deployment).spec.replicas) return;
  must(replicas >= (scaler.spec.minReplicas ?? 1) && replicas <= scaler.spec.maxReplicas, () => `${replicas} of ${scaler.spec.minReplicas} to ${scaler.spec.maxReplicas}`);
};

function budgetsAreTrue(cluster: Cluster): void {
  const reader = cluster.as("reader");
  for (const { metadata, status } of reader.list<PodDisruptionBudget>(POD_DISRUPTION_BUDGET, { namespace: PLACE })) {
    const healthy = reader.list<Pod>(POD, { namespace: PLACE }).filter((pod) => pod.metadata.labels?.["app"] === metadata.name && ready(pod)).length;
    must(isTrue(status?.conditions, "DisruptionAllowed") === (status?.disruptionsAllowed ?? 0) > 0, () => `${metadata.name} says ${JSON.stringify(status)}`);
    if (status?.conditions?.[0]?.reason !== "SyncFailed") must(status?.currentHealthy === healthy && status.observedGeneration === metadata.generation, () => `${metadata.name} has ${healthy} and says ${JSON.stringify(status)}`);
  }
}

describe("whoever evicts and whoever scales promise that", () => {
  it("budgetsAndBoundsAreKept", () => {
    fc.assert(
      fc.property(history, (acts) => {
        const cluster = played(NODES, acts, (event, world, now) => [endsForGood, keepsBudgets, keepsBounds].forEach((witness) => witness(event, world, now)));
        const settled = atRest(cluster, 400_000);
        leavesNothing(cluster, settled);
        const place = cluster.as("reader").get(NAMESPACE, { namespace: "", name: PLACE });
        must(place?.metadata.deletionTimestamp === undefined, () => "a deleted namespace stays");
        if (settled) budgetsAreTrue(cluster);
      }),
      settings(40),
    );
  });
});
