import { NODE } from "../../../apimachinery/kinds";
import { compareStrings } from "../../../apimachinery/compare";
import { isExtendedResource } from "../../../apimachinery/qos";
import { reason, type Reason } from "../../../reason";
import type { NodeInfo } from "../../node-info";
import { amountsOf, type PodAmounts } from "../../pod-amounts";
import { SUCCESS, type SchedulerPlugin, type Status } from "../../framework";
import { LEAST_ALLOCATED, scoreBy, type ScoringStrategy } from "./scoring";

interface Shortage {
  readonly message: string;
  readonly unresolvable: boolean;
  readonly reason: Reason;
}

/** How the plugin is set up; upstream's NodeResourcesFitArgs. */
export interface FitOptions {
  /** Of resources beyond those Kubernetes knows: those that are not looked at. */
  readonly ignored?: (resource: string) => boolean;
  readonly strategy?: ScoringStrategy;
}

/**
 * Does the node have room for what the pod asks for? Then: the emptier, the better, unless another strategy is set.
 * Requests count, not use.
 */
export function createNodeResourcesFit({ ignored = () => false, strategy = LEAST_ALLOCATED }: FitOptions = {}): SchedulerPlugin {
  return {
    name: "NodeResourcesFit",
    weight: 1,
    preFilter: () => SUCCESS,
    filter({ pod }, node): Status {
      const amounts = amountsOf(pod);
      if (fits(amounts, node)) return SUCCESS;
      const shortages = shortagesOf(amounts, node, ignored);
      if (shortages.length === 0) return SUCCESS;
      return {
        code: shortages.some((shortage) => shortage.unresolvable) ? "UnschedulableAndUnresolvable" : "Unschedulable",
        messages: shortages.map((shortage) => shortage.message),
        reasons: shortages.map((shortage) => shortage.reason),
      };
    },
    fits({ pod }, node) {
      const amounts = amountsOf(pod);
      return fits(amounts, node) || (amounts.asked.scalar.size > 0 && shortagesOf(amounts, node, ignored).length === 0);
    },
    preScore: () => SUCCESS,
    score: ({ pod }, node) => scoreBy(strategy, amountsOf(pod), node),
  };
}

/** Upstream: plugins/noderesources/fit.go, LeastAllocated. */
export const nodeResourcesFit = createNodeResourcesFit();

/** Is there plainly room? "No" wants a closer look. */
function fits({ asked }: PodAmounts, { pods, requested, allocatable }: NodeInfo): boolean {
  if (asked.scalar.size > 0 || pods.length >= allocatable.pods) return false;
  return (
    (asked.cpu === 0 || asked.cpu <= allocatable.cpu - requested.cpu) &&
    (asked.memory === 0 || asked.memory <= allocatable.memory - requested.memory) &&
    (asked.storage === 0 || asked.storage <= allocatable.storage - requested.storage)
  );
}

function shortagesOf({ asked }: PodAmounts, { node, pods, requested, allocatable }: NodeInfo, ignored: (resource: string) => boolean): readonly Shortage[] {
  const about = [{ kind: NODE, namespace: "", name: node.metadata.name }];
  const shortages: Shortage[] = [];
  if (pods.length + 1 > allocatable.pods) {
    shortages.push({ message: "Too many pods", unresolvable: false, reason: reason("scheduler.too-many-pods", { node: node.metadata.name, limit: allocatable.pods }, about) });
  }
  const check = (resource: string, wanted: number, used: number, total: number): void => {
    if (wanted === 0 || wanted <= total - used) return;
    const params = { resource, node: node.metadata.name, requested: wanted, used, allocatable: total };
    shortages.push({ message: `Insufficient ${resource}`, unresolvable: wanted > total, reason: reason("scheduler.insufficient-resource", params, about) });
  };
  check("cpu", asked.cpu, requested.cpu, allocatable.cpu);
  check("memory", asked.memory, requested.memory, allocatable.memory);
  check("ephemeral-storage", asked.storage, requested.storage, allocatable.storage);
  for (const name of [...asked.scalar.keys()].filter((one) => !isExtendedResource(one) || !ignored(one)).sort(compareStrings)) check(name, asked.scalar.get(name) ?? 0, requested.scalar.get(name) ?? 0, allocatable.scalar.get(name) ?? 0);
  return shortages;
}
