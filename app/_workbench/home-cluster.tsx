"use client";
import type { Locale } from "@/lib/text";

/** The home page's living cluster. Fills its box, which keeps its height. */
export function HomeCluster({ locale }: { locale: Locale }) {
  return <div className="grid h-full place-items-center text-ink-faint" lang={locale} aria-busy="true" data-seam="home-cluster" />;
}
