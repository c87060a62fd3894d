/** What `pods/ephemeralcontainers` and `pods/resize` let a client change. Upstream: registry/core/pod/strategy.go, ValidatePodEphemeralContainersUpdate, ValidatePodResize. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import { goDiff } from "../../../apimachinery/go-json";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { qosClass, type ResourcePod } from "../../../apimachinery/qos";
import { specOf } from "../../cells";
import type { SubresourceStrategy } from "../../define";
import { Findings } from "../../findings";
import { has, objectAt, objectsAt, textAt } from "../../json-object";
import { validateMetadataUpdate } from "../../meta-validation";
import { validateAnnotationUpdate, validatePodAnnotations } from "../pod-template/validate-annotations";
import { validateWholePod } from "./validation";

const MIRROR = "kubernetes.io/config.mirror";
const MUTABLE = ["cpu", "memory"];

function withSpec(object: KubeObject, spec: JsonObject): KubeObject {
  return { ...object, spec } as unknown as KubeObject;
}

/** Containers that look in come, and then stay as they are. */
function validateEphemeral(object: KubeObject, previous: KubeObject): readonly FieldError[] {
  const found = new Findings("pod");
  if (previous.metadata.annotations?.[MIRROR] !== undefined) {
    found.forbidden("", "static pods do not support ephemeral containers");
    return found.errors;
  }
  const [spec, path] = [specOf(object), "spec.ephemeralContainers"];
  validateMetadataUpdate(found, object);
  validateWholePod(found, object, spec);
  validateAnnotationUpdate(found, object, previous, spec);
  for (const old of objectsAt(specOf(previous), "ephemeralContainers")) {
    const name = textAt(old, "name");
    const now = objectsAt(spec, "ephemeralContainers").find((container) => textAt(container, "name") === name);
    if (!now) found.forbidden(path, `existing ephemeral containers ${JSON.stringify(name)} may not be removed\n`);
    else if (!deepEqual(now, old)) found.forbidden(path, `existing ephemeral containers ${JSON.stringify(name)} may not be changed\n${goDiff("v1.EphemeralContainer", old, now)}`);
  }
  return found.errors;
}

/** Containers in the order of the first list, each with the resources the second one has for its name. */
function resized(spec: JsonObject, wanted: JsonObject, list: string): readonly JsonObject[] {
  const news = objectsAt(wanted, list);
  return objectsAt(spec, list).map((container) => {
    const by = news.find((other) => textAt(other, "name") === textAt(container, "name"));
    if (!by) return container;
    const { resources: _resources, resizePolicy: _policy, ...rest } = container;
    return { ...rest, ...(by["resources"] === undefined ? {} : { resources: by["resources"] }), ...(by["resizePolicy"] === undefined ? {} : { resizePolicy: by["resizePolicy"] }) };
  });
}

function lists(spec: JsonObject): readonly string[] {
  return ["containers", "initContainers"].filter((list) => has(spec, list));
}

/** Has something been taken away that was asked for or limited? */
function removed(found: Findings, path: string, now: JsonObject, before: JsonObject): void {
  for (const side of ["requests", "limits"]) {
    const [news, olds] = [now, before].map((container) => Object.keys(objectAt(objectAt(container, "resources"), side))) as [string[], string[]];
    if (olds.some((name) => !news.includes(name))) found.forbidden(`${path}.resources.${side}`, `resource ${side} cannot be removed`);
  }
}

/** A container without its amounts of CPU and memory, so that two of them can be compared. */
function withoutMutable(container: JsonObject): JsonObject {
  const resources = objectAt(container, "resources");
  const rest = (side: string): JsonObject => Object.fromEntries(Object.entries(objectAt(resources, side)).filter(([name]) => !MUTABLE.includes(name)));
  return { ...container, resources: { limits: rest("limits"), requests: rest("requests") } };
}

function validateInitial(found: Findings, now: JsonObject, old: JsonObject): void {
  if (textAt(old, "restartPolicy") !== "Always") {
    if (!deepEqual(now, old)) found.forbidden("spec", "resources for non-sidecar init containers are immutable");
  } else if (!deepEqual(withoutMutable(now), withoutMutable(old))) found.forbidden("spec", "only cpu and memory resources for sidecar containers are mutable");
}

function validateResize(object: KubeObject, previous: KubeObject): readonly FieldError[] {
  const found = new Findings("pod");
  const [spec, before] = [specOf(object), specOf(previous)];
  if (previous.metadata.annotations?.[MIRROR] !== undefined) {
    found.forbidden("", "static pods cannot be resized");
    return found.errors;
  }
  if (textAt(objectAt(before, "os"), "name") === "windows") {
    found.forbidden("", "windows pods cannot be resized");
    return found.errors;
  }
  validateMetadataUpdate(found, object);
  validateWholePod(found, object, spec);
  validatePodAnnotations(found, "metadata.annotations", "spec", (object.metadata.annotations ?? {}) as JsonObject, spec);
  const quality = (which: KubeObject): string => qosClass({ spec: specOf(which) } as unknown as ResourcePod);
  if (quality(object) !== quality(previous)) found.invalid("spec", quality(previous), "Pod QOS Class may not change as a result of resizing");
  const pairs = (list: string): readonly (readonly [JsonObject, JsonObject])[] => objectsAt(before, list).map((old, i) => [objectsAt(spec, list)[i] ?? {}, old]);
  pairs("initContainers").forEach(([now, old], i) => (textAt(old, "restartPolicy") === "Always" ? removed(found, `spec.initContainers[${i}]`, now, old) : undefined));
  pairs("containers").forEach(([now, old], i) => removed(found, `spec.containers[${i}]`, now, old));
  for (const [now, old] of pairs("containers")) if (!deepEqual(withoutMutable(now), withoutMutable(old))) found.forbidden("spec", "only cpu and memory resources are mutable");
  for (const [now, old] of pairs("initContainers")) validateInitial(found, now, old);
  return found.errors;
}

/** Strategies of a pod's writable parts. */
export const podStrategies: Readonly<Record<string, SubresourceStrategy>> = {
  ephemeralcontainers: {
    take(previous, wanted) {
      const { ephemeralContainers: _old, ...rest } = specOf(previous);
      const now = specOf(wanted)["ephemeralContainers"];
      return withSpec(previous, now === undefined ? rest : { ...rest, ephemeralContainers: now });
    },
    validate: validateEphemeral,
  },
  resize: {
    take(previous, wanted) {
      const spec = specOf(previous);
      const news = Object.fromEntries(lists(spec).map((list) => [list, resized(spec, specOf(wanted), list)]));
      return withSpec(previous, { ...spec, ...news });
    },
    validate: validateResize,
  },
};
