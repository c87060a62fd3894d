import { NODE } from "../../../apimachinery/kinds";
import { firstUntoleratedTaint, isTolerated } from "../../../apimachinery/taints";
import { reason } from "../../../reason";
import { normalizeByMax, SUCCESS, unresolvable, type SchedulerPlugin } from "../../framework";

/** Keeps pods off nodes whose hard taints they do not tolerate, and prefers nodes with fewer soft ones. Upstream: plugins/tainttoleration. */
export const taintToleration: SchedulerPlugin = {
  name: "TaintToleration",
  weight: 3,
  filter({ pod }, { node }) {
    const taint = firstUntoleratedTaint(node.spec?.taints ?? [], pod.spec.tolerations ?? [], ["NoSchedule", "NoExecute"]);
    if (!taint) return SUCCESS;
    const params = { node: node.metadata.name, key: taint.key, value: taint.value ?? "", effect: taint.effect };
    return unresolvable("node(s) had untolerated taint(s)", reason("scheduler.untolerated-taint", params, [{ kind: NODE, namespace: "", name: node.metadata.name }]));
  },
  preScore: () => SUCCESS,
  score({ pod }, { node }) {
    const tolerations = (pod.spec.tolerations ?? []).filter(({ effect }) => effect === undefined || effect === "" || effect === "PreferNoSchedule");
    return (node.spec?.taints ?? []).filter((taint) => taint.effect === "PreferNoSchedule" && !isTolerated(taint, tolerations)).length;
  },
  lessIsBetter: true,
  normalize: (_cycle, scores) => normalizeByMax(scores, true),
};
