import { CERTIFICATE_SIGNING_REQUEST } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { freshStatus } from "../../apps/workload";
import { age, column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { humanDuration } from "../../../apimachinery/duration";
import { validateDecision, validateRequest } from "./validation";

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

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");

/**
 * certificates.k8s.io/v1/CertificateSigningRequest.
 *
 * @simplified of the request itself only the wrapping is looked at, and what is issued is not looked at at all.
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
  validate: validateRequest,
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
