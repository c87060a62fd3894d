/** The rules of LimitRanges. Upstream: `ValidateLimitRange`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { qualifiedNameErrors } from "../../../apimachinery/names";
import { compareQuantities, formatQuantity, quantityFrom, quantityMilli, quantityOf, type Quantity } from "../../../apimachinery/quantity";
import { compareStrings } from "../../../apimachinery/compare";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, objectAt, objectsAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";
import { isOvercommitAllowed, validateAnyResourceName, validateResourceName } from "../pod-template/validate-resources";

const TYPES = ["Pod", "Container", "PersistentVolumeClaim"];
const ONE = quantityOf(1);

function typeName(found: Findings, path: string, type: string): void {
  found.names(path, type, qualifiedNameErrors(type));
  if (qualifiedNameErrors(type).length === 0 && !type.includes("/") && !TYPES.includes(type)) found.invalid(path, type, "must be a standard limit type or fully qualified");
}

/** A ratio with six digits behind the point, as Go's `%f`. */
function ratioText(max: bigint, min: bigint): string {
  const scaled = (max * 10_000_000n) / min;
  const negative = scaled < 0n;
  const rounded = ((negative ? -scaled : scaled) + 5n) / 10n;
  return `${negative ? "-" : ""}${rounded / 1_000_000n}.${(rounded % 1_000_000n).toString().padStart(6, "0")}`;
}

function ratio(found: Findings, path: string, limit: JsonObject, name: string): void {
  const wanted = quantityFrom(objectAt(limit, "maxLimitRequestRatio")[name]);
  const text = formatQuantity(wanted);
  if (compareQuantities(wanted, ONE) < 0) found.invalid(path, text, `ratio ${text} is less than 1`);
  const [max, min] = ["max", "min"].map((side) => (has(objectAt(limit, side), name) ? quantityMilli(quantityFrom(objectAt(limit, side)[name])) : undefined));
  if (max === undefined || min === undefined || min === 0n) return;
  // wanted > max / min, without leaving whole numbers.
  const [left, right] = [quantityMilli(wanted) * min, max * 1000n];
  if (min > 0n ? left > right : left < right) found.invalid(path, text, `ratio ${text} is greater than max/min = ${ratioText(max, min)}`);
}

function amounts(found: Findings, path: string, limit: JsonObject, name: string): void {
  const amount = (side: string): Quantity | undefined => (has(objectAt(limit, side), name) ? quantityFrom(objectAt(limit, side)[name]) : undefined);
  const [min, max, limited, requested] = [amount("min"), amount("max"), amount("default"), amount("defaultRequest")];
  const above = (a: Quantity | undefined, b: Quantity | undefined): boolean => a !== undefined && b !== undefined && compareQuantities(a, b) > 0;
  const text = (value: Quantity | undefined): string => (value === undefined ? "" : formatQuantity(value));
  const say = (side: string, shown: Quantity | undefined, words: string): void => found.invalid(`${path}.${side}[${name}]`, text(shown), words);
  if (above(min, max)) say("min", min, `min value ${text(min)} is greater than max value ${text(max)}`);
  if (above(min, requested)) say("defaultRequest", requested, `min value ${text(min)} is greater than default request value ${text(requested)}`);
  if (above(requested, max)) say("defaultRequest", requested, `default request value ${text(requested)} is greater than max value ${text(max)}`);
  if (above(requested, limited)) say("defaultRequest", requested, `default request value ${text(requested)} is greater than default limit value ${text(limited)}`);
  if (above(min, limited)) say("default", min, `min value ${text(min)} is greater than default value ${text(limited)}`);
  if (above(limited, max)) say("default", max, `default value ${text(limited)} is greater than max value ${text(max)}`);
}

/** What cannot be promised beyond what there is has one default, not two. */
function sameDefaults(found: Findings, path: string, limit: JsonObject, name: string): void {
  if (!has(objectAt(limit, "default"), name) || !has(objectAt(limit, "defaultRequest"), name)) return;
  const [limited, requested] = ["default", "defaultRequest"].map((side) => quantityFrom(objectAt(limit, side)[name])) as [Quantity, Quantity];
  if (compareQuantities(limited, requested) === 0) return;
  found.invalid(`${path}.defaultRequest[${name}]`, formatQuantity(requested), `default value ${formatQuantity(limited)} must equal to defaultRequest value ${formatQuantity(requested)} in ${name}`);
}

function item(found: Findings, path: string, limit: JsonObject): void {
  const type = textAt(limit, "type");
  const named = (side: string): readonly string[] => Object.keys(objectAt(limit, side));
  const check = (side: string): void => {
    const rule = type === "Pod" || type === "Container" ? validateResourceName : validateAnyResourceName;
    for (const name of named(side)) rule(found, `${path}.${side}[${name}]`, name);
  };
  check("max");
  check("min");
  for (const side of ["default", "defaultRequest"]) {
    if (type !== "Pod") check(side);
    else if (named(side).length > 0) found.forbidden(`${path}.${side}`, "may not be specified when `type` is 'Pod'");
  }
  if (type === "PersistentVolumeClaim" && !named("min").includes("storage") && !named("max").includes("storage")) {
    found.required(`${path}.limits`, "either minimum or maximum storage value is required, but neither was provided");
  }
  check("maxLimitRequestRatio");
  const keys = new Set(["max", "min", "maxLimitRequestRatio", ...(type === "Pod" ? [] : ["default", "defaultRequest"])].flatMap(named));
  for (const name of [...keys].sort(compareStrings)) {
    amounts(found, path, limit, name);
    if (has(objectAt(limit, "maxLimitRequestRatio"), name)) ratio(found, `${path}.maxLimitRequestRatio[${name}]`, limit, name);
    if (type !== "Pod" && !isOvercommitAllowed(name)) sameDefaults(found, path, limit, name);
  }
}

/** Everything wrong with a LimitRange. */
export function validateLimitRange(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("limitrange");
  validateMetadata(found, object);
  const seen = new Set<string>();
  objectsAt(specOf(object), "limits").forEach((limit, i) => {
    const path = `spec.limits[${i}]`;
    const type = textAt(limit, "type");
    typeName(found, `${path}.type`, type);
    if (seen.has(type)) found.duplicate(`${path}.type`, type);
    seen.add(type);
    item(found, path, limit);
  });
  return found.errors;
}
