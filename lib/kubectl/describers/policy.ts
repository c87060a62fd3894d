import { compareStrings, type JsonObject, type LabelSelector } from "@/lib/engine";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { oneLineLabels, sortedKeys } from "./paper";
import { jsonOf, listOf, partOf, textOf, textsOf, valueOf } from "./read";
import { selectorText } from "./workloads";

/** Describes a PodDisruptionBudget. Upstream: describePodDisruptionBudget. */
export function describeBudget(scene: Scene): void {
  const { object, paper } = scene;
  const budget = jsonOf(object);
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  const least = textOf(budget, "spec.minAvailable");
  const most = textOf(budget, "spec.maxUnavailable");
  if (least !== "") paper.line(0, `Min available:\t${least}`);
  else if (most !== "") paper.line(0, `Max unavailable:\t${most}`);
  paper.line(0, `Selector:\t${valueOf(budget, "spec.selector") === undefined ? "<unset>" : selectorText(partOf(budget, "spec.selector") as LabelSelector)}`);
  paper.line(0, "Status:");
  const counts = [["Allowed disruptions", "disruptionsAllowed"], ["Current", "currentHealthy"], ["Desired", "desiredHealthy"], ["Total", "expectedPods"]] as const;
  for (const [title, field] of counts) paper.line(2, `${title}:\t${textOf(budget, `status.${field}`, "0")}`);
  writeEvents(scene);
}

/** The rows of a quota: what is limited, how much of it is used. */
export function quotaRows(quota: JsonObject): readonly string[] {
  const [hard, used] = [partOf(quota, "status.hard"), partOf(quota, "status.used")];
  return sortedKeys(hard).map((name) => `${name}\t${textOf({ value: used[name] }, "value", "0")}\t${String(hard[name])}`);
}

const SCOPES: Readonly<Record<string, string>> = {
  Terminating: "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
  NotTerminating: "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
  BestEffort: "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
  NotBestEffort: "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
};

/** What the scopes of a quota mean; those without words are left out. */
export function scopeTexts(scopes: readonly string[]): readonly string[] {
  return scopes.flatMap((scope) => SCOPES[scope] ?? []);
}

/** Describes a ResourceQuota. Upstream: describeQuota. */
export function describeQuota(scene: Scene): void {
  const { object, paper } = scene;
  const quota = jsonOf(object);
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  const scopes = [...textsOf(quota, "spec.scopes")].sort(compareStrings);
  if (scopes.length > 0) paper.line(0, `Scopes:\t${scopes.join(", ")}`);
  for (const text of scopeTexts(scopes)) paper.line(0, ` * ${text}`);
  paper.line(0, "Resource\tUsed\tHard");
  paper.line(0, "--------\t----\t----");
  for (const row of quotaRows(quota)) paper.line(0, row);
}

const SIDES = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"];

/** The rows of a limit range, a resource each. Upstream: describeLimitRangeSpec. */
export function limitRows(range: JsonObject): readonly string[] {
  return listOf(range, "spec.limits").flatMap((limit) => {
    const names = new Set(SIDES.flatMap((side) => Object.keys(partOf(limit, side))));
    return [...names].sort(compareStrings).map((name) => [textOf(limit, "type"), name, ...SIDES.map((side) => textOf({ value: partOf(limit, side)[name] }, "value", "-"))].join("\t"));
  });
}

/** The headings above {@link limitRows}. */
export const LIMIT_HEADINGS: readonly string[] = ["Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio", "----\t--------\t---\t---\t---------------\t-------------\t-----------------------"];

/** Describes a LimitRange. */
export function describeLimits(scene: Scene): void {
  const { object, paper } = scene;
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  for (const line of [...LIMIT_HEADINGS, ...limitRows(jsonOf(object))]) paper.line(0, line);
}

/** Describes a PriorityClass. */
export function describePriorityClass(scene: Scene): void {
  const { object, paper } = scene;
  const priority = jsonOf(object);
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Value:\t${textOf(priority, "value", "0")}`);
  paper.line(0, `GlobalDefault:\t${textOf(priority, "globalDefault", "false")}`);
  paper.line(0, `PreemptionPolicy:\t${textOf(priority, "preemptionPolicy")}`);
  paper.line(0, `Description:\t${textOf(priority, "description")}`);
  paper.line(0, `Annotations:\t${oneLineLabels(object.metadata.annotations)}`);
  writeEvents(scene);
}
