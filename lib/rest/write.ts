/** Everything that changes objects. Upstream: apiserver/pkg/endpoints/handlers. */
import { ApiError, applyJsonPatch, authorize, compareStrings, kindId, mergePatch, partsOfKind, resourceFor, type Client, type Cluster, type DeleteOptions, type Json, type JsonObject, type KubeObject, type ObjectRef, type Patch, type Propagation, type ResourceDefinition, type WriteOptions } from "@/lib/engine";
import { goName, mediaType, objectBody, patchBody, printed, type ObjectBody } from "./body";
import { placeOf, type Duplicate } from "./duplicates";
import { listText } from "./encode";
import { readerOf } from "./identity";
import { oneAnswer } from "./list";
import { jsonAnswer, textAnswer, type RestAnswer, type RestRequest } from "./message";
import type { Query } from "./query";
import { patchedScale, putScale, scaleOf } from "./scale";
import { numberOf, selectionOf } from "./selection";
import { bad, badOption, notAllowed, Refusal, success } from "./status";
import type { Target } from "./target";

/** A write in the middle of being answered. */
export interface WriteCall {
  readonly cluster: Cluster;
  readonly client: Client;
  readonly request: RestRequest;
  readonly target: Target;
  readonly definition: ResourceDefinition;
  readonly query: Query;
}

/** The manager a client that names none is taken for: the first word of its User-Agent. Upstream: handlers.managerOrUserAgent. */
export function managerOf({ query, request }: WriteCall): string {
  const named = query.get("fieldManager") ?? "";
  if (named !== "") return named;
  return ((request.headers["user-agent"] ?? "").split("/")[0] ?? "").slice(0, 128) || "unknown";
}

function dryRunOf(values: readonly string[], kind: string): boolean {
  const wanted = values.filter((value) => value !== "");
  if (wanted.length === 0) return false;
  if (wanted.length === 1 && wanted[0] === "All") return true;
  throw badOption(kind, { field: "dryRun", reason: "FieldValueNotSupported", message: `Unsupported value: ${JSON.stringify(wanted)}: supported values: "All"` });
}

/** Options of a write, and the warnings it may earn. */
interface Writing {
  readonly options: WriteOptions;
  readonly warnings: string[];
}

function optionsOf(call: WriteCall, kind: string): Writing {
  const { query } = call;
  const dryRun = dryRunOf(query.all("dryRun"), kind);
  const validation = query.get("fieldValidation") ?? "";
  if (!["", "Ignore", "Warn", "Strict"].includes(validation)) {
    throw badOption(kind, { field: "fieldValidation", reason: "FieldValueNotSupported", message: `Unsupported value: ${JSON.stringify(validation)}: supported values: "", "Ignore", "Strict", "Warn"` });
  }
  const warnings: string[] = [];
  const options: WriteOptions = {
    dryRun,
    fieldManager: managerOf(call),
    fieldValidation: validation === "" ? "Warn" : (validation as "Ignore" | "Warn" | "Strict"),
    warn: (text) => void warnings.push(text),
  };
  return { options, warnings };
}

const twice = ({ path }: Duplicate): string => `duplicate field ${JSON.stringify(path)}`;

/** What is said twice in a body: refused, warned of, or passed over. @throws {Refusal} 400 */
function checkRepeats({ definition }: WriteCall, { body, duplicates, repeated, text }: ObjectBody, { options, warnings }: Writing): void {
  if ((duplicates.length === 0 && repeated.length === 0) || options.fieldValidation === "Ignore") return;
  if (options.fieldValidation === "Warn") return void warnings.push(...duplicates.map(twice), ...repeated);
  const unknown = definition.checkShape(body).filter(({ code }) => code === "unknown-field");
  const told = [
    ...duplicates.map((duplicate) => ({ at: duplicate.at, text: twice(duplicate) })),
    ...unknown.map(({ detail, path }) => ({ at: repeated.length > 0 ? text.length : placeOf(text, path), text: detail })),
  ].sort((a, b) => a.at - b.at);
  const yaml = repeated.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${repeated.join("\n  ")}`];
  const { kind, version } = partsOfKind(definition.kind);
  throw bad(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: strict decoding error: ${[...yaml, ...told.map((one) => one.text)].join(", ")}`);
}

