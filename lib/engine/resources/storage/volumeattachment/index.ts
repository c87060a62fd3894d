import { VOLUME_ATTACHMENT } from "../../../apimachinery/kinds";
import { checkStructure } from "../../../openapi/validate";
import { age, column } from "../../cells";
import { defineResource } from "../../define";
import { objectAt, textAt } from "../../json-object";
import { validateVolumeAttachment } from "./validation";

/** storage.k8s.io/v1/VolumeAttachment: a disk plugged into a node. */
export const volumeAttachment = defineResource({
  kind: VOLUME_ATTACHMENT,
  plural: "volumeattachments",
  namespaced: false,
  subresources: ["status"],
  checkShape: (object) => checkStructure(VOLUME_ATTACHMENT, object),
  validate: validateVolumeAttachment,
  columns: [
    column("Attacher", (object) => textAt(objectAt(object, "spec"), "attacher")),
    column("PV", (object) => textAt(objectAt(objectAt(object, "spec"), "source"), "persistentVolumeName")),
    column("Node", (object) => textAt(objectAt(object, "spec"), "nodeName")),
    column("Attached", (object) => String(objectAt(object, "status")["attached"] === true)),
    age,
  ],
});
