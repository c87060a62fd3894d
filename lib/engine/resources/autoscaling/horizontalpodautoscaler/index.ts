import { HORIZONTAL_POD_AUTOSCALER } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { freshStatus } from "../../apps/workload";
import { jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, has } from "../../json-object";
import { autoscalerColumns } from "./columns";
import { validateHorizontalPodAutoscaler } from "./validation";

const CPU = [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } }];
const UP = { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: [{ type: "Pods", value: 4, periodSeconds: 15 }, { type: "Percent", value: 100, periodSeconds: 15 }] };
const DOWN = { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] };

function behavior(given: JsonObject): JsonObject {
  const both = filled(given, { scaleUp: {}, scaleDown: {} });
  return changed(changed(both, "scaleUp", (rules) => filled(rules, UP)), "scaleDown", (rules) => filled(rules, DOWN));
}

function complete(spec: JsonObject): JsonObject {
  const counted = filled(spec, { minReplicas: 1, metrics: CPU });
  return has(counted, "behavior") ? changed(counted, "behavior", behavior) : counted;
}

/** autoscaling/v2/HorizontalPodAutoscaler. */
export const horizontalPodAutoscaler = defineResource({
  kind: HORIZONTAL_POD_AUTOSCALER,
  plural: "horizontalpodautoscalers",
  shortNames: ["hpa"],
  categories: ["all"],
  subresources: ["status"],
  applyDefaults: (object) => changed(jsonOf(normalize(HORIZONTAL_POD_AUTOSCALER, object)), "spec", complete) as unknown as KubeObject,
  prepare: freshStatus({ desiredReplicas: 0, currentMetrics: null }),
  checkShape: (object) => checkStructure(HORIZONTAL_POD_AUTOSCALER, object),
  validate: validateHorizontalPodAutoscaler,
  columns: autoscalerColumns,
});
