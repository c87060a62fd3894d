/** Watches: the store's history as frames. Upstream: apiserver/pkg/endpoints/handlers/watch.go. */
import { API_SERVICE, Compacted, CUSTOM_RESOURCE_DEFINITION, partsOfKind, registrationChanges, type Cluster, type JsonObject, type KindId, type KubeObject, type ResourceDefinition, type StoreEvent } from "@/lib/engine";
import { objectText, partialText, sharedFrame } from "./encode";
import { includeOf } from "./list";
import type { RestAnswer } from "./message";
import { formOf, type Form } from "./negotiate";
import { isOn, type Query } from "./query";
import type { Frame, WatchStream } from "./stream";
import { numberOf, selectionOf, type Selection } from "./selection";
import { badOption, failure, type Cause } from "./status";
import { tableText, type IncludeObject } from "./table";

interface WatchPlan {
  readonly definition: ResourceDefinition;
  readonly namespace: string;
  readonly selection: Selection;
  readonly form: Form;
  readonly include: IncludeObject;
  readonly bookmarks: boolean;
  /** Starts with what is there now. */
  readonly initial: boolean;
  /** Says when what was there has been told. */
  readonly announceEnd: boolean;
  readonly from: number;
}

type EventType = "ADDED" | "MODIFIED" | "DELETED";

function inScope({ definition, namespace }: WatchPlan, event: StoreEvent): boolean {
  return event.kind === definition.kind && (namespace === "" || event.object.metadata.namespace === namespace);
}

/** What a change means to somebody who sees only the selected objects. */
function seenAs(event: StoreEvent, selection: Selection): EventType | undefined {
  if (selection.plain) return event.type;
  const is = selection.matches(event.object);
  if (event.type === "ADDED") return is ? "ADDED" : undefined;
  const was = event.previous !== undefined && selection.matches(event.previous);
  if (event.type === "DELETED") return was || is ? "DELETED" : undefined;
  return is ? (was ? "MODIFIED" : "ADDED") : was ? "DELETED" : undefined;
}

/** What happened since a revision. APIServices of defined kinds are kept nowhere: they come and go with the definitions. */
function historyOf(cluster: Cluster, kind: KindId, revision: number): readonly StoreEvent[] {
  const events = cluster.since(revision);
  if (kind !== API_SERVICE) return events;
  const definitions = cluster.as("system:apiserver").list<KubeObject>(CUSTOM_RESOURCE_DEFINITION);
  return events.flatMap((event) => (event.kind === CUSTOM_RESOURCE_DEFINITION ? registrationChanges(event, definitions) : [event]));
}

const END = { "k8s.io/initial-events-end": "true" };

/** Opens a watch on a cluster. */
function openWatch(cluster: Cluster, plan: WatchPlan): WatchStream {
  const { definition, form, include, selection, namespace } = plan;
  let cursor = plan.from;
  let begun = false;
  let ended = false;
  let columns = true;
  const row = (object: KubeObject): string => {
    const text = tableText(definition, [object], { resourceVersion: object.metadata.resourceVersion }, cluster.now, include, columns);
    columns = false;
    return text;
  };
  const frame = (type: EventType, object: KubeObject): Frame =>
    form === "table" ? { text: `{"type":"${type}","object":${row(object)}}\n` } : sharedFrame(type, object, form, form === "partial" ? partialText : objectText);
  const mark = (annotations?: JsonObject): string => {
    const { kind, apiVersion } = form === "partial" ? { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" } : partsOfKind(definition.kind);
    const metadata = { resourceVersion: String(cursor), creationTimestamp: null, ...(annotations === undefined ? {} : { annotations }) };
    const table = { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata: { resourceVersion: String(cursor) }, columnDefinitions: null, rows: [{ cells: [], object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata } }] };
    return `${JSON.stringify({ type: "BOOKMARK", object: form === "table" ? table : { kind, apiVersion, metadata } })}\n`;
  };
  const first = (): readonly Frame[] => {
    if (!plan.initial) return [];
    const objects = cluster.as("system:apiserver").list<KubeObject>(definition.kind, namespace === "" ? {} : { namespace });
    cursor = cluster.revision;
    return [...objects.filter(selection.matches).map((object) => frame("ADDED", object)), ...(plan.announceEnd ? [{ text: mark(END) }] : [])];
  };
  const changes = (): readonly Frame[] => {
    if (cursor >= cluster.revision) return [];
    const frames: Frame[] = [];
    for (const event of historyOf(cluster, definition.kind, cursor)) {
      if (!inScope(plan, event)) continue;
      const type = seenAs(event, selection);
      if (type !== undefined) frames.push(frame(type, event.object));
    }
    cursor = cluster.revision;
    return frames;
  };
  return {
    next() {
      if (ended) return [];
      try {
        const frames = begun ? [] : first();
        begun = true;
        return [...frames, ...changes()];
      } catch (error) {
        if (!(error instanceof Compacted)) throw error;
        ended = true;
        return [{ text: `${JSON.stringify({ type: "ERROR", object: failure(410, "Expired", `too old resource version: ${cursor} (${cluster.revision})`) })}\n` }];
      }
    },
    get ended() {
      return ended;
    },
    bookmark: () => (plan.bookmarks && begun && !ended ? mark() : undefined),
  };
}

function checkOptions(query: Query): void {
  const initial = query.get("sendInitialEvents");
  const match = query.get("resourceVersionMatch") ?? "";
  const [field, wrong]: readonly [string, Cause[]] = ["resourceVersionMatch", []];
  const forbid = (message: string): void => void wrong.push({ field, reason: "FieldValueForbidden", message: `Forbidden: ${message}` });
  const isSaid = initial !== undefined && initial !== "";
  if (isSaid && match !== "NotOlderThan") forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  if (!isSaid && match !== "") forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  if (!["", "NotOlderThan"].includes(match)) wrong.push({ field, reason: "FieldValueNotSupported", message: `Unsupported value: ${JSON.stringify(match)}: supported values: "NotOlderThan"` });
  if (match !== "" && (query.get("continue") ?? "") !== "") forbid("resourceVersionMatch is forbidden when continue is provided");
  if (wrong.length > 0) throw badOption("ListOptions", ...wrong);
}

/** A watch of a kind, or of one object when the path named it. @throws {Refusal} */
export function watchAnswer(cluster: Cluster, definition: ResourceDefinition, namespace: string, name: string, query: Query, accept: string | undefined): RestAnswer {
  checkOptions(query);
  const selection = selectionOf(definition, query);
  const version = query.get("resourceVersion") ?? "";
  if (version !== "" && !/^\d+$/.test(version)) {
    throw badOption("ListOptions", { field: "resourceVersion", reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax` });
  }
  const announceEnd = isOn(query, "sendInitialEvents");
  const unset = version === "" || version === "0";
  const initial = announceEnd || (unset && query.get("sendInitialEvents") !== "false");
  const one: Selection = name === "" ? selection : { ...selection, plain: false, matches: (object) => object.metadata.name === name && selection.matches(object) };
  const watch = openWatch(cluster, {
    definition,
    namespace,
    selection: one,
    form: formOf(accept),
    include: includeOf(query),
    bookmarks: isOn(query, "allowWatchBookmarks"),
    initial,
    announceEnd: announceEnd && isOn(query, "allowWatchBookmarks"),
    from: unset ? cluster.revision : Number(version),
  });
  return { type: "watch", headers: { "Content-Type": "application/json" }, watch, timeoutSeconds: numberOf(query, "timeoutSeconds") };
}
