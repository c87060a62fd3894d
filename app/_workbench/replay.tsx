"use client";
import type { Locale } from "@/lib/text";

/** An answer played step by step. Fills its box. */
export function Replay({ locale }: { answer: unknown; locale: Locale }) {
  return <div className="grid h-full place-items-center text-ink-faint" lang={locale} aria-busy="true" data-seam="replay" />;
}
