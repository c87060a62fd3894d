/** The rules of a Job's failure and success policies. */
import type { JsonObject } from "../../../apimachinery/meta";
import { qualifiedNameErrors } from "../../../apimachinery/names";
import type { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";

const ACTIONS = ["Count", "FailIndex", "FailJob", "Ignore"];
const OPERATORS = ["In", "NotIn"];
const MOST_RULES = 20;

function namesOf(spec: JsonObject): ReadonlySet<string> {
  const pod = objectAt(objectAt(spec, "template"), "spec");
  return new Set([...objectsAt(pod, "initContainers"), ...objectsAt(pod, "containers")].map((container) => textAt(container, "name")));
}

function exitCodes(found: Findings, path: string, codes: JsonObject, containers: ReadonlySet<string>): void {
  const operator = textAt(codes, "operator");
  if (operator === "") found.required(`${path}.operator`, `valid values: ["In" "NotIn"]`);
  else if (!OPERATORS.includes(operator)) found.notSupported(`${path}.operator`, operator, OPERATORS);
  const container = textAt(codes, "containerName");
  if (has(codes, "containerName") && !containers.has(container)) found.invalid(`${path}.containerName`, container, "must be one of the container or initContainer names in the pod template");
  const values = listAt(codes, "values").filter((value) => typeof value === "number");
  if (values.length === 0) found.invalid(`${path}.values`, values, "at least one value is required");
  else if (values.length > 255) found.tooMany(`${path}.values`, values.length, 255);
  let ordered = true;
  values.forEach((value, i) => {
    const at = `${path}.values[${i}]`;
    if (operator === "In" && value === 0) found.invalid(at, value, "must not be 0 for the In operator");
    if (values.indexOf(value) < i) found.duplicate(at, value);
    if (i > 0 && (values[i - 1] ?? 0) > value) ordered = false;
  });
  if (!ordered) found.invalid(`${path}.values`, values, "must be ordered");
}

function conditions(found: Findings, path: string, patterns: readonly JsonObject[]): void {
  if (patterns.length > MOST_RULES) found.tooMany(path, patterns.length, MOST_RULES);
  patterns.forEach((pattern, i) => {
    found.names(`${path}[${i}].type`, textAt(pattern, "type"), qualifiedNameErrors(textAt(pattern, "type")));
    const status = textAt(pattern, "status");
    if (status === "") found.required(`${path}[${i}].status`, `valid values: ["False" "True" "Unknown"]`);
    else if (!["False", "True", "Unknown"].includes(status)) found.notSupported(`${path}[${i}].status`, status, ["False", "True", "Unknown"]);
  });
}

function rule(found: Findings, path: string, spec: JsonObject, one: JsonObject, containers: ReadonlySet<string>): void {
  const action = textAt(one, "action");
  if (action === "") found.required(`${path}.action`, `valid values: ["Count" "FailIndex" "FailJob" "Ignore"]`);
  else if (action === "FailIndex" && !has(spec, "backoffLimitPerIndex")) found.invalid(`${path}.action`, action, "requires the backoffLimitPerIndex to be set");
  else if (!ACTIONS.includes(action)) found.notSupported(`${path}.action`, action, ACTIONS);
  const patterns = objectsAt(one, "onPodConditions");
  const codes = has(one, "onExitCodes");
  if (codes) exitCodes(found, `${path}.onExitCodes`, objectAt(one, "onExitCodes"), containers);
  if (patterns.length > 0) conditions(found, `${path}.onPodConditions`, patterns);
  if (codes && patterns.length > 0) found.without(path, "specifying both OnExitCodes and OnPodConditions is not supported");
  if (!codes && patterns.length === 0) found.without(path, "specifying one of OnExitCodes and OnPodConditions is required");
}

/** What is to be done about failed pods. */
export function validateFailurePolicy(found: Findings, path: string, spec: JsonObject): void {
  const rules = objectsAt(objectAt(spec, "podFailurePolicy"), "rules");
  if (rules.length > MOST_RULES) found.tooMany(`${path}.rules`, rules.length, MOST_RULES);
  const containers = namesOf(spec);
  rules.forEach((one, i) => rule(found, `${path}.rules[${i}]`, spec, one, containers));
}

/** How many indexes `1,3-5` names, or what is wrong with it. */
function indexesIn(text: string, completions: number): number | string {
  let [count, last] = [0, -1];
  for (const part of text.split(",")) {
    const ends = part.split("-");
    if (ends.length > 2) return `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    const [first = "", second] = ends;
    for (const end of ends) if (!/^[0-9]+$/.test(end)) return `cannot convert string to integer for index: ${JSON.stringify(end)}`;
    const [low, high] = [Number(first), Number(second ?? first)];
    if (low >= completions) return `too large index: ${JSON.stringify(first)}`;
    if (second !== undefined && high >= completions) return `too large index: ${JSON.stringify(second)}`;
    if (last >= low) return `non-increasing order, previous: ${last}, current: ${low}`;
    if (second !== undefined && low >= high) return `non-increasing order, previous: ${low}, current: ${high}`;
    count += high - low + 1;
    last = high;
  }
  return count;
}

/** A policy of success as Go prints what it keeps of it. */
export function goSuccessPolicy(policy: JsonObject): JsonObject {
  return goRules(objectsAt(policy, "rules"));
}

/** A policy of failure as Go prints what it keeps of it. */
export function goFailurePolicy(policy: JsonObject): JsonObject {
  const exits = (one: JsonObject): JsonObject => ({ ContainerName: one["containerName"] ?? null, Operator: one["operator"] ?? "", Values: one["values"] ?? null });
  const conditions = (some: readonly JsonObject[]): readonly JsonObject[] => some.map((one) => ({ Type: one["type"] ?? "", Status: one["status"] ?? "" }));
  return {
    Rules: objectsAt(policy, "rules").map((one) => ({
      Action: one["action"] ?? "",
      OnExitCodes: has(one, "onExitCodes") ? exits(objectAt(one, "onExitCodes")) : null,
      OnPodConditions: has(one, "onPodConditions") ? conditions(objectsAt(one, "onPodConditions")) : null,
    })),
  };
}

function goRules(rules: readonly JsonObject[]): JsonObject {
  return { Rules: rules.map((one) => ({ SucceededIndexes: one["succeededIndexes"] ?? null, SucceededCount: one["succeededCount"] ?? null })) };
}

/** When an Indexed Job counts as done early. */
export function validateSuccessPolicy(found: Findings, path: string, spec: JsonObject): void {
  const rules = objectsAt(objectAt(spec, "successPolicy"), "rules");
  if (textAt(spec, "completionMode") !== "Indexed") {
    found.invalid(path, goRules(rules), "requires indexed completion mode");
    return;
  }
  if (rules.length === 0) found.required(`${path}.rules`, "at least one rules must be specified when the successPolicy is specified");
  if (rules.length > MOST_RULES) found.tooMany(`${path}.rules`, rules.length, MOST_RULES);
  const completions = numberAt(spec, "completions") ?? 0;
  rules.forEach((one, i) => {
    const at = `${path}.rules[${i}]`;
    if (!has(one, "succeededCount") && !has(one, "succeededIndexes")) found.required(at, "at least one of succeededCount or succeededIndexes must be specified");
    const text = textAt(one, "succeededIndexes");
    const size = has(one, "succeededIndexes") ? indexesIn(text, completions) : undefined;
    if (text.length > 65536) found.tooLong(`${at}.succeededIndexes`, 65536);
    if (typeof size === "string") found.invalid(`${at}.succeededIndexes`, text, `error parsing succeededIndexes: ${size}`);
    const count = numberAt(one, "succeededCount");
    found.nonNegative(`${at}.succeededCount`, count);
    if (count === undefined) return;
    if (count > completions) found.invalid(`${at}.succeededCount`, count, `must be less than or equal to ${completions} (the number of specified completions)`);
    if (typeof size === "number" && count > size) found.invalid(`${at}.succeededCount`, count, `must be less than or equal to ${size} (the number of indexes in the specified succeededIndexes field)`);
  });
}
