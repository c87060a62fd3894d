/** ConfigMaps and Secrets made from literals and files, and the hash at the end of their names. Upstream: kustomize/api/internal/generators, api/hasher. */
import { canonicalJson, sha256, type JsonObject } from "@/lib/engine";
import { base64, utf8 } from "../base64";
import { objectOf } from "../describers/paper";
import { Failure } from "../failure";
import { entries, fileText, text, texts, type Folder } from "./kustomization";
import { kindOf, nameOf, withMetadata, type Resource } from "./resource";

function unquoted(value: string): string {
  return value.length > 1 && /^(".*"|'.*')$/s.test(value) ? value.slice(1, -1) : value;
}

function pair(source: string, what: string): readonly [string, string] {
  const equals = source.indexOf("=");
  if (equals < 1) throw new Failure(`error: ${what}: invalid literal source ${source}, expected key=value`);
  return [source.slice(0, equals), source.slice(equals + 1)];
}

function dataOf(folder: Folder, generator: JsonObject): Readonly<Record<string, string>> {
  const data: Record<string, string> = {};
  for (const path of [...texts(generator, "envs"), ...(text(generator, "env") === "" ? [] : [text(generator, "env")])]) {
    for (const line of fileText(folder, path).split(/\r?\n/)) {
      const trimmed = line.trimStart();
      const equals = trimmed.indexOf("=");
      if (trimmed !== "" && !trimmed.startsWith("#") && equals > 0) data[trimmed.slice(0, equals)] = trimmed.slice(equals + 1);
    }
  }
  for (const literal of texts(generator, "literals")) {
    const [key, value] = pair(literal, "loading KV pairs: literal sources");
    data[key] = unquoted(value);
  }
  for (const source of texts(generator, "files")) {
    const equals = source.indexOf("=");
    const path = equals < 0 ? source : source.slice(equals + 1);
    data[equals < 0 ? path.slice(path.lastIndexOf("/") + 1) : source.slice(0, equals)] = fileText(folder, path);
  }
  return data;
}

function made(folder: Folder, generator: JsonObject, kind: "ConfigMap" | "Secret", common: JsonObject): Resource {
  const own = objectOf(generator["options"]);
  const data = dataOf(folder, generator);
  const labels = { ...objectOf(common["labels"]), ...objectOf(own["labels"]) };
  const annotations = { ...objectOf(common["annotations"]), ...objectOf(own["annotations"]) };
  const values = kind === "ConfigMap" ? data : Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
  const namespace = text(generator, "namespace");
  const metadata: JsonObject = { name: text(generator, "name"), ...(namespace === "" ? {} : { namespace }), ...(Object.keys(labels).length > 0 ? { labels } : {}), ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
  const type = kind === "ConfigMap" ? {} : { type: text(generator, "type") || "Opaque" };
  const frozen = (own["immutable"] ?? common["immutable"]) === true ? { immutable: true } : {};
  const plain = (own["disableNameSuffixHash"] ?? common["disableNameSuffixHash"]) === true;
  return { object: { apiVersion: "v1", ...(Object.keys(values).length > 0 ? { data: values } : {}), ...frozen, kind, metadata, ...type }, hashed: !plain };
}

/** Adds what the generators of a kustomization make; one with `behavior` changes what is there. */
export function generated(folder: Folder, content: JsonObject, before: readonly Resource[]): readonly Resource[] {
  let all = before;
  const common = objectOf(content["generatorOptions"]);
  for (const [key, kind] of [["configMapGenerator", "ConfigMap"], ["secretGenerator", "Secret"]] as const) {
    for (const generator of entries(content, key)) {
      const one = made(folder, generator, kind, common);
      const behaviour = text(generator, "behavior");
      const at = all.findIndex(({ object }) => kindOf(object) === kind && nameOf(object) === nameOf(one.object));
      const old = all[at];
      if (behaviour !== "merge" && behaviour !== "replace") {
        if (old !== undefined) throw new Failure(`error: merging from generator: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"${kind}"}, Name:"${nameOf(one.object)}", Namespace:""} exists; behavior must be merge or replace`);
        all = [...all, one];
      } else if (old === undefined) throw new Failure(`error: merging from generator: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"${kind}"}, Name:"${nameOf(one.object)}", Namespace:""} does not exist; cannot merge or replace`);
      else {
        const data = behaviour === "merge" ? { ...objectOf(old.object["data"]), ...objectOf(one.object["data"]) } : objectOf(one.object["data"]);
        const next = { ...old, object: withMetadata({ ...old.object, data }, (metadata) => ({ ...metadata, ...objectOf(one.object["metadata"]) })) };
        all = all.map((resource, i) => (i === at ? next : resource));
      }
    }
  }
  return all;
}

const LETTERS: Readonly<Record<string, string>> = { "0": "g", "1": "h", "3": "k", a: "m", e: "t" };

/** The ten letters that change whenever the content does. */
export function contentHash(object: JsonObject): string {
  const { binaryData, data = "", kind, type } = object;
  const content = { ...(binaryData === undefined ? {} : { binaryData }), data, kind, name: nameOf(object), ...(kind === "Secret" ? { type: type ?? "" } : {}) };
  const digest = sha256(Uint8Array.from(utf8(canonicalJson(content))));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 10);
  return [...hex].map((letter) => LETTERS[letter] ?? letter).join("");
}
