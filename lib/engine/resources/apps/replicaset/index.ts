import { REPLICA_SET } from "../../../apimachinery/kinds";
import { checkStructure } from "../../../openapi/validate";
import { age, count, selectorColumn, templateColumns } from "../../cells";
import { defineResource } from "../../define";
import { filled, objectAt } from "../../json-object";
import { workloadDefaults, freshStatus } from "../workload";
import { validateReplicaSet } from "../validation";

/** apps/v1/ReplicaSet. */
export const replicaSet = defineResource({
  kind: REPLICA_SET,
  plural: "replicasets",
  shortNames: ["rs"],
  categories: ["all"],
  subresources: ["status", "scale"],
  applyDefaults: workloadDefaults(REPLICA_SET, (spec) => filled(spec, { replicas: 1 })),
  prepare: freshStatus({ replicas: 0 }),
  checkShape: (object) => checkStructure(REPLICA_SET, object),
  validate: validateReplicaSet,
  columns: [
    count("Desired", (object) => objectAt(object, "spec")["replicas"]),
    count("Current", (object) => objectAt(object, "status")["replicas"]),
    count("Ready", (object) => objectAt(object, "status")["readyReplicas"]),
    age,
    ...templateColumns,
    selectorColumn,
  ],
});
