/** Questions about who may do what. Upstream: pkg/registry/authorization, pkg/registry/authentication, pkg/apis/authorization/validation. */
import { accessReview, API_AUDIENCE, rulesFor, rulesProblem, timestamp, type Attributes, type Cluster, type Json, type JsonObject, type PolicyRule } from "@/lib/engine";
import { objectBody } from "./body";
import { readerOf, tokenVerdict } from "./identity";
import { jsonAnswer, type RestAnswer, type RestRequest, type UserInfo } from "./message";
import { bad, invalidReview, type Cause } from "./status";
import type { VirtualResource } from "./virtual";

const object = (value: Json | undefined): JsonObject | undefined => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined);
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const texts = (value: Json | undefined): readonly string[] => (Array.isArray(value) ? (value as readonly Json[]).map(text) : []);

/** Somebody as reviews tell of them. */
function userJson({ name, uid, groups, extra }: UserInfo): JsonObject {
  return { username: name, ...(uid === undefined ? {} : { uid }), ...(groups.length === 0 ? {} : { groups }), ...(extra === undefined ? {} : { extra: extra as unknown as JsonObject }) };
}

function askedIn(spec: JsonObject): Attributes {
  const path = object(spec["nonResourceAttributes"]);
  if (path) return { verb: text(path["verb"]), path: text(path["path"]) };
  const about = object(spec["resourceAttributes"]) ?? {};
  return { verb: text(about["verb"]), group: text(about["group"]), resource: text(about["resource"]), subresource: text(about["subresource"]), name: text(about["name"]), namespace: text(about["namespace"]) };
}

function problemsOf(spec: JsonObject, self: boolean): readonly Cause[] {
  const resource = object(spec["resourceAttributes"]);
  const path = object(spec["nonResourceAttributes"]);
  const invalid = (field: string, value: string, detail: string): Cause => ({ reason: "FieldValueInvalid", message: `Invalid value: ${value}: ${detail}`, field });
  return [
    ...(resource && path ? [invalid("spec.nonResourceAttributes", JSON.stringify(path), "cannot be specified in combination with resourceAttributes")] : []),
    ...(!resource && !path ? [invalid("spec.resourceAttributes", "null", "exactly one of nonResourceAttributes or resourceAttributes must be specified")] : []),
    ...(!self && text(spec["user"]) === "" && texts(spec["groups"]).length === 0 ? [invalid("spec.user", '""', "at least one of user or group must be specified")] : []),
  ];
}

function localProblems(body: JsonObject, spec: JsonObject, namespace: string): readonly Cause[] {
  const resource = object(spec["resourceAttributes"]);
  const path = object(spec["nonResourceAttributes"]);
  const elsewhere = resource !== undefined && text(resource["namespace"]) !== namespace;
  return [
    ...(elsewhere ? [{ reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(text(resource["namespace"]))}: must match metadata.namespace`, field: "spec.resourceAttributes.namespace" }] : []),
    ...(path ? [{ reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(path)}: disallowed on this kind of request`, field: "spec.nonResourceAttributes" }] : []),
  ];
}

/** A SubjectAccessReview of any of the three kinds. @throws {Refusal} 422 */
function accessAnswer(cluster: Cluster, resource: VirtualResource, body: JsonObject, user: UserInfo, namespace: string): JsonObject {
  const spec = object(body["spec"]) ?? {};
  const self = resource.kind === "SelfSubjectAccessReview";
  const problems = [...problemsOf(spec, self), ...(resource.kind === "LocalSubjectAccessReview" ? localProblems(body, spec, namespace) : [])];
  if (problems.length > 0) throw invalidReview("authorization.k8s.io", resource.kind, problems);
  const subject = self ? user : { name: text(spec["user"]), groups: texts(spec["groups"]) };
  return accessReview(readerOf(cluster), subject, askedIn(spec)) as unknown as JsonObject;
}

function rulesAnswer(cluster: Cluster, body: JsonObject, user: UserInfo): JsonObject {
  const namespace = text(object(body["spec"])?.["namespace"]);
  if (namespace === "") throw bad("no namespace on request");
  const reader = readerOf(cluster);
  const rules = rulesFor(reader, user, namespace);
  const told = (rule: PolicyRule, keys: readonly (keyof PolicyRule)[]): JsonObject =>
    Object.fromEntries(keys.filter((key) => (rule[key] ?? []).length > 0).map((key) => [key, rule[key] as Json]));
  const problem = rulesProblem(reader, user, namespace);
  return {
    resourceRules: rules.filter(({ resources: named = [] }) => named.length > 0).map((rule) => told(rule, ["verbs", "apiGroups", "resources", "resourceNames"])),
    nonResourceRules: rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0).map((rule) => told(rule, ["verbs", "nonResourceURLs"])),
    incomplete: false,
    ...(problem === "" ? {} : { evaluationError: problem }),
  };
}

function tokenReview(cluster: Cluster, body: JsonObject): JsonObject {
  const spec = object(body["spec"]) ?? {};
  const token = text(spec["token"]);
  if (token === "") throw bad("token is required for TokenReview in authentication");
  const asked = texts(spec["audiences"]);
  const verdict = tokenVerdict(cluster, token, asked.length === 0 ? [API_AUDIENCE] : asked);
  if ("error" in verdict) return { user: {}, error: verdict.error };
  return { authenticated: true, user: userJson(verdict.user), audiences: verdict.audiences };
}

/** POST of a review; `user` is whoever asks, impersonation done. @throws {Refusal} 400, 422 */
export function reviewAnswer(request: RestRequest, cluster: Cluster, resource: VirtualResource, user: UserInfo, namespace: string): RestAnswer {
  const body = objectBody(request, resource.kind)?.body ?? {};
  const status = (): JsonObject => {
    switch (resource.kind) {
      case "SelfSubjectReview":
        return { userInfo: userJson(user) };
      case "TokenReview":
        return tokenReview(cluster, body);
      case "SelfSubjectRulesReview":
        return rulesAnswer(cluster, body, user);
      default:
        return accessAnswer(cluster, resource, body, user, namespace);
    }
  };
  const answered = status();
  const born = resource.kind === "SelfSubjectReview" ? { creationTimestamp: timestamp(cluster.now) } : {};
  const metadata = { ...(namespace === "" ? {} : { namespace }), ...born };
  const spec = resource.kind === "SelfSubjectRulesReview" ? { spec: {} } : resource.kind === "SelfSubjectReview" ? {} : { spec: body["spec"] ?? {} };
  return jsonAnswer({ kind: resource.kind, apiVersion: resource.apiVersion, metadata, ...spec, status: answered }, 201);
}
