/** Patches of a kustomization: merged by kind and name, or aimed at a target. Upstream: kustomize's PatchTransformer. */
import { ApiError, applyJsonPatch, hasStrategicMerge, kindId, mergePatch, parseSelector, partsOfKind, selectorMatches, strategicMergePatch, type Json, type JsonObject } from "@/lib/engine";
import { objectOf } from "../describers/paper";
import { Failure } from "../failure";
import { documentsOf, entries, fileText, text, texts, type Folder } from "./kustomization";
import { kindOf, nameOf, type Resource } from "./resource";

const kindIdOf = (object: JsonObject): ReturnType<typeof kindId> => kindId(String(object["apiVersion"] ?? ""), kindOf(object));

function merged(object: JsonObject, patch: JsonObject): JsonObject | undefined {
  if (patch["$patch"] === "delete") return undefined;
  const kind = kindIdOf(object);
  try {
    const body = hasStrategicMerge(kind) ? strategicMergePatch(object, patch, kind) : mergePatch(object, patch);
    return body as JsonObject;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new Failure(`error: ${error.status.message}`);
  }
}

function edited(object: JsonObject, operations: readonly Json[]): JsonObject {
  const result = applyJsonPatch(object, operations);
  if ("error" in result) throw new Failure(`error: ${result.error}`);
  return result.result as JsonObject;
}

/** Does a word of a target fit? Upstream reads it as a regular expression over the whole word. */
function fits(wanted: string, value: string): boolean {
  if (wanted === "" || wanted === value) return true;
  try {
    return new RegExp(`^(?:${wanted})$`).test(value);
  } catch {
    return false;
  }
}

function chosen(object: JsonObject, target: JsonObject): boolean {
  const { group, version, kind } = partsOfKind(kindIdOf(object));
  const metadata = objectOf(object["metadata"]);
  const selected = (field: string, values: unknown): boolean => {
    const selector = parseSelector(text(target, field));
    return "selector" in selector && selectorMatches(selector.selector, objectOf(values) as Readonly<Record<string, string>>);
  };
  return (
    fits(text(target, "group"), group) &&
    fits(text(target, "version"), version) &&
    fits(text(target, "kind"), kind) &&
    fits(text(target, "name"), nameOf(object)) &&
    fits(text(target, "namespace"), String(metadata["namespace"] ?? "")) &&
    selected("labelSelector", metadata["labels"]) &&
    selected("annotationSelector", metadata["annotations"])
  );
}

function changed(resources: readonly Resource[], change: (object: JsonObject) => JsonObject | undefined): readonly Resource[] {
  return resources.flatMap((resource) => {
    const object = change(resource.object);
    return object === undefined ? [] : [object === resource.object ? resource : { ...resource, object }];
  });
}

function applied(resources: readonly Resource[], patch: Json, target: JsonObject | undefined): readonly Resource[] {
  if (Array.isArray(patch)) {
    if (target === undefined) throw new Failure("error: must specify a target for JSON patch");
    return changed(resources, (object) => (chosen(object, target) ? edited(object, patch as readonly Json[]) : object));
  }
  const body = objectOf(patch);
  if (target === undefined) {
    const matching = ({ object }: Resource): boolean => kindIdOf(object) === kindIdOf(body) && nameOf(object) === nameOf(body);
    if (!resources.some(matching)) throw new Failure(`error: no resource matches strategic merge patch "${kindOf(body)}.${partsOfKind(kindIdOf(body)).version}.${partsOfKind(kindIdOf(body)).group}/${nameOf(body)}.[noNs]": no matches for Id ${kindOf(body)}.${partsOfKind(kindIdOf(body)).version}.${partsOfKind(kindIdOf(body)).group}/${nameOf(body)}.[noNs]; failed to find unique target for patch ${kindOf(body)}.${partsOfKind(kindIdOf(body)).version}.${partsOfKind(kindIdOf(body)).group}/${nameOf(body)}.[noNs]`);
    return changed(resources, (object) => (kindIdOf(object) === kindIdOf(body) && nameOf(object) === nameOf(body) ? merged(object, body) : object));
  }
  // Aimed at many, a patch may not rename them.
  const { name: _name, ...metadata } = objectOf(body["metadata"]);
  const { apiVersion: _version, kind: _kind, ...rest } = body;
  return changed(resources, (object) => (chosen(object, target) ? merged(object, { ...rest, ...(body["metadata"] === undefined ? {} : { metadata }) }) : object));
}

/** Every patch of a kustomization, in order. */
export function patched(folder: Folder, content: JsonObject, before: readonly Resource[]): readonly Resource[] {
  let all = before;
  for (const source of texts(content, "patchesStrategicMerge")) {
    const inline = source.includes("\n") || source.includes(": ");
    for (const patch of documentsOf(inline ? source : fileText(folder, source), source)) all = applied(all, patch, undefined);
  }
  for (const key of ["patches", "patchesJson6902"]) {
    for (const entry of entries(content, key)) {
      const source = text(entry, "path");
      const target = entry["target"] === undefined ? undefined : objectOf(entry["target"]);
      for (const patch of documentsOf(source === "" ? text(entry, "patch") : fileText(folder, source), source)) all = applied(all, patch, target);
    }
  }
  return all;
}
