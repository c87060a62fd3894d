/** What a kustomization changes in every resource: namespace, names, labels, annotations, images, replicas. */
import type { Json, JsonObject } from "@/lib/engine";
import { objectOf } from "../describers/paper";
import { entries, text } from "./kustomization";
import { POD_SPECS } from "./references";
import { changedAt, isNamespaced, kindOf, mergedAt, nameOf, withMetadata, type Resource } from "./resource";

type Change = (object: JsonObject) => JsonObject;

function each(resources: readonly Resource[], change: Change): readonly Resource[] {
  return resources.map((resource) => ({ ...resource, object: change(resource.object) }));
}

const WORKLOADS = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];
const TEMPLATES: Readonly<Record<string, string>> = { Deployment: "spec.template", ReplicaSet: "spec.template", DaemonSet: "spec.template", StatefulSet: "spec.template", ReplicationController: "spec.template", Job: "spec.template", CronJob: "spec.jobTemplate.spec.template" };

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([key, inner]) => [key, String(inner)]));
}

function intoTemplate(object: JsonObject, field: "labels" | "annotations", texts: Readonly<Record<string, string>>): JsonObject {
  const template = TEMPLATES[kindOf(object)];
  return template === undefined ? object : mergedAt(object, [...template.split("."), "metadata", field], texts, true);
}

function intoSelectors(object: JsonObject, texts: Readonly<Record<string, string>>): JsonObject {
  const kind = kindOf(object);
  if (kind === "Service" || kind === "ReplicationController") return mergedAt(object, ["spec", "selector"], texts, kind === "Service" && objectOf(object["spec"])["selector"] !== undefined);
  if (WORKLOADS.includes(kind)) return mergedAt(object, ["spec", "selector", "matchLabels"], texts, true);
  if (kind === "PodDisruptionBudget") return mergedAt(object, ["spec", "selector", "matchLabels"], texts, false);
  return kind === "NetworkPolicy" ? mergedAt(object, ["spec", "podSelector", "matchLabels"], texts, false) : object;
}

function labelled(object: JsonObject, texts: Readonly<Record<string, string>>, selectors: boolean, templates: boolean): JsonObject {
  if (Object.keys(texts).length === 0) return object;
  const own = mergedAt(object, ["metadata", "labels"], texts, true);
  const inside = templates || selectors ? intoTemplate(own, "labels", texts) : own;
  return selectors ? intoSelectors(inside, texts) : inside;
}

/** An image reference with parts of it replaced. */
function retagged(image: string, wanted: JsonObject): string {
  const [, name = "", tag = "", digest = ""] = /^(.*?)(:[^:/@]+)?(@.+)?$/.exec(image) ?? [];
  if (name !== text(wanted, "name")) return image;
  const base = text(wanted, "newName") || name;
  if (text(wanted, "digest") !== "") return `${base}@${text(wanted, "digest")}`;
  return text(wanted, "newTag") === "" ? `${base}${tag}${digest}` : `${base}:${text(wanted, "newTag")}`;
}

function withImages(object: JsonObject, images: readonly JsonObject[]): JsonObject {
  const pods = POD_SPECS[kindOf(object)];
  if (pods === undefined || images.length === 0) return object;
  const change = (inner: Json): Json => (typeof inner === "string" ? images.reduce((image, wanted) => retagged(image, wanted), inner) : inner);
  return ["containers", "initContainers"].reduce((all, list) => changedAt(all, [...pods.split("."), list, "*", "image"], change) as JsonObject, object);
}

const SCALED = ["Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"];

/** Puts every resource into a namespace; accounts that bindings name go along. */
function placed(object: JsonObject, namespace: string): JsonObject {
  if (namespace === "") return object;
  if (kindOf(object) === "Namespace") return withMetadata(object, (metadata) => ({ ...metadata, name: namespace }));
  const own = isNamespaced(object) ? withMetadata(object, (metadata) => ({ ...metadata, namespace })) : object;
  if (!kindOf(object).endsWith("RoleBinding")) return own;
  const subject = (inner: Json): Json => {
    const one = objectOf(inner);
    return one["kind"] === "ServiceAccount" && (one["namespace"] !== undefined || one["name"] === "default") ? { ...one, namespace } : inner;
  };
  return changedAt(own, ["subjects", "*"], subject) as JsonObject;
}

/** Everything but patches and names. */
export function transformed(content: JsonObject, before: readonly Resource[]): readonly Resource[] {
  const annotations = stringsOf(content["commonAnnotations"]);
  return each(before, (object) => {
    let result = placed(object, text(content, "namespace"));
    result = labelled(result, stringsOf(content["commonLabels"]), true, true);
    for (const entry of entries(content, "labels")) result = labelled(result, stringsOf(entry["pairs"]), entry["includeSelectors"] === true, entry["includeTemplates"] === true);
    if (Object.keys(annotations).length > 0) result = intoTemplate(mergedAt(result, ["metadata", "annotations"], annotations, true), "annotations", annotations);
    for (const wanted of entries(content, "replicas")) {
      if (SCALED.includes(kindOf(result)) && text(wanted, "name") === nameOf(object)) result = { ...result, spec: { ...objectOf(result["spec"]), replicas: wanted["count"] ?? 0 } };
    }
    return withImages(result, entries(content, "images"));
  });
}

/** Names with what the kustomization puts before and after them. */
export function renamed(content: JsonObject, before: readonly Resource[]): readonly Resource[] {
  const [prefix, suffix] = [text(content, "namePrefix"), text(content, "nameSuffix")];
  if (prefix === "" && suffix === "") return before;
  return each(before, (object) =>
    ["Namespace", "CustomResourceDefinition", "APIService"].includes(kindOf(object)) ? object : withMetadata(object, (metadata) => ({ ...metadata, name: `${prefix}${String(metadata["name"] ?? "")}${suffix}` })),
  );
}
