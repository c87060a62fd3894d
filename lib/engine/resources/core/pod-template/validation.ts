/** The rules of a pod's spec and of pod templates. Upstream: `ValidatePodSpec`, `ValidatePodTemplateSpec`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors, ipErrors, qualifiedNameErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { validateAnnotations, validateLabels } from "../../meta-validation";
import { validatePodAnnotations } from "./validate-annotations";
import { validateContainers, validateHostNetwork } from "./validate-containers";
import { validateEnvFiles } from "./validate-env";
import { validateAffinity, validateSpread, validateTolerations } from "./validate-placement";
import { validatePodResources, validateResources } from "./validate-resources";
import { validateHostUsers, validatePodSecurity } from "./validate-security";
import { validateHostProcess, validateSystem } from "./validate-windows";
import { validateVolumes } from "./validate-volumes";

const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const MAX_SEARCHES = 32;
const MAX_SEARCH_TEXT = 2048;

const NAMES = [
  ["serviceAccountName", dns1123SubdomainErrors],
  ["nodeName", dns1123SubdomainErrors],
  ["hostname", dns1123LabelErrors],
  ["subdomain", dns1123LabelErrors],
  ["priorityClassName", dns1123SubdomainErrors],
] as const;

function names(found: Findings, path: string, spec: JsonObject): void {
  for (const [field, rule] of NAMES) if (textAt(spec, field) !== "") found.names(`${path}.${field}`, textAt(spec, field), rule(textAt(spec, field)));
  if (has(spec, "runtimeClassName")) found.names(`${path}.runtimeClassName`, textAt(spec, "runtimeClassName"), dns1123SubdomainErrors(textAt(spec, "runtimeClassName")));
  objectsAt(spec, "readinessGates").forEach((gate, i) => found.names(`${path}.readinessGates[${i}].conditionType`, textAt(gate, "conditionType"), qualifiedNameErrors(textAt(gate, "conditionType"))));
  const gates = new Set<string>();
  objectsAt(spec, "schedulingGates").forEach((gate, i) => {
    const name = textAt(gate, "name");
    found.names(`${path}.schedulingGates[${i}]`, name, qualifiedNameErrors(name));
    if (gates.has(name)) found.duplicate(`${path}.schedulingGates[${i}]`, name);
    gates.add(name);
  });
}

/** A host name with the search path's freedom: underscores. */
function searchErrors(search: string): readonly string[] {
  return dns1123SubdomainErrors(search).length === 0 ? [] : dns1123SubdomainErrors(search.replace(/_/g, "a"));
}

