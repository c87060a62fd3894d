/** GET of one object and of lists, at a revision, page by page. */
import { Compacted, compareStrings, decodeBase64, encodeBase64, keyOf, keyText, type Cluster, type JsonObject, type KubeObject, type ResourceDefinition } from "@/lib/engine";
import { listText, objectText, partialListText, partialText, type ListMeta } from "./encode";
import { textAnswer, type RestAnswer } from "./message";
import { formOf, type Form } from "./negotiate";
import type { Query } from "./query";
import { numberOf, selectionOf } from "./selection";
import { bad, badOption, Refusal } from "./status";
import { tableText, type IncludeObject } from "./table";

const JSON_TYPE = { "Content-Type": "application/json" };

/** What rows of a table carry, by the query. */
export function includeOf(query: Query): IncludeObject {
  const asked = query.get("includeObject");
  if (asked === undefined || asked === "" || asked === "Metadata") return "Metadata";
  if (asked === "None" || asked === "Object") return asked;
  throw bad(`unrecognized includeObject value: ${JSON.stringify(asked)}`);
}

/** One object in the form the client likes. */
export function oneAnswer(definition: ResourceDefinition, object: KubeObject, cluster: Cluster, query: Query, accept: string | undefined, status = 200, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  const form = formOf(accept);
  return textAnswer(`${oneText(definition, object, cluster, query, form)}\n`, status, { ...JSON_TYPE, ...headers });
}

function oneText(definition: ResourceDefinition, object: KubeObject, cluster: Cluster, query: Query, form: Form): string {
  if (form === "table") return tableText(definition, [object], { resourceVersion: object.metadata.resourceVersion }, cluster.now, includeOf(query));
  return form === "partial" ? partialText(object) : objectText(object);
}

interface Token {
  readonly revision: number;
  readonly start: string;
}

function readToken(text: string): Token {
  const decoded = decodeBase64(text);
  try {
    const value = JSON.parse(decoded === undefined ? "" : decoded) as JsonObject;
    const { rv, start } = value;
    if (typeof rv === "number" && typeof start === "string" && value["v"] === "meta.k8s.io/v1") return { revision: rv, start };
  } catch {
    // Said below: whoever writes tokens by hand learns nothing of how they are made.
  }
  throw bad("continue key is not valid: encoded continue key is not valid");
}

const EXPIRED =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/** The objects of a kind as they were at a revision: what happened since is undone. @throws {Refusal} 410 when that history is gone. */
export function objectsAt(cluster: Cluster, definition: ResourceDefinition, namespace: string, revision: number, expired = EXPIRED): readonly KubeObject[] {
  const now = cluster.as("system:apiserver").list<KubeObject>(definition.kind, namespace === "" ? {} : { namespace });
  if (revision >= cluster.revision) return now;
  const then = new Map(now.map((object) => [keyText(keyOf(object)), object]));
  try {
    for (const event of [...cluster.since(revision)].reverse()) {
      if (event.kind !== definition.kind || (namespace !== "" && event.object.metadata.namespace !== namespace)) continue;
      if (event.previous === undefined) then.delete(keyText(keyOf(event.object)));
      else then.set(keyText(keyOf(event.object)), event.previous);
    }
  } catch (error) {
    if (error instanceof Compacted) throw new Refusal(410, "Expired", expired);
    throw error;
  }
  return [...then].sort(([a], [b]) => compareStrings(a, b)).map(([, object]) => object);
}

/** The revision a query asks for. @throws {Refusal} 504 when it lies in the future. */
export function revisionOf(cluster: Cluster, query: Query, kind = "ListOptions"): number | undefined {
  const text = query.get("resourceVersion") ?? "";
  if (text === "") return undefined;
  if (!/^\d+$/.test(text)) throw badOption(kind, { field: "resourceVersion", reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax` });
  const revision = Number(text);
  if (revision > cluster.revision) {
    const message = `Timeout: Too large resource version: ${revision}, current: ${cluster.revision}`;
    throw new Refusal(504, "Timeout", message, { causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }], retryAfterSeconds: 1 });
  }
  return revision;
}

function checkMatch(query: Query): void {
  const match = query.get("resourceVersionMatch") ?? "";
  if (match === "") return;
  const forbid = (message: string): Refusal => badOption("ListOptions", { field: "resourceVersionMatch", reason: "FieldValueForbidden", message: `Forbidden: ${message}` });
  const version = query.get("resourceVersion") ?? "";
  if (version === "") throw forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
  if ((query.get("continue") ?? "") !== "") throw forbid("resourceVersionMatch is forbidden when continue is provided");
  if (match !== "Exact" && match !== "NotOlderThan") {
    throw badOption("ListOptions", { field: "resourceVersionMatch", reason: "FieldValueNotSupported", message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan"` });
  }
  if (match === "Exact" && version === "0") throw forbid('resourceVersionMatch "Exact" is forbidden for resourceVersion "0"');
}

/** A list. @throws {Refusal} */
export function listAnswer(cluster: Cluster, definition: ResourceDefinition, namespace: string, query: Query, accept: string | undefined): RestAnswer {
  const form = formOf(accept);
  const selection = selectionOf(definition, query);
  const limit = numberOf(query, "limit") ?? 0;
  checkMatch(query);
  const token = (query.get("continue") ?? "") === "" ? undefined : readToken(query.get("continue") ?? "");
  if (token && !["", "0"].includes(query.get("resourceVersion") ?? "")) throw bad("specifying resource version is not allowed when using continue");
  const asked = revisionOf(cluster, query);
  const exact = query.get("resourceVersionMatch") === "Exact" || (limit > 0 && asked !== undefined && asked > 0 && query.get("resourceVersionMatch") !== "NotOlderThan");
  const revision = token ? (token.revision < 0 ? cluster.revision : token.revision) : exact && asked ? asked : cluster.revision;
  const all = objectsAt(cluster, definition, namespace, revision);
  const wanted = selection.plain ? all : all.filter(selection.matches);
  const from = token ? wanted.filter((object) => compareStrings(keyText(keyOf(object)), token.start) > 0) : wanted;
  const page = limit > 0 ? from.slice(0, limit) : from;
  const last = page[page.length - 1];
  const more = last !== undefined && page.length < from.length;
  const meta: ListMeta = {
    resourceVersion: String(revision),
    ...(more ? { continue: encodeBase64(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: keyText(keyOf(last)) })) } : {}),
    // Upstream counts what remains only where no selector hides part of it.
    ...(more && selection.plain ? { remainingItemCount: from.length - page.length } : {}),
  };
  if (form === "table") return textAnswer(`${tableText(definition, page, meta, cluster.now, includeOf(query))}\n`, 200, JSON_TYPE);
  return textAnswer(form === "partial" ? partialListText(meta, page) : listText(definition.kind, meta, page), 200, JSON_TYPE);
}
