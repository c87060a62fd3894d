import { EVENT, LEASE } from "@/lib/engine/apimachinery/kinds";
import type { Event } from "@/lib/engine/models";
import type { StoreEvent } from "@/lib/engine/store/store";
import { same, type Adapter } from "./adapter";
import { playJournal, type JournalInput } from "./journal-run";

interface Entry {
  /** Seconds since the first input. */
  readonly at: number;
  readonly object: string;
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "FIRST-SEEN";
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly changes?: Readonly<Record<string, readonly [unknown, unknown]>>;
}

interface RecordedEvent {
  readonly kind: string;
  readonly name: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

interface Journal {
  readonly namespace: string;
  readonly inputs: readonly JournalInput[];
  readonly settleSeconds: number;
  readonly journal: readonly Entry[];
  readonly events: readonly RecordedEvent[];
  readonly objects: Readonly<Record<string, { readonly exact: boolean }>>;
}

/** A text with placeholders (`<hash:1>`, `<ip of a-<rand:1>>`) as a pattern. Their numbers are not compared. */
function patternOf(text: string): RegExp {
  let open = text;
  while (/<[^<>]*>/.test(open)) open = open.replace(/<[^<>]*>/g, "\u0000");
  return new RegExp(`^${open.split("\u0000").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+?")}$`, "s");
}

function agrees(got: unknown, wanted: unknown): boolean {
  if (wanted === null) return got === undefined || got === null || (typeof got === "object" && Object.keys(got).length === 0);
  if (typeof wanted === "string") return typeof got === "string" && (got === wanted || (wanted.includes("<") && patternOf(wanted).test(got)));
  // An empty list is not kept where its absence means the same.
  if (Array.isArray(wanted) && wanted.length === 0 && (got === undefined || got === null)) return true;
  if (Array.isArray(wanted)) return Array.isArray(got) && got.length === wanted.length && wanted.every((one, i) => agrees(got[i], one));
  return same(got, wanted);
}

/** The value at a recorded path. Keys may hold dots, so an object's own keys decide where a step ends; list items are found by name, type, key or place. */
function at(value: unknown, path: string): unknown {
  if (path === "") return value;
  if (value === undefined || value === null || typeof value !== "object") return undefined;
  const item = /^\[([^\]]*)\]\.?/.exec(path);
  if (item && Array.isArray(value)) {
    const wanted = patternOf(item[1] ?? "");
    // Of two with one key, such as a taint of two effects, the recording shows the last.
    const named = [...(value as readonly Readonly<Record<string, unknown>>[])].reverse().find((one) => ["name", "type", "key"].some((key) => typeof one[key] === "string" && wanted.test(one[key])));
    return at(named ?? (value as readonly unknown[])[Number(item[1])], path.slice(item[0].length));
  }
  for (const key of Object.keys(value)) {
    if (path === key) return (value as Record<string, unknown>)[key];
    if (path.startsWith(`${key}.`)) return at((value as Record<string, unknown>)[key], path.slice(key.length + 1));
    if (path.startsWith(`${key}[`)) return at((value as Record<string, unknown>)[key], path.slice(key.length));
  }
  return undefined;
}

/** What the imitated kubelet writes is not asked for; token volumes and real hashes are not comparable. */
function counts(entry: Entry, path: string, value: unknown, before?: unknown): boolean {
  // An empty object or list that gets its first member is shown as gone.
  if (value === null && typeof before === "object" && before !== null && Object.keys(before).length === 0) return false;
  if (path.endsWith("claimRef.resourceVersion")) return false;
  if (path.endsWith("volumeMounts") || path === "spec.volumes" || path === "metadata.generateName" || path === "metadata.annotations") return false;
  if (value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length === 0) return false;
  return !entry.object.startsWith("Pod/") || entry.type === "ADDED" ? true : /^(metadata|spec)\./.test(path) || path.includes("[PodScheduled].message");
}

const nameOf = ({ object }: StoreEvent): string => `${object.kind}/${object.metadata.name}`;

/** `recorded/controller-journals`: every kept write of the control plane, object by object in its order, and every event of its components. */
export const journals: Adapter = (vector) => {
  const { namespace, inputs, settleSeconds, journal, events, objects } = vector as unknown as Journal;
  const made = journal.find(({ object, type }) => type === "ADDED" && object.includes("<minute>"));
  const writes = playJournal(namespace, inputs, settleSeconds, made?.at);
  const missing = [...missingEntries(journal, objects, writes), ...missingEvents(events, writes)];
  return missing.length === 0 ? { pass: true } : { pass: false, got: { missing: missing.slice(0, 6), count: missing.length } };
};

