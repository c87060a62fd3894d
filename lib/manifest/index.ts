/** YAML and JSON to objects and back, exactly as kubectl reads and prints them. Never throws on what a learner types. */
export { type Json, isJsonObject, type JsonObject } from "./json";
export { type ParseCache, type ParsedDocument, type ParsedManifests, parseManifests, type ParseOptions, parseYaml } from "./parse";
export { toCompactJson, toJson } from "./print-json";
export { toKyaml } from "./print-kyaml";
export { toYaml } from "./print-yaml";
export { defaultLimits, type ManifestLimits, type ManifestProblem, type ManifestProblemCode, type SourceRange } from "./problem";
export { splitFieldPath } from "./field-path";
