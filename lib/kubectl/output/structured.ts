import { inGoOrder, kindOf, partsOfKind, type JsonObject, type KindId, type KubeObject } from "@/lib/engine";
import { toJson, toKyaml, toYaml, type Json as ManifestJson } from "@/lib/manifest";

/** An object as it is printed: without managed fields unless asked for. */
export function shown(object: KubeObject, managedFields = false): JsonObject {
  if (managedFields || object.metadata.managedFields === undefined) return object as unknown as JsonObject;
  const { managedFields: _hidden, ...metadata } = object.metadata;
  return { ...object, metadata } as unknown as JsonObject;
}

/** Objects as one `List`. */
export function asList(objects: readonly JsonObject[]): JsonObject {
  return { apiVersion: "v1", items: objects, kind: "List", metadata: { resourceVersion: "" } };
}

/** YAML as `-o yaml` prints it. */
export function yamlText(value: JsonObject): string {
  return toYaml(clean(value));
}

/** KYAML as `-o kyaml` prints it; `typed` as in {@link structJsonText}. */
export function kyamlText(value: JsonObject, typed = false): string {
  return typed ? toKyaml(clean(inGoOrder(kindOf(value as unknown as KubeObject), value)), true) : toKyaml(clean(value));
}

/** JSON as `-o json` prints it. */
export function jsonText(value: JsonObject): string {
  return `${toJson(clean(value))}\n`;
}

/** JSON as `-o json` prints an object that kubectl holds as one of Go's structs: in its order. */
export function structJsonText(object: JsonObject): string {
  return `${toJson(clean(inGoOrder(kindOf(object as unknown as KubeObject), object)), true)}\n`;
}

/** A list as Go's own type of list: its kind, its version, and items that say neither. */
export function typedListText(kind: KindId, objects: readonly JsonObject[], resourceVersion: string, format: "json" | "yaml"): string {
  const items = objects.map((object): JsonObject => {
    const { apiVersion: _version, kind: _kind, ...rest } = inGoOrder(kind, object);
    return rest;
  });
  const { apiVersion, kind: name } = partsOfKind(kind);
  const list = { kind: `${name}List`, apiVersion, metadata: { resourceVersion }, items };
  return format === "yaml" ? yamlText(list) : `${toJson(clean(list), true)}\n`;
}

/** The value without what is `undefined`, which JSON does not know. */
function clean(value: unknown): ManifestJson {
  return JSON.parse(JSON.stringify(value)) as ManifestJson;
}