/** Of an object whose list is complete, what we write beside it. What the imitated kubelet writes is not asked for, nor are pure changes of time. */
function surplus(entries: readonly Entry[], exact: boolean, writes: readonly StoreEvent[]): readonly unknown[] {
  const [first] = entries;
  if (!exact || first === undefined || first.type === "FIRST-SEEN" || /^(Pod|Node)\//.test(first.object)) return [];
  // What the recorder tidied away at the end is kept in some recordings only.
  const asked = writes.filter(({ object }) => object.metadata.namespace !== undefined || object.metadata.deletionTimestamp === undefined);
  const shown = asked.filter(({ object, previous }) => previous === undefined || !same(timeless(object), timeless(previous)));
  return shown.length <= entries.length ? [] : [{ object: first.object, recorded: entries.length, ours: shown.length }];
}

/** Without what changes with every write, and without times. */
function timeless(object: unknown): unknown {
  return JSON.parse(JSON.stringify(object, (key, value: unknown) => (key === "resourceVersion" || key === "managedFields" || /Time(stamp)?$/.test(key) ? undefined : value)));
}

function missingEntries(journal: readonly Entry[], objects: Journal["objects"], writes: readonly StoreEvent[]): readonly unknown[] {
  const names = [...new Set(journal.map(({ object }) => object))];
  const ours = writes.filter(({ kind }) => kind !== EVENT && kind !== LEASE);
  const taken = new Set<string>();
  return names.flatMap((name) => instances(journal.filter(({ object }) => object === name)).map((entries) => ({ name, entries }))).flatMap(({ name, entries }) => {
    const candidates = [...new Set(ours.map(nameOf))].filter((one) => !taken.has(one) && patternOf(name).test(one));
    // Which of several pods of one prefix is meant shows only in what becomes of it.
    const results = candidates.map((one) => ({ one, missing: unmatched(entries, ours.filter((write) => nameOf(write) === one)) }));
    const best = results.sort((a, b) => a.missing.length - b.missing.length)[0];
    if (best) taken.add(best.one);
    return best ? [...best.missing, ...surplus(entries, objects[name]?.exact === true, ours.filter((write) => nameOf(write) === best.one))] : [{ object: name, absent: true }];
  });
}

/** A name of placeholders alone may stand for several objects, one after another: each begins with its creation. */
function instances(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  if (!(entries[0]?.object ?? "").includes("<")) return [entries];
  const starts = entries.flatMap(({ type }, i) => (type === "ADDED" && i > 0 && entries.slice(0, i).some((one) => one.type === "ADDED") ? [i] : []));
  return [0, ...starts].map((from, i) => entries.slice(from, starts[i] ?? entries.length));
}

function unmatched(entries: readonly Entry[], writes: readonly StoreEvent[]): readonly unknown[] {
  let from = 0;
  return entries.flatMap((entry) => {
    if (entry.type === "FIRST-SEEN") return [];
    const wanted = Object.entries(entry.type === "MODIFIED" ? (entry.changes ?? {}) : (entry.fields ?? {})).filter(([path, value]) => (entry.type === "MODIFIED" ? counts(entry, path, (value as readonly unknown[])[1], (value as readonly unknown[])[0]) : counts(entry, path, value)));
    if (entry.type === "MODIFIED" && wanted.length === 0) return [];
    const found = writes.findIndex((write, i) => i >= from && write.type === entry.type && wanted.every(([path, value]) => agrees(at(write.object, path), entry.type === "MODIFIED" ? (value as readonly unknown[])[1] : value)));
    if (found < 0) return [{ object: entry.object, type: entry.type, wanted: Object.fromEntries(wanted) }];
    // Two recorded writes may be one of ours: what matters is that each state is reached, in order.
    from = entry.type === "MODIFIED" ? found : found + 1;
    return [];
  });
}

function missingEvents(events: readonly RecordedEvent[], writes: readonly StoreEvent[]): readonly unknown[] {
  const ours = writes.filter(({ kind }) => kind === EVENT).map(({ object }) => object as Event);
  return events
    .filter(({ component, message }) => component !== "kubelet" && !message.startsWith("(combined from"))
    .filter(({ kind, name, type, reason, message }) => !ours.some((event) => event.involvedObject.kind === kind && event.type === type && event.reason === reason && agrees(event.involvedObject.name, name) && agrees(event.message, message)))
    .map((event) => ({ event }));
}