/** Warnings as headers carry them. Upstream: net/warning. */
function warningHeaders(warnings: readonly string[]): Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  return { Warning: warnings.map((text) => `299 - "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(", ") };
}

/** The body as an object of the target's kind: what the body leaves out, the path says. @throws {Refusal} 400 */
function bodyOf(call: WriteCall, writing: Writing): JsonObject {
  const { request, target, definition } = call;
  const { kind, apiVersion } = partsOfKind(definition.kind);
  const read = objectBody(request, kind);
  if (read === undefined) throw bad(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`);
  const { body } = read;
  const given = printed(body["kind"] ?? kind);
  const version = printed(body["apiVersion"] ?? apiVersion);
  if (given !== kind || version !== apiVersion) throw bad(`${given} in version ${JSON.stringify(partsOfApiVersion(version))} cannot be handled as a ${kind}: ${unconvertible(version, given, definition)}`);
  checkRepeats(call, read, writing);
  const metadata = body["metadata"] ?? {};
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return { ...body, kind, apiVersion };
  const placed = inNamespace(metadata as JsonObject, target, definition);
  return { ...body, kind, apiVersion, metadata: placed };
}

/** Why one kind is not taken for another. Upstream: apimachinery/pkg/runtime, Scheme. */
function unconvertible(apiVersion: string, kind: string, wanted: ResourceDefinition): string {
  if (resourceFor(kindId(apiVersion, kind)) === undefined) return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`;
  const { group, kind: own } = partsOfKind(wanted.kind);
  return `converting (${partsOfApiVersion(apiVersion)}.${kind}) to (${group === "" ? "core" : (group.split(".")[0] ?? "")}.${own}): unknown conversion`;
}

/** Objects of custom kinds say what they are themselves. Upstream: customresource/validator.go, ValidateTypeMeta. */
function otherKind(definition: ResourceDefinition, given: string, name: string): Refusal {
  const { group, kind } = partsOfKind(definition.kind);
  const message = `Invalid value: ${JSON.stringify(given)}: must be ${kind}`;
  return new Refusal(422, "Invalid", `${kind}.${group} ${JSON.stringify(name)} is invalid: kind: ${message}`, { name, group, kind, causes: [{ reason: "FieldValueInvalid", message, field: "kind" }] });
}

function partsOfApiVersion(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[1] ?? "") : apiVersion;
}

/** Metadata in the namespace of the path. @throws {Refusal} 400 when it says another. */
function inNamespace(metadata: JsonObject, target: Target, definition: ResourceDefinition): JsonObject {
  const given = metadata["namespace"];
  if (!definition.namespaced) return metadata;
  if (given !== undefined && given !== "" && given !== target.namespace) throw bad("the namespace of the provided object does not match the namespace sent on the request");
  return { ...metadata, namespace: target.namespace };
}

const metadataOf = (body: JsonObject): JsonObject => (body["metadata"] ?? {}) as JsonObject;

/** POST. */
export function createAnswer(call: WriteCall): RestAnswer {
  const { client, cluster, definition, query, request, target } = call;
  if (definition.namespaced && target.namespace === "") throw notAllowed();
  const writing = optionsOf(call, "CreateOptions");
  const { options, warnings } = writing;
  const body = bodyOf(call, writing);
  const version = metadataOf(body)["resourceVersion"];
  if (version !== undefined && version !== "") throw new Refusal(500, "", "resourceVersion should not be set on objects to be created");
  const created = client.create<KubeObject>(body, options);
  return oneAnswer(definition, created, cluster, query, request.headers["accept"], 201, warningHeaders(warnings));
}

function subresourceOf(target: Target): Pick<WriteOptions, "subresource"> {
  const { subresource } = target;
  // What approves a request for a certificate stands in its status.
  if (subresource === "approval") return { subresource: "status" };
  return subresource === "status" || subresource === "ephemeralcontainers" || subresource === "resize" ? { subresource } : {};
}

function stored({ client, definition, target }: WriteCall): KubeObject | undefined {
  return client.get<KubeObject>(definition.kind, { namespace: target.namespace, name: target.name });
}

/** The object of the path. @throws {Refusal} 404 */
export function existing(call: WriteCall): KubeObject {
  const found = stored(call);
  if (found) return found;
  const { group, kind } = partsOfKind(call.definition.kind);
  // Metrics are known by another name than the one they are asked for by.
  if (group === "metrics.k8s.io") {
    const [plural, name] = [kind.toLowerCase(), call.target.namespace === "" ? call.target.name : `${call.target.namespace}/${call.target.name}`];
    throw new Refusal(404, "NotFound", `${plural}.${group} ${JSON.stringify(name)} not found`, { name, group, kind: plural });
  }
  const { plural } = call.definition;
  const qualified = group === "" ? plural : `${plural}.${group}`;
  throw new Refusal(404, "NotFound", `${qualified} ${JSON.stringify(call.target.name)} not found`, { name: call.target.name, ...(group === "" ? {} : { group }), kind: plural });
}

function checkUid(call: WriteCall, body: JsonObject): void {
  const uid = metadataOf(body)["uid"];
  const previous = typeof uid === "string" && uid !== "" ? stored(call) : undefined;
  if (!previous || previous.metadata.uid === uid) return;
  const { group } = partsOfKind(call.definition.kind);
  const { plural } = call.definition;
  const key = `/registry/${plural}/${call.target.namespace === "" ? "" : `${call.target.namespace}/`}${call.target.name}`;
  const why = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${printed(uid)}, UID in object meta: ${previous.metadata.uid}`;
  const qualified = group === "" ? plural : `${plural}.${group}`;
  throw new Refusal(409, "Conflict", `Operation cannot be fulfilled on ${qualified} ${JSON.stringify(call.target.name)}: ${why}`, { name: call.target.name, ...(group === "" ? {} : { group }), kind: plural });
}

