"use client";
import { Component, lazy, Suspense, useState, type ReactNode } from "react";
import type { Locale } from "@/lib/text";
import { WhenInSight } from "./when-in-sight";

const LiveScene = lazy(async () => ({ default: (await import("@/app/_workbench/live")).LiveScene }));

/** What a live diagram says while it loads and when it cannot. */
export interface LiveWords {
  readonly loading: string;
  readonly failed: string;
  readonly retry: string;
}

/** A live diagram, loaded on sight. A failed download says so and offers to try again; the text around it stays. */
export function LazyScene({ scene, locale, words, height = "30rem", now = false }: { scene: string; locale: Locale; words: LiveWords; height?: string; now?: boolean }) {
  const [tries, setTries] = useState(0);
  const waiting = <p className="skeleton grid h-full place-items-center text-sm text-ink-faint">{words.loading}</p>;
  const diagram = () => (
    <Fallible key={tries} words={words} retry={() => setTries(tries + 1)}>
      <Suspense fallback={waiting}>
        <LiveScene scene={scene} locale={locale} />
      </Suspense>
    </Fallible>
  );
  if (now) return <div style={{ height }} className="overflow-auto">{diagram()}</div>;
  return (
    <WhenInSight height={height} waiting={waiting}>
      {diagram}
    </WhenInSight>
  );
}

/** Keeps a widget's failure inside its own box. */
class Fallible extends Component<{ words: LiveWords; retry: () => void; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert" className="grid h-full place-content-center justify-items-center gap-3 p-4 text-center">
        <p>{this.props.words.failed}</p>
        <button type="button" className="button button-quiet" onClick={this.props.retry}>
          {this.props.words.retry}
        </button>
      </div>
    );
  }
}
