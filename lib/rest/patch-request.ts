/** PATCH, in the four languages. Upstream: apiserver/pkg/endpoints/handlers/patch.go. */
import { ApiError, applyJsonPatch, authorize, compareStrings, goName, partsOfKind, patchedJson, unstructuredProblem, type Json, type JsonObject, type KubeObject, type ObjectRef, type Patch, type WriteOptions } from "@/lib/engine";
import { complaintOf, mediaType, patchBody, printed } from "./body";
import { readerOf } from "./identity";
import { oneAnswer } from "./list";
import { jsonAnswer, type RestAnswer } from "./message";
import { patchedScale, putScale, scaleOf } from "./scale";
import { bad, badOption, Refusal } from "./status";
import { existing, inNamespace, managerOf, metadataOf, optionsOf, stored, subresourceOf, twice, unconvertible, warningHeaders, type WriteCall, type Writing } from "./write";

const PATCHES = ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"];

/** A patch as JSON, in Go's print of a map. */
function goMap(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => goMap(item)).join(" ")}]`;
  if (typeof value !== "object" || value === null) return value === null || value === undefined ? "<nil>" : String(value);
  const entries = Object.entries(value as JsonObject).sort(([a], [b]) => compareStrings(a, b));
  return `map[${entries.map(([key, inner]) => `${key}:${goMap(inner)}`).join(" ")}]`;
}

/** 422 for a patch with fields nobody knows, or the same field twice. Upstream: handlers/patch.go. */
function badPatch(value: string, problem: string): Refusal {
  const message = `Invalid value: ${JSON.stringify(value)}: ${problem}`;
  return new Refusal(422, "Invalid", ` "" is invalid: patch: ${message}`, { causes: [{ reason: "FieldValueInvalid", message, field: "patch" }] });
}

function patchOf(call: WriteCall, type: string, { options, warnings }: Writing): Patch {
  const { value: body, duplicates } = patchBody(call.request, type);
  if (duplicates.length > 0 && options.fieldValidation === "Warn") warnings.push(...duplicates.map(twice));
  if (duplicates.length > 0 && options.fieldValidation === "Strict") throw badPatch(goMap(body), `strict decoding error: ${duplicates.map(twice).join(", ")}`);
  if (type === "application/json-patch+json") {
    if (!Array.isArray(body)) throw bad(`error decoding patch: json: cannot unmarshal ${goName(body)} into Go value of type []handlers.jsonPatchOp`);
    return { type: "json", ops: body as readonly Json[] };
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw bad(`${complaintOf(type)}json: cannot unmarshal ${goName(body)} into Go value of type map[string]interface {}`);
  }
  if (type === "application/apply-patch+yaml") return applyPatchOf(call, body as JsonObject);
  return { type: type === "application/merge-patch+json" ? "merge" : "strategic", body };
}

function applyPatchOf({ query, target, definition }: WriteCall, body: JsonObject): Patch {
  const manager = query.get("fieldManager") ?? "";
  if (manager === "") throw badOption("PatchOptions", { field: "fieldManager", reason: "FieldValueRequired", message: "Required value: is required for apply patch" });
  const untyped = ["apiVersion", "kind"].find((field) => body[field] !== undefined && typeof body[field] !== "string");
  if (untyped !== undefined) throw bad(`error decoding YAML: json: cannot unmarshal ${goName(body[untyped] ?? null)} into Go struct field .${untyped} of type string`);
  const metadata = metadataOf(body);
  const { name } = metadata;
  if (name !== undefined && name !== "" && name !== target.name) throw bad(`the name of the object (${printed(name)}) does not match the name on the URL (${target.name})`);
  inNamespace(metadata, target, definition);
  const { kind, apiVersion } = partsOfKind(definition.kind);
  const version = typeof body["apiVersion"] === "string" ? body["apiVersion"] : "";
  if (version !== apiVersion) throw bad(`Incorrect version specified in apply patch. Specified patch version: ${version}, expected: ${apiVersion}`);
  if (metadata["managedFields"] !== undefined && metadata["managedFields"] !== null) throw bad("metadata.managedFields must be nil");
  const named = { ...body, kind: body["kind"] ?? kind, apiVersion: body["apiVersion"] ?? apiVersion, metadata: { ...metadata, name: target.name } };
  return { type: "apply", body: named, fieldManager: manager, force: query.get("force") === "true" };
}

/** PATCH, in the four languages. */
export function patchAnswer(call: WriteCall): RestAnswer {
  const { cluster, definition, query, request, target } = call;
  const type = mediaType(request.headers["content-type"]);
  if (!PATCHES.includes(type)) throw new Refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  const writing = optionsOf(call, "PatchOptions");
  const { options, warnings } = writing;
  if (target.subresource === "scale") return patchScale(call, patchOf(call, type, writing), options);
  if (type !== "application/apply-patch+yaml" && query.get("force") !== undefined) {
    throw badOption("PatchOptions", { field: "force", reason: "FieldValueForbidden", message: "Forbidden: may not be specified for non-apply patch" });
  }
  const patch = patchOf(call, type, writing);
  const ref: ObjectRef = { kind: definition.kind, namespace: definition.namespaced ? target.namespace : "", name: target.name };
  const isNew = patch.type === "apply" && stored(call) === undefined;
  if (isNew) mayCreate(call);
  const patched = patchedBy(call, ref, patch, options);
  return oneAnswer(definition, patched, cluster, query, request.headers["accept"], isNew ? 201 : 200, warningHeaders(warnings));
}

/** Applying what is not there yet is creating it. @throws {ApiError} 403 */
function mayCreate({ cluster, request, target, definition }: WriteCall): void {
  const { group } = partsOfKind(definition.kind);
  authorize(readerOf(cluster), request.user, { verb: "create", group, resource: definition.plural, subresource: target.subresource, name: target.name, namespace: target.namespace });
}

/** The object with a patch in it, as text: what upstream shows of patches that are not strategic ones. */
function patchedText(call: WriteCall, patch: Exclude<Patch, { readonly type: "apply" }>): string {
  return patchedJson(call.definition, (stored(call) ?? {}) as JsonObject, patch) ?? "";
}

/** A JSON patch may make anything of an object, even something that is none. @throws {Refusal} 422 */
function checkJsonPatch(call: WriteCall, patch: Extract<Patch, { readonly type: "json" }>): void {
  const object = stored(call) as unknown as JsonObject | undefined;
  const result = object && applyJsonPatch(object, patch.ops);
  if (!result || "error" in result) return;
  const made = result.result;
  if (typeof made !== "object" || made === null || Array.isArray(made)) {
    throw badPatch(patchedText(call, patch), `couldn't get version/kind; json parse error: json: cannot unmarshal ${goName(made)} into Go value of type struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`);
  }
  const { kind, apiVersion } = partsOfKind(call.definition.kind);
  const { kind: given = kind, apiVersion: version = apiVersion } = made as JsonObject;
  if (given !== kind || version !== apiVersion) throw badPatch(patchedText(call, patch), unconvertible(printed(version), printed(given), call.definition));
}