/** PUT. */
export function updateAnswer(call: WriteCall): RestAnswer {
  const { client, cluster, definition, query, request, target } = call;
  const writing = optionsOf(call, "UpdateOptions");
  const { options, warnings } = writing;
  if (target.subresource === "scale") return updateScale(call, options);
  const body = bodyOf(call, writing);
  const { name } = metadataOf(body);
  if (name !== undefined && name !== "" && name !== target.name) throw bad(`the name of the object (${printed(name)}) does not match the name on the URL (${target.name})`);
  const named = { ...body, metadata: { ...metadataOf(body), name: target.name } };
  checkUid(call, named);
  const updated = client.update<KubeObject>(named as unknown as KubeObject, { ...options, ...subresourceOf(target) });
  return oneAnswer(definition, updated, cluster, query, request.headers["accept"], 200, warningHeaders(warnings));
}

/** PUT of …/namespaces/NAME/finalize: what still holds a namespace that is going. Upstream: registry/core/namespace/storage, FinalizeREST. */
export function finalizeAnswer(call: WriteCall): RestAnswer {
  const { client, cluster, definition, query, request } = call;
  const writing = optionsOf(call, "UpdateOptions");
  const { spec } = bodyOf(call, writing) as { readonly spec?: Json };
  const finalizers = typeof spec === "object" && spec !== null && !Array.isArray(spec) ? (spec as JsonObject)["finalizers"] : undefined;
  const namespace = existing(call) as KubeObject & { readonly spec?: JsonObject };
  const updated = client.update<KubeObject>({ ...namespace, spec: { ...namespace.spec, finalizers: finalizers ?? [] } } as KubeObject, writing.options);
  return oneAnswer(definition, updated, cluster, query, request.headers["accept"], 200, warningHeaders(writing.warnings));
}

function updateScale(call: WriteCall, options: WriteOptions): RestAnswer {
  const body = objectBody(call.request, "Scale")?.body ?? {};
  return jsonAnswer(putScale(call.client, call.definition, existing(call), body, { dryRun: options.dryRun === true, fieldManager: managerOf(call) }));
}

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
  const { value: body, duplicates } = patchBody(call.request, type === "application/apply-patch+yaml");
  if (duplicates.length > 0 && options.fieldValidation === "Warn") warnings.push(...duplicates.map(twice));
  if (duplicates.length > 0 && options.fieldValidation === "Strict") throw badPatch(goMap(body), `strict decoding error: ${duplicates.map(twice).join(", ")}`);
  if (type === "application/json-patch+json") {
    if (!Array.isArray(body)) throw bad(`error decoding patch: json: cannot unmarshal ${goName(body)} into Go value of type []handlers.jsonPatchOp`);
    return { type: "json", ops: body as readonly Json[] };
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw bad(`error decoding patch: json: cannot unmarshal ${goName(body)} into Go value of type map[string]interface {}`);
  }
  if (type === "application/apply-patch+yaml") return applyPatchOf(call, body as JsonObject);
  return { type: type === "application/merge-patch+json" ? "merge" : "strategic", body };
}

function applyPatchOf({ query, target, definition }: WriteCall, body: JsonObject): Patch {
  const manager = query.get("fieldManager") ?? "";
  if (manager === "") throw badOption("PatchOptions", { field: "fieldManager", reason: "FieldValueRequired", message: "Required value: is required for apply patch" });
  const metadata = metadataOf(body);
  const { name } = metadata;
  if (name !== undefined && name !== "" && name !== target.name) throw bad(`the name of the object (${printed(name)}) does not match the name on the URL (${target.name})`);
  inNamespace(metadata, target, definition);
  const { kind, apiVersion } = partsOfKind(definition.kind);
  const named = { ...body, kind: body["kind"] ?? kind, apiVersion: body["apiVersion"] ?? apiVersion, metadata: { ...metadata, name: target.name } };
  return { type: "apply", body: named, fieldManager: manager, force: query.get("force") === "true" };
}

