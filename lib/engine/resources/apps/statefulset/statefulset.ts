import type { Condition } from "../../../apimachinery/conditions";
import type { KubeObject } from "../../../apimachinery/meta";
import type { PersistentVolumeClaim } from "../../core/persistentvolumeclaim/persistentvolumeclaim";
import type { PodTemplateSpec } from "../../core/pod/pod";
import type { LabelSelector } from "../deployment/deployment";

/** apps/v1/StatefulSet. */
export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly serviceName?: string;
    readonly template: PodTemplateSpec;
    readonly volumeClaimTemplates?: readonly Pick<PersistentVolumeClaim, "spec" | "metadata">[];
    readonly podManagementPolicy?: "OrderedReady" | "Parallel";
    readonly updateStrategy?: { readonly type?: "RollingUpdate" | "OnDelete"; readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: number | string } };
    readonly revisionHistoryLimit?: number;
    readonly minReadySeconds?: number;
    readonly ordinals?: { readonly start?: number };
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: "Retain" | "Delete"; readonly whenScaled?: "Retain" | "Delete" };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas: number;
    readonly readyReplicas?: number;
    readonly currentReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly collisionCount?: number;
    readonly conditions?: readonly Condition[];
  };
}
