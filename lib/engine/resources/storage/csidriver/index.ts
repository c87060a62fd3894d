import type { FieldError } from "../../../apimachinery/api-error";
import { CSI_DRIVER } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf, specOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { changed, filled, has, listAt, numberAt, objectAt, objectsAt, textAt } from "../../json-object";
import { immutable, validateMetadata } from "../../meta-validation";

const POLICIES = ["File", "None", "ReadWriteOnceWithFSType"];
const MODES = ["Persistent", "Ephemeral"];
const LONGEST_TOKEN = 4294967296;

function tokenRequests(found: Findings, spec: JsonObject): void {
  const audiences = new Set<string>();
  objectsAt(spec, "tokenRequests").forEach((request, i) => {
    const path = `spec.tokenRequests[${i}]`;
    const audience = textAt(request, "audience");
    if (audiences.has(audience)) {
      found.duplicate(`${path}.audience`, audience);
      return;
    }
    audiences.add(audience);
    const seconds = numberAt(request, "expirationSeconds");
    if (seconds !== undefined && seconds < 600) found.invalid(`${path}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes");
    if (seconds !== undefined && seconds > LONGEST_TOKEN) found.invalid(`${path}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds");
  });
}

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("csidriver");
  const spec = specOf(object);
  validateMetadata(found, object);
  for (const field of ["attachRequired", "podInfoOnMount", "storageCapacity"]) if (!has(spec, field)) found.required(`spec.${field}`);
  const policy = textAt(spec, "fsGroupPolicy");
  if (!POLICIES.includes(policy)) found.notSupported("spec.fsGroupPolicy", policy, POLICIES);
  tokenRequests(found, spec);
  for (const mode of listAt(spec, "volumeLifecycleModes")) if (typeof mode !== "string" || !MODES.includes(mode)) found.notSupported("spec.volumeLifecycleModes", mode, MODES);
  if (previous !== undefined) {
    const before = specOf(previous);
    immutable(found, "spec.attachedRequired", spec["attachRequired"], before["attachRequired"]);
    immutable(found, "spec.volumeLifecycleModes", spec["volumeLifecycleModes"], before["volumeLifecycleModes"]);
  }
  return found.errors;
}

const DEFAULTS = {
  attachRequired: true,
  podInfoOnMount: false,
  volumeLifecycleModes: ["Persistent"],
  storageCapacity: false,
  fsGroupPolicy: "ReadWriteOnceWithFSType",
  requiresRepublish: false,
  seLinuxMount: false,
};
const spec = (object: JsonObject): JsonObject => objectAt(object, "spec");
const truth = (field: string) => (object: JsonObject): string => String(spec(object)[field] === true);

/** storage.k8s.io/v1/CSIDriver. */
export const csiDriver = defineResource({
  kind: CSI_DRIVER,
  plural: "csidrivers",
  namespaced: false,
  applyDefaults: (object) => changed(jsonOf(normalize(CSI_DRIVER, object)), "spec", (given) => filled(given, DEFAULTS)) as unknown as KubeObject,
  checkShape: (object) => checkStructure(CSI_DRIVER, object),
  validate,
  columns: [
    column("AttachRequired", truth("attachRequired")),
    column("PodInfoOnMount", truth("podInfoOnMount")),
    column("StorageCapacity", truth("storageCapacity")),
    column("TokenRequests", (object) => {
      const audiences = objectsAt(spec(object), "tokenRequests").map((request) => textAt(request, "audience"));
      return audiences.length === 0 ? "<unset>" : audiences.join(",");
    }),
    column("RequiresRepublish", truth("requiresRepublish")),
    column("Modes", (object) => listAt(spec(object), "volumeLifecycleModes").filter((mode) => typeof mode === "string").join(",") || "<none>"),
    age,
  ],
});
