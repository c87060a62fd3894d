"use client";
import type { Locale } from "@/lib/text";

/** Files, terminal and view of a free cluster. Fills its box. */
export function Sandbox({ locale }: { locale: Locale }) {
  return <div className="grid h-full place-items-center text-ink-faint" lang={locale} aria-busy="true" data-seam="sandbox" />;
}
