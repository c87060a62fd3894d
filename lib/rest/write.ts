/** Everything that changes objects. Upstream: apiserver/pkg/endpoints/handlers. */
import { kindId, partsOfKind, resourceFor, type Client, type Cluster, type Json, type JsonObject, type KubeObject, type ResourceDefinition, type WriteOptions } from "@/lib/engine";
import { objectBody, printed, type ObjectBody } from "./body";
import { placeOf, type Duplicate } from "./duplicates";
import { oneAnswer } from "./list";
import { jsonAnswer, type RestAnswer, type RestRequest } from "./message";
import type { Query } from "./query";
import { putScale } from "./scale";
import { bad, badOption, notAllowed, Refusal, type Cause } from "./status";
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

/** Is nothing to be kept? @throws {Refusal} 422 */
export function dryRunOf(values: readonly string[], kind: string): boolean {
  const wanted = values.filter((value) => value !== "");
  if (wanted.length === 0) return false;
  if (wanted.length === 1 && wanted[0] === "All") return true;
  throw badOption(kind, { field: "dryRun", reason: "FieldValueNotSupported", message: `Unsupported value: ${JSON.stringify(wanted)}: supported values: "All"` });
}

/** Options of a write, and the warnings it may earn. */
export interface Writing {
  readonly options: WriteOptions;
  readonly warnings: string[];
}

const LONGEST_MANAGER = 128;

/** Is the manager named one that can be? @throws {Refusal} 422 */
function checkManager(manager: string, kind: string): void {
  const field = "fieldManager";
  const wrong: Cause[] = manager.length > LONGEST_MANAGER ? [{ field, reason: "FieldValueTooLong", message: `Too long: may not be more than ${LONGEST_MANAGER} bytes` }] : [];
  [...manager].forEach((character, i) => {
    const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    if (/\p{C}/u.test(character)) wrong.push({ field, reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(manager)}: invalid character U+${point} (at position ${i})` });
  });
  if (wrong.length > 0) throw badOption(kind, ...wrong);
}

/** Reads the options of a write from its query. @throws {Refusal} 422 */
export function optionsOf(call: WriteCall, kind: string): Writing {
  const { query } = call;
  checkManager(query.get("fieldManager") ?? "", kind);
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

/** A field that comes twice, in upstream's words. */
export const twice = ({ path }: Duplicate): string => `duplicate field ${JSON.stringify(path)}`;

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

/** Most characters of all warnings together, and of each once there are more. Upstream: endpoints/filters/warning.go. */
const WARNINGS_MOST = 4096;
const WARNING_SHORT = 256;

/** What a header cannot carry is not told. */
const isCarried = (text: string): boolean => [...text].every((char) => char >= " " && char !== "\u007f");

/** Warnings as headers carry them, each once. Upstream: apimachinery/pkg/util/net, NewWarningHeader. */
export function warningHeaders(warnings: readonly string[]): Readonly<Record<string, string>> {
  const told = [...new Set(warnings)].filter(isCarried);
  if (told.length === 0) return {};
  const total = told.reduce((sum, text) => sum + text.length, 0);
  let left = WARNINGS_MOST;
  const kept = (total <= WARNINGS_MOST ? told : told.map((text) => text.slice(0, WARNING_SHORT))).filter((text) => (left -= text.length) >= 0);
  return { Warning: kept.map((text) => `299 - "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(", ") };
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
  if (definition.custom && version === apiVersion && given !== kind) throw otherKind(definition, given, printed(metadataOf(body)["name"]));
  if (given !== kind || version !== apiVersion) throw bad(`${given} in version ${JSON.stringify(partsOfApiVersion(version))} cannot be handled as a ${kind}: ${unconvertible(version, given, definition)}`);
  checkRepeats(call, read, writing);
  const metadata = body["metadata"] ?? {};
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return { ...body, kind, apiVersion };
  const placed = inNamespace(metadata as JsonObject, target, definition);
  return { ...body, kind, apiVersion, metadata: placed };
}

/** Why one kind is not taken for another. Upstream: apimachinery/pkg/runtime, Scheme. */
export function unconvertible(apiVersion: string, kind: string, wanted: ResourceDefinition): string {
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
export function inNamespace(metadata: JsonObject, target: Target, definition: ResourceDefinition): JsonObject {
  const given = metadata["namespace"];
  if (!definition.namespaced) return metadata;
  if (given !== undefined && given !== "" && given !== target.namespace) throw bad("the namespace of the provided object does not match the namespace sent on the request");
  return { ...metadata, namespace: target.namespace };
}

/** `metadata` of a body. */
export const metadataOf = (body: JsonObject): JsonObject => (body["metadata"] ?? {}) as JsonObject;

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

/** The part of an object a write is about. */
export function subresourceOf(target: Target): Pick<WriteOptions, "subresource"> {
  const { subresource } = target;
  return subresource === "status" || subresource === "approval" || subresource === "ephemeralcontainers" || subresource === "resize" ? { subresource } : {};
}

/** The object of the path, if it is there. */
export function stored({ client, definition, target }: WriteCall): KubeObject | undefined {
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
