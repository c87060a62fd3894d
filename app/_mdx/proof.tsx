"use client";
import { useState } from "react";
import type { Locale } from "@/lib/text";
import { LazyScene, type LiveWords } from "./live-scene";

/** The button of a fine print that runs its proof in a cluster, below the text. */
export function Proof({ scene, locale, words, live }: { scene: string; locale: Locale; words: { run: string; hide: string }; live: LiveWords }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="mt-4">
      <button type="button" aria-expanded={open} className="button button-quiet button-small" onClick={() => setOpen(!open)}>
        {open ? words.hide : words.run}
      </button>
      {open && (
        <div className="mt-3 rounded-md border border-line bg-paper">
          <LazyScene scene={scene} locale={locale} words={live} height="28rem" now />
        </div>
      )}
    </div>
  );
}
