/** What server-side apply knows of a kind's structure: which lists have keys, and what is owned whole. */
import type { JsonObject, Json, KindId } from "../../apimachinery/meta";
import { isObject } from "../../apimachinery/patch/merge";
import { schemaNameOf, typeSchema, type FieldType } from "../../openapi/schema";

/** How a value merges. `struct` has declared fields, `map` free ones; `keyed` lists are told apart by keys, `set` lists by value. */
export type Shape =
  | { readonly shape: "scalar" | "atomic" }
  | { readonly shape: "struct"; readonly type: string }
  | { readonly shape: "map"; readonly of: Shape }
  /** Fields declared by a custom kind's schema; `others` where it keeps what it does not declare. */
  | { readonly shape: "declared"; readonly fields: ReadonlyMap<string, Shape>; readonly others?: Shape }
  /** Nothing is known: a map where there is one, owned whole otherwise. */
  | { readonly shape: "deduced" }
  | { readonly shape: "keyed"; readonly keys: readonly string[]; readonly of: Shape; readonly defaults?: JsonObject }
  | { readonly shape: "set" };

const ATOMIC: Shape = { shape: "atomic" };
const SCALAR: Shape = { shape: "scalar" };

/** Types owned whole: two managers cannot share one. Upstream: `+structType=atomic`. */
const WHOLE = new Set([
  "LabelSelector", "LocalObjectReference", "ObjectReference", "SecretReference", "TypedLocalObjectReference", "NodeSelector", "NodeSelectorTerm",
  "ConfigMapKeySelector", "SecretKeySelector", "ObjectFieldSelector", "ResourceFieldSelector", "ScopeSelector", "ScopedResourceSelectorRequirement",
  "TopologySelectorTerm", "OwnerReference", "RoleRef", "Subject", "CrossVersionObjectReference", "NonResourceAttributes", "FileKeySelector",
]);
/** Fields owned whole although their type is not. */
const WHOLE_FIELDS = new Set(["PodSpec.nodeSelector", "ServiceSpec.selector", "PersistentVolumeSpec.nodeAffinity", "Overhead.podFixed"]);
const GRANULAR_FIELDS = new Set(["PersistentVolumeSpec.claimRef"]);

/** Lists with keys, by `Type.field`. Upstream: `+listType=map` and `+listMapKey`. Every other list is owned whole. */
const KEYED: Readonly<Record<string, readonly string[]>> = {
  "ObjectMeta.ownerReferences": ["uid"],
  "PodSpec.containers": ["name"],
  "PodSpec.initContainers": ["name"],
  "PodSpec.ephemeralContainers": ["name"],
  "PodSpec.volumes": ["name"],
  "PodSpec.imagePullSecrets": ["name"],
  "PodSpec.hostAliases": ["ip"],
  "PodSpec.topologySpreadConstraints": ["topologyKey", "whenUnsatisfiable"],
  "PodSpec.schedulingGates": ["name"],
  "PodSpec.resourceClaims": ["name"],
  "Container.ports": ["containerPort", "protocol"],
  "Container.env": ["name"],
  "Container.volumeMounts": ["mountPath"],
  "Container.volumeDevices": ["devicePath"],
  "EphemeralContainer.ports": ["containerPort", "protocol"],
  "EphemeralContainer.env": ["name"],
  "EphemeralContainer.volumeMounts": ["mountPath"],
  "EphemeralContainer.volumeDevices": ["devicePath"],
  "ResourceRequirements.claims": ["name"],
  "PodStatus.conditions": ["type"],
  "PodStatus.podIPs": ["ip"],
  "ServiceSpec.ports": ["port", "protocol"],
  "ServiceStatus.conditions": ["type"],
  "ServiceAccount.secrets": ["name"],
  "NodeStatus.conditions": ["type"],
  "NodeStatus.addresses": ["type"],
  "NamespaceStatus.conditions": ["type"],
  "PersistentVolumeClaimStatus.conditions": ["type"],
  "ReplicationControllerStatus.conditions": ["type"],
  "DeploymentStatus.conditions": ["type"],
  "ReplicaSetStatus.conditions": ["type"],
  "StatefulSetStatus.conditions": ["type"],
  "DaemonSetStatus.conditions": ["type"],
  "PodDisruptionBudgetStatus.conditions": ["type"],
  "HorizontalPodAutoscalerStatus.conditions": ["type"],
  "CSINodeSpec.drivers": ["name"],
  "ValidatingWebhookConfiguration.webhooks": ["name"],
  "MutatingWebhookConfiguration.webhooks": ["name"],
};
const SETS = new Set(["ObjectMeta.finalizers", "NodeSpec.podCIDRs", "PodFailurePolicyOnExitCodesRequirement.values"]);