/** PATCH, in the four languages. */
export function patchAnswer(call: WriteCall): RestAnswer {
  const { cluster, definition, query, request, target } = call;
  const type = mediaType(request.headers["content-type"]);
  if (!PATCHES.includes(type)) {
    if (type === "application/apply-patch+cbor") throw new Refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
    throw new Refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  }
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

/** What unstructured data of a wrong type is told, from what JSON of that type would be told. Upstream: runtime.DefaultUnstructuredConverter. */
function unrestorable(problem: string): string {
  const [, found = "", type = ""] = /^json: cannot unmarshal (\w+) into Go struct field \S+ of type (.+)$/.exec(problem) ?? [];
  if (type === "") return problem;
  const from = found === "number" ? "int64" : found === "object" ? "map[string]interface {}" : found === "array" ? "[]interface {}" : found;
  if (type.startsWith("map[")) return `cannot restore map from ${from}`;
  if (type.startsWith("[]")) return `cannot restore slice from ${from}`;
  return type.includes(".") ? `cannot restore struct from: ${from}` : `cannot convert ${from} to ${type}`;
}

/** The object with a patch in it, as text: what upstream shows of patches that are not strategic ones. */
function patchedText(call: WriteCall, patch: Patch): string {
  const object = stored(call) as unknown as JsonObject | undefined;
  const result = patch.type === "json" ? applyJsonPatch(object ?? {}, patch.ops) : { result: mergePatch(object ?? {}, patch.body) };
  return "error" in result ? "" : JSON.stringify(result.result);
}

/** A JSON patch may make anything of an object, even something that is none. @throws {Refusal} 422 */
function checkJsonPatch(call: WriteCall, { ops }: Extract<Patch, { readonly type: "json" }>): void {
  const object = stored(call) as unknown as JsonObject | undefined;
  const result = object && applyJsonPatch(object, ops);
  if (!result || "error" in result) return;
  const made = result.result;
  if (typeof made !== "object" || made === null || Array.isArray(made)) {
    throw badPatch(JSON.stringify(made), `couldn't get version/kind; json parse error: json: cannot unmarshal ${goName(made)} into Go value of type struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`);
  }
  const { kind, apiVersion } = partsOfKind(call.definition.kind);
  const { kind: given = kind, apiVersion: version = apiVersion } = made as JsonObject;
  if (given !== kind || version !== apiVersion) throw badPatch(JSON.stringify(made), unconvertible(printed(version), printed(given), call.definition));
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
    throw patch.type === "strategic" ? badPatch(goMap(patch.body), unrestorable(problem)) : badPatch(patchedText(call, patch), problem);
  }
}

function patchScale(call: WriteCall, patch: Patch, options: WriteOptions): RestAnswer {
  const object = existing(call);
  const wanted = patchedScale(scaleOf(object, call.definition), patch);
  return jsonAnswer(putScale(call.client, call.definition, object, wanted, { dryRun: options.dryRun === true, fieldManager: managerOf(call) }));
}

const RETURNED = new Set([
  "v1/Pod", "v1/PodTemplate", "v1/PersistentVolume", "v1/PersistentVolumeClaim", "v1/ResourceQuota", "v1/Service", "v1/ServiceAccount",
  "storage.k8s.io/v1/StorageClass", "storage.k8s.io/v1/VolumeAttachment", "storage.k8s.io/v1/CSIDriver", "storage.k8s.io/v1/CSINode",
]);

interface Deletion {
  readonly options: DeleteOptions;
  readonly dryRun: boolean;
}

