import { JOB } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { instantOf } from "../../../apimachinery/time";
import { humanDuration } from "../../../apimachinery/duration";
import { checkStructure } from "../../../openapi/validate";
import { age, column, selectorColumn, since, statusOf, templateColumns } from "../../cells";
import { defineResource, type Column } from "../../define";
import { numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { defaultJob, generateSelector } from "./defaults";
import { validateJob } from "./validation";

const CONDITIONS: readonly (readonly [type: string, shown: string])[] = [["Complete", "Complete"], ["Failed", "Failed"], ["Suspended", "Suspended"], ["FailureTarget", "FailureTarget"], ["SuccessCriteriaMet", "SuccessCriteriaMet"]];

function statusText(job: JsonObject): string {
  const conditions = objectsAt(objectAt(job, "status"), "conditions").filter((condition) => condition["status"] === "True");
  const has = (type: string): boolean => conditions.some((condition) => textAt(condition, "type") === type);
  for (const [type, shown] of CONDITIONS.slice(0, 2)) if (has(type)) return shown;
  if (textAt(objectAt(job, "metadata"), "deletionTimestamp") !== "") return "Terminating";
  for (const [type, shown] of CONDITIONS.slice(2)) if (has(type)) return shown;
  return "Running";
}

function completions(job: JsonObject): string {
  const [spec, status] = [objectAt(job, "spec"), objectAt(job, "status")];
  const done = numberAt(status, "succeeded") ?? 0;
  const wanted = numberAt(spec, "completions");
  if (wanted !== undefined) return `${done}/${wanted}`;
  const parallelism = numberAt(spec, "parallelism") ?? 0;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

const duration: Column = {
  name: "Duration",
  value(object: KubeObject, now) {
    const status = statusOf(object);
    const [start, end] = [textAt(status, "startTime"), textAt(status, "completionTime")];
    if (start === "") return "";
    if (end === "") return since(start, now);
    return humanDuration(Math.trunc(((instantOf(end) ?? 0) - (instantOf(start) ?? 0)) / 1000));
  },
};

/** batch/v1/Job. */
export const job = defineResource({
  kind: JOB,
  plural: "jobs",
  categories: ["all"],
  subresources: ["status"],
  applyDefaults: defaultJob,
  prepare: (object, previous) => (previous === undefined ? generateSelector({ ...object, status: {} } as unknown as KubeObject) : object),
  checkShape: (object) => checkStructure(JOB, object),
  validate: validateJob,
  columns: [column("Status", statusText), column("Completions", completions), duration, age, ...templateColumns, selectorColumn],
});
