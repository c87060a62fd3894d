/** The rules of probes and lifecycle hooks. Upstream: `validateProbe`, `validateHandler`, `validateLifecycle`. */
import type { JsonObject } from "../../../apimachinery/meta";
import { httpHeaderNameErrors, portNameErrors, portNumberErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, isObject, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";

const PROBE_HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"];
const HOOK_HANDLERS = ["exec", "httpGet", "tcpSocket", "sleep"];

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

function sleep(found: Findings, path: string, action: JsonObject, grace: number | undefined): void {
  const seconds = numberAt(action, "seconds") ?? 0;
  if (grace !== undefined && (seconds < 0 || seconds > grace)) found.invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`);
}

/** What a probe or a hook does: exactly one thing. `grace` is how long the pod has to stop. */
function validateHandler(found: Findings, path: string, handler: JsonObject, known: readonly string[], grace: number | undefined): void {
  const kinds = known.filter((kind) => isObject(handler[kind]));
  kinds.forEach((kind, i) => {
    const inner = objectAt(handler, kind);
    const at = `${path}.${kind}`;
    if (i > 0) found.forbidden(at, "may not specify more than 1 handler type");
    else if (kind === "exec") {
      if (listAt(inner, "command").length === 0) found.required(`${at}.command`);
    } else if (kind === "httpGet") httpGet(found, at, inner);
    else if (kind === "tcpSocket") portNumOrName(found, `${at}.port`, inner["port"] ?? 0);
    else if (kind === "grpc") portNumOrName(found, `${at}.port`, numberAt(inner, "port") ?? 0);
    else sleep(found, at, inner, grace);
  });
  if (kinds.length === 0) found.required(path, "must specify a handler type", "handler-type");
}

function validateProbe(found: Findings, path: string, kind: string, probe: JsonObject): void {
  validateHandler(found, path, probe, PROBE_HANDLERS, undefined);
  for (const field of ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]) found.nonNegative(`${path}.${field}`, numberAt(probe, field));
  const grace = numberAt(probe, "terminationGracePeriodSeconds");
  if (grace !== undefined && grace <= 0) found.invalid(`${path}.terminationGracePeriodSeconds`, grace, "must be greater than 0");
  if (grace !== undefined && kind === "readinessProbe") found.invalid(`${path}.terminationGracePeriodSeconds`, grace, "must not be set for readinessProbes");
  const successes = numberAt(probe, "successThreshold") ?? 1;
  if (kind !== "readinessProbe" && successes !== 1) found.invalid(`${path}.successThreshold`, successes, "must be 1");
}

/** The hooks and probes of a container that runs as long as its pod. */
export function validateCare(found: Findings, at: string, container: JsonObject, grace: number | undefined): void {
  const lifecycle = objectAt(container, "lifecycle");
  for (const hook of ["postStart", "preStop"]) if (isObject(lifecycle[hook])) validateHandler(found, `${at}.lifecycle.${hook}`, objectAt(lifecycle, hook), HOOK_HANDLERS, grace);
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) if (has(container, probe)) validateProbe(found, `${at}.${probe}`, probe, objectAt(container, probe));
}
