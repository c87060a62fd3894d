"use client";
import type { Locale } from "@/lib/text";

/** A live diagram. `scene` is `LESSON/name` (`L13/tree`): load it with `scene()` of the course room. Fills its box, which keeps its height. */
export function LiveScene({ locale }: { scene: string; locale: Locale }) {
  return <div className="grid h-full place-items-center text-ink-faint" lang={locale} aria-busy="true" data-seam="live" />;
}
