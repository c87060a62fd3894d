/** The rules of VolumeAttachments. Upstream: `ValidateVolumeAttachment`, `ValidateVolumeAttachmentV1`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { dns1123SubdomainErrors } from "../../../apimachinery/names";
import { specOf, statusOf } from "../../cells";
import { validateDriverName } from "../../core/pod-template/volume-sources";
import { Findings } from "../../findings";
import { has, numberAt, objectAt, textAt } from "../../json-object";
import { validateMetadata } from "../../meta-validation";

const MAX_METADATA = 256 * 1024;
const MAX_MESSAGE = 1024;

function validateSource(found: Findings, source: JsonObject): void {
  const path = "spec.source";
  const [inline, named] = [has(source, "inlineVolumeSpec"), has(source, "persistentVolumeName")];
  const one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
  if (!inline && !named) found.required(path, one);
  else if (inline && named) found.forbidden(path, one);
  else if (named && textAt(source, "persistentVolumeName") === "") found.required(`${path}.persistentVolumeName`, "must specify non empty persistentVolumeName");
}

function validateStatus(found: Findings, status: JsonObject): void {
  const size = Object.entries(objectAt(status, "attachmentMetadata")).reduce((sum, [key, value]) => sum + key.length + (typeof value === "string" ? value.length : 0), 0);
  if (size > MAX_METADATA) found.tooLong("status.attachmentMetadata", MAX_METADATA);
  for (const field of ["attachError", "detachError"]) {
    const error = objectAt(status, field);
    // Upstream names the wrong limit.
    if (textAt(error, "message").length > MAX_MESSAGE) found.tooLong(`status.${field}.message`, MAX_METADATA);
    const code = numberAt(error, "errorCode");
    if (code !== undefined && code < 0) found.invalid(`status.${field}.errorCode`, code, "must be between 0 and 2147483647, inclusive");
  }
}

/** Everything wrong with a VolumeAttachment. @simplified Volumes described in place are not looked into. */
export function validateVolumeAttachment(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("volumeattachment");
  const spec = specOf(object);
  const source = objectAt(spec, "source");
  const [attacher, node, volume] = [textAt(spec, "attacher"), textAt(spec, "nodeName"), textAt(source, "persistentVolumeName")];
  validateMetadata(found, object);
  if (attacher === "") found.required("spec.attacher");
  validateSource(found, source);
  found.names("spec.nodeName", node, dns1123SubdomainErrors(node));
  validateStatus(found, statusOf(object));
  if (previous === undefined) {
    validateDriverName(found, "spec.attacher", attacher);
    if (has(source, "persistentVolumeName")) found.names("spec.source.persistentVolumeName", volume, dns1123SubdomainErrors(volume));
  } else if (!deepEqual(spec, specOf(previous))) {
    const shown = { Attacher: attacher, Source: { PersistentVolumeName: source["persistentVolumeName"] ?? null, InlineVolumeSpec: source["inlineVolumeSpec"] ?? null }, NodeName: node };
    found.invalid("spec", shown, "field is immutable", "immutable");
  }
  return found.errors;
}
