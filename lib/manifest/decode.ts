import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, Scalar, type YAMLMap } from "yaml";
import { goFloat } from "./go-float";
import { isJsonObject, type Json, setOwn } from "./json";
import { resolvePlain } from "./plain-scalar";
import { type ManifestLimits, ManifestRefusal } from "./problem";
import { yamlMessage } from "./syntax";

/** A key written twice in one mapping; the last one counts. */
export interface DuplicateKey {
  readonly key: string;
  readonly offset: number;
}

interface Decoding {
  readonly limits: ManifestLimits;
  readonly anchors: Map<string, { readonly node: ParsedNode; open: boolean }>;
  readonly duplicates: DuplicateKey[];
  values: number;
}

/** Turns a tree into JSON as kubectl does. Throws {@link ManifestRefusal} for what JSON cannot say and for alias bombs. */
export function decode(contents: ParsedNode | null, limits: ManifestLimits): { value: Json; duplicates: readonly DuplicateKey[] } {
  const decoding: Decoding = { limits, anchors: new Map(), duplicates: [], values: 0 };
  const value = contents === null ? null : decodeNode(contents, decoding, 0);
  return { value, duplicates: decoding.duplicates };
}

function decodeNode(node: ParsedNode, decoding: Decoding, depth: number): Json {
  const offset = node.range[0];
  decoding.values += 1;
  if (decoding.values > decoding.limits.maxValues) {
    const params = { limit: decoding.limits.maxValues, ...yamlMessage("yaml: document contains excessive aliasing") };
    throw new ManifestRefusal(decoding.anchors.size > 0 ? "manifest.too-many-aliases" : "manifest.too-many-values", params, offset);
  }
  if (depth > decoding.limits.maxDepth) {
    throw new ManifestRefusal("manifest.too-deep", { limit: decoding.limits.maxDepth, ...yamlMessage("yaml: exceeded max depth") }, offset);
  }
  if (isAlias(node)) return decodeAlias(node.source, offset, decoding, depth);
  const anchor = "anchor" in node && typeof node.anchor === "string" ? { node, open: true } : undefined;
  if (anchor) decoding.anchors.set(node.anchor as string, anchor);
  const value = decodeContent(node, decoding, depth);
  if (anchor) anchor.open = false;
  return value;
}

function decodeAlias(name: string, offset: number, decoding: Decoding, depth: number): Json {
  const target = decoding.anchors.get(name);
  if (!target) {
    throw new ManifestRefusal("manifest.unknown-anchor", { anchor: name, ...yamlMessage(`yaml: unknown anchor '${name}' referenced`) }, offset);
  }
  if (target.open) {
    throw new ManifestRefusal("manifest.unknown-anchor", { anchor: name, ...yamlMessage(`yaml: anchor '${name}' value contains itself`) }, offset);
  }
  return decodeNode(target.node, decoding, depth);
}

function decodeContent(node: ParsedNode, decoding: Decoding, depth: number): Json {
  if (isMap(node)) return decodeMap(node as YAMLMap<ParsedNode, ParsedNode | null>, decoding, depth);
  if (isSeq(node)) return node.items.map((item) => decodeNode(item as ParsedNode, decoding, depth + 1));
  return isScalar(node) ? decodeScalar(node as Scalar, node.range[0]) : null;
}

function decodeScalar(node: Scalar, offset: number): Json {
  const source = typeof node.source === "string" ? node.source : "";
  const tag = node.tag?.replace("tag:yaml.org,2002:", "");
  const isPlain = node.type === Scalar.PLAIN || node.type === undefined;
  if (tag === "binary") return decodeBase64(source, offset);
  const isTyped = tag === "int" || tag === "float" || tag === "bool" || tag === "null";
  if (!isTyped && (!isPlain || tag === "str" || tag === "!")) return source;
  const plain = resolvePlain(source);
  if (isTyped && plain.type !== tag && !(tag === "float" && plain.type === "int")) {
    const actual = plain.type === "unsupported" ? "float" : plain.type === "string" ? "str" : plain.type;
    throw new ManifestRefusal("manifest.unsupported-value", { value: source, ...yamlMessage(`yaml: cannot decode !!${actual} \`${source}\` as a !!${tag}`) }, offset);
  }
  switch (plain.type) {
    case "null":
      return null;
    case "string":
      return source;
    case "unsupported":
      throw new ManifestRefusal("manifest.unsupported-value", { value: source, ...yamlMessage(`json: unsupported value: ${plain.shown}`) }, offset);
    default:
      return plain.value;
  }
}

function decodeMap(node: YAMLMap<ParsedNode, ParsedNode | null>, decoding: Decoding, depth: number): Json {
  const result: { [key: string]: Json } = {};
  const own = new Set<string>();
  const merged: Json[] = [];
  for (const pair of node.items) {
    if (isMergeKey(pair)) {
      const value = pair.value ? decodeNode(pair.value, decoding, depth + 1) : null;
      merged.push(...(Array.isArray(value) ? value : [value]));
      continue;
    }
    const offset = pair.key.range[0];
    const value = pair.value ? decodeNode(pair.value, decoding, depth + 1) : null;
    const key = decodeKey(pair.key, decoding, depth, value);
    if (own.has(key)) decoding.duplicates.push({ key, offset });
    own.add(key);
    setOwn(result, key, value);
  }
  for (const source of merged) {
    if (!isJsonObject(source)) {
      throw new ManifestRefusal("manifest.syntax", yamlMessage("yaml: map merge requires map or sequence of maps as the value"), node.range?.[0] ?? 0);
    }
    for (const [key, value] of Object.entries(source)) {
      if (!Object.hasOwn(result, key)) setOwn(result, key, value);
    }
  }
  return result;
}

function isMergeKey(pair: Pair<ParsedNode, ParsedNode | null>): boolean {
  return isScalar(pair.key) && pair.key.source === "<<" && pair.key.type === Scalar.PLAIN && pair.key.tag === undefined;
}

/** Keys become strings: `y:` is `"true"` and `0777:` is `"511"`, as they come out of kubectl. */
function decodeKey(node: ParsedNode, decoding: Decoding, depth: number, mapped: Json): string {
  const key = decodeNode(node, decoding, depth + 1);
  if (typeof key === "string") return key;
  if (typeof key === "boolean") return key ? "true" : "false";
  if (typeof key === "number") return Number.isInteger(key) && key < 1e21 && key > -1e21 ? String(key) : goFloat(key);
  const words =
    key === null
      ? `unsupported map key of type: %!s(<nil>), key: <nil>, value: ${JSON.stringify(mapped)}`
      : `yaml: invalid map key: ${JSON.stringify(key)}`;
  throw new ManifestRefusal("manifest.unsupported-key", yamlMessage(words), node.range[0]);
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function decodeBase64(source: string, offset: number): string {
  const clean = source.replace(/\s+/g, "");
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) {
    throw new ManifestRefusal("manifest.unsupported-value", { value: source, ...yamlMessage("yaml: !!binary value contains invalid base64 data") }, offset);
  }
  let bits = 0;
  let count = 0;
  let bytes = "";
  for (const char of clean.replace(/=+$/, "")) {
    bits = ((bits << 6) | BASE64.indexOf(char)) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += `%${((bits >> count) & 255).toString(16).padStart(2, "0")}`;
    }
  }
  try {
    return decodeURIComponent(bytes);
  } catch (error) {
    if (error instanceof URIError) return "\ufffd";
    throw error;
  }
}
