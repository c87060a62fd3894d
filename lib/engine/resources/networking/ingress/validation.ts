/** The rules of Ingresses. Upstream: `pkg/apis/networking/validation`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors, isIpAddress, portNameErrors, portNumberErrors, wildcardDns1123SubdomainErrors } from "../../../apimachinery/names";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { pathSegmentErrors } from "../../path-names";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";

const CLASS_ANNOTATION = "kubernetes.io/ingress.class";
const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];
const BAD_SEQUENCES = ["//", "/./", "/../", "%2f", "%2F"];
const BAD_SUFFIXES = ["/..", "/."];

function validateHost(found: Findings, path: string, host: string): void {
  found.names(path, host, host.includes("*") ? wildcardDns1123SubdomainErrors(host) : dns1123SubdomainErrors(host));
}

function validateReference(found: Findings, path: string, reference: JsonObject): void {
  const group = textAt(reference, "apiGroup");
  if (has(reference, "apiGroup")) found.names(`${path}.apiGroup`, group, dns1123SubdomainErrors(group));
  for (const part of ["kind", "name"]) {
    const value = textAt(reference, part);
    if (value === "") found.required(`${path}.${part}`, `${part} is required`);
    else found.names(`${path}.${part}`, value, pathSegmentErrors(value));
  }
}

function validateBackend(found: Findings, path: string, backend: JsonObject): void {
  const service = objectAt(backend, "service");
  if (has(backend, "resource") && has(backend, "service")) {
    found.invalid(path, "", "cannot set both resource and service backends");
    return;
  }
  if (has(backend, "resource")) {
    validateReference(found, `${path}.resource`, objectAt(backend, "resource"));
    return;
  }
  if (!has(backend, "service")) {
    found.invalid(path, "", "resource or service backend is required");
    return;
  }
  const name = textAt(service, "name");
  if (name === "") found.required(`${path}.service.name`);
  else found.names(`${path}.service.name`, name, dns1123LabelErrors(name));
  const port = objectAt(service, "port");
  const [number, named] = [numberAt(port, "number") ?? 0, textAt(port, "name")];
  if (number !== 0 && named !== "") found.invalid(path, "", "cannot set both port name & port number");
  else if (named !== "") found.names(`${path}.service.port.name`, named, portNameErrors(named));
  else if (number !== 0) for (const message of portNumberErrors(number)) found.invalid(`${path}.service.port.number`, number, message);
  else found.required(path, "port name or number is required");
}

function validatePath(found: Findings, at: string, path: JsonObject): void {
  const [type, value] = [textAt(path, "pathType"), textAt(path, "path")];
  if (!has(path, "pathType")) {
    found.required(`${at}.pathType`, "pathType must be specified");
    return;
  }
  if (type === "Exact" || type === "Prefix") {
    if (!value.startsWith("/")) found.invalid(`${at}.path`, value, "must be an absolute path");
    if (value !== "") {
      for (const bad of BAD_SEQUENCES) if (value.includes(bad)) found.invalid(`${at}.path`, value, `must not contain '${bad}'`);
      for (const bad of BAD_SUFFIXES) if (value.endsWith(bad)) found.invalid(`${at}.path`, value, `cannot end with '${bad}'`);
    }
  } else if (type === "ImplementationSpecific") {
    if (value !== "" && !value.startsWith("/")) found.invalid(`${at}.path`, value, "must be an absolute path");
  } else found.notSupported(`${at}.pathType`, type, PATH_TYPES);
  validateBackend(found, `${at}.backend`, objectAt(path, "backend"));
}

function validateRuleValue(found: Findings, at: string, rule: JsonObject): void {
  if (!has(rule, "http")) return;
  const paths = objectsAt(objectAt(rule, "http"), "paths");
  if (paths.length === 0) found.required(`${at}.http.paths`);
  paths.forEach((path, j) => validatePath(found, `${at}.http.paths[${j}]`, path));
}

/** What was stored under laxer rules may change and stay as wrong as it is. Upstream: `allowInvalidWildcardHostRule`, `allowInvalidSecretName`. */
function lenience(previous: KubeObject | undefined): { readonly wildcardRules: boolean; readonly secretNames: boolean } {
  if (previous === undefined) return { wildcardRules: false, secretNames: false };
  const found = new Findings("ingress");
  const spec = specOf(previous);
  for (const rule of objectsAt(spec, "rules")) if (textAt(rule, "host").includes("*")) validateRuleValue(found, "", rule);
  return { wildcardRules: found.errors.length > 0, secretNames: objectsAt(spec, "tls").some((tls) => secretNameErrors(textAt(tls, "secretName")).length > 0) };
}

const secretNameErrors = (name: string): readonly string[] => (name === "" ? [] : dns1123SubdomainErrors(name));

function validateRules(found: Findings, rules: readonly JsonObject[], wildcardRules: boolean): void {
  rules.forEach((rule, i) => {
    const host = textAt(rule, "host");
    if (host !== "" && isIpAddress(host)) found.invalid(`spec.rules[${i}].host`, host, "must be a DNS name, not an IP address");
    if (host !== "") validateHost(found, `spec.rules[${i}].host`, host);
    if (!wildcardRules || !host.includes("*") || isIpAddress(host)) validateRuleValue(found, `spec.rules[${i}]`, rule);
  });
}

/** Everything wrong with an Ingress. */
export function validateIngress(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("ingress");
  const spec = specOf(object);
  validateMetadata(found, object);
  const rules = objectsAt(spec, "rules");
  if (rules.length === 0 && !has(spec, "defaultBackend")) found.invalid("spec", spec["rules"] ?? null, "either `defaultBackend` or `rules` must be specified");
  if (has(spec, "defaultBackend")) validateBackend(found, "spec.defaultBackend", objectAt(spec, "defaultBackend"));
  const lenient = lenience(previous);
  validateRules(found, rules, lenient.wildcardRules);
  objectsAt(spec, "tls").forEach((tls, i) => {
    listAt(tls, "hosts").forEach((host, j) => {
      if (typeof host === "string") validateHost(found, `spec.tls[${i}].hosts[${j}]`, host);
    });
    const name = textAt(tls, "secretName");
    if (!lenient.secretNames) found.names(`spec.tls[${i}].secretName`, name, secretNameErrors(name));
  });
  if (has(spec, "ingressClassName")) found.names("spec.ingressClassName", textAt(spec, "ingressClassName"), dns1123SubdomainErrors(textAt(spec, "ingressClassName")));
  if (previous === undefined) validateClassAnnotation(found, object);
  return found.errors;
}

/** Of a new object, the old annotation may not name another class than the field. */
function validateClassAnnotation(found: Findings, object: KubeObject): void {
  const told = object.metadata.annotations?.[CLASS_ANNOTATION];
  const spec = specOf(object);
  if (told !== undefined && has(spec, "ingressClassName") && told !== textAt(spec, "ingressClassName")) found.invalid(`annotations.${CLASS_ANNOTATION}`, told, "must match `ingressClassName` when both are specified", "spec.ingressClassName");
}
