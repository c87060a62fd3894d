import { describe, expect, it } from "vitest";
import { DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, NAMESPACE, PERSISTENT_VOLUME_CLAIM, POD, REPLICA_SET, SERVICE_ACCOUNT, STATEFUL_SET } from "../apimachinery/kinds";
import type { Cluster } from "../cluster";
import type { StatefulSet } from "../resources/apps/statefulset/statefulset";
import type { EndpointSlice } from "../resources/discovery/endpointslice/endpointslice";
import { millis } from "../sim/clock";
import { daemonSet, deployment, service, statefulSet, template } from "../testing/builders";
import { play, podsIn, scriptedCluster, settleAllReady } from "../testing/scripted";

const admin = (cluster: Cluster) => cluster.as("admin");
const names = (cluster: Cluster): readonly string[] => podsIn(cluster).map((pod) => pod.metadata.name);
const images = (cluster: Cluster): readonly string[] => podsIn(cluster).map((pod) => pod.spec.containers[0]?.image ?? "");
const key = (name: string) => ({ namespace: "default", name });

describe("the statefulset controller", () => {
  it("starts pods one after another and gives each its claim", () => {
    const cluster = scriptedCluster();
    const volumeClaimTemplates = [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName: "none" } }];
    admin(cluster).create(statefulSet("db", 2, { volumeClaimTemplates }));
    cluster.advance(millis(0));
    expect(names(cluster)).toEqual(["db-0"]);
    expect(admin(cluster).list(PERSISTENT_VOLUME_CLAIM, { namespace: "default" }).map(({ metadata }) => metadata.name)).toEqual(["data-db-0"]);
  });

  it("never replaces a pod whose node is lost until it is really gone", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(statefulSet("db", 2));
    settleAllReady(cluster);
    expect(names(cluster)).toEqual(["db-0", "db-1"]);
    const [first] = podsIn(cluster);
    admin(cluster).delete({ kind: POD, ...key("db-0") });
    cluster.advance(millis(600_000));
    expect(podsIn(cluster)[0]?.metadata.uid).toBe(first?.metadata.uid);
    if (first) play(cluster, first, "gone");
    cluster.advance(millis(0));
    expect(podsIn(cluster)[0]?.metadata.uid).not.toBe(first?.metadata.uid);
  });

  it("updates from the highest ordinal down and stops at the partition", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(statefulSet("db", 3, { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } }));
    settleAllReady(cluster);
    admin(cluster).patch({ kind: STATEFUL_SET, ...key("db") }, { type: "merge", body: { spec: { template: template("db", "nginx:2") } } });
    settleAllReady(cluster);
    expect(images(cluster)).toEqual(["nginx:1", "nginx:2", "nginx:2"]);
    const set = admin(cluster).get<StatefulSet>(STATEFUL_SET, key("db"));
    expect(set?.status).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 1, updatedReplicas: 2 });
  });
});

describe("the daemonset controller", () => {
  it("puts one pod on every node and replaces them one at a time", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(daemonSet("agent"));
    settleAllReady(cluster);
    expect(podsIn(cluster).map((pod) => pod.spec.nodeName).sort()).toEqual(["node-1", "node-2", "node-3"]);
    admin(cluster).patch({ kind: DAEMON_SET, ...key("agent") }, { type: "merge", body: { spec: { template: template("agent", "nginx:2") } } });
    settleAllReady(cluster);
    expect(images(cluster)).toEqual(["nginx:2", "nginx:2", "nginx:2"]);
  });
});

describe("the endpointslice controller", () => {
  it("mirrors ready, serving and terminating pods", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(service("web"));
    admin(cluster).create(deployment("web", 2));
    cluster.advance(millis(0));
    podsIn(cluster).forEach((pod, i) => play(cluster, pod, "ready", `10.244.0.${i + 1}`));
    cluster.advance(millis(0));
    const slices = (): readonly EndpointSlice[] => admin(cluster).list<EndpointSlice>(ENDPOINT_SLICE, { namespace: "default", labelSelector: "kubernetes.io/service-name=web" });
    expect(slices().map(({ ports, endpoints }) => [ports, endpoints?.map(({ addresses, conditions }) => [addresses[0], conditions?.ready])])).toEqual([
      [[{ name: "", port: 80, protocol: "TCP" }], [["10.244.0.1", true], ["10.244.0.2", true]]],
    ]);
    const [first] = podsIn(cluster);
    if (first) admin(cluster).delete({ kind: POD, ...key(first.metadata.name) });
    cluster.advance(millis(0));
    expect(slices()[0]?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true });
  });
});

describe("the garbage collector", () => {
  it("takes a Deployment's ReplicaSets and pods with it", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 2));
    settleAllReady(cluster);
    admin(cluster).delete({ kind: DEPLOYMENT, ...key("web") });
    settleAllReady(cluster);
    expect([...admin(cluster).list(REPLICA_SET), ...names(cluster)]).toEqual([]);
  });

  it("leaves the pods when told to orphan them", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 2));
    settleAllReady(cluster);
    admin(cluster).delete({ kind: DEPLOYMENT, ...key("web") }, { propagation: "Orphan" });
    settleAllReady(cluster);
    expect(admin(cluster).get(DEPLOYMENT, key("web"))).toBeUndefined();
    expect(names(cluster)).toHaveLength(2);
  });

  it("deletes dependents first in the foreground", () => {
    const cluster = scriptedCluster();
    admin(cluster).create(deployment("web", 2));
    settleAllReady(cluster);
    admin(cluster).delete({ kind: DEPLOYMENT, ...key("web") }, { propagation: "Foreground" });
    cluster.advance(millis(0));
    expect(admin(cluster).get(DEPLOYMENT, key("web"))?.metadata.finalizers).toEqual(["foregroundDeletion"]);
    settleAllReady(cluster);
    expect(admin(cluster).get(DEPLOYMENT, key("web"))).toBeUndefined();
  });
});

describe("namespaces", () => {
  it("get a default ServiceAccount and go when they are empty", () => {
    const cluster = scriptedCluster();
    admin(cluster).create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
    cluster.advance(millis(0));
    expect(admin(cluster).get(SERVICE_ACCOUNT, { namespace: "team", name: "default" })).toBeDefined();
    admin(cluster).delete({ kind: NAMESPACE, namespace: "", name: "team" });
    cluster.advance(millis(1000));
    expect(admin(cluster).get(NAMESPACE, { namespace: "", name: "team" })).toMatchObject({ status: { phase: "Terminating" } });
    cluster.advance(millis(20_000));
    expect(admin(cluster).get(NAMESPACE, { namespace: "", name: "team" })).toBeUndefined();
  });
});
