import { describe, expect, it } from "vitest";
import { HORIZONTAL_POD_AUTOSCALER, POD_DISRUPTION_BUDGET } from "../apimachinery/kinds";
import { kindId, type JsonObject, type KubeObject } from "../apimachinery/meta";
import { createCluster, type Cluster } from "../cluster";
import { testImages } from "../kubelet/testing/images";
import type { HorizontalPodAutoscaler } from "../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";
import type { PodDisruptionBudget } from "../resources/policy/poddisruptionbudget/index";
import { seconds } from "../sim/clock";

const WIDGET = kindId("example.com/v1", "Widget");

/** A cluster that knows widgets; their size is where the scale subresource says, and so is the selector of their pods. */
function cluster(scale: boolean, spec: JsonObject): Cluster {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "4", memory: "4Gi" }], images: testImages });
  const subresources = scale ? { scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.size", labelSelectorPath: ".status.selector" } } : {};
  c.as("admin").create({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: { group: "example.com", names: { kind: "Widget", plural: "widgets", singular: "widget" }, scope: "Namespaced", versions: [{ name: "v1", served: true, storage: true, subresources, schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } } }] },
  });
  c.advance(seconds(5));
  const widget = c.as("admin").create<KubeObject>({ apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "gear", namespace: "default" }, spec, status: { size: 3, selector: "app=gear,tier in (a, b),!old" } });
  for (const i of [1, 2, 3]) {
    const ownerReferences = [{ apiVersion: "example.com/v1", kind: "Widget", name: "gear", uid: widget.metadata.uid, controller: true }];
    c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: `gear-${i}`, namespace: "default", labels: { app: "gear", tier: "a" }, ownerReferences }, spec: { containers: [{ name: "app", image: "web:1" }] } });
  }
  return c;
}

function budget(c: Cluster, spec: JsonObject): PodDisruptionBudget | undefined {
  c.as("admin").create({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "gear", namespace: "default" }, spec: { selector: { matchLabels: { app: "gear" } }, ...spec } });
  c.advance(seconds(10));
  return c.as("admin").get<PodDisruptionBudget>(POD_DISRUPTION_BUDGET, { namespace: "default", name: "gear" });
}

function autoscaler(c: Cluster, spec: JsonObject): HorizontalPodAutoscaler | undefined {
  c.as("admin").create({ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "gear", namespace: "default" }, spec: { scaleTargetRef: { apiVersion: "example.com/v1", kind: "Widget", name: "gear" }, ...spec } });
  c.advance(seconds(20));
  return c.as("admin").get<HorizontalPodAutoscaler>(HORIZONTAL_POD_AUTOSCALER, { namespace: "default", name: "gear" });
}

const condition = (hpa: HorizontalPodAutoscaler | undefined, type: string) => hpa?.status?.conditions?.find((one) => one.type === type);

describe("custom kinds with a scale subresource", () => {
  it("are counted on by a disruption budget of a share, or of how many may be away", () => {
    expect(budget(cluster(true, { size: 4 }), { minAvailable: "50%" })?.status).toMatchObject({ expectedPods: 4, desiredHealthy: 2, currentHealthy: 3, disruptionsAllowed: 1 });
    expect(budget(cluster(true, { size: 3 }), { maxUnavailable: 1 })?.status).toMatchObject({ expectedPods: 3, desiredHealthy: 2, currentHealthy: 3, disruptionsAllowed: 1 });
  });

  it("are not, when they have none", () => {
    expect(budget(cluster(false, { size: 3 }), { maxUnavailable: 1 })?.status?.conditions?.[0]).toMatchObject({ type: "DisruptionAllowed", status: "False", reason: "SyncFailed", message: "widgets.example.com does not implement the scale subresource" });
  });

  it("are scaled by an autoscaler, where their size is", () => {
    const c = cluster(true, { size: 1 });
    const hpa = autoscaler(c, { minReplicas: 2, maxReplicas: 5 });
    expect(c.as("admin").get<KubeObject & { readonly spec: JsonObject }>(WIDGET, { namespace: "default", name: "gear" })?.spec).toEqual({ size: 2 });
    expect(condition(hpa, "AbleToScale")).toMatchObject({ status: "True", reason: "SucceededRescale", message: "the HPA controller was able to update the target scale to 2" });
  });

  it("tell an autoscaler which pods are theirs, and what cannot be read", () => {
    const hpa = autoscaler(cluster(true, { size: 3 }), { maxReplicas: 5 });
    expect(condition(hpa, "ScalingActive")).toMatchObject({ status: "False", reason: "FailedGetResourceMetric" });
    const sizeless = autoscaler(cluster(true, {}), { maxReplicas: 5 });
    expect(condition(sizeless, "AbleToScale")?.message).toBe('the HPA controller was unable to get the target\'s current scale: Internal error occurred: the spec replicas field ".spec.size" does not exist');
    const scaleless = autoscaler(cluster(false, { size: 3 }), { maxReplicas: 5 });
    expect(condition(scaleless, "AbleToScale")?.message).toBe("the HPA controller was unable to get the target's current scale: the server could not find the requested resource");
  });
});
