"use client";
import { useEffect, useState, type ReactNode } from "react";
import type { Locale } from "@/lib/text";
import { BenchInReach, benchWords } from "./bench-context";
import { ExerciseBench } from "./exercise/exercise-bench";
import { emptyOutbox } from "./exercise/submit";
import { keepVariant, variantOf, type Variant } from "./exercise/variant";
import { useWorkbench } from "./use-workbench";

/** The bench of one exercise. `task` is the task's text, already rendered; attempts are noted with `recordAttempt` of the course pages. */
export function ExercisePlayer({ exerciseId, locale, task }: { exerciseId: string; locale: Locale; task: ReactNode }) {
  const [variant, setVariant] = useState<Variant | null>(null);
  useEffect(() => {
    let wanted = true;
    void variantOf(exerciseId).then((found) => wanted && setVariant(found));
    return () => {
      wanted = false;
    };
  }, [exerciseId]);
  useEffect(() => {
    const back = (): void => void emptyOutbox();
    back();
    window.addEventListener("online", back);
    return () => window.removeEventListener("online", back);
  }, []);
  if (!variant) {
    return (
      <div lang={locale} aria-busy="true" className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-6">
        {task}
        <p role="status" className="skeleton mt-6 p-6 text-center text-sm text-ink-faint">
          {benchWords(locale).state.opening}
        </p>
      </div>
    );
  }
  const change = (next: Variant): void => {
    keepVariant(exerciseId, next);
    setVariant(next);
  };
  return <Played key={`${exerciseId} ${variant.seed}`} exerciseId={exerciseId} locale={locale} task={task} variant={variant} onVariant={change} />;
}

function Played({ exerciseId, locale, task, variant, onVariant }: { exerciseId: string; locale: Locale; task: ReactNode; variant: Variant; onVariant: (next: Variant) => void }) {
  const keepAs = `${exerciseId}.${variant.seed}`;
  const bench = useWorkbench({ source: { type: "exercise", id: exerciseId, seed: variant.seed }, locale, slices: [], keepAs, speed: 0 });
  return (
    <BenchInReach {...bench} locale={locale}>
      <ExerciseBench task={task} keepAs={keepAs} practice={variant.practice} onVariant={onVariant} />
    </BenchInReach>
  );
}
