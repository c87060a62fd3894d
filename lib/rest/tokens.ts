/** Tokens for service accounts. Upstream: pkg/registry/core/serviceaccount/storage/token.go, pkg/apis/authentication/validation. */
import { API_AUDIENCE, expiry, issueToken, kindId, signingKey, timestamp, type BoundObject, type Cluster, type Json, type JsonObject, type KubeObject } from "@/lib/engine";
import { objectBody, printed } from "./body";
import { readerOf } from "./identity";
import { jsonAnswer, type RestAnswer, type RestRequest } from "./message";
import { bad, invalidReview, Refusal, type Cause } from "./status";

const HOUR = 3600;
const SHORTEST = 600;
const LONGEST = 4_294_967_296;
const PLURALS: Readonly<Record<string, string>> = { Pod: "pods", Secret: "secrets", Node: "nodes" };

function secondsIn(spec: JsonObject): number {
  const asked = spec["expirationSeconds"];
  const seconds = typeof asked === "number" ? asked : HOUR;
  const cause = (detail: string): readonly Cause[] => [{ reason: "FieldValueInvalid", message: `Invalid value: ${seconds}: ${detail}`, field: "spec.expirationSeconds" }];
  if (seconds < SHORTEST) throw invalidReview("authentication.k8s.io", "TokenRequest", cause("may not specify a duration less than 10 minutes"));
  if (seconds > LONGEST) throw invalidReview("authentication.k8s.io", "TokenRequest", cause("may not specify a duration larger than 2^32 seconds"));
  return seconds;
}

/** The object the token is to die with. @throws {Refusal} 400, 404, 409 */
function boundIn(cluster: Cluster, spec: JsonObject, namespace: string): BoundObject | undefined {
  const ref = spec["boundObjectRef"];
  if (typeof ref !== "object" || ref === null || Array.isArray(ref)) return undefined;
  const { kind, apiVersion, name, uid } = ref as JsonObject;
  const plural = typeof kind === "string" ? PLURALS[kind] : undefined;
  if (plural === undefined || apiVersion !== "v1") throw bad(`cannot bind token for serviceaccount ${JSON.stringify(namespace)} to kind ${JSON.stringify(`${printed(apiVersion)}, Kind=${printed(kind)}`)}`);
  const key = { namespace: kind === "Node" ? "" : namespace, name: printed(name) };
  const found = readerOf(cluster).get<KubeObject>(kindId("v1", kind as string), key);
  if (!found) throw new Refusal(404, "NotFound", `${plural} ${JSON.stringify(key.name)} not found`, { name: key.name, kind: plural });
  if (uid !== undefined && uid !== "" && uid !== found.metadata.uid) {
    const why = `the UID in the bound object reference (${printed(uid)}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw new Refusal(409, "Conflict", `Operation cannot be fulfilled on ${plural} ${JSON.stringify(key.name)}: ${why}`, { name: key.name, kind: plural });
  }
  return { kind: kind as BoundObject["kind"], name: key.name, uid: found.metadata.uid };
}

/** POST …/serviceaccounts/NAME/token. @throws {Refusal} */
export function tokenAnswer(request: RestRequest, cluster: Cluster, account: KubeObject): RestAnswer {
  const body = objectBody(request, "TokenRequest")?.body ?? {};
  const spec = (body["spec"] ?? {}) as JsonObject;
  const { name, namespace = "", uid } = account.metadata;
  const seconds = secondsIn(spec);
  const audiences = Array.isArray(spec["audiences"]) && spec["audiences"].length > 0 ? (spec["audiences"] as readonly Json[]).map(printed) : [API_AUDIENCE];
  const bound = boundIn(cluster, spec, namespace);
  const token = issueToken(signingKey(cluster.options), { namespace, account: name, uid, audiences, now: cluster.now, seconds, ...(bound ? { bound } : {}) });
  const answer = {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, creationTimestamp: timestamp(cluster.now) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: bound ? { kind: bound.kind, apiVersion: "v1", name: bound.name, uid: bound.uid } : null },
    status: { token, expirationTimestamp: expiry(cluster.now, seconds) },
  };
  return jsonAnswer(answer, 201);
}

/** Who issues tokens and with which public keys. @simplified There are none: tokens are signed with a secret. Upstream: pkg/serviceaccount/openidmetadata.go. */
export function issuerAnswer(segments: readonly string[]): RestAnswer | undefined {
  switch (segments.join("/")) {
    case ".well-known/openid-configuration":
      return jsonAnswer({ issuer: API_AUDIENCE, jwks_uri: `${API_AUDIENCE}/openid/v1/jwks`, response_types_supported: ["id_token"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["HS256"] });
    case "openid/v1/jwks":
      return jsonAnswer({ keys: [] }, 200, { "Content-Type": "application/jwk-set+json" });
    default:
      return undefined;
  }
}
