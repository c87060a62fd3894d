import { decode } from "./decode";
import { isJsonObject, type Json, type JsonObject } from "./json";
import { findPosition } from "./position";
import { defaultLimits, type ManifestLimits, type ManifestProblem, ManifestRefusal, type SourceRange } from "./problem";
import { toCompactJson } from "./print-json";
import { type DocumentText, splitDocuments } from "./split-documents";
import { readSyntax, type SyntaxTree } from "./syntax";

/** One document that could be read. */
export interface ParsedDocument<V extends Json = Json> {
  readonly value: V;
  /** Which document of the text, from 0, empty ones included. */
  readonly index: number;
  /**
   * Where a field stands, for paths as the API writes them (`spec.template.spec.containers[0].image`). A field that is not
   * there is answered with its nearest ancestor that is.
   */
  positionOf(path: string): SourceRange;
}

/** What a text holds. `documents` leaves out empty and broken ones; `problems` stand in the order of the text. */
export interface ParsedManifests<V extends Json = Json> {
  readonly documents: readonly ParsedDocument<V>[];
  readonly problems: readonly ManifestProblem[];
}

/** A place to keep results between calls, given by the caller; a `Map` will do. */
export interface ParseCache {
  get(text: string): ParsedManifests<JsonObject> | undefined;
  set(text: string, parsed: ParsedManifests<JsonObject>): unknown;
}

/** What may differ between readers. */
export interface ParseOptions {
  readonly limits?: Partial<ManifestLimits>;
  /** A key written twice: kubectl takes the last one (`warning`, the default); an editor may rather refuse it (`error`). */
  readonly duplicateKeys?: "warning" | "error";
  /** Used only with otherwise default options. */
  readonly cache?: ParseCache;
}

/**
 * Reads Kubernetes manifests, YAML or JSON, as kubectl does. Never throws and takes time in proportion to the text,
 * whatever it holds: what is wrong comes back in `problems`. A broken document does not hide the others.
 */
export function parseManifests(text: string, options: ParseOptions = {}): ParsedManifests<JsonObject> {
  const cache = options.limits === undefined && options.duplicateKeys === undefined ? options.cache : undefined;
  const known = cache?.get(text);
  if (known) return known;
  const { documents, problems } = parseYaml(text, options);
  const objects: ParsedDocument<JsonObject>[] = [];
  const found = [...problems];
  for (const document of documents) {
    const problem = problemWithObject(document);
    if (problem) found.push(problem);
    if (isJsonObject(document.value)) objects.push(document as ParsedDocument<JsonObject>);
  }
  found.sort((a, b) => a.document - b.document || a.line - b.line || a.column - b.column);
  const parsed = { documents: objects, problems: found };
  cache?.set(text, parsed);
  return parsed;
}

function problemWithObject(document: ParsedDocument): ManifestProblem | undefined {
  const { line, column } = document.positionOf("");
  const place = { severity: "error", line, column, document: document.index } as const;
  const { value } = document;
  if (!isJsonObject(value)) {
    const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    const upstream = `json: cannot unmarshal ${kind} into Go value of type unstructured.detector`;
    return { code: "manifest.not-an-object", params: { upstream, found: kind }, ...place };
  }
  const compact = toCompactJson(value).slice(0, 2000);
  if (typeof value["kind"] !== "string" || value["kind"] === "") {
    return { code: "manifest.missing-kind", params: { upstream: `Object 'Kind' is missing in '${compact}'` }, ...place };
  }
  if (typeof value["apiVersion"] !== "string" || value["apiVersion"] === "") {
    return { code: "manifest.missing-api-version", params: { upstream: `Object 'apiVersion' is missing in '${compact}'` }, ...place };
  }
  return undefined;
}

/** Reads any YAML or JSON (Helm values, kustomizations, patches): as {@link parseManifests}, without asking for objects. */
export function parseYaml(text: string, options: ParseOptions = {}): ParsedManifests {
  const limits = { ...defaultLimits, ...options.limits };
  const documents: ParsedDocument[] = [];
  const problems: ManifestProblem[] = [];
  if (isLargerThan(text, limits.maxBytes)) {
    problems.push({ code: "manifest.too-large", severity: "error", params: { limit: limits.maxBytes }, line: 1, column: 1, document: 0 });
    return { documents, problems };
  }
  let aliases = 0;
  let index = -1;
  for (const part of splitDocuments(text.startsWith("\ufeff") ? text.slice(1) : text)) {
    index += 1;
    if (index >= limits.maxDocuments) {
      problems.push({ code: "manifest.too-many-documents", severity: "error", params: { limit: limits.maxDocuments }, line: part.linesBefore + 1, column: 1, document: index });
      break;
    }
    const reading = readDocument(part, index, limits, aliases, options.duplicateKeys ?? "warning");
    aliases += reading.aliases;
    problems.push(...reading.problems);
    if (reading.document) documents.push(reading.document);
  }
  return { documents, problems };
}

interface Reading {
  readonly document?: ParsedDocument;
  readonly problems: readonly ManifestProblem[];
  readonly aliases: number;
}

function readDocument(part: DocumentText, index: number, limits: ManifestLimits, aliasesSoFar: number, onDuplicate: "warning" | "error"): Reading {
  if (part.badSeparator !== undefined) {
    const upstream = `invalid Yaml document separator: ${part.badSeparator}`;
    const place = { line: part.linesBefore + 1, column: 1, document: index };
    return { problems: [{ code: "manifest.bad-separator", severity: "error", params: { upstream }, ...place }], aliases: 0 };
  }
  const at = (offset: number): { line: number; column: number; document: number } => {
    const before = part.text.slice(0, offset).split("\n");
    return { line: part.linesBefore + before.length, column: (before.at(-1)?.length ?? 0) + 1, document: index };
  };
  try {
    const tree = readSyntax(part.text, limits, aliasesSoFar);
    const { value, duplicates } = decode(tree.contents, limits);
    const problems = duplicates.map(
      ({ key, offset }): ManifestProblem => ({ code: "manifest.duplicate-key", severity: onDuplicate, params: { key }, ...at(offset) }),
    );
    if (value === null) return { problems, aliases: tree.aliases };
    return { document: makeDocument(value, index, tree, part.linesBefore), problems, aliases: tree.aliases };
  } catch (error) {
    if (error instanceof ManifestRefusal) {
      return { problems: [{ code: error.code, severity: "error", params: error.params, ...at(error.offset) }], aliases: 0 };
    }
    throw error;
  }
}

function makeDocument(value: Json, index: number, tree: SyntaxTree, linesBefore: number): ParsedDocument {
  return { value, index, positionOf: (path) => findPosition(tree, linesBefore, path) };
}

function isLargerThan(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  if (text.length * 3 <= maxBytes) return false;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes > maxBytes;
}
