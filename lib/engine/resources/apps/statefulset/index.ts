import { STATEFUL_SET } from "../../../apimachinery/kinds";
import type { JsonObject } from "../../../apimachinery/meta";
import { checkStructure } from "../../../openapi/validate";
import { age, column, templateColumns } from "../../cells";
import { defineResource } from "../../define";
import { changed, changedEach, filled, has, numberAt, objectAt, textAt } from "../../json-object";
import { workloadDefaults, freshStatus, rolling } from "../workload";
import { validateStatefulSet } from "../validation";

/** A claim template with everything it lacks. */
function claimTemplate(claim: JsonObject): JsonObject {
  const spec = changed(filled(claim, { spec: {} }), "spec", (inner) => filled(inner, { resources: {}, volumeMode: "Filesystem" }));
  const own = spec["kind"] === "PersistentVolumeClaim" && spec["apiVersion"] === "v1" ? spec : { ...spec, kind: "PersistentVolumeClaim", apiVersion: "v1" };
  const typed = filled(own, { status: {} });
  return changed(typed, "status", (status) => filled(status, { phase: "Pending" }));
}

/** A named strategy without its rolling part keeps none: upstream completes it only when the author named nothing. */
function strategy(spec: JsonObject): JsonObject {
  const asked = objectAt(spec, "updateStrategy");
  return textAt(asked, "type") !== "" && !has(asked, "rollingUpdate") ? spec : rolling(spec, "updateStrategy", { partition: 0 });
}

/** A field behind a gate that is closed: the API server drops it. */
function withoutMaxUnavailable(spec: JsonObject): JsonObject {
  return changed(spec, "updateStrategy", (inner) =>
    changed(inner, "rollingUpdate", (rollout) => {
      if (!has(rollout, "maxUnavailable")) return rollout;
      const { maxUnavailable: _dropped, ...rest } = rollout;
      return rest;
    }),
  );
}

function complete(spec: JsonObject): JsonObject {
  const policy = changed(filled(spec, { persistentVolumeClaimRetentionPolicy: {} }), "persistentVolumeClaimRetentionPolicy", (inner) =>
    filled(inner, { whenDeleted: "Retain", whenScaled: "Retain" }),
  );
  const claims = changedEach(policy, "volumeClaimTemplates", claimTemplate);
  return filled(withoutMaxUnavailable(strategy(claims)), { serviceName: "", replicas: 1, podManagementPolicy: "OrderedReady", revisionHistoryLimit: 10 });
}

/** apps/v1/StatefulSet. */
export const statefulSet = defineResource({
  kind: STATEFUL_SET,
  plural: "statefulsets",
  shortNames: ["sts"],
  categories: ["all"],
  subresources: ["status", "scale"],
  applyDefaults: workloadDefaults(STATEFUL_SET, complete),
  prepare: freshStatus({ replicas: 0, availableReplicas: 0 }),
  checkShape: (object) => checkStructure(STATEFUL_SET, object),
  validate: validateStatefulSet,
  columns: [
    column("Ready", (object) => `${numberAt(objectAt(object, "status"), "readyReplicas") ?? 0}/${numberAt(objectAt(object, "spec"), "replicas") ?? 0}`),
    age,
    ...templateColumns,
  ],
});
