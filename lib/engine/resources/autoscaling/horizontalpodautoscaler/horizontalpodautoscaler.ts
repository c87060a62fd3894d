import type { Condition } from "../../../apimachinery/conditions";
import type { KubeObject } from "../../../apimachinery/meta";
import type { LabelSelector } from "../../apps/deployment/deployment";

/** What a metric should come to. */
export interface MetricTarget {
  readonly type: "Utilization" | "Value" | "AverageValue";
  readonly value?: string;
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

/** What a metric came to. */
export interface MetricValue {
  readonly value?: string;
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

/** Names a metric. */
export interface MetricIdentifier {
  readonly name: string;
  readonly selector?: LabelSelector;
}

/** Names another object. */
export interface CrossVersionObjectReference {
  readonly kind: string;
  readonly name: string;
  readonly apiVersion?: string;
}

/** One thing to scale by. */
export interface MetricSpec {
  readonly type: "ContainerResource" | "External" | "Object" | "Pods" | "Resource";
  readonly resource?: { readonly name: string; readonly target: MetricTarget };
  readonly containerResource?: { readonly name: string; readonly container: string; readonly target: MetricTarget };
  readonly pods?: { readonly metric: MetricIdentifier; readonly target: MetricTarget };
  readonly object?: { readonly describedObject: CrossVersionObjectReference; readonly metric: MetricIdentifier; readonly target: MetricTarget };
  readonly external?: { readonly metric: MetricIdentifier; readonly target: MetricTarget };
}

/** How fast to scale in one direction. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: "Max" | "Min" | "Disabled";
  readonly policies?: readonly { readonly type: "Pods" | "Percent"; readonly value: number; readonly periodSeconds: number }[];
  readonly tolerance?: string;
}

/** autoscaling/v2/HorizontalPodAutoscaler. */
export interface HorizontalPodAutoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: CrossVersionObjectReference;
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly MetricSpec[];
    readonly behavior?: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly lastScaleTime?: string;
    readonly currentReplicas?: number;
    readonly desiredReplicas: number;
    readonly currentMetrics?: readonly {
      readonly type: string;
      readonly resource?: { readonly name: string; readonly current: MetricValue };
      readonly containerResource?: { readonly name: string; readonly container: string; readonly current: MetricValue };
      readonly pods?: { readonly metric: MetricIdentifier; readonly current: MetricValue };
      readonly object?: { readonly describedObject: CrossVersionObjectReference; readonly metric: MetricIdentifier; readonly current: MetricValue };
      readonly external?: { readonly metric: MetricIdentifier; readonly current: MetricValue };
    }[];
    readonly conditions?: readonly Condition[];
  };
}
