/** Reading `kustomization.yaml` and what it names. Upstream: kustomize/api/internal/target. */
import type { JsonObject } from "@/lib/engine";
import { parseYaml, type Json } from "@/lib/manifest";
import { objectOf } from "../describers/paper";
import { Failure } from "../failure";
import { readPath, tidyPath, type KubectlFiles } from "../io";

const NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** The disk, and the folder a kustomization lies in. */
export interface Folder {
  readonly files: KubectlFiles;
  readonly path: string;
}

/** A path as the student's shell would say it in full. */
export const absolute = (path: string): string => `/home/alumno/${tidyPath(path)}`;

/** A path said inside a folder. */
export function within(folder: Folder, path: string): string {
  return tidyPath(folder.path === "" ? path : `${folder.path}/${path}`);
}

/** Does a folder exist, in that some file lies under it? */
export function isFolder(files: KubectlFiles, path: string): boolean {
  const prefix = tidyPath(path);
  return prefix === "" || files.list().some((file) => tidyPath(file).startsWith(`${prefix}/`));
}

function missing(path: string): string {
  return `evalsymlink failure on '${path}' : lstat ${absolute(path)}: no such file or directory`;
}

/** The kustomization of a folder. @throws {Failure} in kustomize's words */
export function readKustomization(files: KubectlFiles, path: string): { readonly folder: Folder; readonly content: JsonObject } {
  if (!isFolder(files, path)) throw new Failure(`error: must build at directory: not a valid directory: ${missing(path)}`);
  const folder = { files, path: tidyPath(path) };
  const found = NAMES.map((name) => readPath(files, within(folder, name))).filter((text) => text !== undefined);
  if (found.length > 1) throw new Failure(`error: Found multiple kustomization files under: ${absolute(path)}`);
  const [text] = found;
  if (text === undefined) throw new Failure(`error: unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${absolute(path)}'`);
  const { documents, problems } = parseYaml(text);
  const broken = problems.find(({ severity }) => severity === "error");
  if (broken !== undefined) throw new Failure(`error: invalid Kustomization: ${String(broken.params["upstream"] ?? broken.code)}`);
  return { folder, content: objectOf(documents[0]?.value) };
}

/** A file of a folder. @throws {Failure} when there is none */
export function fileText(folder: Folder, path: string): string {
  const text = readPath(folder.files, within(folder, path));
  if (text === undefined) throw new Failure(`error: accumulating resources: accumulation err='accumulating resources from '${path}': ${missing(within(folder, path))}'`);
  return text;
}

/** The documents of a text; `source` is what to call it. @throws {Failure} */
export function documentsOf(text: string, source: string): readonly Json[] {
  const { documents, problems } = parseYaml(text);
  const broken = problems.find(({ severity }) => severity === "error");
  if (broken !== undefined) throw new Failure(`error: accumulating resources: accumulation err='accumulating resources from '${source}': MalformedYAMLError: ${String(broken.params["upstream"] ?? broken.code)} in File: ${source}'`);
  return documents.map(({ value }) => value as Json).filter((value) => value !== null);
}

/** The list under a key: its objects. */
export function entries(content: JsonObject, key: string): readonly JsonObject[] {
  const value = content[key];
  return Array.isArray(value) ? (value as readonly unknown[]).map(objectOf) : [];
}

/** The list under a key: its texts. */
export function texts(content: JsonObject, key: string): readonly string[] {
  const value = content[key];
  return Array.isArray(value) ? (value as readonly unknown[]).map(String) : [];
}

/** The text under a key, or nothing. */
export function text(content: JsonObject, key: string): string {
  const value = content[key];
  return value === undefined || value === null || typeof value === "object" ? "" : String(value);
}