const textIn = (value: Json | undefined): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Options of a deletion, from its body and its query. @throws {Refusal} */
function deletionOf({ request, query }: WriteCall): Deletion {
  const body = objectBody(request, "DeleteOptions")?.body ?? {};
  const preconditions = (body["preconditions"] ?? {}) as JsonObject;
  const grace = typeof body["gracePeriodSeconds"] === "number" ? body["gracePeriodSeconds"] : numberOf(query, "gracePeriodSeconds");
  const asked = textIn(body["propagationPolicy"]) ?? textIn(query.get("propagationPolicy"));
  if (asked !== undefined && !["Foreground", "Background", "Orphan"].includes(asked)) {
    throw badOption("DeleteOptions", { field: "propagationPolicy", reason: "FieldValueNotSupported", message: `Unsupported value: ${JSON.stringify(asked)}: supported values: "Foreground", "Background", "Orphan", "nil"` });
  }
  if (asked !== undefined && (body["orphanDependents"] ?? query.get("orphanDependents")) !== undefined) {
    throw badOption("DeleteOptions", { field: "propagationPolicy", reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(asked)}: orphanDependents and deletionPropagation cannot be both set` });
  }
  const orphan = body["orphanDependents"] ?? (query.get("orphanDependents") === undefined ? undefined : query.get("orphanDependents") === "true");
  const propagation = (asked ?? (orphan === undefined ? undefined : orphan === true ? "Orphan" : "Background")) as Propagation | undefined;
  const dry = Array.isArray(body["dryRun"]) ? (body["dryRun"] as readonly Json[]).map(printed) : query.all("dryRun");
  const uid = textIn(preconditions["uid"]);
  const resourceVersion = textIn(preconditions["resourceVersion"]);
  return {
    dryRun: dryRunOf(dry, "DeleteOptions"),
    options: {
      ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
      ...(propagation === undefined ? {} : { propagation }),
      ...(uid === undefined && resourceVersion === undefined ? {} : { preconditions: { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) } }),
    },
  };
}

function checkPreconditions({ definition }: WriteCall, object: KubeObject, { preconditions }: DeleteOptions): void {
  const { group, kind } = partsOfKind(definition.kind);
  const refuse = (what: string, asked: string, found: string): Refusal => {
    const qualified = group === "" ? kind : `${kind}.${group}`;
    const message = `Operation cannot be fulfilled on ${qualified} ${JSON.stringify(object.metadata.name)}: the ${what} in the precondition (${asked}) does not match the ${what} in record (${found}). The object might have been ${what === "UID" ? "deleted and then recreated" : "modified"}`;
    return new Refusal(409, "Conflict", message, { name: object.metadata.name, ...(group === "" ? {} : { group }), kind });
  };
  if (preconditions?.uid !== undefined && preconditions.uid !== object.metadata.uid) throw refuse("UID", preconditions.uid, object.metadata.uid);
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== object.metadata.resourceVersion) {
    throw refuse("ResourceVersion", preconditions.resourceVersion, object.metadata.resourceVersion);
  }
}

/** Deletes one object; what is left of it. */
export function deleteOne(call: WriteCall, object: KubeObject, { options, dryRun }: Deletion): KubeObject {
  const ref: ObjectRef = { kind: call.definition.kind, namespace: object.metadata.namespace ?? "", name: object.metadata.name };
  return dryRun ? object : call.client.delete(ref, options);
}

/** DELETE of one object. */
export function deleteAnswer(call: WriteCall): RestAnswer {
  const { client, cluster, definition, query, request, target } = call;
  const deletion = deletionOf(call);
  const object = existing(call);
  checkPreconditions(call, object, deletion.options);
  const left = deleteOne(call, object, deletion);
  const gone = deletion.dryRun || client.get(definition.kind, { namespace: target.namespace, name: target.name }) === undefined;
  if (RETURNED.has(definition.kind) || !gone) return oneAnswer(definition, withGrace(left, deletion.options), cluster, query, request.headers["accept"]);
  const { group } = partsOfKind(definition.kind);
  return jsonAnswer(success(undefined, { name: target.name, group, kind: definition.plural, uid: object.metadata.uid }));
}

/** A pod removed at once still says with what grace. Upstream: rest.BeforeDelete. */
function withGrace(object: KubeObject, options: DeleteOptions): KubeObject {
  if (object.metadata.deletionTimestamp === undefined || options.gracePeriodSeconds !== 0) return object;
  return { ...object, metadata: { ...object.metadata, deletionGracePeriodSeconds: 0 } };
}

/** DELETE of every object a selector selects. */
export function deleteCollectionAnswer(call: WriteCall): RestAnswer {
  const { client, cluster, definition, query, target } = call;
  if (definition.namespaced && target.namespace === "") throw notAllowed();
  const deletion = deletionOf(call);
  const selection = selectionOf(definition, query);
  const chosen = client.list<KubeObject>(definition.kind, definition.namespaced ? { namespace: target.namespace } : {}).filter(selection.matches);
  const left = chosen.map((object) => deleteOne(call, object, deletion));
  return textAnswer(listText(definition.kind, { resourceVersion: String(cluster.revision) }, left), 200, { "Content-Type": "application/json" });
}
