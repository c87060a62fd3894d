/** Server-side apply: merging what a manager wants, and keeping account of who owns what. Upstream: structured-merge-diff/merge. */
import { ApiError } from "../../apimachinery/api-error";
import { canonicalJson } from "../../apimachinery/canonical";
import { compareStrings } from "../../apimachinery/compare";
import type { Json, JsonObject, KindId, KubeObject } from "../../apimachinery/meta";
import { kindOf, partsOfKind } from "../../apimachinery/meta";
import { isObject } from "../../apimachinery/patch/merge";
import { difference, EMPTY, intersection, isEmpty, pathsOf, pathText, sameSet, union, withNamedFields, withoutTree, withPath, type FieldSet } from "./field-set";
import { isSame, readManagers, type Manager } from "./managers";
import { compareFields, duplicatesIn, fieldsOf, mergeTyped, withoutFields, type Comparison } from "./typed";
import type { Shape } from "./shapes";

/** Who writes, and when. */
export interface Writer {
  readonly manager: string;
  readonly subresource: string;
  readonly time: string;
}

/** Fields the server itself writes: nobody owns them. */
const SERVER_FIELDS: FieldSet = [
  ["apiVersion"], ["kind"], ["metadata"], ["metadata", "name"], ["metadata", "namespace"], ["metadata", "creationTimestamp"], ["metadata", "selfLink"],
  ["metadata", "uid"], ["metadata", "generation"], ["metadata", "managedFields"], ["metadata", "resourceVersion"], ["metadata", "deletionTimestamp"], ["metadata", "deletionGracePeriodSeconds"],
].reduce<FieldSet>((set, path) => withPath(set, path.map((name) => `f:${name}`)), EMPTY);

/** What a write through a subresource cannot own. Upstream: GetResetFields of each strategy. */
function resetBy(fields: FieldSet, subresource: string, hasStatus: boolean): FieldSet {
  if (subresource === "status") return withoutTree(withoutTree(fields, ["f:spec"]), ["f:metadata", "f:labels"]);
  return hasStatus ? withoutTree(fields, ["f:status"]) : fields;
}

function owned(fields: FieldSet, writer: Writer, hasStatus: boolean): FieldSet {
  return resetBy(difference(fields, SERVER_FIELDS), writer.subresource, hasStatus);
}

function withoutManagers(object: Json): Json {
  if (!isObject(object) || !isObject(object["metadata"])) return object;
  const { managedFields: _managers, ...metadata } = object["metadata"] as JsonObject;
  return { ...object, metadata };
}

interface Conflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

/** What the other managers keep after a change, and where it touched what was theirs. */
function accounted(managers: readonly Manager[], change: Comparison, isSelf: (manager: Manager) => boolean): { readonly kept: readonly Manager[]; readonly conflicts: readonly Conflict[] } {
  const touched = union(change.modified, change.added);
  const conflicts: Conflict[] = [];
  const kept = managers.map((manager): Manager => {
    if (isSelf(manager)) return manager;
    const fields = intersection(manager.fields, touched);
    if (!isEmpty(fields)) conflicts.push({ manager, fields });
    return { ...manager, fields: difference(difference(manager.fields, fields), change.removed) };
  });
  return { kept, conflicts };
}

/** The managers of an object after an ordinary write. Objects nobody ever accounted for stay so. */
export function managersAfterUpdate(before: KubeObject | undefined, after: KubeObject, managers: readonly Manager[], writer: Writer, hasStatus: boolean, shape: Shape, zero: JsonObject): readonly Manager[] {
  if (before !== undefined && managers.length === 0) return [];
  const kind = kindOf(after);
  const from = before === undefined ? zero : withoutManagers(before as unknown as Json);
  const change = compareFields(from, withoutManagers(after as unknown as Json), shape);
  const { kept } = accounted(managers, change, () => false);
  const gained = owned(union(change.modified, change.added), writer, hasStatus);
  const self = { manager: writer.manager, operation: "Update" as const, apiVersion: partsOfKind(kind).apiVersion, subresource: writer.subresource };
  const mine = kept.find((manager) => isSame(manager, self));
  const others = kept.filter((manager) => manager !== mine);
  if (isEmpty(gained)) return mine ? [...others, mine] : others;
  return [...others, { ...self, time: writer.time, fields: union(mine?.fields ?? EMPTY, gained) }];
}

