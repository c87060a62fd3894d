import { PERSISTENT_VOLUME } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { accessModes, age, column, isTerminating, jsonOf, storageClassText, wide } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, has, listAt, objectAt, textAt } from "../../json-object";
import { validatePersistentVolume } from "./validation";

const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");

function applyDefaults(object: KubeObject): KubeObject {
  const volume = changed(jsonOf(normalize(PERSISTENT_VOLUME, object)), "spec", (inner) =>
    filled(
      changed(inner, "hostPath", (source) => filled(source, { type: "" })),
      { persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" },
    ),
  );
  return volume as unknown as KubeObject;
}

function claim(object: JsonObject): string {
  const reference = objectAt(spec(object), "claimRef");
  return has(spec(object), "claimRef") ? `${textAt(reference, "namespace")}/${textAt(reference, "name")}` : "";
}

/** v1/PersistentVolume. */
export const persistentVolume = defineResource({
  kind: PERSISTENT_VOLUME,
  plural: "persistentvolumes",
  shortNames: ["pv"],
  namespaced: false,
  subresources: ["status"],
  applyDefaults,
  prepare: (object, previous) => (previous === undefined ? ({ ...object, status: { phase: "Pending" } } as unknown as KubeObject) : object),
  checkShape: (object) => checkStructure(PERSISTENT_VOLUME, object),
  validate: validatePersistentVolume,
  columns: [
    column("Capacity", (object) => textAt(objectAt(spec(object), "capacity"), "storage") || "0"),
    column("Access Modes", (object) => accessModes(listAt(spec(object), "accessModes"))),
    column("Reclaim Policy", (object) => textAt(spec(object), "persistentVolumeReclaimPolicy")),
    column("Status", (object) => (isTerminating(object) ? "Terminating" : textAt(objectAt(object, "status"), "phase"))),
    column("Claim", claim),
    column("StorageClass", storageClassText),
    column("VolumeAttributesClass", (object) => textAt(spec(object), "volumeAttributesClassName") || "<unset>"),
    column("Reason", (object) => textAt(objectAt(object, "status"), "reason")),
    age,
    wide("VolumeMode", (object) => textAt(spec(object), "volumeMode") || "<unset>"),
  ],
});
