import { ApiError, type StatusReason } from "../../../apimachinery/api-error";
import { MUTATING_WEBHOOK_CONFIGURATION, POD, VALIDATING_WEBHOOK_CONFIGURATION } from "../../../apimachinery/kinds";
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject, KindId, KubeObject } from "../../../apimachinery/meta";
import { applyJsonPatch } from "../../../apimachinery/patch/json";
import { knownFields } from "../../../openapi/known-fields";
import { jsonOf } from "../../../resources/cells";
import { decodeBase64 } from "../../../resources/core/secret/base64";
import { isObject, listAt, numberAt, objectAt, objectsAt, textAt } from "../../../resources/json-object";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "../../request";
import { admissionRequest, conditionsHold, variablesOf } from "./expressions";
import { concerns, isSubject, namespaceOf } from "./match";
import { postTo } from "../../webhook-client";
import { unreadable } from "./refusal";

/** What a webhook said, or why it could not be asked. */
type Said = { readonly response: JsonObject } | { readonly failed: string };

/** Every webhook of a kind of configuration, in the order they are asked. */
function webhooksOf(kind: KindId, { store }: AdmissionContext): readonly JsonObject[] {
  return store.list(kind).flatMap((configuration) => objectsAt(jsonOf(configuration), "webhooks"));
}

function internalError(message: string): ApiError {
  return new ApiError({ code: 500, reason: "InternalError", message: `Internal error occurred: ${message}`, causes: [], details: { causes: [{ message }] } });
}

const KNOWN_REASONS = new Set(["BadRequest", "Unauthorized", "Forbidden", "NotFound", "MethodNotAllowed", "AlreadyExists", "Conflict", "Expired", "Invalid", "TooManyRequests", "RequestEntityTooLarge", "UnsupportedMediaType", "InternalError", "ServiceUnavailable", "Timeout"]);

