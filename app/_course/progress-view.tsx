"use client";
import Link from "next/link";
import { usePerson } from "@/app/_account/session";
import { Icon } from "@/app/_ui/icon";
import { When } from "@/app/_ui/when";
import type { Locale } from "@/lib/text";
import { readRemote, useProgress, useRemoteState, type ProgressByExercise } from "./progress";

/** A written lesson with its exercises, in the reader's language. */
export interface LessonLine {
  readonly id: string;
  readonly title: string;
  readonly href: string;
  readonly exercises: readonly { readonly id: string; readonly title: string; readonly href: string; readonly maxScore: number }[];
}

/** The words of the view. */
export interface ProgressWords {
  readonly [key: string]: string;
}

/** What has been done, lesson by lesson; from this browser, and from the account when there is one. */
export function ProgressView({ lessons, locale, words }: { lessons: readonly LessonLine[]; locale: Locale; words: ProgressWords }) {
  const progress = useProgress();
  const remote = useRemoteState();
  const person = usePerson();
  const exercises = lessons.flatMap((lesson) => lesson.exercises);
  const solved = exercises.filter(({ id }) => progress[id]?.state === "solved");
  const points = exercises.reduce((sum, { id }) => sum + (progress[id]?.score ?? 0), 0);
  const complete = lessons.filter((lesson) => lesson.exercises.length > 0 && lesson.exercises.every(({ id }) => progress[id]?.state === "solved"));
  return (
    <>
      <p className="text-ink-soft" aria-live="polite">
        {remote === "loading" ? words["loading"] : person ? words["account"] : words["guest"]}
      </p>
      {remote === "failed" && (
        <div role="alert" className="mt-4 flex flex-wrap items-center gap-4 rounded border border-danger bg-danger-wash px-4 py-3 text-danger">
          <p className="grow">{words["error"]}</p>
          <button type="button" className="button button-quiet button-small" onClick={() => void readRemote()}>
            {words["retry"]}
          </button>
        </div>
      )}
      <dl className="mt-6 grid gap-px overflow-hidden rounded-md border border-line bg-line sm:grid-cols-3">
        <Figure label={words["solved"] ?? ""} value={solved.length} of={exercises.length} />
        <Figure label={words["points"] ?? ""} value={points} of={exercises.reduce((sum, { maxScore }) => sum + maxScore, 0)} />
        <Figure label={words["lessons"] ?? ""} value={complete.length} of={lessons.length} />
      </dl>
      {Object.keys(progress).length === 0 && (
        <div className="mt-6 rounded-md border border-dashed border-line-strong p-5">
          <p>{words["empty"]}</p>
          <Link href={`/${locale}/course`} className="button button-quiet mt-4">
            {words["emptyAction"]}
          </Link>
        </div>
      )}
      {lessons.map((lesson) => (
        <LessonTable key={lesson.id} lesson={lesson} progress={progress} locale={locale} words={words} />
      ))}
    </>
  );
}

function Figure({ label, value, of }: { label: string; value: number; of: number }) {
  return (
    <div className="bg-surface px-5 py-4">
      <dt className="text-sm text-ink-faint">{label}</dt>
      <dd className="mt-1 text-2xl font-bold tabular-nums">
        {value} <span className="text-base font-normal text-ink-faint">/ {of}</span>
      </dd>
    </div>
  );
}

function LessonTable({ lesson, progress, locale, words }: { lesson: LessonLine; progress: ProgressByExercise; locale: Locale; words: ProgressWords }) {
  return (
    <section className="mt-10" aria-labelledby={`lesson-${lesson.id}`}>
      <h2 id={`lesson-${lesson.id}`} className="text-xl font-bold">
        <Link href={lesson.href} className="quiet-link">
          {lesson.title}
        </Link>
      </h2>
      <div className="relative mt-2 overflow-x-auto" tabIndex={0}>
        <table className="w-full min-w-[38rem] text-[0.9375rem]">
          <thead>
            <tr className="border-b-2 border-line-strong text-left text-sm text-ink-faint">
              <th scope="col" className="py-2 pr-4 font-semibold">{words["exercise"]}</th>
              <th scope="col" className="py-2 pr-4 font-semibold">{words["state"]}</th>
              <th scope="col" className="py-2 pr-4 text-right font-semibold">{words["score"]}</th>
              <th scope="col" className="py-2 pr-4 text-right font-semibold">{words["attempts"]}</th>
              <th scope="col" className="py-2 font-semibold">{words["last"]}</th>
            </tr>
          </thead>
          <tbody>
            {lesson.exercises.map((exercise) => {
              const mine = progress[exercise.id];
              const state = mine?.state ?? "untried";
              return (
                <tr key={exercise.id} className="border-b border-line align-top">
                  <th scope="row" className="py-2.5 pr-4 text-left font-normal">
                    <Link className="link" href={exercise.href}>
                      {exercise.title}
                    </Link>
                  </th>
                  <td className="py-2.5 pr-4">
                    <span className={`inline-flex items-center gap-1 whitespace-nowrap ${state === "solved" ? "text-success" : "text-ink-soft"}`}>
                      {state !== "untried" && <Icon name={state === "solved" ? "check" : "half"} size={16} />}
                      {words[state === "solved" ? "solvedState" : state]}
                    </span>
                  </td>
                  <td className="py-2.5 pr-4 text-right tabular-nums">{mine ? `${mine.score} / ${mine.maxScore}` : ""}</td>
                  <td className="py-2.5 pr-4 text-right tabular-nums">{mine?.attempts ?? ""}</td>
                  <td className="py-2.5 text-ink-soft">{mine && <When iso={mine.lastAt} locale={locale} />}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