/** What an apply came to. */
export interface Applied {
  readonly object: JsonObject;
  readonly managers: readonly Manager[];
}

function mistyped(object: JsonObject, kind: KindId, why: string): ApiError {
  const metadata = (object["metadata"] ?? {}) as JsonObject;
  const { group, version, kind: name } = partsOfKind(kind);
  const gv = group === "" ? `/${version}` : `${group}/${version}`;
  return new ApiError({ code: 500, reason: "InternalError", unnamed: true, message: `failed to create typed patch object (${String(metadata["namespace"] ?? "")}/${String(metadata["name"] ?? "")}; ${gv}, Kind=${name}): ${why}`, causes: [] });
}

/** 500: the configuration names a field its kind does not have. */
export function unknownField(configuration: JsonObject, path: string): ApiError {
  return mistyped(configuration, kindOf(configuration as unknown as KubeObject), `.${path}: field not declared in schema`);
}

/** 500: a value of the configuration is not of its field's type. */
export function wronglyTyped(configuration: JsonObject, problem: string): ApiError {
  return mistyped(configuration, kindOf(configuration as unknown as KubeObject), problem);
}

function refusal(conflicts: readonly Conflict[]): ApiError {
  const naming = ({ manager }: Conflict): string => {
    const on = manager.subresource === "" ? "" : ` with subresource ${JSON.stringify(manager.subresource)}`;
    const using = manager.operation === "Update" ? ` using ${manager.apiVersion}` : "";
    return `conflict with ${JSON.stringify(manager.manager)}${on}${using}`;
  };
  const sorted = [...conflicts].sort((a, b) => compareStrings(naming(a), naming(b)));
  const each = sorted.flatMap((conflict) => pathsOf(conflict.fields).map((path) => ({ who: naming(conflict), field: pathText(path) })));
  const groups = sorted.map((conflict) => ({ who: naming(conflict), fields: pathsOf(conflict.fields).map(pathText) }));
  const many = each.length > 1;
  const text = groups.map(({ who, fields }) => (many ? `${who.replace(/^conflict/, "conflicts")}:\n${fields.map((field) => `- ${field}`).join("\n")}` : `${who}: ${fields[0] ?? ""}`)).join("\n");
  return new ApiError({
    code: 409,
    reason: "Conflict",
    message: `Apply failed with ${each.length} conflict${many ? "s" : ""}: ${text}`,
    causes: [],
    details: { causes: each.map(({ who, field }) => ({ reason: "FieldManagerConflict", message: who, field })) },
  });
}

