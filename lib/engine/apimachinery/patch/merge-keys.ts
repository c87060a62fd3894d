/** How strategic merge treats the lists and maps of built-in kinds. What is not listed here is replaced whole (lists) or merged field by field (maps). Upstream: the `patchStrategy` and `patchMergeKey` tags of `k8s.io/api`. */
import type { KindId } from "../meta";

/** The rule of one field. `type` names the {@link PatchType} of what lies beneath. */
export interface PatchField {
  readonly type?: string;
  /** Lists only: elements are merged, told apart by this key (`""`: plain values told apart by themselves). */
  readonly mergeKey?: string;
  /** The patch lists the keys that may stay: fields that exclude one another. */
  readonly retainKeys?: boolean;
  /** Maps only: the patch takes the place of what was there. */
  readonly replace?: boolean;
}

/** The fields of one type that need a rule. */
export type PatchType = Readonly<Record<string, PatchField>>;

const CONDITIONS: PatchField = { mergeKey: "type" };
const template: PatchField = { type: "PodTemplateSpec" };

const types: Readonly<Record<string, PatchType>> = {
  ObjectMeta: { ownerReferences: { mergeKey: "uid" }, finalizers: { mergeKey: "" } },
  PodTemplateSpec: { metadata: { type: "ObjectMeta" }, spec: { type: "PodSpec" } },
  PodSpec: {
    volumes: { mergeKey: "name", retainKeys: true },
    containers: { type: "Container", mergeKey: "name" },
    initContainers: { type: "Container", mergeKey: "name" },
    ephemeralContainers: { type: "Container", mergeKey: "name" },
    imagePullSecrets: { mergeKey: "name" },
    hostAliases: { mergeKey: "ip" },
    topologySpreadConstraints: { mergeKey: "topologyKey" },
    schedulingGates: { mergeKey: "name" },
    resourceClaims: { mergeKey: "name", retainKeys: true },
  },
  Container: {
    env: { mergeKey: "name" },
    ports: { mergeKey: "containerPort" },
    volumeMounts: { mergeKey: "mountPath" },
    volumeDevices: { mergeKey: "devicePath" },
  },
  PodStatus: {
    conditions: CONDITIONS,
    podIPs: { mergeKey: "ip" },
    hostIPs: { mergeKey: "ip" },
    resourceClaimStatuses: { mergeKey: "name", retainKeys: true },
  },
  NodeSpec: { podCIDRs: { mergeKey: "" } },
  NodeStatus: { conditions: CONDITIONS, addresses: { mergeKey: "type" } },
  ServiceSpec: { ports: { mergeKey: "port" } },
  WithConditions: { conditions: CONDITIONS },
  DeploymentSpec: { template, strategy: { retainKeys: true } },
  WorkloadSpec: { template },
  CronJobSpec: { jobTemplate: { type: "JobTemplateSpec" } },
  JobTemplateSpec: { metadata: { type: "ObjectMeta" }, spec: { type: "WorkloadSpec" } },
  DisruptionSpec: { selector: { replace: true } },
  CSINodeSpec: { drivers: { mergeKey: "name" } },
};

const workload: PatchType = { spec: { type: "WorkloadSpec" }, status: { type: "WithConditions" } };
const withConditions: PatchType = { status: { type: "WithConditions" } };

const kinds: Readonly<Record<string, PatchType>> = {
  "v1/Pod": { spec: { type: "PodSpec" }, status: { type: "PodStatus" } },
  "v1/PodTemplate": { template },
  "v1/Node": { spec: { type: "NodeSpec" }, status: { type: "NodeStatus" } },
  "v1/Namespace": withConditions,
  "v1/PersistentVolumeClaim": withConditions,
  "v1/ReplicationController": workload,
  "v1/Service": { spec: { type: "ServiceSpec" }, status: { type: "WithConditions" } },
  "v1/ServiceAccount": { secrets: { mergeKey: "name" } },
  "apps/v1/Deployment": { spec: { type: "DeploymentSpec" }, status: { type: "WithConditions" } },
  "apps/v1/ReplicaSet": workload,
  "apps/v1/StatefulSet": workload,
  "apps/v1/DaemonSet": workload,
  "batch/v1/Job": workload,
  "batch/v1/CronJob": { spec: { type: "CronJobSpec" } },
  "autoscaling/v2/HorizontalPodAutoscaler": withConditions,
  "policy/v1/PodDisruptionBudget": { spec: { type: "DisruptionSpec" }, status: { type: "WithConditions" } },
  "storage.k8s.io/v1/CSINode": { spec: { type: "CSINodeSpec" } },
  "admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration": { webhooks: { mergeKey: "name" } },
  "admissionregistration.k8s.io/v1/MutatingWebhookConfiguration": { webhooks: { mergeKey: "name" } },
};

const none: PatchType = {};

/** The rules at the top of a kind's objects. */
export function patchTypeOfKind(kind: KindId): PatchType {
  const own = Object.hasOwn(kinds, kind) ? (kinds[kind] ?? none) : none;
  return { ...own, metadata: { type: "ObjectMeta" } };
}

/** The kinds with rules beyond those of metadata. */
export function patchedKinds(): readonly KindId[] {
  return Object.keys(kinds) as KindId[];
}

/** The rules beneath a field. */
export function patchTypeBeneath(field: PatchField | undefined): PatchType {
  const name = field?.type;
  return name !== undefined && Object.hasOwn(types, name) ? (types[name] ?? none) : none;
}

/** The rule of a field of a type; undefined when it has none. */
export function patchField(type: PatchType, field: string): PatchField | undefined {
  return Object.hasOwn(type, field) ? type[field] : undefined;
}

/** Can this kind be patched strategically? Kinds defined at run time cannot: for them kubectl falls back to a merge patch. */
export function hasStrategicMerge(kind: KindId): boolean {
  const group = kind.includes("/") ? kind.slice(0, kind.indexOf("/")) : "";
  return kind.startsWith("v1/") || !group.includes(".") || group.endsWith(".k8s.io");
}
