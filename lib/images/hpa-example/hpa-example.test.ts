import { describe, expect, test } from "vitest";
import { createCluster, kindId, seconds, type Cluster, type Deployment, type Event, type HorizontalPodAutoscaler, type JsonObject } from "@/lib/engine";
import { catalog } from "../index";

const SYSTEM = "kube-system";
const labels = { "k8s-app": "metrics-server" };

/** As the project's own manifest installs it. */
const metricsServer: readonly JsonObject[] = [
  { apiVersion: "v1", kind: "Service", metadata: { name: "metrics-server", namespace: SYSTEM }, spec: { selector: labels, ports: [{ name: "https", port: 443, targetPort: "https" }] } },
  { apiVersion: "apiregistration.k8s.io/v1", kind: "APIService", metadata: { name: "v1beta1.metrics.k8s.io" }, spec: { group: "metrics.k8s.io", version: "v1beta1", groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: { name: "metrics-server", namespace: SYSTEM } } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "metrics-server", namespace: SYSTEM },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "metrics-server", image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0", args: ["--secure-port=10250", "--kubelet-insecure-tls"], ports: [{ name: "https", containerPort: 10250 }], readinessProbe: { httpGet: { path: "/readyz", port: "https", scheme: "HTTPS" }, periodSeconds: 10 } }] },
      },
    },
  },
];

const web: readonly JsonObject[] = [
  { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "default" }, spec: { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80, nodePort: 30080 }] } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default" },
    spec: { replicas: 1, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "php", image: "registry.k8s.io/hpa-example:latest", resources: { requests: { cpu: "200m" } } }] } } },
  },
  { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "web", namespace: "default" }, spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, minReplicas: 1, maxReplicas: 5, metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }] } },
];

function open(...objects: readonly JsonObject[]): Cluster {
  const nodes = ["n1", "n2"].map((name) => ({ name, cpu: "4", memory: "8Gi" }));
  return createCluster({ seed: 1, kubernetesVersion: "1.36.2", nodes, images: catalog, objects });
}

const hpa = (cluster: Cluster) => cluster.as("test").get<HorizontalPodAutoscaler>(kindId("autoscaling/v2", "HorizontalPodAutoscaler"), { namespace: "default", name: "web" })?.status;
const condition = (cluster: Cluster, type: string) => hpa(cluster)?.conditions?.find((one) => one.type === type);
const replicas = (cluster: Cluster) => cluster.as("test").get<Deployment>(kindId("apps/v1", "Deployment"), { namespace: "default", name: "web" })?.spec.replicas;
const events = (cluster: Cluster, reason: string) => cluster.as("test").list<Event>(kindId("v1", "Event"), { namespace: "default" }).filter((event) => event.reason === reason).sort((a, b) => ((a.firstTimestamp ?? "") < (b.firstTimestamp ?? "") ? -1 : 1)).map(({ message }) => message);

/** So many requests a second, for so many seconds. */
function load(cluster: Cluster, perSecond: number, duration: number): void {
  for (let second = 0; second < duration; second += 1) {
    for (let n = 0; n < perSecond; n += 1) cluster.send({ node: "n1" }, { host: cluster.addresses[0]?.ip ?? "", port: 30080, protocol: "http", method: "GET", path: "/", headers: {}, body: "" });
    cluster.advance(seconds(1));
  }
}

describe("an autoscaler", () => {
  test("says why it cannot work while nobody serves metrics", () => {
    const cluster = open(...web);
    cluster.advance(seconds(40));
    expect(replicas(cluster)).toBe(1);
    const why = "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";
    expect(condition(cluster, "ScalingActive")).toMatchObject({ status: "False", reason: "FailedGetResourceMetric", message: `the HPA was unable to compute the replica count: failed to get cpu utilization: ${why}` });
    expect(events(cluster, "FailedGetResourceMetric")).toEqual([`failed to get cpu utilization: ${why}`]);
  });

  test("follows the load up, and five minutes after it down again", () => {
    const cluster = open(...metricsServer, ...web);
    cluster.advance(seconds(420));
    expect(condition(cluster, "ScalingActive")).toMatchObject({ status: "True", reason: "ValidMetricFound" });
    expect(replicas(cluster)).toBe(1);
    load(cluster, 6, 90);
    expect(replicas(cluster)).toBe(5);
    expect(events(cluster, "SuccessfulRescale")[0]).toBe("New size: 4; reason: cpu resource utilization (percentage of request) above target");
    expect(condition(cluster, "ScalingLimited")).toMatchObject({ status: "True", reason: "TooManyReplicas" });
    cluster.advance(seconds(200));
    expect(replicas(cluster)).toBe(5);
    expect(condition(cluster, "AbleToScale")).toMatchObject({ reason: "ScaleDownStabilized" });
    cluster.advance(seconds(300));
    expect(replicas(cluster)).toBe(1);
    expect(events(cluster, "SuccessfulRescale").at(-1)).toBe("New size: 1; reason: All metrics below target");
  });
});