/** What the last apply set and nobody owns any more is taken out. Upstream: merge.Updater.prune. */
function pruned(merged: Json, managers: readonly Manager[], last: FieldSet | undefined, shape: Shape): Json {
  if (last === undefined || isEmpty(last)) return merged;
  const all = withNamedFields(fieldsOf(merged, shape));
  const named = withNamedFields(last);
  const cut = withoutFields(merged, named, shape) ?? {};
  const claimed = managers.reduce<FieldSet>((set, { fields }) => union(set, fields), EMPTY);
  const restored = withoutFields(merged, difference(all, union(withNamedFields(fieldsOf(cut, shape)), withNamedFields(claimed))), shape) ?? {};
  return withoutFields(merged, intersection(difference(all, withNamedFields(fieldsOf(restored, shape))), named), shape) ?? {};
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

function lastAppliedOf(live: KubeObject): JsonObject | undefined {
  const text = live.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined || text === "") return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Conflicts that remain when what `kubectl apply` wrote on the client's side is taken for kubectl's own. */
function withoutLastApplied(conflicts: readonly Conflict[], live: KubeObject, shape: Shape): readonly Conflict[] {
  const last = lastAppliedOf(live);
  if (!last) return conflicts;
  const current = compareFields(last, withoutManagers(live as unknown as Json), shape);
  const allowed = difference(fieldsOf(last, shape), union(current.modified, current.removed));
  return conflicts.flatMap(({ manager, fields }) => {
    const left = difference(fields, allowed);
    return isEmpty(left) ? [] : [{ manager, fields: left }];
  });
}

/**
 * The object after an apply, and its managers.
 *
 * @throws {ApiError} 409 when others own what would change, unless forced; 500 when the configuration is not of the kind's shape
 */
export function applyConfiguration(live: KubeObject | undefined, configuration: JsonObject, writer: Writer, force: boolean, hasStatus: boolean, shape: Shape, zero: JsonObject): Applied {
  const kind = kindOf(configuration as unknown as KubeObject);
  const [twice] = duplicatesIn(configuration, shape);
  if (twice !== undefined) throw mistyped(configuration, kind, twice);
  const { apiVersion } = partsOfKind(kind);
  const self = { manager: writer.manager, operation: "Apply" as const, apiVersion, subresource: writer.subresource };
  const set = owned(fieldsOf(withoutManagers(configuration), shape), writer, hasStatus);
  const mine: Manager = { ...self, time: writer.time, fields: set };
  if (live === undefined) return { object: configuration, managers: [mine] };
  const before = managersBefore(live, writer, shape, zero);
  const last = before.find((manager) => isSame(manager, self));
  const others = before.filter((manager) => manager !== last);
  const from = withoutManagers(live as unknown as Json);
  const merged = mergeTyped(from, wantedPart(configuration, writer, hasStatus), shape);
  // What names the object counts as wanted here, or it would be taken out with the rest of metadata.
  const wanted = { ...mine, fields: resetBy(fieldsOf(withoutManagers(configuration), shape), writer.subresource, hasStatus) };
  const object = pruned(merged, [...others, wanted], last?.fields, shape) as JsonObject;
  const change = compareFields(from, object, shape);
  const { kept, conflicts } = accounted(others, change, () => false);
  const standing = writer.manager === "kubectl" ? withoutLastApplied(conflicts, live, shape) : conflicts;
  if (standing.length > 0 && !force) throw refusal(standing);
  const unchanged = last !== undefined && sameSet(last.fields, set) && last.apiVersion === apiVersion;
  return { object: withLastApplied(object, live, configuration, writer), managers: [...kept, unchanged ? { ...mine, time: last.time } : mine] };
}

/** Whoever wrote before anybody kept account owns everything. */
function managersBefore(live: KubeObject, writer: Writer, shape: Shape, zero: JsonObject): readonly Manager[] {
  const known = readManagers(live.metadata.managedFields);
  if (known.length > 0) return known;
  const kind = kindOf(live);
  const change = compareFields(zero, withoutManagers(live as unknown as Json), shape);
  const fields = difference(union(change.added, change.modified), SERVER_FIELDS);
  return [{ manager: "before-first-apply", operation: "Update", apiVersion: partsOfKind(kind).apiVersion, subresource: "", time: writer.time, fields }];
}

/** The part of a configuration that this way of writing may change. */
function wantedPart(configuration: JsonObject, { subresource }: Writer, hasStatus: boolean): Json {
  const { metadata, status, ...rest } = configuration;
  const { managedFields: _managers, resourceVersion: _version, uid: _uid, ...named } = (isObject(metadata) ? metadata : {}) as JsonObject;
  if (subresource === "status") return { apiVersion: rest["apiVersion"] ?? null, kind: rest["kind"] ?? null, metadata: named, ...(status === undefined ? {} : { status }) };
  return { ...rest, metadata: named, ...(status === undefined || hasStatus ? {} : { status }) };
}

/** kubectl's own record follows when kubectl applies from the server's side. Upstream: managedfields/internal/lastappliedupdater.go. */
function withLastApplied(object: JsonObject, live: KubeObject, configuration: JsonObject, writer: Writer): JsonObject {
  if (writer.manager !== "kubectl" || live.metadata.annotations?.[LAST_APPLIED] === undefined) return object;
  const { managedFields: _managers, ...metadata } = (configuration["metadata"] ?? {}) as JsonObject;
  const { metadata: kept } = object;
  const text = `${canonicalJson({ ...configuration, metadata })}\n`;
  const annotations = { ...(((kept as JsonObject)["annotations"] ?? {}) as JsonObject), [LAST_APPLIED]: text };
  return { ...object, metadata: { ...(kept as JsonObject), annotations } };
}

export { readManagers, writeManagers, type Manager } from "./managers";
