/** Objects as text. Every stored object is written once, however many ask for it: stored objects never change. */
import { partsOfKind, type JsonObject, type KindId, type KubeObject } from "@/lib/engine";
import type { Frame } from "./stream";

/** Texts of frozen objects. A memory of answers: it changes none. */
const bodies = new WeakMap<object, string>();
const partials = new WeakMap<object, string>();

/** An object without `kind` and `apiVersion`, as lists hold it. */
export function itemText(object: KubeObject): string {
  const known = bodies.get(object);
  if (known !== undefined) return known;
  const { kind: _kind, apiVersion: _version, metadata, ...rest } = object as KubeObject & JsonObject;
  const text = JSON.stringify({ metadata, ...rest });
  if (Object.isFrozen(object)) bodies.set(object, text);
  return text;
}

/** An object in full. */
export function objectText(object: KubeObject): string {
  return `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)},${itemText(object).slice(1)}`;
}

/** Metadata alone. */
export function partialText(object: KubeObject): string {
  const known = partials.get(object);
  if (known !== undefined) return known;
  const text = `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(object.metadata)}}`;
  if (Object.isFrozen(object)) partials.set(object, text);
  return text;
}

const frames = new WeakMap<object, Map<string, Frame>>();

/** An event about a stored object. `form` tells apart the ways an object can be written; `write` writes it that way. */
export function sharedFrame(type: string, object: KubeObject, form: string, write: (object: KubeObject) => string): Frame {
  const make = (): Frame => ({ text: `{"type":"${type}","object":${write(object)}}\n` });
  if (!Object.isFrozen(object)) return make();
  let known = frames.get(object);
  if (!known) frames.set(object, (known = new Map()));
  const key = `${type} ${form}`;
  let frame = known.get(key);
  if (!frame) known.set(key, (frame = make()));
  return frame;
}

/** What the client needs to know of a list besides its items. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A list of full objects. */
export function listText(kind: KindId, meta: ListMeta, objects: readonly KubeObject[]): string {
  const { kind: name, apiVersion } = partsOfKind(kind);
  return `{"kind":"${name}List","apiVersion":"${apiVersion}","metadata":${JSON.stringify(meta)},"items":[${objects.map(itemText).join(",")}]}\n`;
}

/** A list of metadata. */
export function partialListText(meta: ListMeta, objects: readonly KubeObject[]): string {
  return `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(meta)},"items":[${objects.map(partialText).join(",")}]}\n`;
}
