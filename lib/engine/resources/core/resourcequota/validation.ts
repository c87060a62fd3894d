/** The rules of ResourceQuotas. Upstream: `ValidateResourceQuota`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { compareStrings, deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { qualifiedNameErrors } from "../../../apimachinery/names";
import { formatQuantity, quantityFrom, quantityMilli, quantitySign } from "../../../apimachinery/quantity";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";

const COMPUTE = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
const WHOLE = ["pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers"];
const QUOTA = new Set([...COMPUTE, ...WHOLE, "ephemeral-storage", "requests.storage", "requests.ephemeral-storage", "limits.ephemeral-storage"]);
const SCOPES = ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass"];
const EXISTS_ONLY = SCOPES.slice(0, 4).concat("CrossNamespacePodAffinity");
const PAIRS = [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]] as const;

const isHuge = (name: string): boolean => /^(requests\.)?hugepages-/.test(name);
const isQuotaResource = (name: string): boolean => QUOTA.has(name) || isHuge(name);
const isExtended = (name: string): boolean => name.includes("/") && !name.includes("kubernetes.io/") && !name.startsWith("requests.");

/** Can a quota with this scope count this resource? */
export function scopeCovers(scope: string, resource: string): boolean {
  if (scope === "BestEffort") return resource === "pods";
  if (scope === "VolumeAttributesClass") return resource === "persistentvolumeclaims" || resource === "requests.storage";
  return resource === "pods" || COMPUTE.includes(resource);
}

function resource(found: Findings, path: string, name: string): void {
  found.names(path, name, qualifiedNameErrors(name));
  if (qualifiedNameErrors(name).length > 0 || name.includes("/")) return;
  if (!isQuotaResource(name) && name !== "storage") found.invalid(path, name, "must be a standard resource type or fully qualified");
  if (!isQuotaResource(name)) found.invalid(path, name, "must be a standard resource for quota");
}

function amount(found: Findings, path: string, name: string, value: Json | undefined): void {
  const quantity = quantityFrom(value);
  if (quantitySign(quantity) < 0) found.invalid(path, formatQuantity(quantity), "must be greater than or equal to 0");
  if ((WHOLE.includes(name) || isExtended(name)) && quantityMilli(quantity) % 1000n !== 0n) found.invalid(path, formatQuantity(quantity), "must be an integer");
}

function conflicts(found: Findings, path: string, named: readonly string[], shown: Json): void {
  for (const pair of PAIRS) if (pair.every((scope) => named.includes(scope))) found.invalid(path, shown, "conflicting scopes");
}

function scopes(found: Findings, spec: JsonObject): void {
  const list = listAt(spec, "scopes").filter((scope) => typeof scope === "string");
  for (const scope of list) {
    if (!SCOPES.includes(scope)) found.invalid("spec.scopes", list, "unsupported scope");
    else for (const name of Object.keys(objectAt(spec, "hard"))) if (isQuotaResource(name) && !scopeCovers(scope, name)) found.invalid("spec.scopes", list, "unsupported scope applied to resource");
  }
  conflicts(found, "spec.scopes", list, list);
}

/** A selector of scopes as the server keeps it. */
function inGo(list: readonly JsonObject[]): Json {
  return { MatchExpressions: list.map((one) => ({ ScopeName: textAt(one, "scopeName"), Operator: textAt(one, "operator"), Values: listAt(one, "values").length === 0 ? null : listAt(one, "values") })) };
}

function scopeSelector(found: Findings, spec: JsonObject): void {
  const path = "spec.scopeSelector.matchExpressions";
  const list = objectsAt(objectAt(spec, "scopeSelector"), "matchExpressions");
  for (const requirement of list) {
    const [scope, operator] = [textAt(requirement, "scopeName"), textAt(requirement, "operator")];
    const values = listAt(requirement, "values");
    if (!SCOPES.includes(scope)) found.invalid(`${path}.scopeName`, scope, "unsupported scope");
    for (const name of Object.keys(objectAt(spec, "hard"))) if (isQuotaResource(name) && SCOPES.includes(scope) && !scopeCovers(scope, name)) found.invalid(path, inGo(list), "unsupported scope applied to resource");
    if (EXISTS_ONLY.includes(scope) && operator !== "Exists") {
      found.invalid(`${path}.operator`, operator, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
    }
    if (operator === "In" || operator === "NotIn") {
      if (values.length === 0) found.required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (values.length > 0) found.invalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
    } else found.invalid(`${path}.operator`, operator, "not a valid selector operator");
  }
  // Upstream shows the other list here, whatever it holds.
  conflicts(found, path, list.map((requirement) => textAt(requirement, "scopeName")), listAt(spec, "scopes").length === 0 ? null : listAt(spec, "scopes"));
}

const scopeSet = (spec: JsonObject): readonly string[] => [...new Set(listAt(spec, "scopes").map(String))].sort(compareStrings);

/** Everything wrong with a ResourceQuota. */
export function validateResourceQuota(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("resourcequota");
  const spec = specOf(object);
  validateMetadata(found, object);
  const hard = objectAt(spec, "hard");
  for (const name of Object.keys(hard)) {
    resource(found, `spec.hard[${name}]`, name);
    amount(found, `spec.hard[${name}]`, name, hard[name]);
  }
  scopes(found, spec);
  scopeSelector(found, spec);
  if (previous !== undefined && !deepEqual(scopeSet(spec), scopeSet(specOf(previous)))) found.invalid("spec.scopes", spec["scopes"], "field is immutable", "immutable");
  return found.errors;
}
