/** The rules of storage kinds that nothing here acts upon. Upstream: pkg/apis/storage/validation. */
import type { FieldError } from "../../apimachinery/api-error";
import { deepEqual } from "../../apimachinery/compare";
import type { KubeObject } from "../../apimachinery/meta";
import { dns1123SubdomainErrors, qualifiedNameErrors } from "../../apimachinery/names";
import { formatQuantity, quantityFrom, quantitySign } from "../../apimachinery/quantity";
import { jsonOf } from "../cells";
import { Findings } from "../findings";
import { has, objectAt, textAt } from "../json-object";
import { immutable, validateMetadata, validateMetadataUpdate, validateSelector } from "../meta-validation";

/** Everything wrong with a CSIStorageCapacity. */
export function validateStorageCapacity(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("csistoragecapacity");
  const one = jsonOf(object);
  const storageClass = textAt(one, "storageClassName");
  if (previous !== undefined) {
    validateMetadataUpdate(found, object);
    for (const field of ["nodeTopology", "storageClassName"]) immutable(found, field, one[field], jsonOf(previous)[field]);
    return found.errors;
  }
  validateMetadata(found, object);
  validateSelector(found, "nodeTopology", objectAt(one, "nodeTopology"));
  found.names("storageClassName", storageClass, dns1123SubdomainErrors(storageClass));
  if (has(one, "capacity") && quantitySign(quantityFrom(one["capacity"])) < 0) found.invalid("capacity", formatQuantity(quantityFrom(one["capacity"])), "must be greater than or equal to 0");
  return found.errors;
}

const MOST_PARAMETERS = 512;
const MAX_PARAMETERS = 256 * 1024;

/** Everything wrong with a VolumeAttributesClass. */
export function validateAttributesClass(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("volumeattributesclass");
  const [one, before] = [jsonOf(object), previous === undefined ? undefined : jsonOf(previous)];
  const [driver, parameters] = [textAt(one, "driverName"), objectAt(one, "parameters")];
  if (before !== undefined) {
    validateMetadataUpdate(found, object);
    if (driver !== textAt(before, "driverName")) found.forbidden("driverName", "updates to driverName are forbidden.", "immutable");
    if (!deepEqual(parameters, objectAt(before, "parameters"))) found.forbidden("parameters", "updates to parameters are forbidden.", "immutable");
  }
  validateMetadata(found, object);
  if (driver === "") found.required("driverName");
  else found.names("driverName", driver.toLowerCase(), qualifiedNameErrors(driver.toLowerCase()));
  const keys = Object.keys(parameters);
  if (keys.length > MOST_PARAMETERS) {
    found.tooLong("parameters", MOST_PARAMETERS);
    return found.errors;
  }
  if (keys.includes("")) found.invalid("parameters", "", "field can not be empty.");
  if (keys.reduce((sum, key) => sum + key.length + textAt(parameters, key).length, 0) > MAX_PARAMETERS) found.tooLong("parameters", MAX_PARAMETERS);
  if (keys.length === 0) found.required("parameters", "must contain at least one key/value pair");
  return found.errors;
}
