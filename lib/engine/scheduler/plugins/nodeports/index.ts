import { NODE } from "../../../apimachinery/kinds";
import { reason } from "../../../reason";
import { hostPorts, portTaken } from "../../../resources/core/pod/host-ports";
import { SKIP, SUCCESS, unschedulable, type SchedulerPlugin } from "../../framework";

/** Two pods of a node cannot have the same host port. Upstream: plugins/nodeports. */
export const nodePorts: SchedulerPlugin = {
  name: "NodePorts",
  preFilter: ({ pod }) => (hostPorts(pod).length === 0 ? SKIP : SUCCESS),
  filter({ pod }, { node, ports }) {
    const taken = hostPorts(pod).find((port) => portTaken(ports, port));
    if (!taken) return SUCCESS;
    const params = { node: node.metadata.name, port: taken.hostPort ?? 0 };
    return unschedulable("node(s) didn't have free ports for the requested pod ports", reason("scheduler.port-taken", params, [{ kind: NODE, namespace: "", name: node.metadata.name }]));
  },
};
