import { NODE } from "../../../apimachinery/kinds";
import { reason } from "../../../reason";
import { SUCCESS, unresolvable, type SchedulerPlugin } from "../../framework";

/** A pod that names its node goes there or nowhere. Upstream: plugins/nodename. */
export const nodeName: SchedulerPlugin = {
  name: "NodeName",
  filter({ pod }, { node }) {
    const wanted = pod.spec.nodeName ?? "";
    if (wanted === "" || wanted === node.metadata.name) return SUCCESS;
    return unresolvable("node(s) didn't match the requested node name", reason("scheduler.node-name-mismatch", { wanted, node: node.metadata.name }, [{ kind: NODE, namespace: "", name: node.metadata.name }]));
  },
};