/** What a patch makes of an object that nobody can read is the patch's fault, not an object's. */
function patchedBy(call: WriteCall, ref: ObjectRef, patch: Patch, options: WriteOptions): KubeObject {
  const { client, definition, target } = call;
  const { kind, apiVersion } = partsOfKind(definition.kind);
  if (patch.type === "merge" || patch.type === "strategic") {
    const { kind: given = kind, apiVersion: version = apiVersion } = patch.body as JsonObject;
    if ((given !== kind || version !== apiVersion) && stored(call)) throw badPatch(patch.type === "merge" ? patchedText(call, patch) : goMap(patch.body), unconvertible(printed(version), printed(given), definition));
  }
  if (patch.type === "json") checkJsonPatch(call, patch);
  try {
    return client.patch<KubeObject>(ref, patch, { ...options, ...subresourceOf(target) });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.code !== 400 || patch.type === "apply") throw error;
    const [, keyless] = /^map: \{.*\} does not contain declared merge key: (.*)$/s.exec(error.status.message) ?? [];
    if (keyless !== undefined) throw new Refusal(500, "", error.status.message.replace(/^map: (\{.*\}) does/s, (_all, item: string) => `map: ${goMap(JSON.parse(item) as Json)} does`));
    const [, problem] = /cannot be handled as a \w+: ((?:strict decoding error|json): .*)$/s.exec(error.status.message) ?? [];
    if (problem === undefined) throw error;
    throw patch.type === "strategic" ? badPatch(goMap(patch.body), unstructuredProblem(problem)) : badPatch(patchedText(call, patch), problem);
  }
}

function patchScale(call: WriteCall, patch: Patch, options: WriteOptions): RestAnswer {
  const object = existing(call);
  const wanted = patchedScale(scaleOf(object, call.definition), patch);
  return jsonAnswer(putScale(call.client, call.definition, object, wanted, { dryRun: options.dryRun === true, fieldManager: managerOf(call) }));
}
