/** The rules of where a pod may run: tolerations, affinity, spreading. Upstream: `ValidateTolerations`, `validateAffinity`, `validateTopologySpreadConstraints`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, qualifiedNameErrors, validateLabelValue } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { validateNodeSelector, validateNodeSelectorTerm, validateSelector } from "../../meta-validation";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

/** Tolerations of a pod. */
export function validateTolerations(found: Findings, path: string, tolerations: readonly JsonObject[]): void {
  tolerations.forEach((toleration, i) => {
    const at = `${path}[${i}]`;
    const [key, operator, value, effect] = ["key", "operator", "value", "effect"].map((field) => textAt(toleration, field)) as [string, string, string, string];
    if (key !== "") found.names(`${at}.key`, key, qualifiedNameErrors(key));
    else if (operator !== "Exists") found.invalid(`${at}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"');
    if (has(toleration, "tolerationSeconds") && effect !== "NoExecute") found.invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    if (operator === "" || operator === "Equal") {
      const wrong = validateLabelValue(value);
      if (wrong.length > 0) found.invalid(`${at}.operator`, value, wrong.join(";"));
    } else if (operator === "Exists") {
      if (value !== "") found.invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'");
    } else found.notSupported(`${at}.operator`, operator, ["Equal", "Exists"]);
    if (effect !== "" && !["NoSchedule", "PreferNoSchedule", "NoExecute"].includes(effect)) found.notSupported(`${at}.effect`, effect, ["NoSchedule", "PreferNoSchedule", "NoExecute"]);
  });
}

function weight(found: Findings, path: string, term: JsonObject): void {
  const value = numberAt(term, "weight") ?? 0;
  if (value < 1 || value > 100) found.invalid(`${path}.weight`, value, "must be in the range 1-100");
}

function topologyKey(found: Findings, path: string, key: string): void {
  if (key === "") found.required(`${path}.topologyKey`, "can not be empty");
  found.names(`${path}.topologyKey`, key, qualifiedNameErrors(key));
}

/** Labels whose values a selector takes from the pod itself: names, given once. */
function labelKeys(found: Findings, path: string, term: JsonObject): void {
  const selector = objectAt(term, "labelSelector");
  for (const field of ["matchLabelKeys", "mismatchLabelKeys"]) {
    const keys = listAt(term, field);
    if (keys.length > 0 && !has(term, "labelSelector")) found.forbidden(`${path}.${field}`, "must not be specified when labelSelector is not set");
    else keys.forEach((key, i) => (typeof key === "string" ? found.names(`${path}.${field}[${i}]`, key, qualifiedNameErrors(key)) : undefined));
  }
  const [match, mismatch] = [listAt(term, "matchLabelKeys"), listAt(term, "mismatchLabelKeys")];
  // The pod's own values have been written into the selector by now: only what stands there twice was said by the author too.
  const seen = new Set(Object.keys(objectAt(selector, "matchLabels")));
  for (const expression of objectsAt(selector, "matchExpressions")) {
    const key = textAt(expression, "key");
    if (seen.has(key) && match.includes(key)) found.invalid(`${path}[${match.lastIndexOf(key)}]`, key, "exists in both matchLabelKeys and labelSelector");
    seen.add(key);
  }
  match.forEach((key, i) => {
    if (typeof key === "string" && mismatch.includes(key)) found.invalid(`${path}.matchLabelKeys[${i}]`, key, "exists in both matchLabelKeys and mismatchLabelKeys");
  });
}

function podTerm(found: Findings, path: string, term: JsonObject): void {
  validateSelector(found, `${path}.labelSelector`, objectAt(term, "labelSelector"));
  validateSelector(found, `${path}.namespaceSelector`, objectAt(term, "namespaceSelector"));
  for (const namespace of listAt(term, "namespaces")) if (typeof namespace === "string") found.names(`${path}.namespace`, namespace, dns1123LabelErrors(namespace));
  labelKeys(found, path, term);
  topologyKey(found, path, textAt(term, "topologyKey"));
}

/** `spec.affinity`. */
export function validateAffinity(found: Findings, path: string, affinity: JsonObject): void {
  const nodes = objectAt(affinity, "nodeAffinity");
  if (has(nodes, REQUIRED)) validateNodeSelector(found, `${path}.nodeAffinity.${REQUIRED}`, objectAt(nodes, REQUIRED));
  objectsAt(nodes, PREFERRED).forEach((term, i) => {
    const at = `${path}.nodeAffinity.${PREFERRED}[${i}]`;
    weight(found, at, term);
    validateNodeSelectorTerm(found, `${at}.preference`, objectAt(term, "preference"), true);
  });
  for (const kind of ["podAffinity", "podAntiAffinity"]) {
    const pods = objectAt(affinity, kind);
    objectsAt(pods, REQUIRED).forEach((term, i) => podTerm(found, `${path}.${kind}.${REQUIRED}[${i}]`, term));
    objectsAt(pods, PREFERRED).forEach((term, i) => {
      const at = `${path}.${kind}.${PREFERRED}[${i}]`;
      weight(found, at, term);
      podTerm(found, `${at}.podAffinityTerm`, objectAt(term, "podAffinityTerm"));
    });
  }
}

/** `spec.topologySpreadConstraints`. */
export function validateSpread(found: Findings, path: string, constraints: readonly JsonObject[]): void {
  const pairs = constraints.map((constraint) => `{${textAt(constraint, "topologyKey")}, ${textAt(constraint, "whenUnsatisfiable")}}`);
  constraints.forEach((constraint, i) => {
    const at = `${path}[${i}]`;
    const skew = numberAt(constraint, "maxSkew") ?? 0;
    if (skew <= 0) found.invalid(`${at}.maxSkew`, skew, "must be greater than zero");
    if (textAt(constraint, "topologyKey") === "") found.required(`${at}.topologyKey`, "can not be empty");
    const action = textAt(constraint, "whenUnsatisfiable");
    if (!["DoNotSchedule", "ScheduleAnyway"].includes(action)) found.notSupported(`${at}.whenUnsatisfiable`, action, ["DoNotSchedule", "ScheduleAnyway"]);
    const pair = pairs[i] ?? "";
    if (pairs.includes(pair, i + 1)) found.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair);
    const domains = numberAt(constraint, "minDomains");
    if (domains !== undefined && domains <= 0) found.invalid(`${at}.minDomains`, domains, "must be greater than zero");
    if (domains !== undefined && action !== "DoNotSchedule") found.invalid(`${at}.minDomains`, domains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`);
    for (const field of ["nodeAffinityPolicy", "nodeTaintsPolicy"]) {
      if (has(constraint, field) && !["Honor", "Ignore"].includes(textAt(constraint, field))) found.notSupported(`${at}.${field}`, textAt(constraint, field), ["Honor", "Ignore"]);
    }
    labelKeys(found, at, constraint);
    validateSelector(found, `${at}.labelSelector`, objectAt(constraint, "labelSelector"));
  });
}
