/** A resource on its way through kustomizations. */
import { compareStrings, kindId, resourceFor, type Json, type JsonObject } from "@/lib/engine";
import { objectOf } from "../describers/paper";

/** An object, and what kustomize remembers of it. */
export interface Resource {
  readonly object: JsonObject;
  /** Its name ends with a hash of what it holds. */
  readonly hashed: boolean;
}

/** The kind of an object. */
export const kindOf = (object: JsonObject): string => String(object["kind"] ?? "");

/** The name of an object. */
export const nameOf = (object: JsonObject): string => String(objectOf(object["metadata"])["name"] ?? "");

/** Is it an object of a kind that lives in a namespace? Unknown kinds do. */
export function isNamespaced(object: JsonObject): boolean {
  return resourceFor(kindId(String(object["apiVersion"] ?? ""), kindOf(object)))?.namespaced ?? true;
}

/** The object with something under `metadata` changed. */
export function withMetadata(object: JsonObject, change: (metadata: JsonObject) => JsonObject): JsonObject {
  return { ...object, metadata: change(objectOf(object["metadata"])) };
}

/** The value with one place inside changed, if that place is there; `*` stands for every item of a list. */
export function changedAt(value: Json | undefined, path: readonly string[], change: (inner: Json) => Json): Json | undefined {
  const [key, ...rest] = path;
  if (value === undefined || value === null) return value;
  if (key === undefined) return change(value);
  if (key === "*") return Array.isArray(value) ? (value as readonly Json[]).map((item) => changedAt(item, rest, change) ?? item) : value;
  if (typeof value !== "object" || Array.isArray(value) || !Object.hasOwn(value, key)) return value;
  const object = value as JsonObject;
  return { ...object, [key]: changedAt(object[key], rest, change) } as Json;
}

/** Merges texts into the map at a path, making the map where `create` says so. */
export function mergedAt(object: JsonObject, path: readonly string[], texts: Readonly<Record<string, string>>, create: boolean): JsonObject {
  const [key = "", ...rest] = path;
  const inner = objectOf(object[key]);
  if (!create && object[key] === undefined) return object;
  return { ...object, [key]: rest.length === 0 ? { ...inner, ...texts } : mergedAt(inner, rest, texts, create) };
}

const FIRST =
  "Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget".split(
    " ",
  );
const LAST = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

function rank(object: JsonObject): number {
  const kind = kindOf(object);
  if (LAST.includes(kind)) return FIRST.length + 1 + LAST.indexOf(kind);
  return FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length;
}

/** The order kubectl builds in: what others need comes first. Upstream: kustomize's legacy sort order. */
export function inOrder(resources: readonly Resource[]): readonly Resource[] {
  const id = ({ object }: Resource): string => [String(object["apiVersion"] ?? ""), kindOf(object), String(objectOf(object["metadata"])["namespace"] ?? ""), nameOf(object)].join("/");
  return [...resources].sort((a, b) => rank(a.object) - rank(b.object) || compareStrings(kindOf(a.object), kindOf(b.object)) || compareStrings(id(a), id(b)));
}
