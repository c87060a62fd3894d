import { NODE } from "../../../apimachinery/kinds";
import { isTolerated } from "../../../apimachinery/taints";
import { reason } from "../../../reason";
import { SUCCESS, unresolvable, type SchedulerPlugin } from "../../framework";

/** The taint a cordoned node bears; a pod that tolerates it may land there all the same. */
export const UNSCHEDULABLE_TAINT = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" } as const;

/** Keeps pods off cordoned nodes. Upstream: plugins/nodeunschedulable. */
export const nodeUnschedulable: SchedulerPlugin = {
  name: "NodeUnschedulable",
  filter({ pod }, { node }) {
    if (node.spec?.unschedulable !== true || isTolerated(UNSCHEDULABLE_TAINT, pod.spec.tolerations ?? [])) return SUCCESS;
    return unresolvable("node(s) were unschedulable", reason("scheduler.node-unschedulable", { node: node.metadata.name }, [{ kind: NODE, namespace: "", name: node.metadata.name }]));
  },
};
