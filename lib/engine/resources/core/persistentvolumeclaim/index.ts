import { PERSISTENT_VOLUME_CLAIM } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { accessModes, age, column, isTerminating, jsonOf, storageClassText, wide } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, has, listAt, objectAt, textAt } from "../../json-object";
import { validatePersistentVolumeClaim } from "./validation";

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");
const bound = (object: JsonObject): boolean => textAt(spec(object), "volumeName") !== "";

/** A source named in the new field shows in the old one too, and the other way round. */
function complete(inner: JsonObject): JsonObject {
  const sources = { ...(has(inner, "dataSourceRef") && textAt(objectAt(inner, "dataSourceRef"), "namespace") === "" ? { dataSource: inner["dataSourceRef"] } : {}), ...(has(inner, "dataSource") ? { dataSourceRef: inner["dataSource"] } : {}) };
  return filled(inner, { resources: {}, volumeMode: "Filesystem", ...sources });
}

function applyDefaults(object: KubeObject): KubeObject {
  return changed(jsonOf(normalize(PERSISTENT_VOLUME_CLAIM, object)), "spec", complete) as unknown as KubeObject;
}

/** v1/PersistentVolumeClaim. */
export const persistentVolumeClaim = defineResource({
  kind: PERSISTENT_VOLUME_CLAIM,
  plural: "persistentvolumeclaims",
  shortNames: ["pvc"],
  subresources: ["status"],
  applyDefaults,
  prepare: (object, previous) => (previous === undefined ? ({ ...object, status: { phase: "Pending" } } as unknown as KubeObject) : object),
  checkShape: (object) => checkStructure(PERSISTENT_VOLUME_CLAIM, object),
  validate: validatePersistentVolumeClaim,
  columns: [
    column("Status", (object) => (isTerminating(object) ? "Terminating" : textAt(objectAt(object, "status"), "phase"))),
    column("Volume", (object) => textAt(spec(object), "volumeName")),
    column("Capacity", (object) => (bound(object) ? textAt(objectAt(objectAt(object, "status"), "capacity"), "storage") || "0" : "")),
    column("Access Modes", (object) => (bound(object) ? accessModes(listAt(objectAt(object, "status"), "accessModes")) : "")),
    column("StorageClass", storageClassText),
    column("VolumeAttributesClass", (object) => textAt(spec(object), "volumeAttributesClassName") || "<unset>"),
    age,
    wide("VolumeMode", (object) => textAt(spec(object), "volumeMode") || "<unset>"),
  ],
});
