"use client";
import { lazy, Suspense, useSyncExternalStore, type ReactNode } from "react";
import type { Locale } from "@/lib/text";

const ExercisePlayer = lazy(async () => ({ default: (await import("@/app/_workbench/exercise-player")).ExercisePlayer }));
const Sandbox = lazy(async () => ({ default: (await import("@/app/_workbench/sandbox")).Sandbox }));
const Replay = lazy(async () => ({ default: (await import("@/app/_workbench/replay")).Replay }));

const never = () => () => undefined;

/** The bench lives in the browser only: until it is there, `waiting` stands in its place. */
function InBrowser({ waiting, children }: { waiting: ReactNode; children: ReactNode }) {
  const ready = useSyncExternalStore(never, () => true, () => false);
  return ready ? <Suspense fallback={waiting}>{children}</Suspense> : waiting;
}

/** The bench of an exercise. The task can be read while it loads. */
export function LazyExercise({ exerciseId, locale, task, loading }: { exerciseId: string; locale: Locale; task: ReactNode; loading: string }) {
  return (
    <InBrowser
      waiting={
        <div className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-6">
          {task}
          <p role="status" className="skeleton mt-6 p-6 text-center text-sm text-ink-faint">
            {loading}
          </p>
        </div>
      }
    >
      <ExercisePlayer exerciseId={exerciseId} locale={locale} task={task} />
    </InBrowser>
  );
}

/** The free cluster. */
export function LazySandbox({ locale, loading }: { locale: Locale; loading: string }) {
  return (
    <InBrowser waiting={<Waiting text={loading} />}>
      <Sandbox locale={locale} />
    </InBrowser>
  );
}

/** An answer, step by step. */
export function LazyReplay({ answer, locale, loading }: { answer: unknown; locale: Locale; loading: string }) {
  return (
    <InBrowser waiting={<Waiting text={loading} />}>
      <Replay answer={answer} locale={locale} />
    </InBrowser>
  );
}

function Waiting({ text }: { text: string }) {
  return (
    <p role="status" className="skeleton grid min-h-96 grow place-items-center text-sm text-ink-faint">
      {text}
    </p>
  );
}
