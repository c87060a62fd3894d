"use client";
import { lazy, Suspense } from "react";
import { WhenInSight } from "@/app/_mdx/when-in-sight";
import type { Locale } from "@/lib/text";

const HomeCluster = lazy(async () => ({ default: (await import("@/app/_workbench/home-cluster")).HomeCluster }));

/** The living cluster of the home page, loaded on sight in a box that keeps its height. */
export function LazyHomeCluster({ locale, loading }: { locale: Locale; loading: string }) {
  const waiting = <p className="skeleton grid h-full place-items-center text-sm text-ink-faint">{loading}</p>;
  return (
    <WhenInSight height="30rem" waiting={waiting}>
      {() => (
        <Suspense fallback={waiting}>
          <HomeCluster locale={locale} />
        </Suspense>
      )}
    </WhenInSight>
  );
}
