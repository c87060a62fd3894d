/** The rules of requests for certificates. Upstream: pkg/apis/certificates/validation. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import { jsonOf, specOf, statusOf } from "../../cells";
import { decodeBase64 } from "../../core/secret/base64";
import { Findings } from "../../findings";
import { listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { validateMetadata } from "../../meta-validation";

const USAGES =
  "any|cert sign|client auth|code signing|content commitment|crl sign|data encipherment|decipher only|digital signature|email protection|encipher only|ipsec end system|ipsec tunnel|ipsec user|key agreement|key encipherment|microsoft sgc|netscape sgc|ocsp signing|s/mime|server auth|signing|timestamping".split("|");
const LEGACY = "kubernetes.io/legacy-unknown";
const FINAL = ["Approved", "Denied", "Failed"];
const MAX_DOMAIN = 253;
const MAX_SIGNER = MAX_DOMAIN + 253 + 63 + 2;

function validateSigner(found: Findings, signer: string): void {
  const path = "spec.signerName";
  const [domain = "", name = "", ...more] = signer.split("/");
  if (signer === "") found.required(path, "signerName must be provided");
  else if (signer === LEGACY) found.invalid(path, signer, "the legacy signerName is not allowed via this API version");
  else if (!signer.includes("/") || more.length > 0) found.invalid(path, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
  else {
    if (domain.length > MAX_DOMAIN) found.tooLong(path, MAX_DOMAIN);
    const labels = (whole: string, rule: typeof dns1123LabelErrors): void => {
      const bad = whole.split(".").find((label) => rule(label).length > 0);
      if (bad !== undefined) for (const wrong of rule(bad)) found.invalid(path, whole, `validating label ${JSON.stringify(bad)}: ${wrong}`);
    };
    labels(domain, dns1123LabelErrors);
    if (!domain.includes(".")) found.invalid(path, domain, "should be a domain with at least two segments separated by dots");
    labels(name, dns1123SubdomainErrors);
    if (signer.length > MAX_SIGNER) found.tooLong(path, MAX_SIGNER);
  }
}

function validateConditions(found: Findings, conditions: readonly JsonObject[]): void {
  const types = conditions.map((one) => textAt(one, "type"));
  conditions.forEach((condition, i) => {
    const [path, type, status] = [`status.conditions[${i}]`, types[i] ?? "", textAt(condition, "status")];
    const earlier = types.slice(0, i);
    if (type === "") found.required(`${path}.type`);
    found.oneOf(`${path}.status`, status, FINAL.includes(type) ? ["True"] : ["False", "True", "Unknown"]);
    if ((type === "Approved" && earlier.includes("Denied")) || (type === "Denied" && earlier.includes("Approved"))) found.invalid(`${path}.type`, type, "Approved and Denied conditions are mutually exclusive");
    if (earlier.includes(type)) found.duplicate(`${path}.type`, type);
  });
}

const conditionsOf = (object: KubeObject, type: string): readonly JsonObject[] => objectsAt(statusOf(object), "conditions").filter((one) => textAt(one, "type") === type);

function validateWhole(found: Findings, object: KubeObject): void {
  const spec = specOf(object);
  validateMetadata(found, object, () => []);
  if (!/-----BEGIN CERTIFICATE REQUEST-----[^]+-----END CERTIFICATE REQUEST-----/.test(decodeBase64(textAt(spec, "request")))) found.invalid("spec.request", spec["request"], "PEM block type must be CERTIFICATE REQUEST");
  const usages = listAt(spec, "usages").filter((usage) => typeof usage === "string");
  if (usages.length === 0) found.required("spec.usages", "usages must be provided");
  usages.forEach((usage, i) => {
    if (!USAGES.includes(usage)) found.notSupported(`spec.usages[${i}]`, usage, USAGES);
  });
  usages.forEach((usage, i) => {
    if (usages.indexOf(usage) < i) found.duplicate(`spec.usages[${i}]`, usage);
  });
  validateSigner(found, textAt(spec, "signerName"));
  const seconds = numberAt(spec, "expirationSeconds");
  if (seconds !== undefined && seconds < 600) found.invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 600 seconds (10 minutes)");
  validateConditions(found, objectsAt(statusOf(object), "conditions"));
}

/** What was decided is not undone. */
function validateKept(found: Findings, object: KubeObject, previous: KubeObject): void {
  for (const type of FINAL) if (conditionsOf(object, type).length < conditionsOf(previous, type).length) found.forbidden("status.conditions", `updates may not remove a condition of type ${JSON.stringify(type)}`);
}

/** Everything wrong with a request for a certificate, or with a change of it other than a decision. */
export function validateRequest(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("certificatesigningrequest");
  validateWhole(found, object);
  if (previous === undefined) return found.errors;
  validateKept(found, object, previous);
  for (const type of ["Approved", "Denied"]) {
    const [now, before] = [conditionsOf(object, type), conditionsOf(previous, type)];
    if (now.length > before.length) found.forbidden("status.conditions", `updates may not add a condition of type ${JSON.stringify(type)}`);
    else if (now.length === before.length && !deepEqual(now, before)) found.forbidden("status.conditions", `updates may not modify a condition of type ${JSON.stringify(type)}`);
  }
  const [issued, known] = [textAt(statusOf(object), "certificate"), textAt(statusOf(previous), "certificate")];
  if (issued !== known && known !== "") found.forbidden("status.certificate", "updates may not modify existing certificate content");
  return found.errors;
}

/** Everything wrong with a decision on a request. */
export function validateDecision(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("certificatesigningrequest");
  validateWhole(found, object);
  if (previous !== undefined) validateKept(found, object, previous);
  if (previous !== undefined && textAt(objectAt(jsonOf(object), "status"), "certificate") !== textAt(statusOf(previous), "certificate")) found.forbidden("status.certificate", "updates may not set certificate content");
  return found.errors;
}
