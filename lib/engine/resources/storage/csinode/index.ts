import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import { CSI_NODE } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { qualifiedNameErrors } from "../../../apimachinery/names";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, count, specOf } from "../../cells";
import { validateDriverName } from "../../core/pod-template/volume-sources";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { validateMetadata } from "../../meta-validation";

function validateDriver(found: Findings, path: string, driver: JsonObject, isSecond: boolean): void {
  validateDriverName(found, `${path}.name`, textAt(driver, "name"));
  const id = textAt(driver, "nodeID");
  if (id === "") found.required(`${path}.nodeID`);
  else if (id.length > 192) found.invalid(`${path}.nodeID`, id, "must be 192 characters or less");
  const volumes = numberAt(objectAt(driver, "allocatable"), "count");
  found.nonNegative(`${path}.allocatable.count`, volumes);
  if (isSecond) found.duplicate(`${path}.name`, textAt(driver, "name"));
  const keys = listAt(driver, "topologyKeys");
  keys.forEach((key, i) => {
    if (typeof key !== "string") return;
    if (key === "") found.required(path);
    if (keys.indexOf(key) < i) found.duplicate(path, key);
    found.names(path, key, qualifiedNameErrors(key));
  });
}

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("csinode");
  validateMetadata(found, object);
  const drivers = objectsAt(specOf(object), "drivers");
  const names = drivers.map((driver) => textAt(driver, "name"));
  drivers.forEach((driver, i) => {
    validateDriver(found, `spec.drivers[${i}]`, driver, names.indexOf(names[i] ?? "") < i);
  });
  // A driver once registered stays as it is, but for what it learns about how much it can attach.
  if (previous !== undefined) {
    for (const before of objectsAt(specOf(previous), "drivers")) {
      const now = drivers.find((driver) => textAt(driver, "name") === textAt(before, "name"));
      const fixed = (driver: JsonObject): JsonObject => ({ ...driver, ...(has(driver, "allocatable") ? {} : { allocatable: null }) });
      if (now !== undefined && !deepEqual(fixed(now), fixed(before))) found.invalid("spec.drivers", now, "field is immutable", "immutable");
    }
  }
  return found.errors;
}

/** storage.k8s.io/v1/CSINode. */
export const csiNode = defineResource({
  kind: CSI_NODE,
  plural: "csinodes",
  namespaced: false,
  applyDefaults: (object) => normalize(CSI_NODE, object),
  checkShape: (object) => checkStructure(CSI_NODE, object),
  validate,
  columns: [count("Drivers", (object) => listAt(objectAt(object, "spec"), "drivers").length), age],
});
