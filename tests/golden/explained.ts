import type { Reason } from "@/lib/engine";
import { explain, explainEvent, type ToldEvent } from "@/lib/explain";
import { locales } from "@/lib/text";

/** What a sentence says when it has none, or lacks a value it cannot do without. */
const MISSING = /^(Algo lo impide|Something prevents it)|…|\{|\[\[|undefined|\[object/;

/** Reasons given so far, one of each kind: the same code with the same values known. */
export class Given {
  private readonly kept = new Map<string, Reason>();

  /** Notes a reason, and hands it back. */
  note(reason: Reason): Reason {
    const known = Object.keys(reason.params).filter((name) => reason.params[name] !== "").sort();
    const key = `${reason.code} ${known.join(",")}`;
    if (!this.kept.has(key)) this.kept.set(key, reason);
    return reason;
  }

  get codes(): readonly string[] {
    return [...new Set([...this.kept.values()].map(({ code }) => code))].sort();
  }

  /** Those that nobody could understand in some language. */
  unexplained(): readonly string[] {
    return [...this.kept.values()].flatMap((reason) => locales.map((locale) => ({ code: reason.code, text: explain(reason, locale) }))).flatMap(({ code, text }) => (text.length < 15 || MISSING.test(text) ? [`${code}: ${text}`] : []));
  }
}

/** An Event that tells of a disk or of something that went wrong. */
interface Report extends ToldEvent {
  readonly type?: string;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
}

/** Events of bindings, disks and refusals that nobody could understand in some language. */
export function unexplainedEvents(events: readonly Report[]): readonly string[] {
  const told = events.filter(({ type, involvedObject }) => type === "Warning" || involvedObject?.kind === "PersistentVolumeClaim" || involvedObject?.kind === "PersistentVolume");
  return told.flatMap((event) => locales.flatMap((locale) => {
    const text = explainEvent(event, locale);
    return text === undefined || MISSING.test(text) ? [`${event.reason}: ${text ?? "?"}`] : [];
  }));
}
