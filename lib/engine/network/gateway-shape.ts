import type { Gateway, HTTPRoute, ReferenceGrant } from "./http-route";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const each = (value: unknown, holds: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(holds);
const maybe = (value: unknown, holds: (one: unknown) => boolean): boolean => value === undefined || each(value, holds);
const isText = (value: unknown): value is string => typeof value === "string";
const texts = (value: unknown, ...names: readonly string[]): boolean => isFields(value) && names.every((name) => isText(value[name]));

/**
 * Do objects of the Gateway API have the shape their names promise? Its definitions are objects themselves: somebody may have
 * installed others of the same name, and what they let through is none of ours.
 */
export function isGateway(object: unknown): object is Gateway {
  const spec = isFields(object) ? object["spec"] : undefined;
  return texts(spec, "gatewayClassName") && isFields(spec) && each(spec["listeners"], (one) => texts(one, "name", "protocol") && isFields(one) && typeof one["port"] === "number");
}

/** The same for a route. */
export function isRoute(object: unknown): object is HTTPRoute {
  const spec = isFields(object) ? object["spec"] : undefined;
  return isFields(spec) && maybe(spec["parentRefs"], (one) => texts(one, "name")) && maybe(spec["hostnames"], isText) && maybe(spec["rules"], isRule);
}

function isRule(rule: unknown): boolean {
  return isFields(rule) && maybe(rule["matches"], isMatch) && maybe(rule["filters"], (one) => texts(one, "type")) && maybe(rule["backendRefs"], (one) => texts(one, "name"));
}

function isMatch(match: unknown): boolean {
  const path = isFields(match) ? match["path"] : undefined;
  const wanted = (one: unknown): boolean => texts(one, "name", "value");
  return isFields(match) && (path === undefined || (isFields(path) && (path["value"] === undefined || isText(path["value"])))) && maybe(match["headers"], wanted) && maybe(match["queryParams"], wanted);
}

/** The same for a grant. */
export function isGrant(object: unknown): object is ReferenceGrant {
  const spec = isFields(object) ? object["spec"] : undefined;
  return isFields(spec) && each(spec["from"], (one) => texts(one, "group", "kind", "namespace")) && each(spec["to"], (one) => texts(one, "group", "kind"));
}

/** The same for a class. */
export function isClass(object: unknown): boolean {
  return isFields(object) && texts(object["spec"], "controllerName");
}
