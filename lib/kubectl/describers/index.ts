import { CONFIG_MAP, DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, INGRESS, NAMESPACE, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, REPLICA_SET, SECRET, SERVICE, SERVICE_ACCOUNT, STATEFUL_SET, STORAGE_CLASS, type KindId } from "@/lib/engine";
import type { Call } from "../command";
import type { Info } from "../discovery";
import { describeConfigMap, describeNamespace, describeSecret, describeServiceAccount } from "./config";
import type { Describer } from "./describer";
import { describeAnything } from "./generic";
import { describeEndpointSlice, describeIngress, describeService } from "./network";
import { describeNode } from "./node";
import { Paper } from "./paper";
import { describePod } from "./pod";
import { describeClaim, describeStorageClass, describeVolume } from "./storage";
import { describeDaemonSet, describeDeployment, describeReplicaSet, describeStatefulSet } from "./workloads";

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
]);

/** An object as `kubectl describe` shows it. */
export function describeObject(call: Call, { object, type }: Info, events: boolean): string {
  const paper = new Paper();
  const describer = describers.get(type.kind) ?? describeAnything;
  describer({ object, type, client: call.client, now: call.io.cluster.now, paper, events });
  return paper.read();
}
