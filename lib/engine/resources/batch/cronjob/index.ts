import { CRON_JOB } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf, since, wide } from "../../cells";
import { defineResource } from "../../define";
import { freshStatus } from "../../apps/workload";
import { changed, filled, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { defaultJobTemplate } from "../job/defaults";
import { validateCronJob } from "./validation";

function complete(spec: JsonObject): JsonObject {
  const template = changed(filled(spec, { jobTemplate: {} }), "jobTemplate", (inner) =>
    changed(filled(inner, { metadata: {}, spec: {} }), "spec", defaultJobTemplate),
  );
  return filled(template, { concurrencyPolicy: "Allow", suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
}

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");
const containers = (object: JsonObject): readonly JsonObject[] =>
  objectsAt(objectAt(objectAt(objectAt(objectAt(spec(object), "jobTemplate"), "spec"), "template"), "spec"), "containers");

/** batch/v1/CronJob. */
export const cronJob = defineResource({
  kind: CRON_JOB,
  plural: "cronjobs",
  shortNames: ["cj"],
  categories: ["all"],
  subresources: ["status"],
  applyDefaults: (object) => changed(jsonOf(normalize(CRON_JOB, object)), "spec", complete) as unknown as KubeObject,
  prepare: freshStatus({}),
  checkShape: (object) => checkStructure(CRON_JOB, object),
  validate: validateCronJob,
  columns: [
    column("Schedule", (object) => textAt(spec(object), "schedule")),
    column("Timezone", (object) => textAt(spec(object), "timeZone") || "<none>"),
    column("Suspend", (object) => (spec(object)["suspend"] === true ? "True" : "False")),
    column("Active", (object) => String(listAt(objectAt(object, "status"), "active").length)),
    column("Last Schedule", (object, now) => {
      const last = textAt(objectAt(object, "status"), "lastScheduleTime");
      return last === "" ? "<none>" : since(last, now);
    }),
    age,
    wide("Containers", (object) => containers(object).map((one) => textAt(one, "name")).join(",")),
    wide("Images", (object) => containers(object).map((one) => textAt(one, "image")).join(",")),
    wide("Selector", () => "<none>"),
  ],
});
