"use client";
import { useState } from "react";
import { useBench, useSlices } from "../bench-context";
import { clockText } from "../clock-text";
import { Nothing } from "./parts";

/** What the cluster's components said, newest first. */
export function EventsView() {
  useSlices(["events"]);
  const { state, words } = useBench();
  const [only, setOnly] = useState(false);
  const events = state.view.events;
  if (!events || events.length === 0) return <Nothing looked={events !== undefined} text={words.events.empty} />;
  const shown = events.filter(({ warning }) => warning || !only).toReversed();
  return (
    <>
      <label className="mb-2 flex items-center gap-2 text-sm">
        <input type="checkbox" checked={only} onChange={(event) => setOnly(event.target.checked)} className="size-4 accent-[var(--signal)]" />
        {words.events.only}
      </label>
      <ol>
        {shown.map((event) => (
          <li key={event.uid} className={`bench-appear grid grid-cols-[4.5rem_1fr] gap-x-2 border-b border-line py-1.5 text-sm ${event.warning ? "border-l-4 border-l-danger pl-2" : "pl-3"}`}>
            <span className="font-mono text-[0.8125rem] tabular-nums text-ink-faint">{clockText(event.at)}</span>
            <div className="min-w-0">
              <p className="flex flex-wrap gap-x-2">
                <span className={`font-semibold ${event.warning ? "text-danger" : ""}`}>
                  {event.warning && <span className="sr-only">{words.events.warning}: </span>}
                  {event.reason}
                </span>
                <span className="break-all font-mono text-[0.8125rem] text-ink-soft">{event.object}</span>
                {event.count > 1 && <span className="tabular-nums text-ink-faint">×{event.count}</span>}
                <span className="text-ink-faint">{event.source}</span>
              </p>
              <p className="break-words text-ink-soft">{event.message}</p>
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}
