/** The rules of admission policies and webhooks. Upstream: pkg/apis/admissionregistration/validation. */
import type { FieldError } from "../../apimachinery/api-error";
import { qualifiedNameErrors } from "../../apimachinery/names";
import type { Json, JsonObject, KubeObject } from "../../apimachinery/meta";
import { specOf } from "../cells";
import { Findings } from "../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../json-object";
import { onlyStatusDiffers, validateMetadata, validateSelector } from "../meta-validation";
import { compileAdmission } from "./expressions";

const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const REASONS = ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"];
const ACTIONS = ["Audit", "Deny", "Warn"];
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

const wildcardAlone = (found: Findings, path: string, values: readonly Json[], what: string): void => {
  if (values.length > 1 && values.includes("*")) found.invalid(path, values, `if '*' is present, must not specify other ${what}`);
};

function resourceNames(found: Findings, path: string, resources: readonly Json[], allowSub: boolean): void {
  resources.forEach((resource, i) => {
    if (resource === "") found.required(`${path}[${i}]`);
    else if (typeof resource === "string" && !allowSub && resource.includes("/")) found.invalid(`${path}[${i}]`, resource, "subresources are not allowed");
  });
  if (resources.includes("*/*") && resources.length > 1) found.invalid(path, resources, "if '*/*' is present, must not specify other resources");
}

/** Which requests a rule means. */
export function validateRule(found: Findings, path: string, rule: JsonObject): void {
  const operations = listAt(rule, "operations");
  if (operations.length === 0) found.required(`${path}.operations`);
  if (operations.length > 1 && operations.includes("*")) found.invalid(`${path}.operations`, operations, "if '*' is present, must not specify other operations");
  operations.forEach((operation, i) => {
    if (typeof operation === "string" && !OPERATIONS.includes(operation)) found.notSupported(`${path}.operations[${i}]`, operation, OPERATIONS);
  });
  const [groups, versions, resources] = [listAt(rule, "apiGroups"), listAt(rule, "apiVersions"), listAt(rule, "resources")];
  if (groups.length === 0) found.required(`${path}.apiGroups`);
  wildcardAlone(found, `${path}.apiGroups`, groups, "API groups");
  if (versions.length === 0) found.required(`${path}.apiVersions`);
  wildcardAlone(found, `${path}.apiVersions`, versions, "API versions");
  versions.forEach((version, i) => {
    if (version === "") found.required(`${path}.apiVersions[${i}]`);
  });
  if (resources.length === 0) found.required(`${path}.resources`);
  resourceNames(found, `${path}.resources`, resources, true);
  const scope = textAt(rule, "scope");
  if (scope !== "" && !["*", "Cluster", "Namespaced"].includes(scope)) found.notSupported(`${path}.scope`, scope, ["*", "Cluster", "Namespaced"]);
}

