"use client";
import { useState, type ReactNode } from "react";
import { AskSure } from "./files/ask-sure";
import { useBench } from "./bench-context";
import { clockText } from "./clock-text";
import { LiveButton } from "./live/live-button";
import { useAdvance } from "./use-advance";

/** Time in the cluster: it runs, it stops, it jumps. `onReset` runs after everything began anew. */
export function ClockBar({ onReset, locked = false, children }: { onReset?: () => void; locked?: boolean; children?: ReactNode }) {
  const { session, state, words } = useBench();
  const [asking, ask] = useState(false);
  const advance = useAdvance();
  const ready = state.status === "ready" && !locked;
  const speeds = [
    { speed: 0, text: words.clock.pause, label: words.clock.pause },
    { speed: 1, text: words.clock.normal, label: words.clock.normalLabel },
    { speed: 10, text: words.clock.fast, label: words.clock.fastLabel },
  ];
  return (
    <>
      <div role="group" aria-label={words.clock.label} className="flex shrink-0 items-center gap-x-2 overflow-x-auto border-b border-line px-2 py-1 max-lg:*:shrink-0 lg:flex-wrap" tabIndex={0}>
        <span className="font-mono text-sm tabular-nums" title={words.clock.elapsed}>
          <span className="sr-only">{words.clock.elapsed}: </span>
          {clockText(state.view.now ?? 0)}
        </span>
        <div role="group" aria-label={words.clock.label} className="flex shrink-0">
          {speeds.map(({ speed, text, label }) => (
            <button key={speed} type="button" aria-pressed={state.connection ? speed === 1 : state.speed === speed} aria-label={label} disabled={!ready || state.connection !== null} onClick={() => session.setSpeed(speed)} className="bench-tool">
              {text}
            </button>
          ))}
        </div>
        <div role="group" aria-label={words.clock.jump} className="flex shrink-0">
          {([[1_000, words.clock.s1], [30_000, words.clock.s30], [300_000, words.clock.m5]] as const).map(([length, text]) => (
            <button key={length} type="button" disabled={!ready} onClick={() => void advance(length)} className="bench-tool">
              {text}
            </button>
          ))}
        </div>
        {children}
        <span className="grow" />
        {session.connectable && <LiveButton ready={ready} />}
        <button type="button" className="bench-tool" disabled={!ready || state.journal.length === 0} onClick={() => void session.goTo(state.journal.length - 1)}>
          {words.clock.undo}
        </button>
        <button type="button" className="bench-tool" disabled={!ready || state.journal.length === 0} onClick={() => ask(true)}>
          {words.clock.reset}
        </button>
      </div>
      {asking && (
        <AskSure
          text={words.clock.resetAsk}
          yes={words.clock.yes}
          no={words.clock.no}
          onNo={() => ask(false)}
          onYes={async () => {
            ask(false);
            await session.reset();
            onReset?.();
          }}
        />
      )}
    </>
  );
}
