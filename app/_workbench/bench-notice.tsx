"use client";
import { useState, type ReactNode } from "react";
import { fill, useBench } from "./bench-context";

/** What stands above a bench that does not simply run: opening, stuck, stopped, or taken up again. Each has a way on. */
export function BenchNotice({ onFromStart }: { onFromStart?: () => void }) {
  const { session, state, words } = useBench();
  const [closed, close] = useState(false);
  if (state.status === "opening") {
    return (
      <p role="status" className="skeleton m-3 p-4 text-center text-sm text-ink-faint">
        {words.state.opening}
      </p>
    );
  }
  if (state.status === "missing") return <Box tone="danger">{words.state.missing}</Box>;
  if (state.status === "stuck") {
    return (
      <Box tone="signal">
        <p className="grow">{words.state.stuck}</p>
        <button type="button" className="button button-small" onClick={session.kill}>
          {words.state.stop}
        </button>
      </Box>
    );
  }
  const fromStart = async (): Promise<void> => {
    await session.recover("start");
    onFromStart?.();
  };
  if (state.status === "stopped") {
    return (
      <Box tone="danger">
        <div className="grow">
          <p>{state.problem === "budget" ? words.state.budget : state.problem === "gone" ? words.state.gone : words.state.bug}</p>
        </div>
        <button type="button" className="button button-small" onClick={() => void session.recover("last")}>
          {words.state.withoutLast}
        </button>
        <button type="button" className="button button-quiet button-small" onClick={() => void fromStart()}>
          {words.state.fromStart}
        </button>
      </Box>
    );
  }
  if (state.resumed > 0 && !closed) {
    return (
      <Box tone="signal">
        <p className="grow">{fill(words.state.resumed, { n: state.resumed })}</p>
        <button
          type="button"
          className="button button-quiet button-small"
          onClick={async () => {
            close(true);
            await session.reset();
            onFromStart?.();
          }}
        >
          {words.state.restart}
        </button>
        <button type="button" className="bench-tool" aria-label={words.state.close} onClick={() => close(true)}>
          ✕
        </button>
      </Box>
    );
  }
  if (state.refused !== "") return <Box tone="danger">{state.refused}</Box>;
  return null;
}

function Box({ tone, children }: { tone: "danger" | "signal"; children: ReactNode }) {
  return (
    <div role={tone === "danger" ? "alert" : "status"} className={`flex flex-wrap items-center gap-2 border-b px-3 py-2 text-sm ${tone === "danger" ? "border-danger bg-danger-wash text-danger" : "border-line bg-signal-wash"}`}>
      {children}
    </div>
  );
}
