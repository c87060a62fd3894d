import { ApiError, COMPONENT_STATUS, Compacted, matchesFields, parseFieldSelector, parseSelector, selectorMatches, type Json, type KubeObject, type StoreEvent } from "@/lib/engine";
import type { Call, Outcome } from "../../command";
import { findType, typeOfKind, type ResourceType } from "../../discovery";
import { fail, failAll } from "../../failure";
import { headerOf, rowOf, type TableOptions } from "../../output/table";
import { formatOf, printStructured } from "../../output/print-objects";
import { alignRows } from "../../output/tab-writer";
import { findObjects, selectionOf } from "../../resource-args";
import { tableOptions } from "./table-options";

/** What a watch must remember between two looks. */
interface WatchState {
  readonly kind: string;
  readonly names: readonly string[];
  readonly revision: number;
  readonly widths: readonly number[];
  readonly headed: boolean;
}

/** `get -w`: the table as it is, and then a line for each change. */
export function beginWatch(call: Call): Outcome {
  const found = findObjects(call, call.words, selectionOf(call));
  failAll(found.failures);
  if (found.types.length !== 1) fail("you may only specify a single resource type");
  const type = found.types[0] as ResourceType;
  if (type.kind === COMPONENT_STATUS) {
    show(call, type, { kind: type.kind, names: [], revision: 0, widths: [], headed: false }, found.infos.map(({ object }) => ({ type: "ADDED" as const, object })), true);
    throw new ApiError({ code: 405, reason: "MethodNotAllowed", message: "the server does not allow this method on the requested resource", causes: [] });
  }
  const names = call.words.some((word) => word.includes("/")) || call.words.length > 1 ? found.infos.map(({ ref }) => ref.name) : [];
  const state: WatchState = { kind: type.kind, names, revision: call.io.cluster.revision, widths: [], headed: false };
  const shownFirst = call.flags.bool("watch-only") ? [] : found.infos.map(({ object }) => ({ type: "ADDED" as const, object }));
  return { state: show(call, type, state, shownFirst, true) as unknown as Json, endless: true };
}

/** The next look of a watch. */
export function goOnWatching(call: Call, stored: Json): Outcome {
  const state = stored as unknown as WatchState;
  const type = typeOfKind(call.client, state.kind as ResourceType["kind"]) ?? findType(call.client, "pods");
  if (type === undefined) return 1;
  const changes = changesSince(call, state).filter((event) => event.kind === type.kind && concerns(call, state, event.object));
  const next = show(call, type, { ...state, revision: call.io.cluster.revision }, changes, false);
  return { state: next as unknown as Json, endless: true };
}

function changesSince(call: Call, state: WatchState): readonly StoreEvent[] {
  try {
    return call.io.cluster.since(state.revision);
  } catch (error) {
    // So much has happened that the history is gone: what was missed cannot be shown, what follows can.
    if (error instanceof Compacted) return [];
    throw error;
  }
}

function concerns(call: Call, state: WatchState, object: KubeObject): boolean {
  const namespace = object.metadata.namespace;
  if (namespace !== undefined && !call.flags.bool("all-namespaces") && namespace !== call.namespace) return false;
  if (state.names.length > 0 && !state.names.includes(object.metadata.name)) return false;
  const { selector = "", fieldSelector = "" } = selectionOf(call);
  const labels = parseSelector(selector);
  if (selector !== "" && "selector" in labels && !selectorMatches(labels.selector, object.metadata.labels)) return false;
  const fields = parseFieldSelector(fieldSelector);
  if (fieldSelector === "" || "error" in fields) return true;
  return matchesFields(fields.selector, Object.fromEntries(fields.selector.terms.map(({ field }) => [field, valueAt(object, field)])));
}

/** The text of a field by its dotted path; empty when it is absent. */
function valueAt(object: unknown, path: string): string {
  const value = path.split(".").reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined), object);
  return value === undefined || value === null ? "" : String(value);
}

interface Change {
  readonly type: string;
  readonly object: KubeObject;
}

function show(call: Call, type: ResourceType, state: WatchState, changes: readonly Change[], together: boolean): WatchState {
  if (changes.length === 0) return state;
  const format = formatOf(call).name;
  if (format !== "" && format !== "wide") {
    for (const { object } of changes) printStructured(call, [{ type, object }], true);
    return state;
  }
  const options: TableOptions = tableOptions(call, false);
  const withEvent = (event: string): TableOptions => (call.flags.bool("output-watch-events") ? { ...options, event } : options);
  const now = call.io.cluster.now;
  const rows = changes.map((change) => rowOf(type, change.object, now, withEvent(change.type)));
  let { widths } = state;
  const header = state.headed || options.noHeaders === true ? [] : [headerOf(type, withEvent("EVENT"))];
  const [first = [], ...others] = rows;
  // The first table is aligned as a whole, and each later line by itself, remembering how wide columns have become.
  const blocks = together ? [[...header, ...rows]] : [[...header, first], ...others.map((row) => [row])];
  for (const block of blocks) {
    const aligned = alignRows(block, widths);
    widths = aligned.widths;
    call.out(aligned.text);
  }
  return { ...state, widths, headed: true };
}
