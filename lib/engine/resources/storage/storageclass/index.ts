import { STORAGE_CLASS } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { filled, textAt } from "../../json-object";
import { isDefaultStorageClass } from "./default-class";
import { validateStorageClass } from "./validation";

/** storage.k8s.io/v1/StorageClass. */
export const storageClass = defineResource({
  kind: STORAGE_CLASS,
  plural: "storageclasses",
  shortNames: ["sc"],
  namespaced: false,
  applyDefaults: (object) => filled(jsonOf(normalize(STORAGE_CLASS, object)), { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }) as unknown as KubeObject,
  checkShape: (object) => checkStructure(STORAGE_CLASS, object),
  validate: validateStorageClass,
  nameCell: (object) => (isDefaultStorageClass(object) ? `${object.metadata.name} (default)` : object.metadata.name),
  columns: [
    column("Provisioner", (object) => textAt(object, "provisioner")),
    column("ReclaimPolicy", (object) => textAt(object, "reclaimPolicy") || "Delete"),
    column("VolumeBindingMode", (object) => textAt(object, "volumeBindingMode") || "Immediate"),
    column("AllowVolumeExpansion", (object) => String(object["allowVolumeExpansion"] === true)),
    age,
  ],
});
