/** GET of one object and of lists, at a revision, page by page. */
import { Compacted, compareStrings, decodeBase64, decodeBase64Bytes, encodeBase64, keyOf, keyText, partsOfKind, type Cluster, type JsonObject, type KubeObject, type ResourceDefinition } from "@/lib/engine";
import { listText, objectText, partialListText, partialText, type ListMeta } from "./encode";
import { textAnswer, type RestAnswer } from "./message";
import { formOf, type Form } from "./negotiate";
import type { Query } from "./query";
import { numberOf, selectionOf } from "./selection";
import { bad, badOption, Refusal, type Cause } from "./status";
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

const VERSION = "meta.k8s.io/v1";

/** Base64 for URLs, without padding, as upstream writes its tokens. */
function writeToken({ revision, start }: Token): string {
  return encodeBase64(JSON.stringify({ v: VERSION, rv: revision, start })).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Upstream: apiserver/pkg/storage/continue.go. @throws {Refusal} 400 */
function readToken(text: string): Token {
  const refuse = (why: string): Refusal => bad(`invalid continue token: continue key is not valid: ${why}`);
  const strange = /[^A-Za-z0-9_-]/.exec(text);
  if (strange || text.length % 4 === 1) throw refuse(`illegal base64 data at input byte ${strange?.index ?? text.length - 1}`);
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = decodeBase64Bytes(plain);
  const first = bytes[0] ?? 0;
  if (first !== 0x7b) throw refuse(`invalid character '${String.fromCharCode(first)}' looking for beginning of value`);
  let value: JsonObject;
  try {
    value = JSON.parse(decodeBase64(plain)) as JsonObject;
  } catch {
    throw refuse("unexpected end of JSON input");
  }
  const { v, rv, start } = value;
  if (v !== VERSION) throw refuse(`server does not recognize this encoded version ${JSON.stringify(typeof v === "string" ? v : "")}`);
  if (typeof rv !== "number" || rv === 0) throw refuse("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  if (typeof start !== "string" || start === "") throw refuse("encoded start key empty (version meta.k8s.io/v1)");
  return { revision: rv, start };
}

const EXPIRED =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";
const TOO_OLD = "The resourceVersion for the provided list is too old.";

/** A token for what is there now, wherever the list began: what an expired one may be exchanged for. */
const INCONSISTENT = -1;

interface Listing {
  readonly key: string;
  readonly objects: readonly KubeObject[];
}

/** What each cluster was last asked to list: the pages of one list need not be sorted anew. A memory of answers; it changes none. */
const listings = new WeakMap<Cluster, Listing>();

/** The objects of a kind in key order, now. */
function present(cluster: Cluster, definition: ResourceDefinition, namespace: string): readonly KubeObject[] {
  // Events end by themselves: of them, what is there depends on the time, too.
  const until = partsOfKind(definition.kind).kind === "Event" ? ` ${cluster.now}` : "";
  const key = `${definition.kind} ${namespace} ${cluster.revision}${until}`;
  const known = listings.get(cluster);
  if (known?.key === key) return known.objects;
  const objects = cluster.as("system:apiserver").list<KubeObject>(definition.kind, namespace === "" ? {} : { namespace });
  listings.set(cluster, { key, objects });
  return objects;
}

/** How many of the objects, which are in key order, come up to and with a key. */
function placeAfter(objects: readonly KubeObject[], key: string): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareStrings(keyText(keyOf(objects[middle] as KubeObject)), key) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The objects of a kind as they were at a revision: what happened since is undone. @throws {Refusal} 410 when that history is gone. */
export function objectsAt(cluster: Cluster, definition: ResourceDefinition, namespace: string, revision: number, token?: Token): readonly KubeObject[] {
  const now = present(cluster, definition, namespace);
  if (revision >= cluster.revision) return now;
  const then = new Map(now.map((object) => [keyText(keyOf(object)), object]));
  try {
    for (const event of [...cluster.since(revision)].reverse()) {
      if (event.kind !== definition.kind || (namespace !== "" && event.object.metadata.namespace !== namespace)) continue;
      if (event.previous === undefined) then.delete(keyText(keyOf(event.object)));
      else then.set(keyText(keyOf(event.object)), event.previous);
    }
  } catch (error) {
    if (error instanceof Compacted) throw token ? new Refusal(410, "Expired", EXPIRED, undefined, { continue: writeToken({ ...token, revision: INCONSISTENT }) }) : new Refusal(410, "Expired", TOO_OLD);
    throw error;
  }
  return [...then].sort(([a], [b]) => compareStrings(a, b)).map(([, object]) => object);
}

/** The revision a query asks for. @throws {Refusal} 504 when it lies in the future. */
export function revisionOf(cluster: Cluster, query: Query): number | undefined {
  const text = query.get("resourceVersion") ?? "";
  if (text === "") return undefined;
  if (!/^\d+$/.test(text)) throw bad(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  const revision = Number(text);
  if (revision > cluster.revision) {
    const message = `Timeout: Too large resource version: ${revision}, current: ${cluster.revision}`;
    throw new Refusal(504, "Timeout", message, { causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }], retryAfterSeconds: 1 });
  }
  return revision;
}

function checkMatch(query: Query): void {
  const match = query.get("resourceVersionMatch") ?? "";
  const version = query.get("resourceVersion") ?? "";
  const wrong: Cause[] = [];
  const forbid = (field: string, message: string): void => void wrong.push({ field, reason: "FieldValueForbidden", message: `Forbidden: ${message}` });
  if (match !== "" && version === "") forbid("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (match !== "" && (query.get("continue") ?? "") !== "") forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
  if (!["", "Exact", "NotOlderThan"].includes(match)) wrong.push({ field: "resourceVersionMatch", reason: "FieldValueNotSupported", message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""` });
  if (match === "Exact" && version === "0") forbid("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  if ((query.get("sendInitialEvents") ?? "") !== "") forbid("sendInitialEvents", "sendInitialEvents is forbidden for list");
  if (wrong.length > 0) throw badOption("ListOptions", ...wrong);
}

/** A list. @throws {Refusal} */
export function listAnswer(cluster: Cluster, definition: ResourceDefinition, namespace: string, query: Query, accept: string | undefined): RestAnswer {
  const form = formOf(accept);
  const selection = selectionOf(definition, query);
  const limit = numberOf(query, "limit") ?? 0;
  numberOf(query, "timeoutSeconds");
  checkMatch(query);
  const token = (query.get("continue") ?? "") === "" ? undefined : readToken(query.get("continue") ?? "");
  if (token && !["", "0"].includes(query.get("resourceVersion") ?? "")) throw bad("specifying resource version is not allowed when using continue");
  const asked = revisionOf(cluster, query);
  const exact = query.get("resourceVersionMatch") === "Exact" || (limit > 0 && asked !== undefined && asked > 0 && query.get("resourceVersionMatch") !== "NotOlderThan");
  const revision = token ? (token.revision < 0 ? cluster.revision : token.revision) : exact && asked ? asked : cluster.revision;
  const all = objectsAt(cluster, definition, namespace, revision, token);
  const wanted = selection.plain ? all : all.filter(selection.matches);
  const start = token ? placeAfter(wanted, token.start) : 0;
  const left = wanted.length - start;
  const page = limit > 0 ? wanted.slice(start, start + limit) : start === 0 ? wanted : wanted.slice(start);
  const last = page[page.length - 1];
  const more = last !== undefined && page.length < left;
  const meta: ListMeta = {
    resourceVersion: String(revision),
    ...(more ? { continue: writeToken({ revision, start: keyText(keyOf(last)) }) } : {}),
    // Upstream counts what remains only where no selector hides part of it.
    ...(more && selection.plain ? { remainingItemCount: left - page.length } : {}),
  };
  if (form === "table") return textAnswer(`${tableText(definition, page, meta, cluster.now, includeOf(query))}\n`, 200, JSON_TYPE);
  return textAnswer(form === "partial" ? partialListText(meta, page) : listText(definition.kind, meta, page), 200, JSON_TYPE);
}
