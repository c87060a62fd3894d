"use client";
import { useSyncExternalStore } from "react";

/**
 * What a reader has done, kept in this browser: the whole truth for a guest, and what is merged into the account at
 * sign-up. Whoever signs in also sees what the server holds; the better of the two is shown.
 */
export interface ExerciseProgress {
  readonly state: "started" | "solved";
  readonly score: number;
  readonly maxScore: number;
  readonly attempts: number;
  /** ISO instant of the last attempt. */
  readonly lastAt: string;
  /** The best answer handed in (a journal of inputs), so that an account can be given it later. */
  readonly answer?: unknown;
}
export type ProgressByExercise = { readonly [exercise: string]: ExerciseProgress };

const KEY = "timonel.progress";
const EMPTY: ProgressByExercise = Object.freeze({});
const listeners = new Set<() => void>();
let raw: string | null | undefined;
let local: ProgressByExercise = EMPTY;
let remote: ProgressByExercise = EMPTY;
let merged: ProgressByExercise = EMPTY;

function stored(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function isProgress(value: unknown): value is ExerciseProgress {
  if (typeof value !== "object" || value === null) return false;
  const it = value as Partial<Record<keyof ExerciseProgress, unknown>>;
  return (it.state === "started" || it.state === "solved") && [it.score, it.maxScore, it.attempts].every(Number.isFinite) && typeof it.lastAt === "string";
}

function parse(text: string | null): ProgressByExercise {
  if (text === null) return EMPTY;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return EMPTY;
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, ExerciseProgress] => isProgress(entry[1])));
  } catch {
    return EMPTY;
  }
}

function better(a: ExerciseProgress | undefined, b: ExerciseProgress): ExerciseProgress {
  if (!a) return b;
  const best = b.state === "solved" && a.state !== "solved" ? b : a.state === b.state && b.score > a.score ? b : a;
  return { ...best, attempts: Math.max(a.attempts, b.attempts), lastAt: a.lastAt > b.lastAt ? a.lastAt : b.lastAt };
}

function refresh(): void {
  const text = stored();
  if (text !== raw) {
    raw = text;
    local = parse(text);
  }
  const all: Record<string, ExerciseProgress> = { ...local };
  for (const [id, one] of Object.entries(remote)) all[id] = better(all[id], one);
  merged = all;
}

function announce(): void {
  refresh();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("storage", announce);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", announce);
  };
}

function snapshot(): ProgressByExercise {
  if (raw === undefined) refresh();
  return merged;
}

/** Progress by exercise id, kept up to date; empty while the page is being served. */
export function useProgress(): ProgressByExercise {
  return useSyncExternalStore(subscribe, snapshot, () => EMPTY);
}

/** What this browser alone holds: what sign-up merges into the account. */
export function localProgress(): ProgressByExercise {
  refresh();
  return local;
}

/** Notes an attempt in this browser. A full disk or a closed store loses the mark, never the page. */
export function recordAttempt(exercise: string, attempt: { score: number; maxScore: number; answer?: unknown }): void {
  refresh();
  const before = local[exercise];
  const solved = attempt.maxScore > 0 && attempt.score >= attempt.maxScore;
  const isBest = !before || attempt.score >= before.score;
  const next: ExerciseProgress = {
    state: solved || before?.state === "solved" ? "solved" : "started",
    score: Math.max(attempt.score, before?.score ?? 0),
    maxScore: attempt.maxScore,
    attempts: (before?.attempts ?? 0) + 1,
    lastAt: new Date().toISOString(),
    ...(isBest && attempt.answer !== undefined ? { answer: attempt.answer } : before?.answer !== undefined ? { answer: before.answer } : {}),
  };
  try {
    window.localStorage.setItem(KEY, JSON.stringify({ ...local, [exercise]: next }));
  } catch {
    remote = { ...remote, [exercise]: better(remote[exercise], next) };
  }
  announce();
}

/** Puts what the server holds beside what this browser holds. */
export function addRemoteProgress(progress: ProgressByExercise): void {
  remote = progress;
  announce();
}

/** Forgets what this browser holds: after it was merged into an account, or when the account was deleted. */
export function forgetLocalProgress(): void {
  try {
    window.localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept, so there is nothing to forget.
  }
  announce();
}
