/** The rules of nodes. Upstream: `ValidateNode`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { cidrErrors, qualifiedNameErrors, validateLabelValue } from "../../../apimachinery/names";
import { specOf, statusOf } from "../../cells";
import { Findings } from "../../findings";
import { has, isObject, objectAt, listAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata, validateMetadataUpdate } from "../../meta-validation";
import { validateAmount } from "../pod-template/validate-resources";

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

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? {} : isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An old annotation nobody acts on any more, but whose form is still looked at. */
function avoidedPods(found: Findings, annotations: Readonly<Record<string, string>>): void {
  const path = `metadata.annotations.${AVOID}`;
  const avoided = parsed((annotations[AVOID] ?? "") || "{}");
  if (avoided === undefined) found.invalid("metadata.annotations.AvoidPods", AVOID, "invalid character in the annotation");
  objectsAt(avoided ?? {}, "preferAvoidPods").forEach((entry, i) => {
    const at = `${path}[${i}].PodSignature`;
    const signature = objectAt(entry, "podSignature");
    if (!has(signature, "podController")) found.required(at);
    else if (objectAt(signature, "podController")["controller"] !== true) found.invalid(`${at}.PodController.Controller`, false, "must point to a controller");
  });
}

function validateUpdate(found: Findings, object: KubeObject, previous: KubeObject): void {
  const [spec, before] = [specOf(object), specOf(previous)];
  const addresses = new Set<string>();
  objectsAt(statusOf(object), "addresses").forEach((address, i) => {
    const key = `${textAt(address, "type")} ${textAt(address, "address")}`;
    if (addresses.has(key)) found.duplicate(`status.addresses[${i}]`, address);
    addresses.add(key);
  });
  const [now, then] = [listAt(spec, "podCIDRs"), listAt(before, "podCIDRs")];
  const fixed = (): void => found.forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid');
  if (then.length > 0 && now.length !== then.length) fixed();
  else then.forEach((range, i) => (range !== now[i] ? fixed() : undefined));
  if (textAt(before, "providerID") !== "" && textAt(before, "providerID") !== textAt(spec, "providerID")) found.forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid');
  if (textAt(before, "externalID") !== textAt(spec, "externalID")) found.forbidden("spec.externalID", "may not be updated");
}

/** Everything wrong with a node. */
export function validateNode(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("node");
  const spec = specOf(object);
  validateMetadata(found, object);
  // Upstream looks at most of a node, and again at its change.
  if (previous !== undefined) validateMetadataUpdate(found, object);
  for (let look = previous === undefined ? 1 : 0; look < 2; look += 1) {
    avoidedPods(found, object.metadata.annotations ?? {});
    validateTaints(found, objectsAt(spec, "taints"));
    for (const side of ["capacity", "allocatable"]) for (const [name, amount] of Object.entries(objectAt(statusOf(object), side))) validateAmount(found, `status.${side}.${name}`, name, amount);
  }
  const ranges = listAt(spec, "podCIDRs");
  ranges.forEach((range, i) => {
    if (typeof range === "string") found.names(`spec.podCIDRs[${i}]`, range, cidrErrors(range));
  });
  if (ranges.filter((range) => typeof range === "string" && !range.includes(":")).length > 1 || ranges.filter((range) => typeof range === "string" && range.includes(":")).length > 1) {
    found.invalid("spec.podCIDRs", ranges, "may specify no more than one CIDR for each IP family");
  }
  if (previous !== undefined) validateUpdate(found, object, previous);
  return found.errors;
}
