import type { FieldError } from "../../../apimachinery/api-error";
import type { Condition } from "../../../apimachinery/conditions";
import { POD_DISRUPTION_BUDGET } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { freshStatus } from "../../apps/workload";
import type { LabelSelector } from "../../apps/deployment/deployment";
import { age, column, specOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { has, numberAt, objectAt, textAt } from "../../json-object";
import { pathSegmentErrors } from "../../path-names";
import { onlyStatusDiffers, validateMetadata, validateSelector } from "../../meta-validation";

/** policy/v1/PodDisruptionBudget. */
export interface PodDisruptionBudget extends KubeObject {
  readonly spec: {
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
    readonly selector?: LabelSelector;
    readonly unhealthyPodEvictionPolicy?: "IfHealthyBudget" | "AlwaysAllow";
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly disruptedPods?: Readonly<Record<string, string>>;
    readonly disruptionsAllowed: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly expectedPods: number;
    readonly conditions?: readonly Condition[];
  };
}

const POLICIES = ["AlwaysAllow", "IfHealthyBudget"];

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("poddisruptionbudget");
  const spec = specOf(object);
  validateMetadata(found, object, pathSegmentErrors);
  if (has(spec, "minAvailable") && has(spec, "maxUnavailable")) {
    const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
    const shown = { MinAvailable: minAvailable, Selector: selector ?? null, MaxUnavailable: maxUnavailable, UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null };
    found.invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set");
  }
  for (const field of ["minAvailable", "maxUnavailable"]) {
    found.intOrPercent(`spec.${field}`, spec[field]);
    found.atMostWhole(`spec.${field}`, spec[field]);
  }
  validateSelector(found, "spec.selector", objectAt(spec, "selector"));
  const policy = textAt(spec, "unhealthyPodEvictionPolicy");
  if (has(spec, "unhealthyPodEvictionPolicy") && !POLICIES.includes(policy)) found.notSupported("spec.unhealthyPodEvictionPolicy", policy, POLICIES);
  return found.errors;
}

const shown = (field: string) => (object: JsonObject): string => {
  const value = objectAt(object, "spec")[field];
  return typeof value === "number" || typeof value === "string" ? String(value) : "N/A";
};

/** policy/v1/PodDisruptionBudget. */
export const podDisruptionBudget = defineResource({
  kind: POD_DISRUPTION_BUDGET,
  plural: "poddisruptionbudgets",
  shortNames: ["pdb"],
  subresources: ["status"],
  applyDefaults: (object) => normalize(POD_DISRUPTION_BUDGET, object),
  prepare: freshStatus({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
  checkShape: (object) => checkStructure(POD_DISRUPTION_BUDGET, object),
  validate,
  columns: [
    column("Min Available", shown("minAvailable")),
    column("Max Unavailable", shown("maxUnavailable")),
    column("Allowed Disruptions", (object) => String(numberAt(objectAt(object, "status"), "disruptionsAllowed") ?? 0)),
    age,
  ],
});
