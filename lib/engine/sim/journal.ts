import type { Json } from "../apimachinery/meta";
import type { Instant } from "./clock";

/** One thing that happened, in order. `by` is the component or user, `what` a verb, `about` an object or place. */
export interface JournalEntry {
  readonly at: Instant;
  readonly by: string;
  readonly what: string;
  readonly about: string;
  readonly detail?: Json;
}

/** What happened, in order; the source of golden traces and of the teacher's replay. */
export interface Journal {
  record(entry: JournalEntry): void;
  entries(): readonly JournalEntry[];
}

/** A journal that keeps the latest `limit` entries. */
export function createJournal(limit = 50_000, from: readonly JournalEntry[] = []): Journal {
  let kept: JournalEntry[] = [...from];
  return {
    record(entry) {
      kept.push(entry);
      if (kept.length > limit * 2) kept = kept.slice(-limit);
    },
    entries: () => kept.slice(-limit),
  };
}

/** `mm:ss.mmm` (hours in front when there are any), as golden journals print time. */
export function clockText(at: number): string {
  const pad = (n: number, width: number): string => String(n).padStart(width, "0");
  const hours = Math.trunc(at / 3_600_000);
  const text = `${pad(Math.trunc(at / 60_000) % 60, 2)}:${pad(Math.trunc(at / 1000) % 60, 2)}.${pad(at % 1000, 3)}`;
  return hours > 0 ? `${pad(hours, 2)}:${text}` : text;
}
