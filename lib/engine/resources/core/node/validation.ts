/** The rules of nodes. Upstream: `ValidateNode`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { legacyCidrErrors, qualifiedNameErrors, validateLabelValue } from "../../../apimachinery/names";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, isObject, objectAt, listAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function validateTaints(found: Findings, taints: readonly JsonObject[]): void {
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    const at = `metadata.taints[${i}]`;
    found.names(`${at}.key`, textAt(taint, "key"), qualifiedNameErrors(textAt(taint, "key")));
    const wrong = validateLabelValue(textAt(taint, "value"));
    if (wrong.length > 0) found.invalid(`${at}.value`, textAt(taint, "value"), wrong.join(";"));
    found.oneOf(`${at}.effect`, textAt(taint, "effect"), EFFECTS);
    const pair = `${textAt(taint, "key")}:${textAt(taint, "effect")}`;
    if (seen.has(pair)) found.duplicate(at, taint);
    seen.add(pair);
  });
}

const AVOID = "scheduler.alpha.kubernetes.io/preferAvoidPods";

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** An old annotation nobody acts on any more, but whose form is still looked at. */
function avoidedPods(found: Findings, annotations: Readonly<Record<string, string>>): void {
  const path = `metadata.annotations.${AVOID}`;
  objectsAt(parsed(annotations[AVOID] ?? "{}"), "preferAvoidPods").forEach((entry, i) => {
    const at = `${path}[${i}].PodSignature`;
    const signature = objectAt(entry, "podSignature");
    if (!has(signature, "podController")) found.required(at);
    else if (objectAt(signature, "podController")["controller"] !== true) found.invalid(`${at}.PodController.Controller`, false, "must point to a controller");
  });
}

/** Everything wrong with a node. */
export function validateNode(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("node");
  const spec = specOf(object);
  validateMetadata(found, object);
  for (let look = previous === undefined ? 1 : 0; look < 2; look += 1) avoidedPods(found, object.metadata.annotations ?? {});
  validateTaints(found, objectsAt(spec, "taints"));
  const ranges = listAt(spec, "podCIDRs");
  ranges.forEach((range, i) => {
    if (typeof range === "string") found.names(`spec.podCIDRs[${i}]`, range, legacyCidrErrors(range));
  });
  if (ranges.filter((range) => typeof range === "string" && !range.includes(":")).length > 1 || ranges.filter((range) => typeof range === "string" && range.includes(":")).length > 1) {
    found.invalid("spec.podCIDRs", ranges, "may specify no more than one CIDR for each IP family");
  }
  if (previous !== undefined && textAt(specOf(previous), "podCIDR") !== "" && textAt(spec, "podCIDR") !== textAt(specOf(previous), "podCIDR")) {
    found.forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid");
  }
  return found.errors;
}