/** Conditions that decide whether anybody is asked at all. */
export function validateConditions(found: Findings, path: string, conditions: readonly JsonObject[], params: boolean): void {
  const names = conditions.map((condition) => textAt(condition, "name"));
  conditions.forEach((condition, i) => {
    const at = `${path}[${i}]`;
    const name = names[i] ?? "";
    if (name === "") found.required(`${at}.name`);
    else found.names(`${at}.name`, name, qualifiedNameErrors(name));
    if (name !== "" && names.indexOf(name) < i) found.duplicate(`${at}.name`, name);
    expression(found, `${at}.expression`, textAt(condition, "expression"), "bool", { params });
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
  for (const field of ["resourceRules", "excludeResourceRules"]) objectsAt(given, field).forEach((rule, i) => validateRule(found, `${path}.${field}[${i}]`, rule));
  for (const field of ["namespaceSelector", "objectSelector"]) validateSelector(found, `${path}.${field}`, objectAt(given, field));
  const policy = textAt(given, "matchPolicy");
  if (policy !== "" && policy !== "Exact" && policy !== "Equivalent") found.notSupported(`${path}.matchPolicy`, policy, ["Equivalent", "Exact"]);
}

function validationRules(found: Findings, path: string, rule: JsonObject, scope: Parameters<typeof compileAdmission>[2]): void {
  const [source, message, messageExpression, reason] = [textAt(rule, "expression"), textAt(rule, "message"), textAt(rule, "messageExpression"), textAt(rule, "reason")];
  expression(found, `${path}.expression`, source, "bool", scope, "expression is not specified");
  if (messageExpression !== "") expression(found, `${path}.messageExpression`, messageExpression, "string", scope);
  if (message !== "" && message.trim() === "") found.invalid(`${path}.message`, message, "message must be non-empty if specified");
  else if (message.trim().includes("\n")) found.invalid(`${path}.message`, message, "message must not contain line breaks");
  else if (source.trim().includes("\n") && message.trim() === "") found.required(`${path}.message`, "message must be specified if expression contains line breaks");
  if (reason !== "" && !REASONS.includes(reason)) found.notSupported(`${path}.reason`, reason, REASONS);
}

/** What policies of both kinds have in common; returns the variables they declare. */
function policyRules(found: Findings, spec: JsonObject): readonly string[] {
  const failure = textAt(spec, "failurePolicy");
  if (failure !== "Fail" && failure !== "Ignore") found.notSupported("spec.failurePolicy", failure, ["Fail", "Ignore"]);
  const params = has(spec, "paramKind");
  if (params) for (const field of ["apiVersion", "kind"]) if (textAt(objectAt(spec, "paramKind"), field) === "") found.required(`spec.paramKind.${field}`);
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
    if (name === "") found.required(`${at}.name`, "name is not specified");
    else if (!IDENTIFIER.test(name)) found.invalid(`${at}.name`, name, "name is not a valid CEL identifier");
    else if (names.includes(name)) found.duplicate(`${at}.name`, name);
    expression(found, `${at}.expression`, textAt(variable, "expression"), "any", { params, variables: [...names] }, "expression is not specified");
    names.push(name);
  });
  return names;
}

/** Everything wrong with a ValidatingAdmissionPolicy. */
export function validatePolicy(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("validatingadmissionpolicy");
  validateMetadata(found, object);
  const spec = specOf(object);
  const names = policyRules(found, spec);
  const params = has(spec, "paramKind");
  const validations = objectsAt(spec, "validations");
  const audits = objectsAt(spec, "auditAnnotations");
  if (validations.length === 0 && audits.length === 0) for (const field of ["validations", "auditAnnotations"]) found.required(`spec.${field}`, "validations or auditAnnotations must be non-empty");
  validations.forEach((rule, i) => validationRules(found, `spec.validations[${i}]`, rule, { params, variables: names }));
  audits.forEach((audit, i) => {
    const at = `spec.auditAnnotations[${i}]`;
    if (textAt(audit, "key") === "") found.required(`${at}.key`);
    expression(found, `${at}.valueExpression`, textAt(audit, "valueExpression"), "any", { params, variables: names }, "valueExpression is not specified");
  });
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
  validateMetadata(found, object);
  const spec = specOf(object);
  if (textAt(spec, "policyName") === "") found.required("spec.policyName");
  if (has(spec, "paramRef")) paramRef(found, objectAt(spec, "paramRef"));
  if (has(spec, "matchResources")) matchConstraints(found, "spec.matchResources", objectAt(spec, "matchResources"));
  const actions = listAt(spec, "validationActions").filter((action): action is string => typeof action === "string");
  if (actions.length === 0) found.required("spec.validationActions", "at least one validation action is required");
  actions.forEach((action, i) => {
    if (!ACTIONS.includes(action)) found.notSupported(`spec.validationActions[${i}]`, action, ACTIONS);
    if (actions.indexOf(action) < i) found.duplicate(`spec.validationActions[${i}]`, action);
  });
  if (actions.includes("Deny") && actions.includes("Warn")) found.invalid("spec.validationActions", actions, "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
  return found.errors;
}

function paramRef(found: Findings, ref: JsonObject): void {
  const name = textAt(ref, "name");
  if (name !== "" && has(ref, "selector")) {
    found.forbidden("spec.paramRef.name", "name and selector are mutually exclusive");
    found.forbidden("spec.paramRef.selector", "name and selector are mutually exclusive");
  } else if (name === "" && !has(ref, "selector")) found.required("spec.paramRef", "one of name or selector must be specified");
  const action = textAt(ref, "parameterNotFoundAction");
  if (action === "") found.required("spec.paramRef.parameterNotFoundAction");
  else if (action !== "Allow" && action !== "Deny") found.notSupported("spec.paramRef.parameterNotFoundAction", action, ["Deny", "Allow"]);
}
