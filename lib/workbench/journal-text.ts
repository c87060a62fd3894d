import { clockText, type Cluster, type Json, type JournalEntry, type StoreEvent } from "@/lib/engine";

const VERBS: Readonly<Record<string, string>> = { ADDED: "create", MODIFIED: "update", DELETED: "delete" };
/** Changes nobody reads: they follow from every write. */
const SILENT = new Set(["metadata.resourceVersion", "metadata.generation", "status.observedGeneration", "metadata.managedFields"]);

/**
 * The journal as people read it: one line an entry, `time  who  what about  what changed`.
 * The source of golden traces and of the teacher's replay. Deterministic.
 */
export function journalText(cluster: Cluster, sinceEntry = 0): readonly string[] {
  const history = new Map(safeHistory(cluster).map((event) => [event.revision, event]));
  return cluster.journal().slice(sinceEntry).map((entry) => line(entry, history));
}

function safeHistory(cluster: Cluster): readonly StoreEvent[] {
  try {
    return cluster.since(1);
  } catch {
    // Older history was compacted: the lines remain, without what changed.
    return [];
  }
}

function line(entry: JournalEntry, history: ReadonlyMap<number, StoreEvent>): string {
  const event = typeof entry.detail === "number" ? history.get(entry.detail) : undefined;
  const what = VERBS[entry.what] ?? entry.what;
  const detail = event ? changes(event) : typeof entry.detail === "string" ? entry.detail : "";
  return `${clockText(entry.at)}  ${entry.by.padEnd(24)}  ${`${what} ${entry.about}`.padEnd(60)}  ${detail}`.trimEnd();
}

function changes(event: StoreEvent): string {
  if (event.type !== "MODIFIED" || !event.previous) return "";
  const found: string[] = [];
  compare(event.previous as unknown as Json, event.object as unknown as Json, "", found, 0);
  return found.slice(0, 4).join("  ") + (found.length > 4 ? `  … +${found.length - 4}` : "");
}

function compare(old: Json | undefined, next: Json | undefined, path: string, found: string[], depth: number): void {
  if (old === next || SILENT.has(path)) return;
  const isTree = (value: Json | undefined): value is Readonly<Record<string, Json>> => typeof value === "object" && value !== null && !Array.isArray(value);
  if (isTree(old) && isTree(next) && depth < 3) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    for (const key of keys) compare(old[key], next[key], path === "" ? key : `${path}.${key}`, found, depth + 1);
    return;
  }
  const before = JSON.stringify(old);
  const after = JSON.stringify(next);
  if (before !== after) found.push(`${path} ${short(before)}→${short(after)}`);
}

function short(text: string | undefined): string {
  if (text === undefined) return "∅";
  return text.length <= 40 ? text : `${text.slice(0, 37)}…`;
}
