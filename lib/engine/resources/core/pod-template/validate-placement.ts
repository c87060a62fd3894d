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

function podTerm(found: Findings, path: string, term: JsonObject): void {
  validateSelector(found, `${path}.labelSelector`, objectAt(term, "labelSelector"));
  validateSelector(found, `${path}.namespaceSelector`, objectAt(term, "namespaceSelector"));
  for (const namespace of listAt(term, "namespaces")) if (typeof namespace === "string") found.names(`${path}.namespace`, namespace, dns1123LabelErrors(namespace));
  const [match, mismatch] = [listAt(term, "matchLabelKeys"), listAt(term, "mismatchLabelKeys")];
  for (const [field, keys] of [["matchLabelKeys", match], ["mismatchLabelKeys", mismatch]] as const) {
    keys.forEach((key, i) => {
      if (typeof key !== "string") return;
      found.names(`${path}.${field}[${i}]`, key, qualifiedNameErrors(key));
      const selector = objectAt(term, "labelSelector");
      const selected = has(objectAt(selector, "matchLabels"), key) || objectsAt(selector, "matchExpressions").some((one) => textAt(one, "key") === key);
      // Upstream looks at required terms twice.
      if (field === "matchLabelKeys" && selected) for (let look = path.endsWith("]") ? 0 : 1; look < 2; look += 1) found.invalid(`${path}[${i}]`, key, "exists in both matchLabelKeys and labelSelector");
      if (field === "matchLabelKeys" && mismatch.includes(key)) found.invalid(`${path}.${field}[${i}]`, key, "exists in both matchLabelKeys and mismatchLabelKeys");
    });
  }
  topologyKey(found, path, textAt(term, "topologyKey"));
}

/** `spec.affinity`. */
export function validateAffinity(found: Findings, path: string, affinity: JsonObject): void {
  const nodes = objectAt(affinity, "nodeAffinity");
  if (has(nodes, REQUIRED)) validateNodeSelector(found, `${path}.nodeAffinity.${REQUIRED}`, objectAt(nodes, REQUIRED));
  objectsAt(nodes, PREFERRED).forEach((term, i) => {
    const at = `${path}.nodeAffinity.${PREFERRED}[${i}]`;
    weight(found, at, term);
    validateNodeSelectorTerm(found, `${at}.preference`, objectAt(term, "preference"));
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
  const seen = new Set<string>();
  constraints.forEach((constraint, i) => {
    const at = `${path}[${i}]`;
    const skew = numberAt(constraint, "maxSkew") ?? 0;
    if (skew <= 0) found.invalid(`${at}.maxSkew`, skew, "must be greater than zero");
    const key = textAt(constraint, "topologyKey");
    if (key === "") found.required(`${at}.topologyKey`, "can not be empty");
    const action = textAt(constraint, "whenUnsatisfiable");
    if (!["DoNotSchedule", "ScheduleAnyway"].includes(action)) found.notSupported(`${at}.whenUnsatisfiable`, action, ["DoNotSchedule", "ScheduleAnyway"]);
    const pair = `{${key}, ${action}}`;
    if (seen.has(pair)) found.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair);
    seen.add(pair);
    const domains = numberAt(constraint, "minDomains");
    if (domains !== undefined && domains <= 0) found.invalid(`${at}.minDomains`, domains, "must be greater than zero");
    if (domains !== undefined && action !== "DoNotSchedule") found.invalid(`${at}.minDomains`, domains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`);
    validateSelector(found, `${at}.labelSelector`, objectAt(constraint, "labelSelector"));
  });
}
