/** The rules of nodes. Upstream: `ValidateNode`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { goName, goSyntaxProblem } from "../../../apimachinery/go-json-syntax";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { cidrErrors, qualifiedNameErrors, validateLabelValue } from "../../../apimachinery/names";
import { specOf, statusOf } from "../../cells";
import { Findings } from "../../findings";
import { has, isObject, objectAt, listAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata, validateMetadataUpdate } from "../../meta-validation";
import { validateAmount } from "../pod-template/validate-resources";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function validateTaints(found: Findings, path: string, taints: readonly JsonObject[]): void {
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    const at = `${path}[${i}]`;
    found.names(`${at}.key`, textAt(taint, "key"), qualifiedNameErrors(textAt(taint, "key")));
    const wrong = validateLabelValue(textAt(taint, "value"));
    if (wrong.length > 0) found.invalid(`${at}.value`, textAt(taint, "value"), wrong.join(";"));
    found.oneOf(`${at}.effect`, textAt(taint, "effect"), EFFECTS);
    const pair = `${textAt(taint, "key")}:${textAt(taint, "effect")}`;
    if (seen.has(pair)) found.duplicate(at, { Key: textAt(taint, "key"), Value: textAt(taint, "value"), Effect: textAt(taint, "effect"), TimeAdded: null }, undefined, "taints must be unique by key and effect pair");
    seen.add(pair);
  });
}

const AVOID = "scheduler.alpha.kubernetes.io/preferAvoidPods";
const TAINTS = "scheduler.alpha.kubernetes.io/taints";

/** What an annotation holds, or what Go finds wrong with it. */
function parsed(text: string, isWanted: (value: Json) => boolean, type: string): { readonly value: Json } | { readonly wrong: string } {
  try {
    const value = JSON.parse(text) as Json;
    return value === null || isWanted(value) ? { value } : { wrong: `json: cannot unmarshal ${goName(value)} into Go value of type ${type}` };
  } catch {
    // Any text may stand here; that it is no JSON is the answer.
    return { wrong: goSyntaxProblem(text) ?? "" };
  }
}

/** Old annotations nobody acts on any more, but whose form is still looked at. */
function annotations(found: Findings, given: Readonly<Record<string, string>>): void {
  const [tainted, avoided] = [given[TAINTS] ?? "", given[AVOID] ?? ""];
  if (tainted !== "") {
    const read = parsed(tainted, Array.isArray, "[]core.Taint");
    if ("wrong" in read) found.invalid("metadata.annotations", TAINTS, read.wrong);
    else validateTaints(found, `metadata.annotations.${TAINTS}`, objectsAt({ taints: read.value }, "taints"));
  }
  if (avoided === "") return;
  const read = parsed(avoided, isObject, "v1.AvoidPods");
  if ("wrong" in read) found.invalid("metadata.annotations.AvoidPods", AVOID, read.wrong);
  objectsAt("value" in read && isObject(read.value) ? read.value : {}, "preferAvoidPods").forEach((entry, i) => {
    const at = `metadata.annotations.${AVOID}[${i}].PodSignature`;
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
    if (addresses.has(key)) found.duplicate(`status.addresses[${i}]`, { Type: textAt(address, "type"), Address: textAt(address, "address") });
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
    annotations(found, object.metadata.annotations ?? {});
    validateTaints(found, "metadata.taints", objectsAt(spec, "taints"));
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