function dns(found: Findings, path: string, spec: JsonObject): void {
  const config = objectAt(spec, "dnsConfig");
  const [servers, searches] = [listAt(config, "nameservers"), listAt(config, "searches")];
  if (textAt(spec, "dnsPolicy") === "None") {
    if (!has(spec, "dnsConfig")) {
      found.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
      return;
    }
    if (servers.length === 0) {
      found.required(`${path}.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None");
      return;
    }
  }
  if (servers.length > 3) found.invalid(`${path}.nameservers`, servers, "must not have more than 3 nameservers");
  servers.forEach((server, i) => {
    if (typeof server === "string") found.names(`${path}.nameservers[${i}]`, server, ipErrors(server));
  });
  if (searches.length > MAX_SEARCHES) found.invalid(`${path}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`);
  if (searches.join(" ").length > MAX_SEARCH_TEXT) found.invalid(`${path}.searches`, searches, `must not have more than ${MAX_SEARCH_TEXT} characters (including spaces) in the search list`);
  searches.forEach((search, i) => {
    if (typeof search === "string" && search !== ".") found.names(`${path}.searches[${i}]`, search.replace(/\.$/, ""), searchErrors(search.replace(/\.$/, "")));
  });
  objectsAt(config, "options").forEach((option, i) => {
    if (textAt(option, "name") === "") found.required(`${path}.options[${i}]`, "must not be empty");
  });
}

function hosts(found: Findings, path: string, spec: JsonObject): void {
  objectsAt(spec, "hostAliases").forEach((alias, i) => {
    found.names(`${path}.hostAliases[${i}].ip`, textAt(alias, "ip"), ipErrors(textAt(alias, "ip")));
    listAt(alias, "hostnames").forEach((host, j) => {
      if (typeof host === "string") found.names(`${path}.hostAliases[${i}].hostnames[${j}]`, host, dns1123SubdomainErrors(host));
    });
  });
  if (!has(spec, "hostnameOverride")) return;
  const [at, name] = [`${path}.hostnameOverride`, textAt(spec, "hostnameOverride")];
  if (spec["setHostnameAsFQDN"] === true) found.forbidden(at, "may not be specified when setHostnameAsFQDN is true");
  if (spec["hostNetwork"] === true) found.forbidden(at, "may not be specified when hostNetwork is true");
  if (name.length > 64) found.tooLong(at, 64);
  found.names(at, name, dns1123SubdomainErrors(name));
}

function resourceClaims(found: Findings, path: string, claims: readonly JsonObject[]): void {
  const taken = new Set<string>();
  claims.forEach((claim, i) => {
    const at = `${path}[${i}]`;
    const name = textAt(claim, "name");
    if (name === "") found.required(`${at}.name`);
    else if (taken.has(name)) found.duplicate(`${at}.name`, name);
    else found.names(`${at}.name`, name, dns1123LabelErrors(name));
    taken.add(name);
    const sources = ["resourceClaimName", "resourceClaimTemplateName"].filter((field) => has(claim, field));
    if (sources.length === 2) found.invalid(at, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
    if (sources.length === 0) found.invalid(at, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
    for (const field of sources) found.names(`${at}.${field}`, textAt(claim, field), dns1123SubdomainErrors(textAt(claim, field)));
  });
}

function limitsInTime(found: Findings, path: string, spec: JsonObject): void {
  if (numberAt(spec, "terminationGracePeriodSeconds") === undefined) found.required(`${path}.terminationGracePeriodSeconds`);
  const deadline = numberAt(spec, "activeDeadlineSeconds");
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647)) found.invalid(`${path}.activeDeadlineSeconds`, deadline, "must be between 1 and 2147483647, inclusive");
}

/** A pod's spec under `path`; `pod` is the name of the pod it belongs to, absent in a template. */
export function validatePodSpec(found: Findings, path: string, spec: JsonObject, pod?: string): void {
  limitsInTime(found, path, spec);
  const volumes = validateVolumes(found, `${path}.volumes`, objectsAt(spec, "volumes"), pod);
  resourceClaims(found, `${path}.resourceClaims`, objectsAt(spec, "resourceClaims"));
  validateContainers(found, path, spec, volumes);
  validatePodResources(found, path, spec);
  validateHostNetwork(found, path, spec, pod !== undefined);
  found.oneOf(`${path}.restartPolicy`, textAt(spec, "restartPolicy"), ["Always", "OnFailure", "Never"]);
  found.oneOf(`${path}.dnsPolicy`, textAt(spec, "dnsPolicy"), DNS_POLICIES);
  validateLabels(found, `${path}.nodeSelector`, objectAt(spec, "nodeSelector"));
  validatePodSecurity(found, `${path}.securityContext`, spec);
  if (spec["shareProcessNamespace"] === true && spec["hostPID"] === true) found.invalid(`${path}.securityContext.shareProcessNamespace`, true, "ShareProcessNamespace and HostPID cannot both be enabled");
  validateAffinity(found, `${path}.affinity`, objectAt(spec, "affinity"));
  dns(found, `${path}.dnsConfig`, spec);
  validateSpread(found, `${path}.topologySpreadConstraints`, objectsAt(spec, "topologySpreadConstraints"));
  validateHostProcess(found, path, spec);
  validateHostUsers(found, path, spec);
  names(found, path, spec);
  validateTolerations(found, `${path}.tolerations`, objectsAt(spec, "tolerations"));
  hosts(found, path, spec);
  if (has(spec, "preemptionPolicy")) found.oneOf(`${path}.preemptionPolicy`, textAt(spec, "preemptionPolicy"), ["PreemptLowerPriority", "Never"]);
  if (has(spec, "overhead")) validateResources(found, `${path}.overhead`, { limits: objectAt(spec, "overhead") });
  validateSystem(found, path, spec);
  validateEnvFiles(found, path, spec);
}

/** A pod template under `path`. */
export function validatePodTemplate(found: Findings, path: string, template: JsonObject): void {
  const metadata = objectAt(template, "metadata");
  validateLabels(found, `${path}.labels`, objectAt(metadata, "labels"));
  validateAnnotations(found, `${path}.annotations`, objectAt(metadata, "annotations"));
  const spec = objectAt(template, "spec");
  validatePodAnnotations(found, `${path}.annotations`, `${path}.spec`, objectAt(metadata, "annotations"), spec);
  validatePodSpec(found, `${path}.spec`, spec);
  if (listAt(spec, "ephemeralContainers").length > 0) found.forbidden(`${path}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template");
}
