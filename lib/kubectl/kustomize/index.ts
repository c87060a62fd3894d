/** Builds kustomizations as `kubectl kustomize` does. Upstream: sigs.k8s.io/kustomize as kubectl 1.36 carries it. */
import type { JsonObject } from "@/lib/engine";
import { objectOf } from "../describers/paper";
import { Failure } from "../failure";
import type { KubectlFiles } from "../io";
import { contentHash, generated } from "./generate";
import { absolute, documentsOf, fileText, isFolder, readKustomization, texts, within, type Folder } from "./kustomization";
import { patched } from "./patches";
import { withReferences } from "./references";
import { inOrder, kindOf, nameOf, withMetadata, type Resource } from "./resource";
import { renamed, transformed } from "./transform";

/** No kustomization leads back to itself; this many levels are more than anyone writes. */
const DEEPEST = 20;

/**
 * The objects a folder's kustomization makes, in the order kubectl sends them.
 *
 * @simplified no remote bases, Helm charts, replacements, vars, or plugins: a kustomization that names them is built without.
 * @throws {Failure} in kustomize's words when it cannot be built
 */
export function buildKustomization(files: KubectlFiles, path: string): readonly JsonObject[] {
  if (/^(https?:|git@|github\.com\/)/.test(path)) throw new Failure(`error: unable to read "${path}", the terminal has no way out to the internet`);
  const resources = accumulated(files, path, [], []);
  const hashed = resources.map((resource) => (resource.hashed ? { ...resource, object: withMetadata(resource.object, (metadata) => ({ ...metadata, name: `${nameOf(resource.object)}-${contentHash(resource.object)}` })) } : resource));
  return inOrder(withReferences(resources, hashed)).map(({ object }) => object);
}

function accumulated(files: KubectlFiles, path: string, trail: readonly string[], before: readonly Resource[]): readonly Resource[] {
  const { folder, content } = readKustomization(files, path);
  if (trail.includes(folder.path) || trail.length > DEEPEST) throw new Failure(`error: accumulating resources: cycle detected: candidate root '${absolute(folder.path)}' contains visited root '${absolute(folder.path)}'`);
  const inside = [...trail, folder.path];
  let all: readonly Resource[] = before;
  for (const source of [...texts(content, "resources"), ...texts(content, "bases")]) all = [...all, ...loaded(folder, source, inside, all)];
  // A component works on what the kustomization has gathered so far.
  for (const source of texts(content, "components")) all = accumulated(files, within(folder, source), inside, all);
  all = generated(folder, content, all);
  all = transformed(content, patched(folder, content, all));
  return withReferences(all, renamed(content, all));
}

function loaded(folder: Folder, source: string, trail: readonly string[], known: readonly Resource[]): readonly Resource[] {
  const path = within(folder, source);
  if (/^(https?:|git@|github\.com\/)/.test(source)) throw new Failure(`error: accumulating resources: accumulation err='accumulating resources from '${source}': the terminal has no way out to the internet'`);
  const found = isFolder(folder.files, path) ? accumulated(folder.files, path, trail, []) : documentsOf(fileText(folder, source), source).flatMap(itemsOf).map((object) => ({ object, hashed: false }));
  for (const { object } of found) {
    const twin = known.some((other) => kindOf(other.object) === kindOf(object) && nameOf(other.object) === nameOf(object) && objectOf(other.object["metadata"])["namespace"] === objectOf(object["metadata"])["namespace"]);
    if (twin) throw new Failure(`error: accumulating resources: accumulation err='merging resources from '${source}': may not add resource with an already registered id: ${kindOf(object)}.${String(object["apiVersion"] ?? "").split("/").reverse().join(".")}/${nameOf(object)}.[noNs]'`);
  }
  return found;
}

/** A `List` stands for its items. */
function itemsOf(document: unknown): readonly JsonObject[] {
  const object = objectOf(document);
  const items = object["items"];
  return kindOf(object).endsWith("List") && Array.isArray(items) ? (items as readonly unknown[]).map(objectOf) : [object];
}
