import { DEPLOYMENT } from "../../../apimachinery/kinds";
import { checkStructure } from "../../../openapi/validate";
import { age, column, selectorColumn, templateColumns } from "../../cells";
import { defineResource } from "../../define";
import { filled, numberAt, objectAt } from "../../json-object";
import { workloadDefaults, freshStatus, rolling } from "../workload";
import { validateDeployment } from "../validation";

/** apps/v1/Deployment. */
export const deployment = defineResource({
  kind: DEPLOYMENT,
  plural: "deployments",
  shortNames: ["deploy"],
  categories: ["all"],
  subresources: ["status", "scale"],
  applyDefaults: workloadDefaults(DEPLOYMENT, (spec) =>
    filled(rolling(spec, "strategy", { maxUnavailable: "25%", maxSurge: "25%" }), { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
  ),
  prepare: freshStatus({}),
  checkShape: (object) => checkStructure(DEPLOYMENT, object),
  validate: validateDeployment,
  columns: [
    column("Ready", (object) => `${numberAt(objectAt(object, "status"), "readyReplicas") ?? 0}/${numberAt(objectAt(object, "spec"), "replicas") ?? 0}`),
    column("Up-to-date", (object) => String(numberAt(objectAt(object, "status"), "updatedReplicas") ?? 0)),
    column("Available", (object) => String(numberAt(objectAt(object, "status"), "availableReplicas") ?? 0)),
    age,
    ...templateColumns,
    selectorColumn,
  ],
});
