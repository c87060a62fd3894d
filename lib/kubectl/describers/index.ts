import {
  CERTIFICATE_SIGNING_REQUEST,
  CLUSTER_ROLE,
  CLUSTER_ROLE_BINDING,
  CONFIG_MAP,
  CRON_JOB,
  DAEMON_SET,
  DEPLOYMENT,
  ENDPOINT_SLICE,
  ENDPOINTS,
  HORIZONTAL_POD_AUTOSCALER,
  INGRESS,
  INGRESS_CLASS,
  JOB,
  LIMIT_RANGE,
  NAMESPACE,
  NETWORK_POLICY,
  NODE,
  PERSISTENT_VOLUME,
  PERSISTENT_VOLUME_CLAIM,
  POD,
  POD_DISRUPTION_BUDGET,
  PRIORITY_CLASS,
  REPLICA_SET,
  REPLICATION_CONTROLLER,
  RESOURCE_QUOTA,
  ROLE,
  ROLE_BINDING,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
  STATEFUL_SET,
  STORAGE_CLASS,
  type KindId,
} from "@/lib/engine";
import type { Call } from "../command";
import type { Info } from "../discovery";
import { describeAutoscaler } from "./autoscaling";
import { describeCronJob, describeJob } from "./batch";
import { describeCertificateRequest } from "./certificate";
import { describeConfigMap, describeNamespace, describeSecret, describeServiceAccount } from "./config";
import type { Describer } from "./describer";
import { describeAnything } from "./generic";
import { describeEndpoints, describeEndpointSlice, describeIngress, describeIngressClass, describeService } from "./network";
import { describeNetworkPolicy } from "./network-policy";
import { describeNode } from "./node";
import { Paper } from "./paper";
import { describePod } from "./pod";
import { describeBudget, describeLimits, describePriorityClass, describeQuota } from "./policy";
import { describeRole, describeRoleBinding } from "./rbac";
import { describeClaim, describeStorageClass, describeVolume } from "./storage";
import { describeController, describeDaemonSet, describeDeployment, describeReplicaSet, describeStatefulSet } from "./workloads";

/** The describer of each kind that deserves its own; every other kind is described field by field. */
const describers: ReadonlyMap<KindId, Describer> = new Map<KindId, Describer>([
  [POD, describePod as Describer],
  [NODE, describeNode as Describer],
  [DEPLOYMENT, describeDeployment as Describer],
  [REPLICA_SET, describeReplicaSet as Describer],
  [STATEFUL_SET, describeStatefulSet as Describer],
  [DAEMON_SET, describeDaemonSet as Describer],
  [SERVICE, describeService as Describer],
  [INGRESS, describeIngress as Describer],
  [ENDPOINT_SLICE, describeEndpointSlice as Describer],
  [PERSISTENT_VOLUME_CLAIM, describeClaim as Describer],
  [PERSISTENT_VOLUME, describeVolume as Describer],
  [STORAGE_CLASS, describeStorageClass as Describer],
  [CONFIG_MAP, describeConfigMap as Describer],
  [SECRET, describeSecret as Describer],
  [SERVICE_ACCOUNT, describeServiceAccount as Describer],
  [NAMESPACE, describeNamespace as Describer],
  [JOB, describeJob],
  [CRON_JOB, describeCronJob],
  [REPLICATION_CONTROLLER, describeController],
  [ENDPOINTS, describeEndpoints],
  [INGRESS_CLASS, describeIngressClass],
  [NETWORK_POLICY, describeNetworkPolicy],
  [ROLE, describeRole],
  [CLUSTER_ROLE, describeRole],
  [ROLE_BINDING, describeRoleBinding],
  [CLUSTER_ROLE_BINDING, describeRoleBinding],
  [HORIZONTAL_POD_AUTOSCALER, describeAutoscaler],
  [POD_DISRUPTION_BUDGET, describeBudget],
  [RESOURCE_QUOTA, describeQuota],
  [LIMIT_RANGE, describeLimits],
  [PRIORITY_CLASS, describePriorityClass],
  [CERTIFICATE_SIGNING_REQUEST, describeCertificateRequest],
]);

/** An object as `kubectl describe` shows it. */
export function describeObject(call: Call, { object, type }: Info, events: boolean): string {
  const paper = new Paper();
  const describer = describers.get(type.kind) ?? describeAnything;
  describer({ object, type, client: call.client, now: call.io.cluster.now, paper, events });
  return paper.read();
}
