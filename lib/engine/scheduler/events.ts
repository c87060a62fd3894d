import { deepEqual } from "../apimachinery/compare";
import { CSI_DRIVER, CSI_NODE, CSI_STORAGE_CAPACITY, NAMESPACE, NODE, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, STORAGE_CLASS, VOLUME_ATTACHMENT } from "../apimachinery/kinds";
import { isFinished } from "../resources/core/pod/lifecycle";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { StoreEvent } from "../client/component";
import { isChanging } from "../resources/core/pod/held-amounts";
import { amountsOf } from "./pod-amounts";

const SPREADING = ["InterPodAffinity", "PodTopologySpread"];
const VOLUMES = ["NodeVolumeLimits", "VolumeBinding", "VolumeRestrictions", "VolumeZone"];

/** The plugins whose refusal a change may mend; `"*"` for all, none when it helps nobody. Upstream: each plugin's EventsToRegister. */
export function helpedBy({ kind, type, object, previous }: StoreEvent): readonly string[] | "*" {
  switch (kind) {
    case NODE:
      return type === "ADDED" ? "*" : type === "DELETED" ? SPREADING : nodeChange(object as Node, previous as Node | undefined);
    case POD:
      return podChange(type, object as Pod, previous as Pod | undefined);
    case PERSISTENT_VOLUME:
    case PERSISTENT_VOLUME_CLAIM:
    case STORAGE_CLASS:
    case CSI_DRIVER:
    case CSI_STORAGE_CAPACITY:
      return VOLUMES;
    case CSI_NODE:
      return ["NodeVolumeLimits"];
    case VOLUME_ATTACHMENT:
      return type === "DELETED" ? ["NodeVolumeLimits"] : [];
    case NAMESPACE:
      return ["InterPodAffinity"];
    default:
      return [];
  }
}

function nodeChange(node: Node, previous: Node | undefined): readonly string[] {
  const helped: string[] = [];
  if (!deepEqual(node.metadata.labels, previous?.metadata.labels)) helped.push("NodeAffinity", ...SPREADING, ...VOLUMES);
  if (!deepEqual(node.spec?.taints, previous?.spec?.taints)) helped.push("TaintToleration", "PodTopologySpread");
  if (node.spec?.unschedulable !== previous?.spec?.unschedulable) helped.push("NodeUnschedulable", "PodTopologySpread");
  if (!deepEqual(node.status?.allocatable, previous?.status?.allocatable)) helped.push("NodeResourcesFit");
  return helped;
}

function podChange(type: StoreEvent["type"], pod: Pod, previous: Pod | undefined): readonly string[] | "*" {
  const placed = (pod.spec.nodeName ?? "") !== "";
  if (!placed) return [];
  const left = type === "DELETED" || (isFinished(pod) && previous !== undefined && !isFinished(previous));
  if (left) return "*";
  if (previous === undefined || (previous.spec.nodeName ?? "") === "") return SPREADING;
  const helped = deepEqual(pod.metadata.labels, previous.metadata.labels) ? [] : SPREADING;
  return holdsLess(pod, previous) ? [...helped, "NodeResourcesFit"] : helped;
}

/** Did a pod's resources shrink where it runs? */
function holdsLess(pod: Pod, previous: Pod): boolean {
  if (pod.spec === previous.spec && !isChanging(pod) && !isChanging(previous)) return false;
  const [now, before] = [amountsOf(pod).asked, amountsOf(previous).asked];
  return now.cpu < before.cpu || now.memory < before.memory || now.storage < before.storage || [...before.scalar].some(([name, amount]) => (now.scalar.get(name) ?? 0) < amount);
}
