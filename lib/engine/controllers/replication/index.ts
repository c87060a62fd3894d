import { POD, REPLICATION_CONTROLLER } from "../../apimachinery/kinds";
import { matches, selectorOfMap } from "../../apimachinery/labels";
import type { KubeObject, ObjectKey } from "../../apimachinery/meta";
import { keyOf } from "../../apimachinery/meta";
import { controllerOf, controllerOwner } from "../../apimachinery/owner";
import type { Client } from "../../client/client";
import type { ReplicaSet } from "../../resources/apps/replicaset/replicaset";
import type { PodTemplateSpec } from "../../resources/core/pod/pod";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { keepReplicas } from "../replicaset/index";

/** v1/ReplicationController: what there was before ReplicaSets, with a selector of equal labels only. */
interface ReplicationController extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly minReadySeconds?: number; readonly selector?: Readonly<Record<string, string>>; readonly template: PodTemplateSpec };
  readonly status?: NonNullable<ReplicaSet["status"]>;
}

const ownerOf = controllerOwner(REPLICATION_CONTROLLER);

/** Keeps the pods of ReplicationControllers, by the very rules of ReplicaSets. Upstream: pkg/controller/replication. */
export const replicationController: Controller = {
  name: "replicationcontroller",
  eventSource: "replication-controller",
  reconciles: REPLICATION_CONTROLLER,
  watches: [
    {
      kind: POD,
      owner: REPLICATION_CONTROLLER,
      while: REPLICATION_CONTROLLER,
      wakes: (pod, client) => {
        const owner = ownerOf(pod);
        return owner.length > 0 ? owner : adoptersOf(pod, client);
      },
    },
  ],
  reconcile,
};

function adoptersOf(pod: KubeObject, client: Client): readonly ObjectKey[] {
  if (controllerOf(pod) !== undefined || pod.metadata.deletionTimestamp !== undefined) return [];
  return client
    .list<ReplicationController>(REPLICATION_CONTROLLER, { namespace: pod.metadata.namespace ?? "" })
    .filter(({ spec }) => matches(selectorOfMap(spec.selector), pod.metadata.labels))
    .map(keyOf);
}

function reconcile(key: ObjectKey, context: ControllerContext): ReconcileResult {
  const found = context.client.get<ReplicationController>(REPLICATION_CONTROLLER, key);
  if (!found) return;
  const { selector = {}, ...spec } = found.spec;
  return keepReplicas({ ...found, spec: { ...spec, selector: { matchLabels: selector } } } as ReplicaSet, context, withoutTerminating);
}

/** The older kind does not tell of pods on their way out. */
function withoutTerminating(status: ReplicaSet["status"]): unknown {
  const { terminatingReplicas: _terminating, ...rest } = status ?? {};
  return rest;
}
