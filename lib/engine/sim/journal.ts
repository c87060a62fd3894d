import type { Json, KubeObject } from "../apimachinery/meta";
import type { Instant } from "./clock";

/** One thing that happened, in order. `by` is the component or user, `what` a verb, `about` an object or place. */
export interface JournalEntry {
  readonly at: Instant;
  readonly by: string;
  readonly what: string;
  readonly about: string;
  readonly detail?: Json;
}

/** What the journal tells of a write. */
export interface Written {
  readonly type: string;
  readonly revision: number;
  readonly kind: string;
  readonly object: KubeObject;
  readonly by: string;
}

/** A write as it is kept: without the object, which may be gone. */
interface Line {
  readonly at: Instant;
  readonly by: string;
  readonly what: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly detail: number;
}

/** What happened, in order; the source of golden traces and of the teacher's replay. */
export interface Journal {
  record(entry: JournalEntry): void;
  /** A write, by far the commonest entry: its words are put together when somebody reads them. */
  recordWrite(at: Instant, event: Written): void;
  entries(): readonly JournalEntry[];
}

/** A journal that keeps the latest `limit` entries. */
export function createJournal(limit = 50_000, from: readonly JournalEntry[] = []): Journal {
  let kept: (JournalEntry | Line)[] = [...from];
  const keep = (entry: JournalEntry | Line): void => {
    kept.push(entry);
    if (kept.length > limit * 2) kept = kept.slice(-limit);
  };
  return {
    record: keep,
    recordWrite(at, { by, type, kind, object, revision }) {
      keep({ at, by, what: type, kind, namespace: object.metadata.namespace ?? "", name: object.metadata.name, detail: revision });
    },
    entries: () => kept.slice(-limit).map((entry) => ("about" in entry ? entry : entryOf(entry))),
  };
}

function entryOf({ at, by, what, kind, namespace, name, detail }: Line): JournalEntry {
  return { at, by, what, about: `${kind} ${namespace}/${name}`, detail };
}

/** `mm:ss.mmm` (hours in front when there are any), as golden journals print time. */
export function clockText(at: number): string {
  const pad = (n: number, width: number): string => String(n).padStart(width, "0");
  const hours = Math.trunc(at / 3_600_000);
  const text = `${pad(Math.trunc(at / 60_000) % 60, 2)}:${pad(Math.trunc(at / 1000) % 60, 2)}.${pad(at % 1000, 3)}`;
  return hours > 0 ? `${pad(hours, 2)}:${text}` : text;
}
