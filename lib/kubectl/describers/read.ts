/** Reading fields of objects whose types say nothing: what is not there is empty. */
import type { JsonObject, KubeObject } from "@/lib/engine";
import { objectOf } from "./paper";

/** An object as plain JSON. */
export function jsonOf(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

/** The value at a dotted path. */
export function valueOf(object: JsonObject, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => objectOf(at)[key], object);
}

/** A text or number at a path as text; `otherwise` when there is none. */
export function textOf(object: JsonObject, path: string, otherwise = ""): string {
  const value = valueOf(object, path);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : otherwise;
}

/** The objects in the list at a path. */
export function listOf(object: JsonObject, path: string): readonly JsonObject[] {
  const value = valueOf(object, path);
  return Array.isArray(value) ? (value as readonly unknown[]).map(objectOf) : [];
}

/** The texts in the list at a path. */
export function textsOf(object: JsonObject, path: string): readonly string[] {
  const value = valueOf(object, path);
  return Array.isArray(value) ? (value as readonly unknown[]).map(String) : [];
}

/** The object at a path. */
export function partOf(object: JsonObject, path: string): JsonObject {
  return objectOf(valueOf(object, path));
}

/** `True`, `False` or `<unset>`. */
export function truthOf(object: JsonObject, path: string): string {
  const value = valueOf(object, path);
  return typeof value !== "boolean" ? "<unset>" : value ? "True" : "False";
}
