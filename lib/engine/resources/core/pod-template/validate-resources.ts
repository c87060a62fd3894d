/** The rules of amounts: what a container or a pod asks for. Upstream: `ValidateContainerResourceRequirements`, `validatePodResources`, `ValidateResourceQuantityValue`. */
import { compareStrings } from "../../../apimachinery/compare";
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, qualifiedNameErrors } from "../../../apimachinery/names";
import { podRequests, type ResourcePod } from "../../../apimachinery/qos";
import { compareQuantities, formatQuantity, parseQuantity, quantityFrom, quantityMilli, quantitySign, quantityValue } from "../../../apimachinery/quantity";
import type { Findings } from "../../findings";
import { has, objectAt, objectsAt, textAt } from "../../json-object";

const CONTAINER = ["cpu", "memory", "ephemeral-storage"];
const COUNTED = ["pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers"];
const STANDARD = new Set([...CONTAINER, ...COUNTED, "storage", "requests.storage", ...CONTAINER.flatMap((name) => [`requests.${name}`, `limits.${name}`])]);

const isNative = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/");
const isHugePage = (name: string): boolean => name.startsWith("hugepages-");

/** A resource that is not Kubernetes' own: it is counted whole and never shared. */
export function isExtendedResource(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && qualifiedNameErrors(`requests.${name}`).length === 0;
}

/** Can a resource be promised beyond what there is? */
export function isOvercommitAllowed(name: string): boolean {
  return isNative(name) && !isHugePage(name);
}

/** The name of a resource, anywhere. Answers whether it is one. */
export function validateAnyResourceName(found: Findings, path: string, name: string): boolean {
  const wrong = qualifiedNameErrors(name);
  found.names(path, name, wrong);
  if (wrong.length > 0) return false;
  if (name.includes("/") || STANDARD.has(name) || isHugePage(name) || name.startsWith("requests.hugepages-")) return true;
  found.invalid(path, name, "must be a standard resource type or fully qualified");
  return false;
}

/** The name of a resource a container can ask for. */
export function validateResourceName(found: Findings, path: string, name: string): void {
  validateAnyResourceName(found, path, name);
  if (!name.includes("/")) {
    if (!CONTAINER.includes(name) && !isHugePage(name)) found.invalid(path, name, "must be a standard resource for containers");
  } else if (!isNative(name) && !isExtendedResource(name)) found.invalid(path, name, "doesn't follow extended resource name standard");
}

function podResourceName(found: Findings, path: string, name: string): void {
  if (validateAnyResourceName(found, path, name) && name !== "cpu" && name !== "memory" && !isHugePage(name)) found.notSupported(path, name, ["cpu", "memory"]);
}

/** An amount of a resource: none less than nothing, and things that are counted are counted whole. */
export function validateAmount(found: Findings, path: string, name: string, value: JsonObject[string]): void {
  const amount = quantityFrom(value);
  if (quantitySign(amount) < 0) found.invalid(path, formatQuantity(amount), "must be greater than or equal to 0");
  if ((COUNTED.includes(name) || isExtendedResource(name)) && quantityMilli(amount) % 1000n !== 0n) found.invalid(path, formatQuantity(amount), "must be an integer");
}

function hugePages(found: Findings, path: string, name: string, value: JsonObject[string]): void {
  if (!isHugePage(name)) return;
  const size = parseQuantity(name.slice("hugepages-".length));
  const amount = quantityFrom(value);
  const page = "quantity" in size && quantityMilli(size.quantity) % 1000n === 0n ? quantityValue(size.quantity) : 0n;
  if (page <= 0n || quantityValue(amount) % page !== 0n) found.invalid(path, formatQuantity(amount), `${formatQuantity(amount)} is not positive integer multiple of ${name}`);
}

