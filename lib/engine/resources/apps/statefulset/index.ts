import { STATEFUL_SET } from "../../../apimachinery/kinds";
import type { JsonObject } from "../../../apimachinery/meta";
import { checkStructure } from "../../../openapi/validate";
import { age, column, templateColumns } from "../../cells";
import { defineResource } from "../../define";
import { changed, changedEach, filled, numberAt, objectAt } from "../../json-object";
import { defaultWorkload, freshStatus, rolling } from "../workload";

/** A claim template with everything it lacks. */
function claimTemplate(claim: JsonObject): JsonObject {
  const spec = changed(filled(claim, { spec: {} }), "spec", (inner) => filled(inner, { resources: {}, volumeMode: "Filesystem" }));
  return filled(spec, { kind: "PersistentVolumeClaim", apiVersion: "v1", status: { phase: "Pending" } });
}

function complete(spec: JsonObject): JsonObject {
  const policy = changed(filled(spec, { persistentVolumeClaimRetentionPolicy: {} }), "persistentVolumeClaimRetentionPolicy", (inner) =>
    filled(inner, { whenDeleted: "Retain", whenScaled: "Retain" }),
  );
  const updated = rolling(changedEach(policy, "volumeClaimTemplates", claimTemplate), "updateStrategy", { partition: 0 });
  return filled(updated, { replicas: 1, podManagementPolicy: "OrderedReady", revisionHistoryLimit: 10 });
}

/** apps/v1/StatefulSet. */
export const statefulSet = defineResource({
  kind: STATEFUL_SET,
  plural: "statefulsets",
  shortNames: ["sts"],
  categories: ["all"],
  subresources: ["status", "scale"],
  applyDefaults: (object) => defaultWorkload(STATEFUL_SET, object, complete),
  prepare: freshStatus({ replicas: 0, availableReplicas: 0 }),
  checkShape: (object) => checkStructure(STATEFUL_SET, object),
  columns: [
    column("Ready", (object) => `${numberAt(objectAt(object, "status"), "readyReplicas") ?? 0}/${numberAt(objectAt(object, "spec"), "replicas") ?? 0}`),
    age,
    ...templateColumns,
  ],
});
