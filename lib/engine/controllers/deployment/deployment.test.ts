import { describe, expect, it } from "vitest";
import { DEPLOYMENT, EVENT, REPLICA_SET } from "../../apimachinery/kinds";
import { refOf } from "../../apimachinery/meta";
import type { Cluster } from "../../cluster";
import type { Deployment } from "../../resources/apps/deployment/deployment";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import type { Event } from "../../resources/core/event/event";
import { deployment, template } from "../../testing/builders";
import { podsIn, scriptedCluster, settleAllReady } from "../../testing/scripted";

const admin = (cluster: Cluster) => cluster.as("admin");
const events = (cluster: Cluster): readonly string[] =>
  admin(cluster).list<Event>(EVENT, { namespace: "default" }).filter((event) => event.reason === "ScalingReplicaSet").map((event) => event.message);
const current = (cluster: Cluster): Deployment => admin(cluster).get<Deployment>(DEPLOYMENT, { namespace: "default", name: "web" }) as Deployment;
const setImage = (cluster: Cluster, image: string): void => {
  admin(cluster).patch(refOf(current(cluster)), { type: "merge", body: { spec: { template: template("web", image) } } });
};
const sets = (cluster: Cluster): readonly ReplicaSet[] => admin(cluster).list<ReplicaSet>(REPLICA_SET, { namespace: "default" });

describe("the deployment controller", () => {
  it("brings a Deployment to its size and says so as upstream does", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 3));
    settleAllReady(cluster);
    expect(podsIn(cluster).map((pod) => pod.spec.nodeName).sort()).toEqual(["node-1", "node-2", "node-3"]);
    const [set] = sets(cluster);
    expect(events(cluster)).toEqual([`Scaled up replica set ${set?.metadata.name} from 0 to 3`]);
    expect(current(cluster).metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("1");
    expect(current(cluster).status).toMatchObject({ observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, terminatingReplicas: 0 });
    expect(current(cluster).status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ["Available", "True", "MinimumReplicasAvailable"],
      ["Progressing", "True", "NewReplicaSetAvailable"],
    ]);
  });

  it("never has fewer ready pods than maxUnavailable allows while it rolls", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 4, { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }));
    settleAllReady(cluster);
    setImage(cluster, "nginx:2");
    settleAllReady(cluster);
    expect(podsIn(cluster).map((pod) => pod.spec.containers[0]?.image)).toEqual(["nginx:2", "nginx:2", "nginx:2", "nginx:2"]);
    expect(sets(cluster).map((set) => set.spec.replicas).sort()).toEqual([0, 4]);
    expect(current(cluster).metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("2");
  });

  it("rolls back by the old template, under a new revision", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 2));
    settleAllReady(cluster);
    setImage(cluster, "nginx:2");
    settleAllReady(cluster);
    setImage(cluster, "nginx:1");
    settleAllReady(cluster);
    expect(sets(cluster)).toHaveLength(2);
    const back = sets(cluster).find((set) => set.spec.replicas === 2);
    expect(back?.metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3");
    expect(back?.metadata.annotations?.["deployment.kubernetes.io/revision-history"]).toBe("1");
  });

  it("ends every old pod before the first new one when it recreates", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 2, { strategy: { type: "Recreate" } }));
    settleAllReady(cluster);
    setImage(cluster, "nginx:2");
    cluster.advance(0 as never);
    expect(podsIn(cluster).every((pod) => pod.spec.containers[0]?.image === "nginx:1" && pod.metadata.deletionTimestamp !== undefined)).toBe(true);
    settleAllReady(cluster);
    expect(podsIn(cluster).map((pod) => pod.spec.containers[0]?.image)).toEqual(["nginx:2", "nginx:2"]);
  });

  it("keeps what must be available when it is made smaller in the middle of a rollout that is stuck", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 10, { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }));
    settleAllReady(cluster);
    setImage(cluster, "nginx:never");
    cluster.advance(0 as never);
    admin(cluster).patch(refOf(current(cluster)), { type: "merge", body: { spec: { replicas: 5 } } });
    cluster.advance(0 as never);
    expect(sets(cluster).map((set) => [set.spec.template.spec.containers[0]?.image, set.spec.replicas]).sort()).toEqual([["nginx:1", 3], ["nginx:never", 5]]);
  });
});
