/** The rules of autoscalers. Upstream: `pkg/apis/autoscaling/validation`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors } from "../../../apimachinery/names";
import { quantityFrom, quantitySign } from "../../../apimachinery/quantity";
import { specOf } from "../../cells";
import { validateResourceName } from "../../core/pod-template/validate-resources";
import { Findings } from "../../findings";
import { has, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";
import { pathSegmentErrors } from "../../path-names";

const SOURCES = ["object", "external", "pods", "resource", "containerResource"];
const TYPES = ["ContainerResource", "External", "Object", "Pods", "Resource"];
const LONGEST_PERIOD = 1800;
const LONGEST_WINDOW = 3600;

function reference(found: Findings, path: string, ref: JsonObject, scaled: boolean): void {
  for (const field of ["kind", "name"]) {
    const value = textAt(ref, field);
    if (value === "") found.required(`${path}.${field}`);
    else found.names(`${path}.${field}`, value, pathSegmentErrors(value));
  }
  const version = textAt(ref, "apiVersion");
  const parts = version.split("/");
  if (parts.length > 2) found.invalid(`${path}.apiVersion`, version, `unexpected GroupVersion string: ${version}`);
  // Only one kind of the core group can be scaled.
  else if (scaled && parts.length < 2 && textAt(ref, "kind") !== "ReplicationController") found.invalid(`${path}.apiVersion`, version, "apiVersion must specify API group");
}

function target(found: Findings, path: string, wanted: JsonObject): void {
  const type = textAt(wanted, "type");
  if (type === "") found.required(`${path}.type`, "must specify a metric target type");
  if (!["Utilization", "Value", "AverageValue"].includes(type)) found.invalid(`${path}.type`, type, "must be either Utilization, Value, or AverageValue");
  for (const field of ["value", "averageValue"]) {
    if (has(wanted, field) && quantitySign(quantityFrom(wanted[field])) !== 1) found.invalid(`${path}.${field}`, wanted[field], "must be positive");
  }
  const utilization = numberAt(wanted, "averageUtilization");
  if (utilization !== undefined && utilization < 1) found.invalid(`${path}.averageUtilization`, utilization, "must be greater than 0");
}

function identifier(found: Findings, path: string, metric: JsonObject): void {
  const name = textAt(metric, "name");
  if (name === "") found.required(`${path}.name`, "must specify a metric name");
  else found.names(`${path}.name`, name, pathSegmentErrors(name));
}

function resourceTarget(found: Findings, path: string, wanted: JsonObject): void {
  target(found, path, wanted);
  if (!has(wanted, "averageUtilization") && !has(wanted, "averageValue")) found.required(`${path}.averageUtilization`, "must set either a target raw value or a target utilization");
  if (has(wanted, "averageUtilization") && has(wanted, "averageValue")) found.forbidden(`${path}.averageValue`, "may not set both a target raw value and a target utilization");
}

function source(found: Findings, path: string, kind: string, metric: JsonObject): void {
  const wanted = objectAt(metric, "target");
  if (kind === "resource" || kind === "containerResource") {
    const name = textAt(metric, "name");
    if (name === "") found.required(`${path}.name`, "must specify a resource name");
    else if (kind === "containerResource") validateResourceName(found, `${path}.name`, name);
    if (kind === "containerResource") {
      const container = textAt(metric, "container");
      if (container === "") found.required(`${path}.container`, "must specify a container");
      else found.names(`${path}.container`, container, dns1123LabelErrors(container));
    }
    resourceTarget(found, `${path}.target`, wanted);
    return;
  }
  if (kind === "object") reference(found, `${path}.describedObject`, objectAt(metric, "describedObject"), false);
  identifier(found, `${path}.metric`, objectAt(metric, "metric"));
  target(found, `${path}.target`, wanted);
  const [value, average] = [has(wanted, "value"), has(wanted, "averageValue")];
  if (kind === "pods") {
    if (!average) found.required(`${path}.target.averageValue`, "must specify a positive target averageValue");
  } else if (!value && !average) found.required(`${path}.target.averageValue`, kind === "object" ? "must set either a target value or averageValue" : "must set either a target value for metric or a per-pod target");
  else if (kind === "external" && value && average) found.forbidden(`${path}.target.value`, "may not set both a target value for metric and a per-pod target");
}

function metrics(found: Findings, spec: JsonObject): void {
  const list = objectsAt(spec, "metrics");
  list.forEach((metric, i) => {
    const path = `spec.metrics[${i}]`;
    const type = textAt(metric, "type");
    if (type === "") found.required(`${path}.type`, "must specify a metric source type");
    // Upstream looks twice, once at the name and once for what should go with it.
    for (let look = 0; look < 2; look += 1) if (!TYPES.includes(type)) found.notSupported(`${path}.type`, type, TYPES);
    const present = SOURCES.filter((kind) => has(metric, kind));
    const [first] = present;
    if (first !== undefined) source(found, `${path}.${first}`, first, objectAt(metric, first));
    const expected = TYPES.includes(type) ? `${type[0]?.toLowerCase() ?? ""}${type.slice(1)}` : "";
    if (expected !== "" && !has(metric, expected)) found.required(`${path}.${expected}`, "must populate information for the given metric source");
    if (present.length !== 1) for (const kind of present) if (kind !== expected) found.forbidden(`${path}.${kind}`, "must populate the given metric source only");
  });
  const others = list.some((metric) => ["Object", "External"].includes(textAt(metric, "type")));
  if (spec["minReplicas"] === 0 && !others) found.forbidden("spec.metrics", "must specify at least one Object or External metric to support scaling to zero replicas");
}

function rules(found: Findings, path: string, one: JsonObject): void {
  const window = numberAt(one, "stabilizationWindowSeconds");
  if (window !== undefined && window < 0) found.invalid(`${path}.stabilizationWindowSeconds`, window, "must be greater than or equal to zero");
  if (window !== undefined && window > LONGEST_WINDOW) found.invalid(`${path}.stabilizationWindowSeconds`, window, `must be less than or equal to ${LONGEST_WINDOW}`);
  const select = textAt(one, "selectPolicy");
  if (has(one, "selectPolicy") && !["Disabled", "Max", "Min"].includes(select)) found.notSupported(`${path}.selectPolicy`, select, ["Disabled", "Max", "Min"]);
  const policies = objectsAt(one, "policies");
  if (policies.length === 0) found.required(`${path}.policies`, "must specify at least one Policy");
  policies.forEach((policy, i) => {
    const at = `${path}.policies[${i}]`;
    const type = textAt(policy, "type");
    if (!["Percent", "Pods"].includes(type)) found.notSupported(`${at}.type`, type, ["Percent", "Pods"]);
    const [value, period] = [numberAt(policy, "value") ?? 0, numberAt(policy, "periodSeconds") ?? 0];
    if (value <= 0) found.invalid(`${at}.value`, value, "must be greater than zero");
    if (period <= 0) found.invalid(`${at}.periodSeconds`, period, "must be greater than zero");
    if (period > LONGEST_PERIOD) found.invalid(`${at}.periodSeconds`, period, `must be less than or equal to ${LONGEST_PERIOD}`);
  });
  if (has(one, "tolerance") && quantitySign(quantityFrom(one["tolerance"])) < 0) found.invalid(`${path}.tolerance`, one["tolerance"], "must be greater than or equal to 0");
}

/** Everything wrong with an autoscaler. */
export function validateHorizontalPodAutoscaler(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("horizontalpodautoscaler");
  const spec = specOf(object);
  validateMetadata(found, object);
  const [least, most] = [numberAt(spec, "minReplicas"), numberAt(spec, "maxReplicas") ?? 0];
  if (least !== undefined && least < 1) found.invalid("spec.minReplicas", least, "must be greater than or equal to 1");
  if (most === 0) found.required("spec.maxReplicas", "must be set and greater than 0");
  else if (most < 0) found.invalid("spec.maxReplicas", most, "must be greater than 0");
  if (least !== undefined && most < least) found.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
  reference(found, "spec.scaleTargetRef", objectAt(spec, "scaleTargetRef"), true);
  metrics(found, spec);
  const behavior = objectAt(spec, "behavior");
  for (const direction of ["scaleUp", "scaleDown"]) if (has(behavior, direction)) rules(found, `spec.behavior.${direction}`, objectAt(behavior, direction));
  return found.errors;
}
