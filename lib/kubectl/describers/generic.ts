import type { JsonObject } from "@/lib/engine";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { objectOf, sortedKeys, type Paper } from "./paper";
import { shown } from "../output/structured";

const HIDDEN: ReadonlySet<string> = new Set(["managedFields", "name", "namespace", "labels", "annotations"]);
const ACRONYMS: ReadonlySet<string> = new Set(["API", "URL", "UID", "OSB", "GUID"]);

/** Describes an object of any kind: all its fields, in order of name. Upstream: describeUnstructured content. */
export function describeAnything(scene: Scene): void {
  const { object, paper } = scene;
  const { metadata } = object;
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  const content = shown(object);
  const meta = objectOf(content["metadata"]);
  const visible = Object.fromEntries(Object.entries(meta).filter(([key]) => !HIDDEN.has(key)));
  writeMap(paper, 0, { ...content, metadata: visible });
  writeEvents(scene);
}

function writeMap(paper: Paper, level: number, map: JsonObject): void {
  for (const key of sortedKeys(map)) {
    const value = map[key];
    if (value === undefined) continue;
    const title = titleOf(key);
    if (Array.isArray(value)) {
      paper.line(level, `${title}:`);
      for (const item of value) {
        if (typeof item === "object" && item !== null) writeMap(paper, level + 1, objectOf(item));
        else paper.line(level + 1, String(item));
      }
    } else if (typeof value === "object" && value !== null) {
      paper.line(level, `${title}:`);
      writeMap(paper, level + 1, value as JsonObject);
    } else paper.line(level, `${title}:\t${value === null ? "<nil>" : String(value)}`);
  }
}

/** `holderIdentity` → `Holder Identity`, `uid` → `UID`. */
export function titleOf(field: string): string {
  if (/[^A-Za-z]/.test(field)) return field;
  const words = field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [field];
  return words.map((word) => (ACRONYMS.has(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1))).join(" ");
}
