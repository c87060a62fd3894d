/** Refusals as the API words them: `Status` objects. Upstream: apimachinery/pkg/api/errors. */
import { ApiError, fieldErrorText, type FieldError, type Json, type JsonObject } from "@/lib/engine";
import { jsonAnswer, type RestAnswer } from "./message";

/** A refusal decided before the request reaches the cluster. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly code: number,
    /** `""` where a plain Go error became the answer. */
    readonly reason: string,
    message: string,
    readonly details?: JsonObject,
    /** What stands in `metadata`: the token a list may go on with. */
    readonly metadata: JsonObject = {},
  ) {
    super(message);
  }
}

/** 404 for a path nobody serves. */
export function unknownPath(): RestAnswer {
  return { type: "body", status: 404, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: "404 page not found\n" };
}

/** 400. */
export function bad(message: string): Refusal {
  return new Refusal(400, "BadRequest", message);
}

/** 405 for a verb a resource does not have. */
export function notAllowed(): Refusal {
  return new Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

/** 404 for a resource type nobody serves. */
export function noSuchResource(): Refusal {
  return new Refusal(404, "NotFound", "the server could not find the requested resource", {});
}

const CAUSE: Readonly<Record<FieldError["code"], string>> = {
  required: "FieldValueRequired",
  invalid: "FieldValueInvalid",
  duplicate: "FieldValueDuplicate",
  "not-supported": "FieldValueNotSupported",
  forbidden: "FieldValueForbidden",
  "too-long": "FieldValueTooLong",
  "too-many": "FieldValueTooMany",
  "not-found": "FieldValueNotFound",
  "type-invalid": "FieldValueTypeInvalid",
  internal: "InternalError",
  "unknown-field": "FieldValueInvalid",
};

function causeOf(error: FieldError): JsonObject {
  const text = fieldErrorText(error);
  return { reason: CAUSE[error.code], message: text.slice(error.path.length + 2), field: error.path };
}

/** `""` and nothing are the same on the wire: Go leaves both out. */
function compact(details: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined && value !== ""));
}

function detailsOf({ status }: ApiError): JsonObject | undefined {
  const { details, causes, reason } = status;
  // A JSON patch that fails says nothing of why. Upstream: handlers/patch.go, jsonPatcher.
  if (causes[0]?.origin === "patch.json") return {};
  if (reason !== "Invalid") return details === undefined ? undefined : compact(details as unknown as JsonObject);
  const listed = causes.map(causeOf);
  return compact({ ...(details as unknown as JsonObject | undefined), ...(listed.length > 0 ? { causes: listed } : {}) });
}

/** The body of a failure. */
export function failure(code: number, reason: string, message: string, details?: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata,
    status: "Failure",
    message,
    ...(reason === "" ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

/** The body of something that went well and has nothing else to say. */
export function success(code?: number, details?: JsonObject): JsonObject {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", ...(details === undefined ? {} : { details: compact(details) }), ...(code === undefined ? {} : { code }) };
}

/** The `Status` a refusal becomes; `undefined` when it is no refusal but a mistake of ours. */
export function statusOf(error: unknown): JsonObject | undefined {
  if (error instanceof Refusal) return failure(error.code, error.reason, error.message, error.details, error.metadata);
  if (!(error instanceof ApiError)) return undefined;
  return failure(error.status.code, error.status.unnamed ? "" : error.status.reason, error.status.message, detailsOf(error));
}

/** A refusal as an answer; anything else is thrown on. */
export function refuse(error: unknown, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  const status = statusOf(error);
  if (status === undefined) throw error;
  const wait = (status["details"] as JsonObject | undefined)?.["retryAfterSeconds"];
  return jsonAnswer(status, Number(status["code"]), typeof wait === "number" && wait > 0 ? { ...headers, "Retry-After": String(wait) } : headers);
}

/** 422 about the options of a request. `kind` is `ListOptions`, `CreateOptions`, … */
export function badOption(kind: string, ...causes: readonly Cause[]): Refusal {
  return invalidReview("meta.k8s.io", kind, causes);
}

/** One field of a request that is refused, as `details.causes` has it. */
export type Cause = { readonly field: string; readonly reason: string; readonly message: string };

/** 422 about an object that is asked and never stored. */
export function invalidReview(group: string, kind: string, causes: readonly Cause[]): Refusal {
  const said = causes.map(({ field, message }) => `${field}: ${message}`);
  return new Refusal(422, "Invalid", `${kind}.${group} "" is invalid: ${said.length === 1 ? (said[0] ?? "") : `[${said.join(", ")}]`}`, { group, kind, causes: causes as readonly Json[] });
}
