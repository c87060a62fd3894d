/** The rules of probes and lifecycle hooks. Upstream: `validateProbe`, `validateHandler`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { httpHeaderNameErrors, portNameErrors, portNumberErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";

const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/** A port given by number or by name. */
export function portNumOrName(found: Findings, path: string, value: JsonObject[string]): void {
  if (typeof value === "string") found.names(path, value, portNameErrors(value));
  else if (typeof value === "number") for (const message of portNumberErrors(value)) found.invalid(path, value, message);
}

function httpGet(found: Findings, path: string, get: JsonObject): void {
  if (textAt(get, "path") === "") found.required(`${path}.path`);
  portNumOrName(found, `${path}.port`, get["port"] ?? 0);
  const scheme = textAt(get, "scheme");
  if (!["HTTP", "HTTPS"].includes(scheme)) found.notSupported(`${path}.scheme`, scheme, ["HTTP", "HTTPS"]);
  objectsAt(get, "httpHeaders").forEach((header) => found.names(`${path}.httpHeaders`, textAt(header, "name"), httpHeaderNameErrors(textAt(header, "name"))));
}

/** What a probe or a hook does: exactly one thing. */
export function validateHandler(found: Findings, path: string, handler: JsonObject): void {
  const kinds = HANDLERS.filter((kind) => has(handler, kind));
  kinds.forEach((kind, i) => {
    const inner = objectAt(handler, kind);
    const at = `${path}.${kind}`;
    if (i > 0) found.forbidden(at, "may not specify more than 1 handler type");
    else if (kind === "exec" && listAt(inner, "command").length === 0) found.required(`${at}.command`);
    else if (kind === "httpGet") httpGet(found, at, inner);
    else if (kind === "tcpSocket") portNumOrName(found, `${at}.port`, inner["port"] ?? 0);
    else if (kind === "grpc") portNumOrName(found, `${at}.port`, numberAt(inner, "port") ?? 0);
  });
  if (kinds.length === 0) found.required(path, "must specify a handler type", "handler-type");
}

/** One probe of a container. */
export function validateProbe(found: Findings, container: string, kind: string, probe: JsonObject): void {
  const path = `${container}.${kind}`;
  validateHandler(found, path, probe);
  for (const field of ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]) found.nonNegative(`${path}.${field}`, numberAt(probe, field));
  const grace = numberAt(probe, "terminationGracePeriodSeconds");
  if (grace !== undefined && kind === "readinessProbe") found.invalid(`${path}.terminationGracePeriodSeconds`, grace, "must not be set for readinessProbes");
  else if (grace !== undefined && grace <= 0) found.invalid(`${path}.terminationGracePeriodSeconds`, grace, "must be greater than 0");
  const successes = numberAt(probe, "successThreshold") ?? 1;
  if (kind !== "readinessProbe" && successes !== 1) found.invalid(`${path}.successThreshold`, successes, "must be 1");
}