/** Requests and limits of a container or a whole pod. `claims` are the resource claims of the pod. */
export function validateResources(found: Findings, path: string, resources: JsonObject, claims: readonly string[] = [], nameRule: typeof validateResourceName = validateResourceName): void {
  const [limits, requests] = [objectAt(resources, "limits"), objectAt(resources, "requests")];
  for (const [side, list] of [["limits", limits], ["requests", requests]] as const) {
    for (const name of Object.keys(list)) {
      const at = `${path}.${side}[${name}]`;
      nameRule(found, at, name);
      validateAmount(found, at, name, list[name]);
      if (side === "requests") withinLimit(found, path, name, requests, limits);
      hugePages(found, at, name, list[name]);
    }
  }
  const all = [...Object.keys(limits), ...Object.keys(requests)];
  if (all.some(isHugePage) && !all.includes("cpu") && !all.includes("memory")) found.forbidden(path, "HugePages require cpu or memory");
  claimNames(found, `${path}.claims`, objectsAt(resources, "claims"), claims);
}

function withinLimit(found: Findings, path: string, name: string, requests: JsonObject, limits: JsonObject): void {
  const exact = !isOvercommitAllowed(name);
  if (!has(limits, name)) {
    if (exact) found.required(`${path}.limits`, "Limit must be set for non overcommitable resources");
    return;
  }
  const [asked, most] = [quantityFrom(requests[name]), quantityFrom(limits[name])];
  const order = compareQuantities(asked, most);
  const limit = `${name} limit of ${formatQuantity(most)}`;
  if (exact && order !== 0) found.invalid(`${path}.requests`, formatQuantity(asked), `must be equal to ${limit}`);
  else if (order > 0) found.invalid(`${path}.requests`, formatQuantity(asked), `must be less than or equal to ${limit}`, "requests-within-limits");
}

function claimNames(found: Findings, path: string, wanted: readonly JsonObject[], claims: readonly string[]): void {
  const taken = new Set<string>();
  wanted.forEach((claim, i) => {
    const at = `${path}[${i}]`;
    const [name, request] = [textAt(claim, "name"), textAt(claim, "request")];
    if (name === "") {
      found.required(at);
      return;
    }
    const key = request === "" ? name : `${name}/${request}`;
    if (taken.has(name)) found.duplicate(at, name);
    else {
      if (request !== "") found.names(`${at}.request`, request, dns1123LabelErrors(request));
      if (taken.has(key)) found.duplicate(at, key);
      else if (request === "") for (const other of taken) if (other.startsWith(`${name}/`)) found.duplicate(at, name);
      taken.add(key);
    }
    const known = claims.length === 0 ? " which is empty" : `: ${[...claims].sort(compareStrings).join(", ")}`;
    if (!claims.includes(name)) found.notFound(at, name, undefined, `must be one of the names in pod.spec.resourceClaims${known}`);
  });
}

/** What a pod asks for as a whole: no less than its containers together, and no container may have more than the pod. */
export function validatePodResources(found: Findings, path: string, spec: JsonObject): void {
  if (!has(spec, "resources")) return;
  const resources = objectAt(spec, "resources");
  if (textAt(objectAt(spec, "os"), "name") === "windows") {
    found.forbidden(`${path}.resources`, "may not be set for a windows pod");
    return;
  }
  if (has(resources, "claims")) found.forbidden(`${path}.resources.claims`, "claims may not be set for Resources at pod-level");
  validateResources(found, `${path}.resources`, resources, objectsAt(spec, "resourceClaims").map((claim) => textAt(claim, "name")), podResourceName);
  const { resources: _whole, overhead: _overhead, ...parts } = spec;
  const requests = objectAt(resources, "requests");
  for (const [name, sum] of podRequests({ spec: parts } as unknown as ResourcePod)) {
    if (!has(requests, name) || compareQuantities(sum, quantityFrom(requests[name])) <= 0) continue;
    found.invalid(`${path}.resources.requests[${name}]`, formatQuantity(quantityFrom(requests[name])), `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`);
  }
  const limits = objectAt(resources, "limits");
  objectsAt(spec, "containers").forEach((container, i) => {
    const own = objectAt(objectAt(container, "resources"), "limits");
    for (const name of Object.keys(own)) {
      if (!has(limits, name) || compareQuantities(quantityFrom(own[name]), quantityFrom(limits[name])) <= 0) continue;
      found.invalid(`${path}.resources.containers[${i}][${name}].limits`, formatQuantity(quantityFrom(own[name])), `must be less than or equal to pod limits of ${formatQuantity(quantityFrom(limits[name]))}`);
    }
  });
}
