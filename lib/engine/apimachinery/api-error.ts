import type { Json } from "./meta";

/** One thing wrong with one field. `code` is what tests and feedback match on; `detail` is upstream's English. */
export interface FieldError {
  readonly code:
    | "required"
    | "invalid"
    | "duplicate"
    | "not-supported"
    | "forbidden"
    | "too-long"
    | "too-many"
    | "not-found"
    | "type-invalid"
    | "internal"
    | "unknown-field";
  readonly path: string;
  readonly badValue?: Json;
  /** How the value is printed, where that is not its JSON; `""` leaves it out. */
  readonly shown?: string;
  readonly detail: string;
  /** The rule that spoke, e.g. `deployment.selector-matches-template`. Most specific rule wins. */
  readonly origin: string;
}

/** `reason` of a `Status`, as upstream spells it. */
export type StatusReason =
  | "BadRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "MethodNotAllowed"
  | "AlreadyExists"
  | "Conflict"
  | "Expired"
  | "Invalid"
  | "TooManyRequests"
  | "RequestEntityTooLarge"
  | "UnsupportedMediaType"
  | "InternalError"
  | "ServiceUnavailable"
  | "Timeout";

/** A cause that is no field error, as a `Status` lists it. */
export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

/** The part of a `Status` object that varies. */
export interface StatusDetails {
  readonly code: number;
  readonly reason: StatusReason;
  /** A plain error of the server's own code: the answer goes out without its reason. */
  readonly unnamed?: true;
  readonly message: string;
  readonly causes: readonly FieldError[];
  readonly details?: { readonly name?: string; readonly group?: string; readonly kind?: string; readonly retryAfterSeconds?: number; readonly causes?: readonly StatusCause[] };
}

/** The API's refusal, carrying the same `Status` object a real server would send. The engine's only expected throw. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(readonly status: StatusDetails) {
    super(status.message);
  }
}

/** What error messages call a kind: `deployments.apps`, `pods`. */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

const qualified = (resource: ResourceName): string => (resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`);
const detailsOf = (resource: ResourceName, name: string) => ({ name, group: resource.group, kind: resource.plural });

/** 404. */
export function notFound(resource: ResourceName, name: string): ApiError {
  return new ApiError({ code: 404, reason: "NotFound", message: `${qualified(resource)} "${name}" not found`, causes: [], details: detailsOf(resource, name) });
}

/** 409, the name is taken. */
export function alreadyExists(resource: ResourceName, name: string): ApiError {
  return new ApiError({ code: 409, reason: "AlreadyExists", message: `${qualified(resource)} "${name}" already exists`, causes: [], details: detailsOf(resource, name) });
}

/** 409, somebody else wrote first. */
export function conflict(resource: ResourceName, name: string, why = "the object has been modified; please apply your changes to the latest version and try again"): ApiError {
  return new ApiError({ code: 409, reason: "Conflict", message: `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, causes: [], details: detailsOf(resource, name) });
}

/** 403, refused by admission or authorisation. */
export function forbidden(resource: ResourceName, name: string, why: string): ApiError {
  const subject = name === "" ? `${qualified(resource)} is forbidden` : `${qualified(resource)} "${name}" is forbidden`;
  return new ApiError({ code: 403, reason: "Forbidden", message: `${subject}: ${why}`, causes: [], details: detailsOf(resource, name) });
}

/** 400. */
export function badRequest(message: string, causes: readonly FieldError[] = []): ApiError {
  return new ApiError({ code: 400, reason: "BadRequest", message, causes });
}

const label: Readonly<Record<FieldError["code"], string>> = {
  required: "Required value",
  invalid: "Invalid value",
  duplicate: "Duplicate value",
  "not-supported": "Unsupported value",
  forbidden: "Forbidden",
  "too-long": "Too long",
  "too-many": "Too many",
  "not-found": "Not found",
  "type-invalid": "Invalid value",
  internal: "Internal error",
  "unknown-field": "Unknown field",
};

const withoutValue: ReadonlySet<FieldError["code"]> = new Set(["required", "forbidden", "too-long", "internal", "unknown-field"]);

function printedValue(value: Json | undefined): string {
  if (value === undefined || value === null) return "null";
  return JSON.stringify(value);
}

/** A field error as the API prints it: `spec.replicas: Invalid value: -1: must be …`. Upstream: apimachinery/pkg/util/validation/field. */
export function fieldErrorText(error: FieldError): string {
  const head = `${error.path}: ${label[error.code]}`;
  const shown = error.shown ?? (withoutValue.has(error.code) ? "" : printedValue(error.badValue));
  const value = shown === "" ? "" : `: ${shown}`;
  return error.detail === "" ? `${head}${value}` : `${head}${value}: ${error.detail}`;
}

/** 422 with every field error at once. Upstream: apimachinery/pkg/api/errors NewInvalid and utilerrors.Aggregate. */
export function invalid(resource: ResourceName, name: string, errors: readonly FieldError[]): ApiError {
  const kind = resource.group === "" ? resource.kind : `${resource.kind}.${resource.group}`;
  const texts = [...new Set(errors.map(fieldErrorText))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  return new ApiError({
    code: 422,
    reason: "Invalid",
    message: `${kind} "${name}" is invalid: ${list}`,
    causes: errors,
    details: { name, group: resource.group, kind: resource.kind },
  });
}
