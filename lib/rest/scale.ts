/** The scale subresource. Upstream: pkg/registry/apps/deployment/storage, ScaleREST. */
import { ApiError, applyJsonPatch, formatLabelSelector, mergePatch, partsOfKind, type Client, type Json, type JsonObject, type KubeObject, type LabelSelector, type ObjectRef, type Patch, type ResourceDefinition, valueAtPath } from "@/lib/engine";
import { Refusal } from "./status";

interface Scalable {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly replicas?: number };
}

/** The Scale of an object. */
export function scaleOf(object: KubeObject, definition?: ResourceDefinition): JsonObject {
  const paths = definition?.custom?.scale;
  if (paths) return customScale(object, paths);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec = {}, status = {} } = object as unknown as Scalable;
  const selector = spec.selector === undefined ? undefined : formatLabelSelector(spec.selector);
  const replicas = spec.replicas ?? 0;
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status.replicas ?? 0, ...(selector === undefined ? {} : { selector }) },
  };
}

type ScalePaths = NonNullable<NonNullable<ResourceDefinition["custom"]>["scale"]>;

/** The Scale of an object of a custom kind, from where its definition says the numbers are. */
function customScale(object: KubeObject, paths: ScalePaths): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const [replicas, seen, selector] = [valueAtPath(object, paths.spec), valueAtPath(object, paths.status), paths.selector === undefined ? undefined : valueAtPath(object, paths.selector)];
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: typeof replicas === "number" && replicas !== 0 ? { replicas } : {},
    status: { replicas: typeof seen === "number" ? seen : 0, ...(typeof selector === "string" && selector !== "" ? { selector } : {}) },
  };
}

/** A change of the field that holds the number of replicas. */
function replicasPatch(definition: ResourceDefinition, replicas: number): JsonObject {
  const path = definition.custom?.scale?.spec ?? ["spec", "replicas"];
  return path.reduceRight<Json>((inner, name) => ({ [name]: inner }), replicas) as JsonObject;
}

function replicasIn(scale: JsonObject): number {
  const spec = scale["spec"];
  const value = typeof spec === "object" && spec !== null && !Array.isArray(spec) ? (spec as JsonObject)["replicas"] : undefined;
  if (value === undefined || value === null) return 0;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new Refusal(400, "BadRequest", `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${typeof value === "number" ? `number ${value}` : typeof value} into Go struct field ScaleSpec.spec.replicas of type int32`);
  }
  return value;
}

/** Stores a wanted Scale. @throws {ApiError | Refusal} */
export function putScale(client: Client, definition: ResourceDefinition, object: KubeObject, scale: JsonObject, options: { readonly dryRun: boolean; readonly fieldManager: string }): JsonObject {
  const { group, kind } = partsOfKind(definition.kind);
  const { name } = object.metadata;
  const replicas = replicasIn(scale);
  if (replicas < 0) {
    throw new ApiError({
      code: 422,
      reason: "Invalid",
      message: `Scale.autoscaling "${name}" is invalid: spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`,
      causes: [{ code: "invalid", path: "spec.replicas", badValue: replicas, detail: "must be greater than or equal to 0", origin: "scale.replicas" }],
      details: { name, group: "autoscaling", kind: "Scale" },
    });
  }
  const sent = (scale["metadata"] as JsonObject | undefined)?.["resourceVersion"];
  if (typeof sent === "string" && sent !== "" && sent !== object.metadata.resourceVersion) {
    const what = group === "" ? definition.plural : `${definition.plural}.${group}`;
    throw new Refusal(409, "Conflict", `Operation cannot be fulfilled on ${what} "${name}": the object has been modified; please apply your changes to the latest version and try again`, { name, ...(group === "" ? {} : { group }), kind: definition.plural });
  }
  const ref: ObjectRef = { kind: definition.kind, namespace: object.metadata.namespace ?? "", name };
  const stored = client.patch(ref, { type: "merge", body: replicasPatch(definition, replicas) }, { dryRun: options.dryRun, fieldManager: options.fieldManager });
  return scaleOf({ ...stored, kind } as KubeObject, definition);
}

/** A Scale after a patch of any kind. @throws {Refusal} */
export function patchedScale(scale: JsonObject, patch: Patch): JsonObject {
  if (patch.type !== "json") return mergePatch(scale, patch.body) as JsonObject;
  const patched = applyJsonPatch(scale, patch.ops);
  if ("error" in patched) throw new Refusal(422, "Invalid", "the server rejected our request due to an error in our request", {});
  const { result } = patched;
  if (typeof result !== "object" || result === null || Array.isArray(result)) throw new Refusal(422, "Invalid", "the server rejected our request due to an error in our request", {});
  return result as JsonObject;
}
