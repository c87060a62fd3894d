/** The rules of StorageClasses. */
import { deepEqual } from "../../../apimachinery/compare";
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { qualifiedNameErrors } from "../../../apimachinery/names";
import { jsonOf } from "../../cells";
import { Findings } from "../../findings";
import { has, listAt, objectAt, objectsAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata } from "../../meta-validation";

/** Terms are the same whatever their order. */
function sameTerms(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => textAt(one, "key") === textAt(other, "key") && deepEqual(new Set(listAt(one, "values")).size, new Set(listAt(other, "values")).size) && listAt(one, "values").every((value) => listAt(other, "values").includes(value))));
}

const terms = (topology: JsonObject): readonly JsonObject[] => objectsAt(topology, "matchLabelExpressions");

function validateTopologies(found: Findings, topologies: readonly JsonObject[]): void {
  topologies.forEach((topology, i) => {
    const path = `allowedTopologies[${i}].matchLabelExpressions`;
    const keys = new Set<string>();
    objectsAt(topology, "matchLabelExpressions").forEach((expression, j) => {
      const key = textAt(expression, "key");
      found.names(`${path}[${j}].key`, key, qualifiedNameErrors(key));
      const values = listAt(expression, "values");
      if (values.length === 0) found.required(`${path}[${j}].values`);
      values.forEach((value, k) => {
        if (values.indexOf(value) < k) found.duplicate(`${path}[${j}].values[${k}]`, value);
      });
      if (keys.has(key)) found.duplicate(`${path}[${j}].key`, key);
      keys.add(key);
    });
    const same = (other: JsonObject): boolean => sameTerms(terms(other), terms(topology));
    // Upstream begins with as many terms that say nothing as there are topologies: one more is theirs again.
    const known = terms(topology).length === 0 ? topologies.length : 0;
    const times = known + topologies.slice(0, i).filter(same).length;
    for (let time = 0; time < times; time += 1) found.duplicate(path, "");
  });
}

/** Everything wrong with a StorageClass. */
export function validateStorageClass(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("storageclass");
  validateMetadata(found, object);
  const storage = jsonOf(object);
  const provisioner = textAt(storage, "provisioner");
  if (provisioner === "") found.required("provisioner");
  else found.names("provisioner", provisioner, qualifiedNameErrors(provisioner.toLowerCase()));
  const parameters = objectAt(storage, "parameters");
  if (Object.keys(parameters).length > 512) found.tooLong("parameters", 512);
  for (const key of Object.keys(parameters)) if (key === "") found.invalid("parameters", "", "field can not be empty.");
  const policy = textAt(storage, "reclaimPolicy");
  if (policy !== "" && !["Delete", "Retain"].includes(policy)) found.notSupported("reclaimPolicy", policy, ["Delete", "Retain"]);
  const mode = textAt(storage, "volumeBindingMode");
  if (!has(storage, "volumeBindingMode")) found.required("volumeBindingMode");
  else if (!["Immediate", "WaitForFirstConsumer"].includes(mode)) found.notSupported("volumeBindingMode", mode, ["Immediate", "WaitForFirstConsumer"]);
  validateTopologies(found, objectsAt(storage, "allowedTopologies"));
  if (previous !== undefined) {
    const before = jsonOf(previous);
    for (const field of ["parameters", "provisioner", "reclaimPolicy"]) {
      if (JSON.stringify(storage[field] ?? null) !== JSON.stringify(before[field] ?? null)) {
        if (field === "parameters") found.invalid(field, storage[field] ?? null, "field is immutable", "immutable");
        else found.forbidden(field, `updates to ${field} are forbidden.`, "immutable");
      }
    }
    immutable(found, "volumeBindingMode", storage["volumeBindingMode"], before["volumeBindingMode"]);
  }
  return found.errors;
}
