import { POD } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { qosClass, type ResourcePod } from "../../../apimachinery/qos";
import { checkStructure } from "../../../openapi/validate";
import { normalize } from "../../../openapi/normalize";
import { jsonOf, specOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, changedEach, completed, filled, listAt } from "../../json-object";
import { defaultPodSpec, hostPorts, requestsFromLimits } from "../pod-template/defaults";
import { podColumns } from "./columns";
import { podStrategies } from "./subresources";
import { withMeaning } from "./prepare";
import { validatePod } from "./validation";

function completeSpec(spec: JsonObject): JsonObject {
  let result = spec;
  for (const list of ["containers", "initContainers"]) {
    result = changedEach(result, list, requestsFromLimits);
    if (spec["hostNetwork"] === true) result = changedEach(result, list, hostPorts);
  }
  return filled(defaultPodSpec(result), { enableServiceLinks: true });
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
