import { scaledIntOrPercent } from "@/lib/engine/apimachinery/intstr";
import * as n from "@/lib/engine/apimachinery/names";
import { compare, type Adapter } from "./adapter";

const checks: Readonly<Record<string, (value: string) => readonly string[]>> = {
  IsDNS1123Label: n.dns1123LabelErrors,
  IsDNS1123Subdomain: n.dns1123SubdomainErrors,
  IsDNS1035Label: n.dns1035LabelErrors,
  IsWildcardDNS1123Subdomain: n.wildcardDns1123SubdomainErrors,
  IsQualifiedName: n.qualifiedNameErrors,
  IsValidLabelValue: n.validateLabelValue,
  IsValidPortName: n.portNameErrors,
  IsConfigMapKey: n.configMapKeyErrors,
  IsEnvVarName: n.envVarNameErrors,
  IsRelaxedEnvVarName: n.relaxedEnvVarNameErrors,
  IsValidPercent: n.percentErrors,
  IsCIdentifier: n.cIdentifierErrors,
  IsHTTPHeaderName: n.httpHeaderNameErrors,
  IsValidIP: n.ipErrors,
  IsValidIPForLegacyField: n.legacyIpErrors,
  IsValidCIDR: n.cidrErrors,
  IsValidCIDRForLegacyField: n.legacyCidrErrors,
};

/** `api/names`: the rules for names, and numbers-or-percentages. */
export const names: Adapter = ({ input, expected }) => {
  const op = String(input.op);
  if (op === "GetScaledValueFromIntOrPercent") return compare(scaledIntOrPercent(input.intOrPercent, Number(input.total), input.roundUp === true), expected);
  const check = checks[op];
  if (check === undefined && op !== "IsValidPortNum") return { pass: false, got: `no such rule: ${op}` };
  const messages = check === undefined ? n.portNumberErrors(Number(input.value)) : check(String(input.value));
  return compare({ valid: messages.length === 0, messages }, expected);
};
