/** The rules of admission policies and webhooks. Upstream: pkg/apis/admissionregistration/validation. */
import type { FieldError } from "../../apimachinery/api-error";
import { dns1035LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from "../../apimachinery/names";
import type { Json, JsonObject, KubeObject } from "../../apimachinery/meta";
import { jsonOf, specOf } from "../cells";
import { Findings } from "../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../json-object";
import { onlyStatusDiffers, validateMetadata, validateSelector } from "../meta-validation";
import { pathSegmentErrors } from "../path-names";
import { validateWebhookService, validateWebhookUrl } from "../webhook-client";
import { compileAdmission } from "./expressions";

const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const SCOPES = ["*", "Cluster", "Namespaced"];
const FAILURE_POLICIES = ["Fail", "Ignore"];
const MATCH_POLICIES = ["Equivalent", "Exact"];
const REASONS = ["Forbidden", "Invalid", "RequestEntityTooLarge"];
const ACTIONS = ["Audit", "Deny", "Warn"];
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED = new Set("true false null in as break const continue else for function if import let loop package namespace return var void while".split(" "));
const MAX_CONDITIONS = 64;
const MAX_AUDITS = 20;
const MAX_AUDIT = 5 * 1024;

const wildcardAlone = (found: Findings, path: string, values: readonly Json[], what: string): void => {
  if (values.length > 1 && values.includes("*")) found.invalid(path, values, `if '*' is present, must not specify other ${what}`);
};

function resourceNames(found: Findings, path: string, given: readonly Json[]): void {
  const resources = given.map((resource) => (typeof resource === "string" ? resource : ""));
  if (resources.length === 0) found.required(path);
  const [allOf, everyOf] = [new Set<string>(), new Set<string>()];
  // As upstream has it: the last resource without a subresource decides.
  let lastIsNamed = false;
  resources.forEach((resource, i) => {
    if (resource === "") found.required(`${path}[${i}]`);
    const slash = resource.indexOf("/");
    if (slash < 0) {
      if (resource !== "") lastIsNamed = resource !== "*";
      return;
    }
    const [name, sub] = [resource.slice(0, slash), resource.slice(slash + 1)];
    if (allOf.has(name)) found.invalid(`${path}[${i}]`, resource, `if '${name}/*' is present, must not specify ${resource}`);
    if (everyOf.has(sub)) found.invalid(`${path}[${i}]`, resource, `if '*/${sub}' is present, must not specify ${resource}`);
    if (sub === "*") allOf.add(name);
    if (name === "*") everyOf.add(sub);
  });
  if (resources.length > 1 && resources.includes("*/*")) found.invalid(path, resources, "if '*/*' is present, must not specify other resources");
  if (resources.includes("*") && lastIsNamed) found.invalid(path, resources, "if '*' is present, must not specify other resources without subresources");
}

/** Which requests a rule means. */
export function validateRule(found: Findings, path: string, rule: JsonObject): void {
  const names = listAt(rule, "resourceNames").filter((name) => typeof name === "string");
  names.forEach((name, i) => {
    found.names(`${path}.resourceNames[${i}]`, name, pathSegmentErrors(name));
    if (names.indexOf(name) < i) found.duplicate(`${path}.resourceNames[${i}]`, name);
  });
  const operations = listAt(rule, "operations");
  if (operations.length === 0) found.required(`${path}.operations`);
  wildcardAlone(found, `${path}.operations`, operations, "operations");
  operations.forEach((operation, i) => {
    if (typeof operation === "string" && !OPERATIONS.includes(operation)) found.notSupported(`${path}.operations[${i}]`, operation, OPERATIONS);
  });
  const [groups, versions] = [listAt(rule, "apiGroups"), listAt(rule, "apiVersions")];
  if (groups.length === 0) found.required(`${path}.apiGroups`);
  wildcardAlone(found, `${path}.apiGroups`, groups, "API groups");
  if (versions.length === 0) found.required(`${path}.apiVersions`);
  wildcardAlone(found, `${path}.apiVersions`, versions, "API versions");
  versions.forEach((version, i) => {
    if (version === "") found.required(`${path}.apiVersions[${i}]`);
  });
  resourceNames(found, `${path}.resources`, listAt(rule, "resources"));
  known(found, path, rule, "scope", SCOPES);
}

/** What is said must be one of a few. */
function known(found: Findings, path: string, object: JsonObject, field: string, supported: readonly string[]): void {
  if (has(object, field) && !supported.includes(textAt(object, field))) found.notSupported(`${path}.${field}`, textAt(object, field), supported);
}

/** Conditions that decide whether anybody is asked at all. */
export function validateConditions(found: Findings, path: string, conditions: readonly JsonObject[], params: boolean): void {
  const names = conditions.map((condition) => textAt(condition, "name"));
  if (conditions.length > MAX_CONDITIONS) found.tooMany(path, conditions.length, MAX_CONDITIONS);
  conditions.forEach((condition, i) => {
    const at = `${path}[${i}]`;
    const name = names[i] ?? "";
    expression(found, `${at}.expression`, textAt(condition, "expression").trim(), "bool", { params });
    if (name === "") found.required(`${at}.name`);
    else found.names(`${at}.name`, name, qualifiedNameErrors(name));
    if (name !== "" && names.indexOf(name) < i) found.duplicate(`${at}.name`, name);
  });
}

function expression(found: Findings, path: string, source: string, wanted: Parameters<typeof compileAdmission>[1], scope: Parameters<typeof compileAdmission>[2], missing = ""): void {
  if (source.trim() === "") {
    found.required(path, missing);
    return;
  }
  const compiled = compileAdmission(source, wanted, scope);
  if ("error" in compiled) found.invalid(path, source, compiled.error);
}

function matchConstraints(found: Findings, path: string, given: JsonObject): void {
  known(found, path, given, "matchPolicy", MATCH_POLICIES);
  for (const field of ["namespaceSelector", "objectSelector"]) validateSelector(found, `${path}.${field}`, objectAt(given, field));
  for (const field of ["resourceRules", "excludeResourceRules"]) objectsAt(given, field).forEach((rule, i) => validateRule(found, `${path}.${field}[${i}]`, rule));
}

function validationRules(found: Findings, path: string, rule: JsonObject, scope: Parameters<typeof compileAdmission>[2]): void {
  const [message, messageExpression] = [textAt(rule, "message"), textAt(rule, "messageExpression")];
  expression(found, `${path}.expression`, textAt(rule, "expression"), "bool", scope, "expression is not specified");
  if (messageExpression !== "" && messageExpression.trim() === "") found.invalid(`${path}.messageExpression`, messageExpression, "must be non-empty if specified");
  else if (messageExpression !== "") expression(found, `${path}.messageExpression`, messageExpression, "string", scope);
  if (message !== "" && message.trim() === "") found.invalid(`${path}.message`, message, "message must be non-empty if specified");
  else if (/[\n\r]/.test(message.trim())) found.invalid(`${path}.message`, message, "message must not contain line breaks");
  known(found, path, rule, "reason", REASONS);
}

/** What kind of object a policy is to be told its parameters by. */
function paramKind(found: Findings, given: JsonObject): void {
  const [apiVersion, kind] = [textAt(given, "apiVersion"), textAt(given, "kind")];
  const at = "spec.paramKind";
  const parts = apiVersion === "/" ? ["", ""] : apiVersion.split("/");
  if (apiVersion === "") found.required(`${at}.apiVersion`);
  else if (parts.length > 2) found.invalid(`${at}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  else {
    const [group, version] = [parts.length === 2 ? (parts[0] ?? "") : "", parts.at(-1) ?? ""];
    const joined = (value: string, errors: readonly string[]): void => (errors.length > 0 ? found.invalid(`${at}.apiVersion`, value, errors.join(",")) : undefined);
    if (group !== "") joined(group, dns1123SubdomainErrors(group));
    if (version === "") found.invalid(`${at}.apiVersion`, apiVersion, "version must be specified");
    else joined(version, dns1035LabelErrors(version));
  }
  const wrong = dns1035LabelErrors(kind.toLowerCase());
  if (kind === "") found.required(`${at}.kind`);
  else if (wrong.length > 0) found.invalid(`${at}.kind`, kind, `may have mixed case, but should otherwise match: ${wrong.join(",")}`);
}

/** What policies of both kinds have in common; returns the variables they declare. */
function policyRules(found: Findings, spec: JsonObject): readonly string[] {
  known(found, "spec", spec, "failurePolicy", FAILURE_POLICIES);
  const params = has(spec, "paramKind");
  if (params) paramKind(found, objectAt(spec, "paramKind"));
  if (!has(spec, "matchConstraints")) found.required("spec.matchConstraints");
  else {
    matchConstraints(found, "spec.matchConstraints", objectAt(spec, "matchConstraints"));
    if (listAt(objectAt(spec, "matchConstraints"), "resourceRules").length === 0) found.required("spec.matchConstraints.resourceRules");
  }
  validateConditions(found, "spec.matchConditions", objectsAt(spec, "matchConditions"), params);
  const names: string[] = [];
  objectsAt(spec, "variables").forEach((variable, i) => {
    const at = `spec.variables[${i}]`;
    const name = textAt(variable, "name");
    if (name.trim() === "") found.required(`${at}.name`, "name is not specified");
    else if (!IDENTIFIER.test(name) || RESERVED.has(name)) found.invalid(`${at}.name`, name, "name is not a valid CEL identifier");
    expression(found, `${at}.expression`, textAt(variable, "expression"), "any", { params, variables: [...names] }, "expression is not specified");
    names.push(name);
  });
  return names;
}

function auditAnnotations(found: Findings, policy: string, audits: readonly JsonObject[], scope: Parameters<typeof compileAdmission>[2]): void {
  const path = "spec.auditAnnotations";
  if (audits.length > MAX_AUDITS) found.invalid(path, audits, `must not have more than ${MAX_AUDITS} auditAnnotations`);
  const keys = audits.map((audit) => textAt(audit, "key"));
  audits.forEach((audit, i) => {
    const [at, key, source] = [`${path}[${i}]`, keys[i] ?? "", textAt(audit, "valueExpression")];
    if (policy === "") found.invalid(`${at}.key`, key, "requires metadata.name be non-empty");
    else found.names(`${at}.key`, `${policy}/${key}`, qualifiedNameErrors(`${policy}/${key}`));
    if (source.trim().length > MAX_AUDIT) found.required(`${at}.valueExpression`, `must not exceed ${MAX_AUDIT} bytes in length`);
    else expression(found, `${at}.valueExpression`, source, "any", scope, "valueExpression is not specified");
    if (keys.indexOf(key) < i) found.duplicate(`${at}.key`, key);
  });
}

/** Everything wrong with a ValidatingAdmissionPolicy. */
export function validatePolicy(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("validatingadmissionpolicy");
  validateMetadata(found, object);
  const spec = specOf(object);
  const scope = { params: has(spec, "paramKind"), variables: policyRules(found, spec) };
  const validations = objectsAt(spec, "validations");
  const audits = objectsAt(spec, "auditAnnotations");
  if (validations.length === 0 && audits.length === 0) for (const field of ["validations", "auditAnnotations"]) found.required(`spec.${field}`, "validations or auditAnnotations must contain at least one item");
  validations.forEach((rule, i) => validationRules(found, `spec.validations[${i}]`, rule, scope));
  auditAnnotations(found, object.metadata.name ?? "", audits, scope);
  return found.errors;
}

/** Everything wrong with a MutatingAdmissionPolicy. */
export function validateMutatingPolicy(object: KubeObject): readonly FieldError[] {
  const found = new Findings("mutatingadmissionpolicy");
  validateMetadata(found, object);
  const spec = specOf(object);
  const variables = policyRules(found, spec);
  const params = has(spec, "paramKind");
  const reinvocation = textAt(spec, "reinvocationPolicy");
  if (reinvocation === "") found.required("spec.reinvocationPolicy");
  else if (reinvocation !== "Never" && reinvocation !== "IfNeeded") found.notSupported("spec.reinvocationPolicy", reinvocation, ["IfNeeded", "Never"]);
  const mutations = objectsAt(spec, "mutations");
  if (mutations.length === 0) found.required("spec.mutations", "mutations must contain at least one item");
  mutations.forEach((mutation, i) => {
    const at = `spec.mutations[${i}]`;
    const type = textAt(mutation, "patchType");
    if (type === "ApplyConfiguration") expression(found, `${at}.applyConfiguration.expression`, textAt(objectAt(mutation, "applyConfiguration"), "expression"), "object", { params, variables }, "expression is not specified");
    else if (type === "JSONPatch") expression(found, `${at}.jsonPatch.expression`, textAt(objectAt(mutation, "jsonPatch"), "expression"), "patch", { params, variables }, "expression is not specified");
    else if (type === "") found.required(`${at}.patchType`);
    else found.notSupported(`${at}.patchType`, type, ["ApplyConfiguration", "JSONPatch"]);
  });
  return found.errors;
}

/** Everything wrong with a ValidatingAdmissionPolicyBinding. */
export function validateBinding(object: KubeObject): readonly FieldError[] {
  const found = new Findings("validatingadmissionpolicybinding");
  bindingRules(found, object);
  const actions = listAt(specOf(object), "validationActions").filter((action): action is string => typeof action === "string");
  actions.forEach((action, i) => {
    if (!ACTIONS.includes(action)) found.notSupported(`spec.validationActions[${i}]`, action, ACTIONS);
    if (actions.indexOf(action) < i) found.duplicate(`spec.validationActions[${i}]`, action);
  });
  if (actions.includes("Deny") && actions.includes("Warn")) found.invalid("spec.validationActions", actions, "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
  if (actions.length === 0) found.required("spec.validationActions", "at least one validation action is required");
  return found.errors;
}

/** Everything wrong with a MutatingAdmissionPolicyBinding. */
export function validateMutatingBinding(object: KubeObject): readonly FieldError[] {
  const found = new Findings("mutatingadmissionpolicybinding");
  bindingRules(found, object);
  return found.errors;
}

/** What bindings of both kinds have in common. */
function bindingRules(found: Findings, object: KubeObject): void {
  validateMetadata(found, object);
  const spec = specOf(object);
  const policy = textAt(spec, "policyName");
  if (policy === "") found.required("spec.policyName");
  else found.names("spec.policyName", policy, dns1123SubdomainErrors(policy));
  if (has(spec, "paramRef")) paramRef(found, objectAt(spec, "paramRef"));
  // The path is spelt as upstream spells it.
  if (has(spec, "matchResources")) matchConstraints(found, "spec.matchResouces", objectAt(spec, "matchResources"));
}

function paramRef(found: Findings, ref: JsonObject): void {
  const [name, selects] = [textAt(ref, "name"), has(ref, "selector")];
  const both = "name and selector are mutually exclusive";
  if (name !== "") found.names("spec.paramRef.name", name, pathSegmentErrors(name));
  if (name !== "" && selects) found.forbidden("spec.paramRef.name", both);
  if (selects) validateSelector(found, "spec.paramRef.selector", objectAt(ref, "selector"));
  if (name !== "" && selects) found.forbidden("spec.paramRef.selector", both);
  if (name === "" && !selects) found.required("spec.paramRef", "one of name or selector must be specified");
  const action = textAt(ref, "parameterNotFoundAction");
  if (action === "") found.required("spec.paramRef.parameterNotFoundAction");
  else known(found, "spec.paramRef", ref, "parameterNotFoundAction", ["Deny", "Allow"]);
}

const SIDE_EFFECTS = ["None", "NoneOnDryRun"];
const REVIEW_VERSIONS = ["v1", "v1beta1"];

function reviewVersions(found: Findings, path: string, given: readonly Json[]): void {
  const versions = given.map((version) => (typeof version === "string" ? version : ""));
  if (versions.length === 0) {
    found.required(path, `must specify one of ${REVIEW_VERSIONS.join(", ")}`);
    return;
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) found.invalid(`${path}[${i}]`, version, "duplicate version");
    else found.names(`${path}[${i}]`, version, dns1035LabelErrors(version));
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) found.invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`);
}

function webhookName(found: Findings, path: string, name: string): void {
  const wrong = dns1123SubdomainErrors(name);
  if (name === "") found.required(path);
  else if (wrong.length > 0) found.invalid(path, name, wrong.join(","));
  else if (name.split(".").length < 3) found.invalid(path, name, "should be a domain with at least three segments separated by dots");
}

function webhook(found: Findings, path: string, hook: JsonObject): void {
  webhookName(found, `${path}.name`, textAt(hook, "name"));
  objectsAt(hook, "rules").forEach((rule, i) => validateRule(found, `${path}.rules[${i}]`, rule));
  known(found, path, hook, "failurePolicy", FAILURE_POLICIES);
  known(found, path, hook, "matchPolicy", MATCH_POLICIES);
  if (!has(hook, "sideEffects")) found.required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(", ")}`);
  known(found, path, hook, "sideEffects", SIDE_EFFECTS);
  const seconds = numberAt(hook, "timeoutSeconds");
  if (seconds !== undefined && (seconds > 30 || seconds < 1)) found.invalid(`${path}.timeoutSeconds`, seconds, "the timeout value must be between 1 and 30 seconds");
  for (const field of ["namespaceSelector", "objectSelector"]) validateSelector(found, `${path}.${field}`, objectAt(hook, field));
  known(found, path, hook, "reinvocationPolicy", ["IfNeeded", "Never"]);
  const config = objectAt(hook, "clientConfig");
  if (has(config, "url") === has(config, "service")) found.required(`${path}.clientConfig`, "exactly one of url or service is required");
  else if (has(config, "url")) validateWebhookUrl(found, `${path}.clientConfig.url`, textAt(config, "url"));
  else validateWebhookService(found, `${path}.clientConfig.service`, objectAt(config, "service"));
  validateConditions(found, `${path}.matchConditions`, objectsAt(hook, "matchConditions"), false);
}

/** Everything wrong with a ValidatingWebhookConfiguration or a MutatingWebhookConfiguration. */
export function validateWebhooks(kind: string): (object: KubeObject) => readonly FieldError[] {
  return (object) => {
    const found = new Findings(kind);
    validateMetadata(found, object);
    const names = new Set<string>();
    objectsAt(jsonOf(object), "webhooks").forEach((hook, i) => {
      const [path, name] = [`webhooks[${i}]`, textAt(hook, "name")];
      webhook(found, path, hook);
      reviewVersions(found, `${path}.admissionReviewVersions`, listAt(hook, "admissionReviewVersions"));
      if (name !== "" && names.has(name)) found.duplicate(`${path}.name`, name);
      names.add(name);
    });
    return found.errors;
  };
}
