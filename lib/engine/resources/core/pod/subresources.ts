/** What `pods/ephemeralcontainers` and `pods/resize` let a client change. Upstream: registry/core/pod/strategy.go, ValidatePodEphemeralContainersUpdate, ValidatePodResize. */
import type { FieldError } from "../../../apimachinery/api-error";
import { deepEqual } from "../../../apimachinery/compare";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { qosClass, type ResourcePod } from "../../../apimachinery/qos";
import { specOf } from "../../cells";
import type { SubresourceStrategy } from "../../define";
import { Findings } from "../../findings";
import { has, objectAt, objectsAt, textAt } from "../../json-object";
import { validatePodSpec } from "../pod-template/validation";

const MIRROR = "kubernetes.io/config.mirror";
/** Fields of containers that mean nothing for one that only looks. */
const NOT_EPHEMERAL = ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules"];
const MUTABLE = ["cpu", "memory"];

function withSpec(object: KubeObject, spec: JsonObject): KubeObject {
  return { ...object, spec } as unknown as KubeObject;
}

/** Is anything said there? An empty object is not. */
function says(container: JsonObject, field: string): boolean {
  const value = container[field];
  if (value === undefined || value === null) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function validateEphemeral(object: KubeObject, previous: KubeObject): readonly FieldError[] {
  const found = new Findings("pod");
  const spec = specOf(object);
  const path = "spec.ephemeralContainers";
  const listed = objectsAt(spec, "ephemeralContainers");
  const before = objectsAt(specOf(previous), "ephemeralContainers");
  const others = new Set([...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")].map((container) => textAt(container, "name")));
  const mains = new Set(objectsAt(spec, "containers").map((container) => textAt(container, "name")));
  if (object.metadata.annotations?.[MIRROR] !== undefined) found.forbidden("", "static pods do not support ephemeral containers");
  const seen = new Set<string>();
  listed.forEach((container, index) => {
    const at = `${path}[${index}]`;
    const name = textAt(container, "name");
    if (name === "") found.required(`${at}.name`);
    else if (others.has(name) || seen.has(name)) found.duplicate(`${at}.name`, name);
    seen.add(name);
    if (textAt(container, "image") === "") found.required(`${at}.image`);
    for (const field of NOT_EPHEMERAL) if (says(container, field)) found.forbidden(`${at}.${field}`, "cannot be set for an Ephemeral Container");
    const target = textAt(container, "targetContainerName");
    if (target !== "" && !mains.has(target) && !others.has(target)) found.notFound(`${at}.targetContainerName`, target);
    for (const [place, mount] of objectsAt(container, "volumeMounts").entries()) {
      if (textAt(mount, "subPath") !== "") found.forbidden(`${at}.volumeMounts[${place}].subPath`, "cannot be set for an Ephemeral Container");
      if (textAt(mount, "subPathExpr") !== "") found.forbidden(`${at}.volumeMounts[${place}].subPathExpr`, "cannot be set for an Ephemeral Container");
    }
  });
  for (const old of before) {
    const name = textAt(old, "name");
    const now = listed.find((container) => textAt(container, "name") === name);
    if (!now) found.forbidden(path, `existing ephemeral containers ${JSON.stringify(name)} may not be removed`);
    else if (!deepEqual(now, old)) found.forbidden(path, `existing ephemeral containers ${JSON.stringify(name)} may not be changed`);
  }
  return found.errors;
}

/** Containers in the order of the first list, each with the resources the second one has for its name. */
function resized(spec: JsonObject, wanted: JsonObject, list: string): readonly JsonObject[] {
  const news = objectsAt(wanted, list);
  return objectsAt(spec, list).map((container, index) => {
    const by = news.find((other) => textAt(other, "name") === textAt(container, "name")) ?? news[index];
    if (!by) return container;
    const { resources: _resources, resizePolicy: _policy, ...rest } = container;
    return { ...rest, ...(by["resources"] === undefined ? {} : { resources: by["resources"] }), ...(by["resizePolicy"] === undefined ? {} : { resizePolicy: by["resizePolicy"] }) };
  });
}

function lists(spec: JsonObject): readonly string[] {
  return ["containers", "initContainers"].filter((list) => has(spec, list));
}

/** Requests and limits of other resources stay; those of CPU and memory may change but not go away. */
function compareContainer(found: Findings, path: string, now: JsonObject, before: JsonObject): boolean {
  let fixed = true;
  for (const side of ["requests", "limits"]) {
    const news = objectAt(objectAt(now, "resources"), side);
    const olds = objectAt(objectAt(before, "resources"), side);
    for (const name of new Set([...Object.keys(news), ...Object.keys(olds)])) {
      if (!MUTABLE.includes(name) && news[name] !== olds[name]) fixed = false;
      else if (MUTABLE.includes(name) && has(olds, name) && !has(news, name)) found.forbidden(`${path}.resources.${side}.${name}`, side === "requests" ? "resource requests cannot be removed" : "resource limits cannot be removed");
    }
  }
  return fixed;
}

function validateResize(object: KubeObject, previous: KubeObject): readonly FieldError[] {
  const found = new Findings("pod");
  const [spec, before] = [specOf(object), specOf(previous)];
  validatePodSpec(found, "spec", spec);
  if (object.metadata.annotations?.[MIRROR] !== undefined) found.forbidden("", "static pods cannot be resized");
  const quality = (which: KubeObject): string => qosClass({ spec: specOf(which) } as unknown as ResourcePod);
  if (quality(object) !== quality(previous)) found.invalid("spec", quality(previous), "Pod QOS Class may not change as a result of resizing");
  let fixed = true;
  for (const list of lists(before)) {
    const news = objectsAt(spec, list);
    objectsAt(before, list).forEach((old, index) => {
      const now = news[index];
      if (now && !compareContainer(found, `spec.${list}[${index}]`, now, old)) fixed = false;
      if (now && list === "initContainers" && textAt(old, "restartPolicy") !== "Always" && !deepEqual(objectAt(now, "resources"), objectAt(old, "resources"))) found.forbidden(`spec.initContainers[${index}]`, "only sidecar containers can be resized");
    });
  }
  if (!fixed) found.forbidden("spec", "only cpu and memory resources are mutable");
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
