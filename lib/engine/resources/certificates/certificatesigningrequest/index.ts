import type { FieldError } from "../../../apimachinery/api-error";
import { CERTIFICATE_SIGNING_REQUEST } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { freshStatus } from "../../apps/workload";
import { age, column, jsonOf, specOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";
import { humanDuration } from "../../../apimachinery/duration";

const USAGES =
  "any|cert sign|client auth|code signing|content commitment|crl sign|data encipherment|decipher only|digital signature|email protection|encipher only|ipsec end system|ipsec tunnel|ipsec user|key agreement|key encipherment|microsoft sgc|netscape sgc|ocsp signing|s/mime|server auth|signing|timestamping".split("|");

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("certificatesigningrequest");
  const spec = specOf(object);
  validateMetadata(found, object, () => []);
  if (textAt(spec, "request") === "") found.invalid("spec.request", "", "PEM block type must be CERTIFICATE REQUEST");
  if (listAt(spec, "usages").length === 0) found.required("spec.usages");
  listAt(spec, "usages").forEach((usage, i) => {
    if (typeof usage === "string" && !USAGES.includes(usage)) found.notSupported(`spec.usages[${i}]`, usage, USAGES);
  });
  const signer = textAt(spec, "signerName");
  if (signer === "") found.required("spec.signerName");
  else if (!/^[a-z0-9.-]+\.[a-z0-9.-]+\/.+$/.test(signer)) found.invalid("spec.signerName", signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
  const seconds = numberAt(spec, "expirationSeconds");
  if (seconds !== undefined && seconds < 600) found.invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 600 seconds (10 minutes)");
  return found.errors;
}

function condition(object: JsonObject): string {
  const status = objectAt(object, "status");
  const types = objectsAt(status, "conditions").map((one) => textAt(one, "type"));
  const words = types.includes("Denied") ? ["Denied"] : types.includes("Approved") ? ["Approved"] : ["Pending"];
  if (types.includes("Failed")) words.push("Failed");
  if (textAt(status, "certificate") !== "") words.push("Issued");
  return words.join(",");
}

/** Approving and denying change conditions and nothing else. */
function decided(previous: KubeObject, wanted: KubeObject): KubeObject {
  const conditions = listAt(objectAt(jsonOf(wanted), "status"), "conditions");
  return { ...previous, status: { ...objectAt(jsonOf(previous), "status"), conditions } } as KubeObject;
}

function validateDecision(object: KubeObject): readonly FieldError[] {
  const found = new Findings("certificatesigningrequest");
  const conditions = objectsAt(objectAt(jsonOf(object), "status"), "conditions");
  const types = conditions.map((one) => textAt(one, "type"));
  types.forEach((type, i) => {
    if (type === "") found.required(`status.conditions[${i}].type`);
    if (types.indexOf(type) < i) found.duplicate(`status.conditions[${i}].type`, type);
  });
  if (types.includes("Approved") && types.includes("Denied")) found.invalid("status.conditions", "Denied", "Approved and Denied conditions are mutually exclusive");
  return found.errors;
}

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");

/**
 * certificates.k8s.io/v1/CertificateSigningRequest.
 *
 * @simplified the request is not looked into: any bytes pass for a certificate request.
 */
export const certificateSigningRequest = defineResource({
  kind: CERTIFICATE_SIGNING_REQUEST,
  plural: "certificatesigningrequests",
  shortNames: ["csr"],
  namespaced: false,
  subresources: ["status", "approval"],
  strategies: { approval: { take: decided, validate: validateDecision } },
  applyDefaults: (object) => normalize(CERTIFICATE_SIGNING_REQUEST, object),
  prepare: freshStatus({}),
  checkShape: (object) => checkStructure(CERTIFICATE_SIGNING_REQUEST, object),
  validate,
  columns: [
    age,
    column("SignerName", (object) => textAt(spec(object), "signerName") || "<none>"),
    column("Requestor", (object) => textAt(spec(object), "username")),
    column("RequestedDuration", (object) => {
      const seconds = numberAt(spec(object), "expirationSeconds");
      return seconds === undefined ? "<none>" : humanDuration(seconds);
    }),
    column("Condition", condition),
  ],
});
