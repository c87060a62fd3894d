import { describe, expect, it } from "vitest";
import type { Condition } from "../../apimachinery/conditions";
import type { KubeObject } from "../../apimachinery/meta";
import type { Pod } from "../../resources/core/pod/pod";
import { resources } from "../../resources/index";
import type { HorizontalPodAutoscaler, MetricSpec } from "../../resources/autoscaling/horizontalpodautoscaler/horizontalpodautoscaler";
import { noAdapters } from "./metrics";
import { DEFAULTS, reconcileAutoscaler, type Look } from "./reconcile";

const QUEUE: MetricSpec = { type: "External", external: { metric: { name: "queue" }, target: { type: "Value", value: "10" } } };
const CPU: MetricSpec = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } };
const OWN_ZERO: Condition = { type: "ScaledToZero", status: "True", reason: "ScaledToZero", lastTransitionTime: "2026-01-01T00:00:00Z" };

interface Given {
  readonly gate: boolean;
  readonly min: number;
  readonly replicas: number;
  readonly metric: MetricSpec;
  readonly waiting: number;
  readonly conditions?: readonly Condition[];
}

/** One look with the gate open or closed: what the target was scaled to, and the condition that tells whose zero it is. */
function look({ gate, min, replicas, metric, waiting, conditions = [] }: Given) {
  const seen: { scaled?: number; conditions?: readonly Condition[] } = {};
  const target = { apiVersion: "v1", kind: "ReplicationController", metadata: { name: "web", namespace: "default", uid: "w" }, spec: { replicas, selector: { app: "web" } }, status: { replicas } } as unknown as KubeObject;
  const pods = Array.from({ length: replicas }, (_, i) => ({ apiVersion: "v1", kind: "Pod", metadata: { name: `p${i}`, labels: { app: "web" } }, spec: { containers: [] }, status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } }) as unknown as Pod);
  const client = {
    get: () => target,
    served: () => resources,
    list: () => [],
    selected: () => pods,
    patch: (_ref: unknown, patch: { readonly body: { readonly spec: { readonly replicas: number } } }) => void (seen.scaled = patch.body.spec.replicas),
    updateStatus: (object: HorizontalPodAutoscaler) => void (seen.conditions = object.status?.conditions ?? []),
  } as unknown as Look["client"];
  const hpa = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "web", namespace: "default", uid: "h" },
    spec: { scaleTargetRef: { apiVersion: "v1", kind: "ReplicationController", name: "web" }, minReplicas: min, maxReplicas: 5, metrics: [metric] },
    status: { desiredReplicas: replicas, conditions },
  } as unknown as HorizontalPodAutoscaler;
  const metrics = { ...noAdapters, resource: () => ({ value: new Map() }), external: () => ({ value: [waiting] }) };
  reconcileAutoscaler(hpa, { ups: [], downs: [], recommendations: [] }, { client, event: () => undefined, now: 1_000_000_000, metrics, settings: { ...DEFAULTS, scaleToZero: gate } });
  const of = (type: string): string | undefined => seen.conditions?.find((one) => one.type === type)?.reason;
  return { scaled: seen.scaled, zero: of("ScaledToZero"), active: of("ScalingActive") };
}

describe("an autoscaler whose target has no replicas", () => {
  it("lets it be while the gate is closed, whatever its least number and what it did before", () => {
    expect(look({ gate: false, min: 0, replicas: 0, metric: QUEUE, waiting: 20_000, conditions: [OWN_ZERO] })).toEqual({ scaled: undefined, zero: undefined, active: "ScalingDisabled" });
  });

  it("wakes it when the zero was its own and a metric is to be had without pods", () => {
    expect(look({ gate: true, min: 0, replicas: 0, metric: QUEUE, waiting: 20_000, conditions: [OWN_ZERO] })).toEqual({ scaled: 2, zero: "NotScaledToZero", active: "ValidMetricFound" });
    expect(look({ gate: true, min: 0, replicas: 0, metric: QUEUE, waiting: 20_000 })).toMatchObject({ scaled: undefined, active: "ScalingDisabled" });
    expect(look({ gate: true, min: 0, replicas: 0, metric: CPU, waiting: 0, conditions: [OWN_ZERO] })).toMatchObject({ scaled: undefined, active: "ScalingDisabled" });
  });
});

describe("an autoscaler that rescales with the gate open", () => {
  it("notes a zero of its own, and that any other size is none", () => {
    expect(look({ gate: true, min: 0, replicas: 2, metric: QUEUE, waiting: 0 })).toMatchObject({ scaled: 0, zero: "ScaledToZero" });
    expect(look({ gate: true, min: 1, replicas: 2, metric: QUEUE, waiting: 20_000 })).toMatchObject({ scaled: 4, zero: "NotScaledToZero" });
  });
});
