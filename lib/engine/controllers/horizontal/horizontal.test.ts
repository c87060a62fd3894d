import { describe, expect, it } from "vitest";
import { EVENT, HORIZONTAL_POD_AUTOSCALER } from "../../apimachinery/kinds";
import type { JsonObject } from "../../apimachinery/meta";
import { createCluster } from "../../cluster";
import { testImages } from "../../kubelet/testing/images";
import type { HorizontalPodAutoscaler } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";
import type { Event } from "../../resources/core/event/event";
import { seconds } from "../../sim/clock";

const NO_CUSTOM = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";
const NO_EXTERNAL = "unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue.external.metrics.k8s.io)";
const SELECTOR = "&LabelSelector{MatchLabels:map[string]string{topic: mail,},MatchExpressions:[]LabelSelectorRequirement{},}";

/** What an autoscaler of one metric says after its first look: why it keeps still, and its Events. */
function told(metric: JsonObject) {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images: testImages });
  const admin = c.as("admin");
  admin.create({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "default" }, spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } } } });
  admin.create({ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "web", namespace: "default" }, spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, minReplicas: 1, maxReplicas: 5, metrics: [metric] } });
  c.advance(seconds(16));
  const active = admin.get<HorizontalPodAutoscaler>(HORIZONTAL_POD_AUTOSCALER, { namespace: "default", name: "web" })?.status?.conditions?.find(({ type }) => type === "ScalingActive");
  const events = admin.list<Event>(EVENT, {}).filter(({ involvedObject }) => involvedObject.kind === "HorizontalPodAutoscaler").map(({ reason, message }) => `${reason}: ${message}`);
  return { active: active && `${active.status} ${active.reason}: ${active.message}`, events: events.sort() };
}

/** How upstream words a metric that cannot be had. */
const failure = (reason: string, why: string, error: string) => ({
  active: `False ${reason}: the HPA was unable to compute the replica count: ${why}`,
  events: [`FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: ${error}: ${why}`, `${reason}: ${why}`],
});

describe("an autoscaler of a cluster without an adapter", () => {
  it("cannot have metrics of pods", () => {
    const metric = { type: "Pods", pods: { metric: { name: "hits" }, target: { type: "AverageValue", averageValue: "10" } } };
    expect(told(metric)).toEqual(failure("FailedGetPodsMetric", `unable to get metric hits: ${NO_CUSTOM}`, "failed to get pods metric value"));
  });

  it("cannot have metrics of an object", () => {
    const metric = { type: "Object", object: { describedObject: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "main" }, metric: { name: "hits" }, target: { type: "Value", value: "10" } } };
    const why = `unable to get metric hits: Ingress on default main/${NO_CUSTOM}`;
    expect(told(metric)).toEqual(failure("FailedGetObjectMetric", why, "failed to get object metric value"));
    const each = { ...metric, object: { ...metric.object, target: { type: "AverageValue", averageValue: "10" } } };
    expect(told(each)).toEqual(failure("FailedGetObjectMetric", why, "failed to get object metric value: failed to get hits object metric"));
  });

  it("cannot have metrics from elsewhere", () => {
    const metric = { type: "External", external: { metric: { name: "queue", selector: { matchLabels: { topic: "mail" } } }, target: { type: "AverageValue", averageValue: "10" } } };
    const why = `unable to get external metric default/queue/${SELECTOR}: ${NO_EXTERNAL}`;
    expect(told(metric)).toEqual(failure("FailedGetExternalMetric", why, "failed to get queue external metric value: failed to get queue external metric"));
    const whole = { ...metric, external: { ...metric.external, target: { type: "Value", value: "10" } } };
    expect(told(whole)).toEqual(failure("FailedGetExternalMetric", why, "failed to get queue external metric value: failed to get external metric queue"));
  });
});
