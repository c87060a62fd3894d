import { POD } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { podRequests, qosClass, type ResourcePod } from "../../../apimachinery/qos";
import { formatQuantity } from "../../../apimachinery/quantity";
import { checkStructure } from "../../../openapi/validate";
import { normalize } from "../../../openapi/normalize";
import { jsonOf, specOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, changedEach, completed, filled, listAt, objectAt } from "../../json-object";
import { defaultPodSpec, hostPorts, requestsFromLimits } from "../pod-template/defaults";
import { podColumns } from "./columns";
import { podStrategies } from "./subresources";
import { withMeaning } from "./prepare";
import { validatePod } from "./validation";

const isWhole = (name: string): boolean => name === "cpu" || name === "memory" || name.startsWith("hugepages-");

/** A pod limited as a whole asks for what its containers ask for together, and for the limit where they ask for nothing. Upstream: `defaultPodRequests`. */
function wholeRequests(spec: JsonObject): JsonObject {
  const limits = objectAt(objectAt(spec, "resources"), "limits");
  if (Object.keys(limits).length === 0) return spec;
  const { resources: _whole, overhead: _overhead, ...parts } = spec;
  const together = [...podRequests({ spec: parts } as unknown as ResourcePod)].filter(([name]) => name === "cpu" || name === "memory");
  const asked = { ...Object.fromEntries(Object.entries(limits).filter(([name]) => isWhole(name))), ...Object.fromEntries(together.map(([name, sum]) => [name, formatQuantity(sum)])) };
  return changed(spec, "resources", (resources) => {
    const requests = filled(objectAt(resources, "requests"), asked);
    return requests === resources["requests"] || Object.keys(requests).length === 0 ? resources : { ...resources, requests };
  });
}

function completeSpec(spec: JsonObject): JsonObject {
  let result = spec;
  for (const list of ["containers", "initContainers"]) {
    result = changedEach(result, list, requestsFromLimits);
    if (spec["hostNetwork"] === true) result = changedEach(result, list, hostPorts);
  }
  return filled(wholeRequests(defaultPodSpec(result)), { enableServiceLinks: true });
}

function applyDefaults(object: KubeObject): KubeObject {
  return completed(filled(jsonOf(normalize(POD, object)), { spec: {} }), "spec", completeSpec) as unknown as KubeObject;
}

/** On creation no status but the first one; on update the priority, once decided, stays. What admission plugins add comes after. */
function prepare(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  if (previous !== undefined) {
    const { priority, preemptionPolicy } = specOf(previous);
    return changed(jsonOf(object), "spec", (spec) => filled(spec, { priority, preemptionPolicy })) as unknown as KubeObject;
  }
  const gated = listAt(specOf(object), "schedulingGates").length > 0;
  const blocked: JsonObject = { type: "PodScheduled", status: "False", lastProbeTime: null, lastTransitionTime: null, reason: "SchedulingGated", message: "Scheduling is blocked due to non-empty scheduling gates" };
  const status: JsonObject = { phase: "Pending", ...(gated ? { conditions: [blocked] } : {}), qosClass: qosClass({ spec: specOf(object) } as unknown as ResourcePod) };
  return { ...withMeaning(object), status } as unknown as KubeObject;
}

/** v1/Pod. */
export const pod = defineResource({
  kind: POD,
  plural: "pods",
  shortNames: ["po"],
  categories: ["all"],
  subresources: ["status", "binding", "log", "exec", "attach", "eviction", "portforward", "ephemeralcontainers", "resize"],
  strategies: podStrategies,
  applyDefaults,
  prepare,
  checkShape: (object) => checkStructure(POD, object),
  validate: validatePod,
  columns: podColumns,
});
