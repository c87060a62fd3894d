import type { Condition } from "../../../apimachinery/conditions";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import type { PodTemplateSpec } from "../../core/pod/pod";

/** A selector as workloads write it. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

/** apps/v1/Deployment. */
export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly strategy?: {
      readonly type?: "RollingUpdate" | "Recreate";
      readonly rollingUpdate?: { readonly maxUnavailable?: number | string; readonly maxSurge?: number | string };
    };
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit?: number;
    readonly paused?: boolean;
    readonly progressDeadlineSeconds?: number;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly terminatingReplicas?: number;
    readonly conditions?: readonly Condition[];
    readonly collisionCount?: number;
  };
}

/** apps/v1/ControllerRevision, kept by StatefulSets and DaemonSets. */
export interface ControllerRevision extends KubeObject {
  readonly data?: JsonObject;
  readonly revision: number;
}
