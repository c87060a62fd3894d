/** The rules of a pod's spec and of pod templates. Upstream: `ValidatePodSpec`, `ValidatePodTemplateSpec`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors, legacyIpErrors, qualifiedNameErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { validateAnnotations, validateLabels } from "../../meta-validation";
import { validateContainers, validateIds, validateResources } from "./validate-containers";
import { validateAffinity, validateSpread, validateTolerations } from "./validate-placement";
import { validateVolumes } from "./validate-volumes";

const DNS_POLICIES = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];

function names(found: Findings, path: string, spec: JsonObject): void {
  const rules = { serviceAccountName: dns1123SubdomainErrors, nodeName: dns1123SubdomainErrors, priorityClassName: dns1123SubdomainErrors, runtimeClassName: dns1123SubdomainErrors, hostname: dns1123LabelErrors, subdomain: dns1123LabelErrors };
  for (const [field, rule] of Object.entries(rules)) if (textAt(spec, field) !== "") found.names(`${path}.${field}`, textAt(spec, field), rule(textAt(spec, field)));
  objectsAt(spec, "imagePullSecrets").forEach((secret, i) => {
    if (textAt(secret, "name") === "") found.required(`${path}.imagePullSecrets[${i}].name`);
  });
  objectsAt(spec, "readinessGates").forEach((gate, i) => found.names(`${path}.readinessGates[${i}].conditionType`, textAt(gate, "conditionType"), qualifiedNameErrors(textAt(gate, "conditionType"))));
  const gates = new Set<string>();
  objectsAt(spec, "schedulingGates").forEach((gate, i) => {
    const name = textAt(gate, "name");
    found.names(`${path}.schedulingGates[${i}]`, name, qualifiedNameErrors(name));
    if (gates.has(name)) found.duplicate(`${path}.schedulingGates[${i}]`, name);
    gates.add(name);
  });
}

function resolution(found: Findings, path: string, spec: JsonObject): void {
  objectsAt(spec, "hostAliases").forEach((alias, i) => {
    found.names(`${path}.hostAliases[${i}].ip`, textAt(alias, "ip"), legacyIpErrors(textAt(alias, "ip")));
    listAt(alias, "hostnames").forEach((host, j) => {
      if (typeof host === "string") found.names(`${path}.hostAliases[${i}].hostnames[${j}]`, host, dns1123SubdomainErrors(host));
    });
  });
  const config = objectAt(spec, "dnsConfig");
  const servers = listAt(config, "nameservers");
  if (textAt(spec, "dnsPolicy") === "None" && servers.length === 0) found.required(`${path}.dnsConfig.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None");
  if (servers.length > 3) found.invalid(`${path}.dnsConfig.nameservers`, servers, "must not have more than 3 nameservers");
  servers.forEach((server, i) => {
    if (typeof server === "string") found.names(`${path}.dnsConfig.nameservers[${i}]`, server, legacyIpErrors(server));
  });
}

/** A pod's spec under `path`. `claims` are names of volumes that a StatefulSet's claim templates will bring. */
export function validatePodSpec(found: Findings, path: string, spec: JsonObject, claims: readonly string[] = []): void {
  const volumes = validateVolumes(found, `${path}.volumes`, objectsAt(spec, "volumes"));
  validateContainers(found, path, spec, new Set([...volumes, ...claims]));
  found.oneOf(`${path}.restartPolicy`, textAt(spec, "restartPolicy"), ["Always", "OnFailure", "Never"]);
  found.oneOf(`${path}.dnsPolicy`, textAt(spec, "dnsPolicy"), DNS_POLICIES);
  validateLabels(found, `${path}.nodeSelector`, objectAt(spec, "nodeSelector"));
  validateIds(found, `${path}.securityContext`, objectAt(spec, "securityContext"));
  names(found, path, spec);
  const system = textAt(objectAt(spec, "os"), "name");
  if (has(spec, "os")) found.oneOf(system === "" ? `${path}.os.name` : `${path}.os`, system, ["linux", "windows"]);
  resolution(found, path, spec);
  validateAffinity(found, `${path}.affinity`, objectAt(spec, "affinity"));
  validateSpread(found, `${path}.topologySpreadConstraints`, objectsAt(spec, "topologySpreadConstraints"));
  validateTolerations(found, `${path}.tolerations`, objectsAt(spec, "tolerations"));
  const deadline = numberAt(spec, "activeDeadlineSeconds");
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647)) found.invalid(`${path}.activeDeadlineSeconds`, deadline, "must be between 1 and 2147483647, inclusive");
  const grace = numberAt(spec, "terminationGracePeriodSeconds");
  if (grace !== undefined && grace < 0) found.invalid(`${path}.terminationGracePeriodSeconds`, grace, "must be greater than or equal to 0");
  if (spec["shareProcessNamespace"] === true && spec["hostPID"] === true) {
    found.invalid(`${path}.securityContext.shareProcessNamespace`, true, "ShareProcessNamespace and HostPID cannot both be enabled");
  }
  if (has(spec, "resources")) validateResources(found, `${path}.resources`, objectAt(spec, "resources"));
}

/** A pod template under `path`. */
export function validatePodTemplate(found: Findings, path: string, template: JsonObject, claims: readonly string[] = []): void {
  const metadata = objectAt(template, "metadata");
  validateLabels(found, `${path}.labels`, objectAt(metadata, "labels"));
  validateAnnotations(found, `${path}.annotations`, objectAt(metadata, "annotations"));
  const spec = objectAt(template, "spec");
  validatePodSpec(found, `${path}.spec`, spec, claims);
  if (listAt(spec, "ephemeralContainers").length > 0) found.forbidden(`${path}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template");
}