/** A webhook's no, with its own words. Upstream: webhook/errors, ToStatusErr. */
function denied(name: string, response: JsonObject): ApiError {
  const status = objectAt(response, "status");
  const [message, reason] = [textAt(status, "message"), textAt(status, "reason")];
  const by = `admission webhook ${JSON.stringify(name)} denied the request`;
  const text = message !== "" ? `${by}: ${message}` : reason !== "" ? `${by}: ${reason}` : `${by} without explanation`;
  const code = Math.max(400, numberAt(status, "code") ?? 0);
  const named = KNOWN_REASONS.has(reason);
  return new ApiError({ code, reason: (named ? reason : "BadRequest") as StatusReason, ...(named ? {} : { unnamed: true as const }), message: text, causes: [], details: {} });
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Sends an AdmissionReview and reads the answer. */
function ask(webhook: JsonObject, request: AdmissionRequest, { settings }: AdmissionContext, mutating: boolean): Said {
  const asked = { ...admissionRequest(request), object: (request.object ?? null) as unknown as Json, oldObject: (request.previous ?? null) as unknown as Json };
  const review = { kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", request: asked };
  const answer = postTo(objectAt(webhook, "clientConfig"), numberAt(webhook, "timeoutSeconds") ?? 10, review, settings);
  if ("error" in answer) return { failed: `failed to call webhook: ${answer.error}` };
  const { document } = answer;
  if (!isObject(document)) return { failed: "failed to call webhook: couldn't get version/kind; json parse error: json: cannot unmarshal" };
  const problem = invalidAnswer(document, String(asked["uid" as keyof typeof asked]), mutating);
  if (problem !== undefined) return { failed: `received invalid webhook response: ${problem}` };
  return { response: objectAt(document, "response") };
}

/** What is wrong with an answer that is no answer to the question. Upstream: webhook/request, VerifyAdmissionResponse. */
function invalidAnswer(document: JsonObject, asked: string, mutating: boolean): string | undefined {
  const response = document["response"];
  if (!isObject(response)) return "webhook response was absent";
  const uid = textAt(response, "uid");
  if (uid !== asked) return `expected response.uid=${JSON.stringify(asked)}, got ${JSON.stringify(uid)}`;
  const [apiVersion, kind] = [textAt(document, "apiVersion"), textAt(document, "kind")];
  if (apiVersion !== "admission.k8s.io/v1" || kind !== "AdmissionReview") return `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
  const [patch, patchType] = [textAt(response, "patch"), response["patchType"] ?? null];
  if (!mutating) return patch !== "" ? "validating webhook may not return response.patch" : patchType !== null ? "validating webhook may not return response.patchType" : undefined;
  if (patch !== "" && patchType === null) return "webhook returned response.patch but not response.patchType";
  if (patch === "" && patchType !== null) return "webhook returned response.patchType but not response.patch";
  return patchType === "" ? 'webhook returned invalid response.patchType of ""' : undefined;
}

/** Is a webhook to be asked about a request? @throws {ApiError} when its conditions cannot be told and it may not be passed over */
function isAsked(webhook: JsonObject, request: AdmissionRequest, context: AdmissionContext): boolean {
  if (!concerns(webhook, "rules", request, context)) return false;
  const conditions = objectsAt(webhook, "matchConditions");
  if (conditions.length === 0) return true;
  const held = conditionsHold(conditions, variablesOf(request, context, namespaceOf(request, context), undefined));
  if (!("error" in held)) return held.holds;
  if (textAt(webhook, "failurePolicy") === "Ignore") return false;
  throw new ApiError({ code: 403, reason: "Forbidden", message: held.error, causes: [], details: {} });
}

/** A webhook that failed is passed over where that is allowed. @throws {ApiError} where not */
function failed(webhook: JsonObject, why: string): undefined {
  if (textAt(webhook, "failurePolicy") === "Ignore") return undefined;
  throw internalError(`failed calling webhook ${JSON.stringify(textAt(webhook, "name"))}: ${why}`);
}

/** The webhook's yes; undefined when it could not be asked and that is allowed. @throws {ApiError} its no */
function consent(webhook: JsonObject, request: AdmissionRequest, context: AdmissionContext, mutating: boolean): JsonObject | undefined {
  const name = textAt(webhook, "name");
  const said = ask(webhook, request, context, mutating);
  if ("failed" in said) return failed(webhook, said.failed);
  for (const warning of listAt(said.response, "warnings")) if (typeof warning === "string") request.warn?.(warning);
  if (said.response["allowed"] !== true) throw denied(name, said.response);
  return said.response;
}

/** The object with a webhook's patch; the same object when it has none. @throws {ApiError} 500 when nothing readable comes of it */
function patched(webhook: JsonObject, response: JsonObject, request: AdmissionRequest, object: KubeObject): KubeObject {
  const patch = textAt(response, "patch");
  if (patch === "") return object;
  const operations = parsed(decodeBase64(patch));
  if (!Array.isArray(operations)) return failed(webhook, "received undecodable patch in webhook response: json: cannot unmarshal into Go value of type jsonpatch.Patch") ?? object;
  if (operations.length === 0) return object;
  if (response["patchType"] !== "JSONPatch") return failed(webhook, `unsupported patch type ${JSON.stringify(response["patchType"])}`) ?? object;
  const result = applyJsonPatch(object as unknown as Json, operations as readonly Json[]);
  if ("error" in result) throw internalError(result.error);
  const problem = unreadable(request.definition, result.result);
  if (problem !== undefined) throw internalError(problem);
  const changed = request.definition.applyDefaults(knownFields(request.definition.kind, result.result as JsonObject) as unknown as KubeObject);
  return deepEqual(changed, object) ? object : changed;
}

/**
 * Lets the cluster's mutating webhooks alter objects. A webhook that asks for it is asked again when another changed the
 * object after it. Upstream: apiserver/pkg/admission/plugin/webhook/mutating.
 *
 * The service behind a webhook is a process of a ready pod: it gets an AdmissionReview by POST and answers one, at once.
 *
 * @simplified Certificates are not looked at: a wrong caBundle does no harm.
 */
export const mutatingWebhooks: AdmissionPlugin = {
  name: "MutatingAdmissionWebhook",
  reinvokes: true,
  mutate(request, context) {
    if (context.store.count(MUTATING_WEBHOOK_CONFIGURATION) === 0 || !isSubject(request) || !request.object) return undefined;
    const webhooks = webhooksOf(MUTATING_WEBHOOK_CONFIGURATION, context);
    let object = request.object;
    const seen = new Map<JsonObject, KubeObject>();
    const round = (candidates: readonly JsonObject[]): void => {
      for (const webhook of candidates) {
        const current = { ...request, object };
        if (!isAsked(webhook, current, context)) continue;
        const response = consent(webhook, current, context, true);
        object = response === undefined ? object : patched(webhook, response, request, object);
        seen.set(webhook, object);
      }
    };
    round(webhooks);
    const last = object;
    round(webhooks.filter((webhook) => textAt(webhook, "reinvocationPolicy") === "IfNeeded" && seen.has(webhook) && seen.get(webhook) !== last));
    // What is derived from a pod's containers is derived from those it has now.
    return object !== request.object && request.operation === "CREATE" && request.ref.kind === POD ? request.definition.prepare(object, undefined) : object;
  },
};

/** Asks the cluster's validating webhooks; the first no is the answer. Upstream: apiserver/pkg/admission/plugin/webhook/validating. */
export const validatingWebhooks: AdmissionPlugin = {
  name: "ValidatingAdmissionWebhook",
  validate(request, context) {
    if (context.store.count(VALIDATING_WEBHOOK_CONFIGURATION) === 0 || !isSubject(request)) return;
    for (const webhook of webhooksOf(VALIDATING_WEBHOOK_CONFIGURATION, context)) if (isAsked(webhook, request, context)) consent(webhook, request, context, false);
  },
};
