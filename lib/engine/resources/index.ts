import type { KindId, KubeObject } from "../apimachinery/meta";
import { controllerRevision } from "./apps/controllerrevision/index";
import { daemonSet } from "./apps/daemonset/index";
import { deployment } from "./apps/deployment/index";
import { replicaSet } from "./apps/replicaset/index";
import { statefulSet } from "./apps/statefulset/index";
import { lease } from "./coordination/lease/index";
import { configMap } from "./core/configmap/index";
import { event } from "./core/event/index";
import { namespace } from "./core/namespace/index";
import { node } from "./core/node/index";
import { persistentVolume } from "./core/persistentvolume/index";
import { persistentVolumeClaim } from "./core/persistentvolumeclaim/index";
import { pod } from "./core/pod/index";
import { secret } from "./core/secret/index";
import { service } from "./core/service/index";
import { serviceAccount } from "./core/serviceaccount/index";
import type { ResourceDefinition } from "./define";
import { endpointSlice } from "./discovery/endpointslice/index";
import { ipAddressPool } from "./metallb/ipaddresspool/index";
import { l2Advertisement } from "./metallb/l2advertisement/index";
import { ingress } from "./networking/ingress/index";
import { ingressClass } from "./networking/ingressclass/index";
import { storageClass } from "./storage/storageclass/index";
import { volumeAttachment } from "./storage/volumeattachment/index";

/** Every kind the API server knows, in the order `kubectl api-resources` lists them. */
export const resources: readonly ResourceDefinition[] = [
  configMap,
  event,
  namespace,
  node,
  persistentVolumeClaim,
  persistentVolume,
  pod,
  secret,
  serviceAccount,
  service,
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  lease,
  endpointSlice,
  ipAddressPool,
  l2Advertisement,
  ingressClass,
  ingress,
  storageClass,
  volumeAttachment,
];

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
