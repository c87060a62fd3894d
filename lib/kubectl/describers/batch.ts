import { humanDuration, instantOf, type JsonObject, type LabelSelector, type PodTemplateSpec } from "@/lib/engine";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { controllerText, longTime, orNone, type Paper } from "./paper";
import { writeTemplate } from "./pod";
import { jsonOf, listOf, partOf, textOf, truthOf, valueOf } from "./read";
import { selectorText } from "./workloads";

/** Completed indexes are cut where a line would become too long. */
const LONGEST_INDEXES = 50;

function secondsBetween(from: unknown, to: unknown): string | undefined {
  const [start, end] = [from, to].map((text) => (typeof text === "string" ? instantOf(text) : undefined));
  return start === undefined || end === undefined ? undefined : humanDuration((end - start) / 1000);
}

function indexesText(text: string): string {
  if (text === "" || text.length <= LONGEST_INDEXES) return orNone(text);
  const cut = text.slice(0, LONGEST_INDEXES);
  return `${cut.slice(0, cut.lastIndexOf(",") + 1)}...`;
}

/** Describes a Job. Upstream: describeJob. */
export function describeJob(scene: Scene): void {
  const { object, paper } = scene;
  const { metadata } = object;
  const job = jsonOf(object);
  const has = (path: string): boolean => valueOf(job, path) !== undefined && valueOf(job, path) !== null;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  if (has("spec.selector")) paper.line(0, `Selector:\t${selectorText(partOf(job, "spec.selector") as LabelSelector)}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  const controller = controllerText(object);
  if (controller !== undefined) paper.line(0, `Controlled By:\t${controller}`);
  if (has("spec.parallelism")) paper.line(0, `Parallelism:\t${textOf(job, "spec.parallelism")}`);
  paper.line(0, `Completions:\t${textOf(job, "spec.completions", "<unset>")}`);
  if (has("spec.completionMode")) paper.line(0, `Completion Mode:\t${textOf(job, "spec.completionMode")}`);
  if (has("spec.suspend")) paper.line(0, `Suspend:\t${textOf(job, "spec.suspend")}`);
  if (has("spec.backoffLimit")) paper.line(0, `Backoff Limit:\t${textOf(job, "spec.backoffLimit")}`);
  if (has("spec.ttlSecondsAfterFinished")) paper.line(0, `TTL Seconds After Finished:\t${textOf(job, "spec.ttlSecondsAfterFinished")}`);
  const [start, end] = [valueOf(job, "status.startTime"), valueOf(job, "status.completionTime")];
  if (typeof start === "string") paper.line(0, `Start Time:\t${longTime(start)}`);
  if (typeof end === "string") paper.line(0, `Completed At:\t${longTime(end)}`);
  const duration = secondsBetween(start, end);
  if (duration !== undefined) paper.line(0, `Duration:\t${duration}`);
  if (has("spec.activeDeadlineSeconds")) paper.line(0, `Active Deadline Seconds:\t${textOf(job, "spec.activeDeadlineSeconds")}s`);
  const ready = has("status.ready") ? ` (${textOf(job, "status.ready")} Ready)` : "";
  paper.line(0, `Pods Statuses:\t${textOf(job, "status.active", "0")} Active${ready} / ${textOf(job, "status.succeeded", "0")} Succeeded / ${textOf(job, "status.failed", "0")} Failed`);
  if (textOf(job, "spec.completionMode") === "Indexed") paper.line(0, `Completed Indexes:\t${indexesText(textOf(job, "status.completedIndexes"))}`);
  writeTemplate(paper, partOf(job, "spec.template") as unknown as PodTemplateSpec);
  writeEvents(scene);
}

function writeJobTemplate(paper: Paper, spec: JsonObject): void {
  const selector = partOf(spec, "selector");
  paper.line(0, `Selector:\t${Object.keys(selector).length === 0 ? "<unset>" : selectorText(selector as LabelSelector)}`);
  paper.line(0, `Parallelism:\t${textOf(spec, "parallelism", "<unset>")}`);
  paper.line(0, `Completions:\t${textOf(spec, "completions", "<unset>")}`);
  const deadline = textOf(spec, "activeDeadlineSeconds");
  if (deadline !== "") paper.line(0, `Active Deadline Seconds:\t${deadline}s`);
  writeTemplate(paper, partOf(spec, "template") as unknown as PodTemplateSpec);
}

/** Describes a CronJob. Upstream: describeCronJob. */
export function describeCronJob(scene: Scene): void {
  const { object, paper } = scene;
  const { metadata } = object;
  const cron = jsonOf(object);
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `Schedule:\t${textOf(cron, "spec.schedule")}`);
  paper.line(0, `Concurrency Policy:\t${textOf(cron, "spec.concurrencyPolicy")}`);
  paper.line(0, `Suspend:\t${truthOf(cron, "spec.suspend")}`);
  paper.line(0, `Time Zone:\t${textOf(cron, "spec.timeZone", "<unset>")}`);
  paper.line(0, `Successful Job History Limit:\t${textOf(cron, "spec.successfulJobsHistoryLimit", "<unset>")}`);
  paper.line(0, `Failed Job History Limit:\t${textOf(cron, "spec.failedJobsHistoryLimit", "<unset>")}`);
  const deadline = textOf(cron, "spec.startingDeadlineSeconds");
  paper.line(0, `Starting Deadline Seconds:\t${deadline === "" ? "<unset>" : `${deadline}s`}`);
  writeJobTemplate(paper, partOf(cron, "spec.jobTemplate.spec"));
  paper.line(0, `Last Schedule Time:\t${longTime(textOf(cron, "status.lastScheduleTime") || undefined)}`);
  paper.line(0, `Active Jobs:\t${orNone(listOf(cron, "status.active").map((job) => textOf(job, "name")).join(", "))}`);
  writeEvents(scene);
}
