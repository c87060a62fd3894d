/** Rules in CEL must be fit to run. Upstream: apiextensions/validation, ValidateCustomResourceDefinitionOpenAPISchema. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { Json } from "../../../apimachinery/meta";
import { worstCost } from "../../../cel/index";
import { has, objectsAt, textAt } from "../../json-object";
import { rulesOf, typeOfSchema } from "../structural/rules";
import { mostOccurrences, sizesOf } from "../structural/sizes";
import { repeated, type RuleCosts } from "./rule-costs";
import { goRule } from "./shown-schema";
import { additionalOf, propertyNames, propertyOf, type Schema } from "../structural/schema";

const REASONS = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

/** JSON as Go writes it, with what HTML minds escaped. */
export function goJson(value: Json): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
}

/** What is wrong with a path into a schema, if anything. Upstream: cel.ValidFieldPath. */
export function fieldPathProblem(path: string, schema: Schema): string | undefined {
  let at: Schema | undefined = schema;
  let rest = path.trim();
  while (rest !== "") {
    const step = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\])/.exec(rest);
    if (!step) return rest.startsWith(".") || rest.startsWith("[") ? "unexpected end of JSON path" : `expected [ or . but got: ${/^[^.[\]]+/.exec(rest)?.[0] ?? rest}`;
    const name = step[1] ?? step[2] ?? "";
    const next: Schema | undefined = propertyNames(at).length > 0 ? propertyOf(at, name) : additionalOf(at);
    if (next === undefined) return "does not refer to a valid field";
    at = next;
    rest = rest.slice(step[0].length);
  }
  return undefined;
}

const BREAKS = /[\n\r]/;

function wordsOf(rule: Schema, at: string, schema: Schema): readonly FieldError[] {
  const found: FieldError[] = [];
  const add = (code: FieldError["code"], field: string, detail: string, badValue?: Json): void => void found.push({ code, path: `${at}.${field}`, ...(badValue === undefined ? {} : { badValue }), detail, origin: `customresourcedefinition.rule-${field}` });
  const [source, message, said, reason, fieldPath] = [textAt(rule, "rule").trim(), textAt(rule, "message"), textAt(rule, "messageExpression"), textAt(rule, "reason"), textAt(rule, "fieldPath")];
  if (source === "") add("required", "rule", "rule is not specified");
  else if (message !== "" && message.trim() === "") add("invalid", "message", "message must be non-empty if specified", message);
  else if (BREAKS.test(message.trim())) add("invalid", "message", "message must not contain line breaks", message);
  else if (BREAKS.test(source) && message.trim() === "") add("required", "message", "message must be specified if rule contains line breaks");
  if (said !== "" && said.trim() === "") add("required", "messageExpression", "messageExpression must be non-empty if specified");
  if (has(rule, "reason") && !REASONS.includes(reason)) add("not-supported", "reason", `supported values: ${REASONS.map((one) => JSON.stringify(one)).join(", ")}`, reason);
  if (fieldPath !== "" && fieldPath.trim() === "") add("invalid", "fieldPath", "fieldPath must be non-empty if specified", fieldPath);
  if (BREAKS.test(fieldPath)) add("invalid", "fieldPath", "fieldPath must not contain line breaks", fieldPath);
  if (fieldPath !== "" && fieldPathProblem(fieldPath, schema) !== undefined) add("invalid", "fieldPath", "fieldPath must be a valid path", fieldPath);
  return found;
}

/** Everything wrong with the rules of one place of a schema before they are read as CEL. */
export function ruleWords(schema: Schema, path: string): readonly FieldError[] {
  return objectsAt(schema, "x-kubernetes-validations").flatMap((rule, i) => wordsOf(rule, `${path}.x-kubernetes-validations[${i}]`, schema));
}

/** Where rules stand. */
export interface RulePlace {
  readonly path: string;
  readonly isResource: boolean;
  /** The place from which on nothing can be told apart from what stood there before, if there is one. */
  readonly uncorrelatable: string | undefined;
  /** How often what the rules are about can occur; undefined where nothing bounds it. */
  readonly cardinality: number | undefined;
}

/** Everything wrong with the rules of one place of a schema as CEL; what they cost is added up. */
export function ruleProblems(schema: Schema, { path, isResource, uncorrelatable, cardinality }: RulePlace, costs: RuleCosts): readonly FieldError[] {
  const sources = objectsAt(schema, "x-kubernetes-validations");
  if (sources.length === 0) return [];
  const place = `${path}.x-kubernetes-validations`;
  if (typeOfSchema(schema, isResource) === undefined) {
    return [{ code: "internal", path: place, detail: `internal error: failed to construct rules for type: ${textAt(schema, "type")}`, origin: "customresourcedefinition.rules" }];
  }
  const sizes = sizesOf(schema, isResource);
  const times = cardinality ?? (sizes === undefined ? 1 : mostOccurrences(sizes));
  return rulesOf(schema, isResource).rules.flatMap(({ source, rule, message, usesOld }, i): readonly FieldError[] => {
    const at = `${place}[${i}]`;
    const refused = (field: string, detail: string): FieldError => ({ code: "invalid", path: `${at}.${field}`, shown: goJson(goRule(source)), detail, origin: `customresourcedefinition.rule-${field}` });
    return [
      ...("error" in rule ? [refused("rule", rule.error)] : costs.observe(`${at}.rule`, "rule", repeated(worstCost(rule, sizes), times))),
      ...(message === undefined ? [] : "error" in message ? [refused("messageExpression", message.error.replace(/^compilation failed/, "messageExpression compilation failed"))] : costs.observe(`${at}.messageExpression`, "messageExpression", worstCost(message, sizes))),
      ...(!usesOld && typeof source["optionalOldSelf"] === "boolean" ? [{ code: "invalid", path: `${at}.optionalOldSelf`, badValue: source["optionalOldSelf"], detail: "may not be set if oldSelf is not used in rule", origin: "customresourcedefinition.rule-old-self" } as const] : []),
      ...(usesOld && uncorrelatable !== undefined ? [{ code: "invalid", path: `${at}.rule`, badValue: textAt(source, "rule"), detail: `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`, origin: "customresourcedefinition.rule-old-self" } as const] : []),
    ];
  });
}
