"use client";
import { useState } from "react";
import { whoIsHere } from "@/app/_account/session";
import { send } from "@/app/_ui/send";
import { fill, useBench } from "../bench-context";
import { Inline } from "./result";

/** Three hints, one at a time. Opening one is noted for who is signed in. */
export function Hints({ exercise, hints }: { exercise: string; hints: readonly string[] }) {
  const { words } = useBench();
  const [open, setOpen] = useState(0);
  const next = async (): Promise<void> => {
    setOpen(open + 1);
    if (await whoIsHere()) await send("POST", "/api/hints", { exercise, hint: open });
  };
  return (
    <section aria-label={words.exercise.hints} aria-live="polite">
      {hints.slice(0, open).map((hint, index) => (
        <div key={index} className="mb-2 border-l-4 border-line-strong pl-3">
          <p className="text-sm font-semibold text-ink-soft">{fill(words.exercise.hint, { n: index + 1 })}</p>
          <p>
            <Inline text={hint} />
          </p>
        </div>
      ))}
      {open < hints.length && (
        <button type="button" className="button button-quiet button-small" onClick={() => void next()}>
          {fill(words.exercise.nextHint, { n: open + 1 })}
        </button>
      )}
    </section>
  );
}
