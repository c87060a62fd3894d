"use client";
import type { ReactNode } from "react";
import type { Locale } from "@/lib/text";

/** The bench of one exercise. `task` is the task's text, already rendered; attempts are noted with `recordAttempt` of the course pages. */
export function ExercisePlayer({ locale, task }: { exerciseId: string; locale: Locale; task: ReactNode }) {
  return (
    <div lang={locale} aria-busy="true" data-seam="exercise-player">
      {task}
    </div>
  );
}
