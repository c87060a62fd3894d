import { setCondition, type Condition } from "../../apimachinery/conditions";
import { FLOW_SCHEMA, PRIORITY_LEVEL } from "../../apimachinery/kinds";
import { keyOf, type KubeObject } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import { danglingCondition } from "../../resources/flowcontrol/bootstrap";
import type { Controller } from "../controller";

interface FlowSchema extends KubeObject {
  readonly spec?: { readonly priorityLevelConfiguration?: { readonly name?: string } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/**
 * Says of each flow schema whether its priority level exists. Those every cluster has say so already.
 * Upstream: apiserver/pkg/util/flowcontrol.
 */
export const flowSchemaStatus: Controller = {
  name: "api-priority-and-fairness-config-consumer-v1",
  reconciles: FLOW_SCHEMA,
  watches: [{ kind: PRIORITY_LEVEL, wakes: (_level, client) => client.list<FlowSchema>(FLOW_SCHEMA).map(keyOf) }],
  reconcile(key, { client, now }) {
    const schema = client.get<FlowSchema>(FLOW_SCHEMA, key);
    if (!schema || schema.metadata.deletionTimestamp !== undefined) return;
    const name = schema.spec?.priorityLevelConfiguration?.name ?? "";
    const condition = danglingCondition(name, client.get(PRIORITY_LEVEL, { namespace: "", name }) !== undefined, timestamp(now));
    client.updateStatus<FlowSchema>({ ...schema, status: { ...schema.status, conditions: setCondition(schema.status?.conditions, condition) } });
  },
};
