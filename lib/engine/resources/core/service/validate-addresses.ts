/** The rules of a Service's own addresses and their families. Upstream: `ValidateServiceClusterIPsRelatedFields`, `validateUpgradeDowngradeClusterIPs`, `initIPFamilyFields`. */
import type { Json, JsonObject } from "../../../apimachinery/meta";
import { ipErrors, legacyIpErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, textAt } from "../../json-object";

const POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];
const FAMILIES = ["IPv4", "IPv6"];

const texts = (spec: JsonObject, field: string): readonly string[] => listAt(spec, field).filter((one) => typeof one === "string");
const familyOf = (ip: string): string => (ip.includes(":") ? "IPv6" : "IPv4");

/** Is this a Service without an address of its own? */
export function isHeadless(spec: JsonObject): boolean {
  const ips = listAt(spec, "clusterIPs");
  return ips.length === 1 && ips[0] === "None";
}

/** Addresses, families and the policy, each by itself and together. `known` are addresses let in under older rules. */
export function validateFamilies(found: Findings, spec: JsonObject, known: readonly Json[]): void {
  if (textAt(spec, "type") === "ExternalName") return;
  const [ips, families] = [texts(spec, "clusterIPs"), texts(spec, "ipFamilies")];
  const path = "spec.clusterIPs";
  const first = textAt(spec, "clusterIP");
  if (first !== "" && ips.length === 0) found.required(path);
  else if (first !== "" && ips[0] !== first) found.invalid(path, ips, "first value must match `clusterIP`");
  else if (first === "" && ips.length > 0) found.invalid(path, ips, "must be empty when `clusterIP` is not specified");
  families.forEach((family, i) => {
    if (!FAMILIES.includes(family)) found.notSupported(`spec.ipFamilies[${i}]`, family, FAMILIES);
    if (families.indexOf(family) < i) found.duplicate(`spec.ipFamilies[${i}]`, family);
  });
  if (has(spec, "ipFamilyPolicy") && !POLICIES.includes(textAt(spec, "ipFamilyPolicy"))) found.notSupported("spec.ipFamilyPolicy", textAt(spec, "ipFamilyPolicy"), POLICIES);
  let wrong = false;
  ips.forEach((ip, i) => {
    if (i === 0 && ip === "None") {
      if (ips.length > 1) found.invalid(path, ips, "'None' must be the first and only value");
      wrong ||= ips.length > 1;
      return;
    }
    const errors = known.includes(ip) ? legacyIpErrors(ip) : ipErrors(ip);
    found.names(`${path}[${i}]`, ip, errors);
    wrong ||= errors.length > 0;
  });
  if (ips.length > 2) found.invalid(path, ips, "may only hold up to 2 values");
  if (wrong) return;
  if (ips.length > 1 && new Set(ips.map(familyOf)).size < 2) found.invalid(path, ips, "may specify no more than one IP for each IP family");
  if (isHeadless(spec)) return;
  ips.forEach((ip, i) => {
    const family = families[i];
    if (family !== undefined && FAMILIES.includes(family) && familyOf(ip) !== family) found.invalid(`${path}[${i}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``);
  });
}

/** What this cluster, which knows IPv4 only, cannot give. Looked at when everything else is right, as upstream allocates after validation. */
export function validateConfigured(found: Findings, spec: JsonObject): void {
  if (textAt(spec, "type") === "ExternalName") return;
  const [ips, families] = [texts(spec, "clusterIPs"), texts(spec, "ipFamilies")];
  const policy = textAt(spec, "ipFamilyPolicy");
  if (policy === "" || policy === "SingleStack") {
    const both = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
    if (ips.length === 2) found.invalid("spec.ipFamilyPolicy", policy === "" ? null : policy, `${both} cluster IPs are specified`);
    if (families.length === 2) found.invalid("spec.ipFamilyPolicy", policy === "" ? null : policy, `${both} IP families are specified`);
  }
  ips.forEach((ip, i) => {
    if (ip !== "None" && i >= families.length && familyOf(ip) === "IPv6") found.invalid(`spec.clusterIPs[${i}]`, ips, "IPv6 is not configured on this cluster");
  });
  if (found.errors.length > 0) return;
  // Without a selector and without an address nothing has to be allocated: any family goes.
  if (isHeadless(spec) && Object.keys(objectAt(spec, "selector")).length === 0) return;
  if (policy === "RequireDualStack") found.invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services");
  families.forEach((family, i) => {
    if (family === "IPv6") found.invalid(`spec.ipFamilies[${i}]`, family, "not configured on this cluster");
  });
}

/** The first of a list stays what it is; a second one may come and, when the policy says so, go. */
function kept(found: Findings, spec: JsonObject, before: JsonObject, field: "clusterIPs" | "ipFamilies", what: string): void {
  const [now, then] = [texts(spec, field), texts(before, field)];
  const path = `spec.${field}`;
  const once = (i: number): void => found.invalid(`${path}[${field === "ipFamilies" ? 0 : i}]`, field === "ipFamilies" && now.length !== then.length ? listAt(spec, "clusterIPs") : now, "may not change once set");
  if (now.length === then.length) then.forEach((one, i) => (one !== now[i] ? once(i) : undefined));
  else if (now.length < then.length) {
    if (texts(spec, "clusterIPs").length === 0) found.invalid(`${path}[0]`, now, `primary ${what} can not be unset`);
    if (now.length > 0 && now[0] !== then[0]) once(0);
    if (now.length === 1 && textAt(spec, "ipFamilyPolicy") !== "SingleStack") found.invalid("spec.ipFamilyPolicy", spec["ipFamilyPolicy"] ?? null, `must be set to 'SingleStack' when releasing the secondary ${what}`);
  } else if (then.length > 0 && now[0] !== then[0]) once(0);
}

/** What a Service may not become. */
export function validateServiceUpdate(found: Findings, spec: JsonObject, before: JsonObject): void {
  const [type, former] = [textAt(spec, "type"), textAt(before, "type")];
  const [headless, wasHeadless] = [isHeadless(spec), isHeadless(before)];
  if (type !== "ExternalName" && former !== "ExternalName") {
    if (!(headless && wasHeadless)) kept(found, spec, before, "clusterIPs", "clusterIP");
    if (!headless && !wasHeadless) kept(found, spec, before, "ipFamilies", "ipFamily");
  }
  if (type === "LoadBalancer" && former === "LoadBalancer" && spec["loadBalancerClass"] !== before["loadBalancerClass"]) found.invalid("spec.loadBalancerClass", spec["loadBalancerClass"] ?? null, "may not change once set");
  // Upstream says so once for the Service and once for its change.
  if (type !== "LoadBalancer" && has(spec, "loadBalancerClass")) found.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
  const checked = (of: JsonObject): boolean => textAt(of, "type") === "LoadBalancer" && textAt(of, "externalTrafficPolicy") === "Local";
  if (checked(spec) && checked(before) && numberAt(spec, "healthCheckNodePort") !== numberAt(before, "healthCheckNodePort")) found.forbidden("spec.healthCheckNodePort", "field is immutable");
}
