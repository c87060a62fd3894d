import { DAEMON_SET } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { checkStructure } from "../../../openapi/validate";
import { age, column, count, formatLabels, jsonOf, selectorColumn, templateColumns } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, objectAt } from "../../json-object";
import { workloadDefaults, rolling } from "../workload";
import { validateDaemonSet } from "../validation";

const GENERATION = "deprecated.daemonset.template.generation";

function prepare(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  const told = Number((previous ?? object).metadata.annotations?.[GENERATION] ?? 1);
  // A new one may bring its count along.
  const generation = previous === undefined && !(told >= 1) ? 1 : told;
  const before = previous === undefined ? undefined : JSON.stringify(objectAt(objectAt(jsonOf(previous), "spec"), "template"));
  const moved = before !== undefined && before !== JSON.stringify(objectAt(objectAt(jsonOf(object), "spec"), "template"));
  const annotated = changed(jsonOf(object), "metadata", (metadata) => ({
    ...metadata,
    annotations: { ...objectAt(metadata, "annotations"), [GENERATION]: String(generation + (moved ? 1 : 0)) },
  }));
  const status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
  return (previous === undefined ? { ...annotated, status } : annotated) as unknown as KubeObject;
}

/** apps/v1/DaemonSet. */
export const daemonSet = defineResource({
  kind: DAEMON_SET,
  plural: "daemonsets",
  shortNames: ["ds"],
  categories: ["all"],
  subresources: ["status"],
  applyDefaults: workloadDefaults(DAEMON_SET, (spec) => filled(rolling(spec, "updateStrategy", { maxUnavailable: 1, maxSurge: 0 }), { revisionHistoryLimit: 10 })),
  prepare,
  checkShape: (object) => checkStructure(DAEMON_SET, object),
  validate: validateDaemonSet,
  columns: [
    count("Desired", (object) => objectAt(object, "status")["desiredNumberScheduled"]),
    count("Current", (object) => objectAt(object, "status")["currentNumberScheduled"]),
    count("Ready", (object) => objectAt(object, "status")["numberReady"]),
    count("Up-to-date", (object) => objectAt(object, "status")["updatedNumberScheduled"]),
    count("Available", (object) => objectAt(object, "status")["numberAvailable"]),
    column("Node Selector", (object) => formatLabels(objectAt(objectAt(objectAt(objectAt(object, "spec"), "template"), "spec"), "nodeSelector"))),
    age,
    ...templateColumns,
    selectorColumn,
  ],
});
