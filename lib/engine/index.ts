/**
 * The engine's only door: a whole simulated Kubernetes cluster, and the types of what it says.
 */
export { createCluster, restoreCluster, inDefault, type Cluster, type ClusterSnapshot } from "./cluster";
export type { ClusterOptions, NetworkOptions, NodeOptions } from "./options";
export type { WorldOptions, WorldHost, HandMadeBalancer, Subnet } from "./world/world";
export type { Client, DeleteOptions, ListOptions, Patch, Propagation, WriteOptions } from "./client/client";
export type { Json, JsonObject, KindId, KubeObject, ObjectKey, ObjectMeta, ObjectRef, OwnerReference } from "./apimachinery/meta";
export { keyOf, keyText, kindId, kindOf, parseKey, partsOfKind, refOf } from "./apimachinery/meta";
export * from "./apimachinery/kinds";
export { ApiError, fieldErrorText, type FieldError, type StatusDetails, type StatusReason } from "./apimachinery/api-error";
export { Bug, invariant } from "./apimachinery/invariant";
export { compareNumbers, compareStrings, deepEqual, sortedEntries } from "./apimachinery/compare";
export { canonicalJson, fingerprint, hash32 } from "./apimachinery/canonical";
export { controllerOf, isControlledBy } from "./apimachinery/owner";
export { findCondition, isTrue, type Condition } from "./apimachinery/conditions";
export { millis, seconds, type Instant, type Millis } from "./sim/clock";
export { clockText, type JournalEntry } from "./sim/journal";
export { BudgetExceeded } from "./sim/budget";
export { Compacted, type StoreEvent } from "./store/store";
export { reason, type Reason, type ReasonCode } from "./reason";
export { resourceFor, resources } from "./resources/index";
export type { Column, ResourceDefinition } from "./resources/define";
export type { SchedulingTrace, Status as SchedulingStatus } from "./scheduler/framework";
export type { DnsAnswer, Endpoint, Hop, HopStage, Origin, OutboundRequest, Packet, PacketTrace } from "./machine/wire";
export { defineProgram, type AppRequest, type AppResponse, type FileError, type FileStat, type FileSystem, type Image, type ImageCatalog, type ProcessView, type Program, type Step } from "./machine/behaviour";
export * from "./models";
export { findJsonPath, relaxedJsonPath, renderJsonPath, sortByJsonPath } from "./apimachinery/jsonpath";
export { threeWayStrategicPatch } from "./apimachinery/patch/strategic-diff";
export { mergePatch, threeWayMergePatch } from "./apimachinery/patch/merge";
export { strategicMergePatch } from "./apimachinery/patch/strategic";
export { applyJsonPatch } from "./apimachinery/patch/json";
export { hasStrategicMerge } from "./apimachinery/patch/merge-keys";
export { formatLabelSelector, labelSelectorMatches, matches as selectorMatches, parseSelector } from "./apimachinery/labels";
export { matchesFields, parseFieldSelector } from "./apimachinery/fields";
export { instantOf, timestamp } from "./apimachinery/time";
export { humanDuration, parseDuration } from "./apimachinery/duration";
export { addQuantities, bytesOf, cpuMilli, formatQuantity, parseQuantity, quantityFrom, quantityMilli, quantityOf, type Quantity } from "./apimachinery/quantity";
export { podLimits, podRequests } from "./apimachinery/qos";
