import { EVENT } from "../apimachinery/kinds";
import type { KindId, KubeObject } from "../apimachinery/meta";
import { mutatingWebhookConfiguration, validatingAdmissionPolicy, validatingAdmissionPolicyBinding, validatingWebhookConfiguration } from "./admissionregistration/index";
import { customResourceDefinition } from "./apiextensions/customresourcedefinition/index";
import { controllerRevision } from "./apps/controllerrevision/index";
import { daemonSet } from "./apps/daemonset/index";
import { deployment } from "./apps/deployment/index";
import { replicaSet } from "./apps/replicaset/index";
import { statefulSet } from "./apps/statefulset/index";
import { horizontalPodAutoscaler } from "./autoscaling/horizontalpodautoscaler/index";
import { cronJob } from "./batch/cronjob/index";
import { job } from "./batch/job/index";
import { certificateSigningRequest } from "./certificates/certificatesigningrequest/index";
import { lease } from "./coordination/lease/index";
import { componentStatus } from "./core/componentstatus/index";
import { configMap } from "./core/configmap/index";
import { endpoints } from "./core/endpoints/index";
import { event } from "./core/event/index";
import { limitRange } from "./core/limitrange/index";
import { namespace } from "./core/namespace/index";
import { node } from "./core/node/index";
import { persistentVolume } from "./core/persistentvolume/index";
import { persistentVolumeClaim } from "./core/persistentvolumeclaim/index";
import { pod } from "./core/pod/index";
import { podTemplate } from "./core/podtemplate/index";
import { replicationController } from "./core/replicationcontroller/index";
import { resourceQuota } from "./core/resourcequota/index";
import { secret } from "./core/secret/index";
import { service } from "./core/service/index";
import { serviceAccount } from "./core/serviceaccount/index";
import type { ResourceDefinition } from "./define";
import { endpointSlice } from "./discovery/endpointslice/index";
import { ipAddressPool } from "./metallb/ipaddresspool/index";
import { l2Advertisement } from "./metallb/l2advertisement/index";
import { ingress } from "./networking/ingress/index";
import { ingressClass } from "./networking/ingressclass/index";
import { networkPolicy } from "./networking/networkpolicy/index";
import { runtimeClass } from "./node/runtimeclass/index";
import { podDisruptionBudget } from "./policy/poddisruptionbudget/index";
import { clusterRole, role } from "./rbac/role/index";
import { clusterRoleBinding, roleBinding } from "./rbac/rolebinding/index";
import { priorityClass } from "./scheduling/priorityclass/index";
import { csiDriver } from "./storage/csidriver/index";
import { csiNode } from "./storage/csinode/index";
import { storageClass } from "./storage/storageclass/index";
import { plainKinds } from "./plain/index";
import { volumeAttachment } from "./storage/volumeattachment/index";

/** Every kind the API server knows, in the order `kubectl api-resources` lists them. */
export const resources: readonly ResourceDefinition[] = [
  componentStatus,
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolumeClaim,
  persistentVolume,
  pod,
  podTemplate,
  replicationController,
  resourceQuota,
  secret,
  serviceAccount,
  service,
  mutatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,
  customResourceDefinition,
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  horizontalPodAutoscaler,
  cronJob,
  job,
  certificateSigningRequest,
  lease,
  endpointSlice,
  ipAddressPool,
  l2Advertisement,
  ingressClass,
  ingress,
  networkPolicy,
  runtimeClass,
  podDisruptionBudget,
  clusterRoleBinding,
  clusterRole,
  roleBinding,
  role,
  priorityClass,
  csiDriver,
  csiNode,
  storageClass,
  volumeAttachment,
  ...plainKinds,
];

/** The kinds a ResourceQuota can count, with what it calls them. Upstream leaves Events out. */
export const quotaKinds: readonly (readonly [kind: KindId, plural: string])[] = resources.filter(({ kind, namespaced }) => namespaced && kind !== EVENT).map(({ kind, plural }) => [kind, plural] as const);

const byKind: ReadonlyMap<KindId, ResourceDefinition> = new Map(resources.map((resource) => [resource.kind, resource]));

/** The definition of a kind, if the API server knows it. */
export function resourceFor(kind: KindId): ResourceDefinition | undefined {
  return byKind.get(kind);
}

/** Is this object of a namespaced kind? Unknown kinds count as namespaced. */
export function isNamespaced(object: KubeObject | KindId): boolean {
  const kind = typeof object === "string" ? object : (`${object.apiVersion}/${object.kind}` as KindId);
  return byKind.get(kind)?.namespaced ?? true;
}
