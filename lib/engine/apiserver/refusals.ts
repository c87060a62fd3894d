import { ApiError, type FieldError } from "../apimachinery/api-error";

/** Upstream: apiextensions-apiserver/pkg/apiserver/customresource_handler.go. */
export function onItsWayOut(verb: string): ApiError {
  return new ApiError({ code: 405, reason: "MethodNotAllowed", message: `${verb} not allowed while custom resource definition is terminating`, causes: [], details: {} });
}

/** A strategic patch needs merge keys, which a custom kind has not. */
export function notStrategic(): ApiError {
  const types = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
  return new ApiError({ code: 415, reason: "UnsupportedMediaType", message: `the body of the request was in an unknown format - accepted media types include: ${types}`, causes: [], details: {} });
}

/** Custom kinds are replaced at a version or not at all. */
export const UNVERSIONED: FieldError = { code: "invalid", path: "metadata.resourceVersion", badValue: 0, detail: "must be specified for an update", origin: "meta.resource-version" };

/** An update of an object that is another one by now. */
export function otherUid(uid: string): FieldError {
  return { code: "invalid", path: "metadata.uid", badValue: uid, detail: "field is immutable", origin: "meta.uid-immutable" };
}

/** Objects that are made up when they are asked for are nobody's to write. */
export function notAllowed(): ApiError {
  return new ApiError({ code: 405, reason: "MethodNotAllowed", message: "the server does not allow this method on the requested resource", causes: [], details: {} });
}