/** What a key that was left out stands for. */
export const KEY_DEFAULTS: Readonly<Record<string, Json>> = { protocol: "TCP" };

function shapeOfType(type: FieldType): Shape {
  switch (type.type) {
    case "scalar":
      return type.scalar === "j" ? ATOMIC : SCALAR;
    case "object":
      return WHOLE.has(type.name) ? ATOMIC : { shape: "struct", type: type.name };
    case "map":
      return { shape: "map", of: shapeOfType(type.of) };
    case "list":
      return ATOMIC;
  }
}

/** Is a value of this type owned whole? */
export function isOwnedWhole(type: string): boolean {
  return WHOLE.has(type);
}

/** The shape of a struct's field; `undefined` when it declares none of that name. */
export function fieldShape(type: string, field: string): Shape | undefined {
  const declared = typeSchema(type)?.get(field);
  if (!declared) return undefined;
  const name = `${type}.${field}`;
  if (WHOLE_FIELDS.has(name)) return ATOMIC;
  if (declared.type.type === "object" && GRANULAR_FIELDS.has(name)) return { shape: "struct", type: declared.type.name };
  if (declared.type.type !== "list") return shapeOfType(declared.type);
  if (SETS.has(name)) return { shape: "set" };
  const keys = Object.hasOwn(KEYED, name) ? KEYED[name] : undefined;
  if (keys === undefined) return ATOMIC;
  return { shape: "keyed", keys, of: shapeOfType(declared.type.of) };
}

/** The shape of a member of an object. */
export function memberShape(shape: Shape, field: string): Shape {
  switch (shape.shape) {
    case "struct":
      return fieldShape(shape.type, field) ?? ATOMIC;
    case "declared":
      return shape.fields.get(field) ?? shape.others ?? ATOMIC;
    case "map":
      return shape.of;
    default:
      return shape.shape === "deduced" ? shape : ATOMIC;
  }
}

/** Is the member declared, or a free entry of a map? */
export function isDeclared(shape: Shape, field: string): boolean {
  if (shape.shape === "declared") return shape.fields.has(field);
  return shape.shape === "struct" && fieldShape(shape.type, field) !== undefined;
}

/** The shape of a kind's objects. Kinds without a known structure are maps all the way down, their lists owned whole. */
export function shapeOfKind(kind: KindId): Shape {
  const type = schemaNameOf(kind);
  return type === undefined ? FREE : { shape: "struct", type };
}

const FREE: Shape = { shape: "struct", type: "" };

/** The step that tells an element of a keyed list or a set from the others. */
export function elementStep(shape: Extract<Shape, { readonly shape: "keyed" | "set" }>, element: Json): string {
  if (shape.shape === "set" || !isObject(element)) return `v:${JSON.stringify(element)}`;
  const keys: Record<string, Json> = {};
  for (const key of [...shape.keys].sort((a, b) => (a < b ? -1 : 1))) {
    const value = (element as JsonObject)[key] ?? (shape.defaults ?? KEY_DEFAULTS)[key];
    if (value !== undefined && value !== null) keys[key] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}

/** What Go writes of an object of a kind that says nothing: fields that are there before anybody adds them. */
export function zeroOf(kind: KindId): JsonObject {
  const template = { metadata: {}, spec: { containers: null } };
  const workload = { metadata: {}, spec: { selector: null, template, strategy: {}, updateStrategy: {}, serviceName: "" }, status: {} };
  switch (kind) {
    case "v1/Pod":
      return { metadata: {}, spec: { containers: null }, status: {} };
    case "v1/Service":
    case "networking.k8s.io/v1/Ingress":
      return { metadata: {}, spec: {}, status: { loadBalancer: {} } };
    case "v1/PersistentVolumeClaim":
      return { metadata: {}, spec: { resources: {} }, status: {} };
    case "batch/v1/CronJob":
      return { metadata: {}, spec: { schedule: "", jobTemplate: { metadata: {}, spec: { template } } }, status: {} };
    default:
      return kind.startsWith("apps/") || kind === "batch/v1/Job" ? workload : { metadata: {}, spec: {}, status: {} };
  }
}
