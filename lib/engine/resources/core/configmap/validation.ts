/** The rules of ConfigMaps and what Secrets share with them. Upstream: `ValidateConfigMap`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { configMapKeyErrors } from "../../../apimachinery/names";
import { jsonOf } from "../../cells";
import { Findings } from "../../findings";
import { has, objectAt, textAt } from "../../json-object";
import { onlyStatusDiffers, validateMetadata, validateMetadataUpdate } from "../../meta-validation";

const MAX_SIZE = 1024 * 1024;

/** Keys of a map of data. */
export function validateKeys(found: Findings, path: string, data: JsonObject): void {
  for (const key of Object.keys(data)) found.names(`${path}[${key}]`, key, configMapKeyErrors(key));
}

/** What was declared immutable stays as it is. */
export function validateFrozen(found: Findings, object: JsonObject, before: JsonObject, fields: readonly string[]): void {
  if (before["immutable"] !== true) return;
  if (object["immutable"] !== true) found.forbidden("immutable", "field is immutable when `immutable` is set");
  for (const field of fields) if (!deepEqual(objectAt(object, field), objectAt(before, field))) found.forbidden(field, "field is immutable when `immutable` is set", "immutable");
}

/** Everything wrong with a ConfigMap. */
export function validateConfigMap(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("configmap");
  if (previous !== undefined) validateMetadataUpdate(found, object);
  validateMetadata(found, object);
  const map = jsonOf(object);
  const [data, binary] = [objectAt(map, "data"), objectAt(map, "binaryData")];
  validateKeys(found, "data", data);
  for (const key of Object.keys(data)) if (has(binary, key)) found.invalid(`data[${key}]`, key, "duplicate of key present in binaryData");
  validateKeys(found, "binaryData", binary);
  const size = Object.keys(data).reduce((sum, key) => sum + textAt(data, key).length, 0) + Object.keys(binary).reduce((sum, key) => sum + Math.floor((textAt(binary, key).length * 3) / 4), 0);
  if (size > MAX_SIZE) found.tooLong("[]", MAX_SIZE);
  if (previous !== undefined) validateFrozen(found, map, jsonOf(previous), ["data", "binaryData"]);
  return found.errors;
}
