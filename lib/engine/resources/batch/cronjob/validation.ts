/** The rules of CronJobs. Upstream: `pkg/apis/batch/validation`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { parseCron } from "../../../apimachinery/cron";
import { isTimeZone } from "../../../apimachinery/time-zones";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, numberAt, objectAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata } from "../../meta-validation";
import { validateJobSpec } from "../job/validation";

const POLICIES = ["Allow", "Forbid", "Replace"];
/** Jobs get eleven characters after the CronJob's name. */
const LONGEST = 52;

function schedule(found: Findings, spec: JsonObject, before: JsonObject | undefined): void {
  const text = textAt(spec, "schedule");
  if (text === "") {
    found.required("spec.schedule");
    return;
  }
  const parsed = parseCron(text);
  if ("error" in parsed) found.invalid("spec.schedule", text, parsed.error);
  if (!text.includes("TZ")) return;
  // A schedule that named a zone before that was forbidden may keep it.
  if (before === undefined || !textAt(before, "schedule").includes("TZ")) found.invalid("spec.schedule", text, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  else if (has(spec, "timeZone")) found.invalid("spec.schedule", text, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
}

function timeZone(found: Findings, spec: JsonObject, before: JsonObject | undefined): void {
  if (!has(spec, "timeZone") || (before !== undefined && before["timeZone"] === spec["timeZone"])) return;
  const zone = textAt(spec, "timeZone");
  if (zone === "") found.invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string");
  if (zone.toLowerCase() === "local") found.invalid("spec.timeZone", zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
  if (zone !== "Local" && !isTimeZone(zone)) found.invalid("spec.timeZone", zone, `unknown time zone ${zone}`);
}

/** Everything wrong with a CronJob. */
export function validateCronJob(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("cronjob");
  const spec = specOf(object);
  const before = previous === undefined ? undefined : specOf(previous);
  validateMetadata(found, object);
  schedule(found, spec, before);
  found.nonNegative("spec.startingDeadlineSeconds", numberAt(spec, "startingDeadlineSeconds"));
  timeZone(found, spec, before);
  found.oneOf("spec.concurrencyPolicy", textAt(spec, "concurrencyPolicy"), POLICIES);
  const job = objectAt(objectAt(spec, "jobTemplate"), "spec");
  validateJobSpec(found, "spec.jobTemplate.spec", job);
  if (has(job, "selector")) found.invalid("spec.jobTemplate.spec.selector", job["selector"], "`selector` will be auto-generated");
  if (job["manualSelector"] === true) found.notSupported("spec.jobTemplate.spec.manualSelector", true, ["nil", "false"]);
  for (const field of ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"]) found.nonNegative(`spec.${field}`, numberAt(spec, field));
  const name = object.metadata.name ?? "";
  if (previous === undefined && name.length > LONGEST) found.invalid("metadata.name", name, `must be no more than ${LONGEST} characters`);
  return found.errors;
}
