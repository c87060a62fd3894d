/** Which requests a policy or a webhook is asked about. Upstream: apiserver/pkg/admission/plugin/webhook/predicates. */
import { labelSelectorMatches, type LabelSelector } from "../../../apimachinery/labels";
import { EVENT, LEASE, NAMESPACE } from "../../../apimachinery/kinds";
import { partsOfKind, type JsonObject, type KubeObject } from "../../../apimachinery/meta";
import { listAt, objectAt, objectsAt, textAt } from "../../../resources/json-object";
import type { AdmissionContext, AdmissionRequest } from "../../request";

/** Rules about admission itself are nobody's to refuse: a cluster could not be mended. */
const EXEMPT = new Set(["validatingwebhookconfigurations", "mutatingwebhookconfigurations", "validatingadmissionpolicies", "validatingadmissionpolicybindings", "mutatingadmissionpolicies", "mutatingadmissionpolicybindings"]);

const covers = (list: readonly unknown[], value: string): boolean => list.includes("*") || list.includes(value);

function resourceCovered(patterns: readonly unknown[], resource: string, subresource: string): boolean {
  return patterns.some((pattern) => {
    if (typeof pattern !== "string") return false;
    const [name = "", sub = ""] = pattern.split("/");
    return (name === "*" || name === resource) && (sub === subresource || sub === "*");
  });
}

function ruleMatches(rule: JsonObject, request: AdmissionRequest, anyVersion: boolean): boolean {
  const { group, version } = partsOfKind(request.definition.kind);
  const scope = textAt(rule, "scope");
  const names = listAt(rule, "resourceNames");
  return (
    covers(listAt(rule, "operations"), request.operation) &&
    covers(listAt(rule, "apiGroups"), group) &&
    (anyVersion || covers(listAt(rule, "apiVersions"), version)) &&
    resourceCovered(listAt(rule, "resources"), request.definition.plural, request.subresource) &&
    (scope === "" || scope === "*" || (scope === "Namespaced") === request.definition.namespaced) &&
    (names.length === 0 || names.includes(request.ref.name))
  );
}

/** The namespace a request concerns; undefined for what belongs to the cluster. A Namespace concerns itself. */
export function namespaceOf(request: AdmissionRequest, { store }: AdmissionContext): KubeObject | undefined {
  if (request.definition.kind === NAMESPACE) return request.object ?? request.previous;
  return request.definition.namespaced ? store.get({ kind: NAMESPACE, namespace: "", name: request.ref.namespace }) : undefined;
}

function selected(selector: JsonObject, labels: Readonly<Record<string, string>> | undefined): boolean {
  return labelSelectorMatches(selector as LabelSelector, labels);
}

function objectSelected(selector: JsonObject, { object, previous }: AdmissionRequest): boolean {
  if (Object.keys(selector).length === 0) return true;
  return [object, previous].some((one) => one !== undefined && selected(selector, one.metadata.labels));
}

function inNamespaces(selector: JsonObject, request: AdmissionRequest, context: AdmissionContext): boolean {
  if (Object.keys(selector).length === 0) return true;
  const namespace = namespaceOf(request, context);
  // What belongs to the cluster is not kept out by namespaces.
  return namespace === undefined ? !request.definition.namespaced : selected(selector, namespace.metadata.labels);
}

/** Our own components keep their books whatever anybody rules. */
function isBookkeeping({ definition, user }: AdmissionRequest): boolean {
  return user.startsWith("system:") && !user.startsWith("system:serviceaccount:") && (definition.kind === EVENT || definition.kind === LEASE);
}

/** May rules of the cluster's administrators concern a request at all? */
export function isSubject(request: AdmissionRequest): boolean {
  return !isBookkeeping(request) && !(partsOfKind(request.definition.kind).group === "admissionregistration.k8s.io" && EXEMPT.has(request.definition.plural));
}

/** Does a set of rules with its selectors concern a request? `rules` names the field they stand in. */
export function concerns(given: JsonObject, rules: string, request: AdmissionRequest, context: AdmissionContext): boolean {
  const anyVersion = textAt(given, "matchPolicy") !== "Exact";
  if (!objectsAt(given, rules).some((rule) => ruleMatches(rule, request, anyVersion))) return false;
  if (objectsAt(given, "excludeResourceRules").some((rule) => ruleMatches(rule, request, anyVersion))) return false;
  return objectSelected(objectAt(given, "objectSelector"), request) && inNamespaces(objectAt(given, "namespaceSelector"), request, context);
}
