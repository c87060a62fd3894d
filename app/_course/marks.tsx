"use client";
import { Icon } from "@/app/_ui/icon";
import { useProgress } from "./progress";

/** The words of a mark, with `{solved}`, `{total}`, `{score}` and `{max}` to fill in. */
export interface MarkWords {
  readonly done: string;
  readonly started: string;
  readonly untried?: string;
}

function fill(template: string, values: { readonly [name: string]: number }): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** How much of a lesson is solved; nothing before the first attempt. */
export function LessonMark({ exercises, words }: { exercises: readonly string[]; words: MarkWords }) {
  const progress = useProgress();
  const touched = exercises.filter((id) => progress[id]);
  if (touched.length === 0) return null;
  const solved = touched.filter((id) => progress[id]?.state === "solved").length;
  const done = solved === exercises.length;
  return (
    <span className={`inline-flex items-center gap-1 text-sm ${done ? "text-success" : "text-ink-soft"}`}>
      <Icon name={done ? "check" : "half"} size={16} />
      {done ? words.done : fill(words.started, { solved, total: exercises.length })}
    </span>
  );
}

/** The state of one exercise. */
export function ExerciseMark({ exercise, words }: { exercise: string; words: MarkWords }) {
  const mine = useProgress()[exercise];
  if (!mine) return words.untried ? <span className="text-sm text-ink-faint">{words.untried}</span> : null;
  const done = mine.state === "solved";
  return (
    <span className={`inline-flex items-center gap-1 text-sm ${done ? "font-semibold text-success" : "text-ink-soft"}`}>
      <Icon name={done ? "check" : "half"} size={16} />
      {done ? words.done : fill(words.started, { score: mine.score, max: mine.maxScore })}
    </span>
  );
}
