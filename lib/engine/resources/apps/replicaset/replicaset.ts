import type { Condition } from "../../../apimachinery/conditions";
import type { KubeObject } from "../../../apimachinery/meta";
import type { PodTemplateSpec } from "../../core/pod/pod";
import type { LabelSelector } from "../deployment/deployment";

/** apps/v1/ReplicaSet. */
export interface ReplicaSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
  };
  readonly status?: {
    readonly replicas: number;
    readonly fullyLabeledReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly terminatingReplicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}
