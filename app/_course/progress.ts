"use client";
import { useSyncExternalStore } from "react";
import { whoIsHere } from "@/app/_account/session";
import { send } from "@/app/_ui/send";

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
  /** Names that answer, so that handing it over twice stores it once. */
  readonly key?: string;
}
export type ProgressByExercise = { readonly [exercise: string]: ExerciseProgress };

/** Where reading what the server holds stands; `idle` for guests. */
export type RemoteState = "idle" | "loading" | "ready" | "failed";

const KEY = "timonel.progress";
const VISITS = "timonel.visits";
const EMPTY: ProgressByExercise = Object.freeze({});
const listeners = new Set<() => void>();
let raw: string | null | undefined;
let local: ProgressByExercise = EMPTY;
let remote: ProgressByExercise = EMPTY;
let merged: ProgressByExercise = EMPTY;
let remoteState: RemoteState = "idle";
let asked = false;

function stored(key = KEY): string | null {
  try {
    return window.localStorage.getItem(key);
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
  if (!asked) void readRemote();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", announce);
  };
}

function snapshot(): ProgressByExercise {
  if (raw === undefined) refresh();
  return merged;
}

/** Reads what the account holds, if somebody is signed in; calling it again tries again. */
export async function readRemote(): Promise<void> {
  asked = true;
  if (!(await whoIsHere())) return;
  remoteState = "loading";
  announce();
  const answer = await send<{ exercises?: unknown }>("GET", "/api/progress");
  remoteState = answer.ok ? "ready" : "failed";
  if (answer.ok && Array.isArray(answer.body?.exercises)) remote = Object.fromEntries(answer.body.exercises.flatMap(fromServer));
  announce();
}

function fromServer(row: unknown): [string, ExerciseProgress][] {
  if (typeof row !== "object" || row === null) return [];
  const { exercise, state, score, maxScore, attempts, lastAt } = row as { readonly [key: string]: unknown };
  const progress = { state: state === "passed" ? "solved" : "started", score, maxScore, attempts, lastAt };
  return typeof exercise === "string" && isProgress(progress) ? [[exercise, progress]] : [];
}

/** Where reading the account's progress stands. */
export function useRemoteState(): RemoteState {
  return useSyncExternalStore(subscribe, () => remoteState, () => "idle");
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
    ...(isBest && attempt.answer !== undefined
      ? { answer: attempt.answer, key: crypto.randomUUID() }
      : before?.answer !== undefined
        ? { answer: before.answer, key: before.key ?? crypto.randomUUID() }
        : {}),
  };
  try {
    window.localStorage.setItem(KEY, JSON.stringify({ ...local, [exercise]: next }));
  } catch {
    remote = { ...remote, [exercise]: better(remote[exercise], next) };
  }
  announce();
}

/** Notes a lesson opened or read to its end: in the account, or in this browser for a guest. */
export async function noteVisit(lesson: string, state: "started" | "done"): Promise<void> {
  if (await whoIsHere()) {
    await send("POST", "/api/visits", { lesson, state });
    return;
  }
  const visits = localVisits();
  if (visits[lesson] === "done" || visits[lesson] === state) return;
  try {
    window.localStorage.setItem(VISITS, JSON.stringify({ ...visits, [lesson]: state }));
  } catch {
    // A browser that keeps nothing forgets the visit, and nothing else.
  }
}

function localVisits(): { readonly [lesson: string]: "started" | "done" } {
  try {
    const value: unknown = JSON.parse(stored(VISITS) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, "started" | "done"] => entry[1] === "started" || entry[1] === "done"));
  } catch {
    return {};
  }
}

/**
 * Hands what this browser holds to the account just entered, which judges every answer again, and forgets it here.
 * Tells how many exercises were taken over. When it cannot be done, everything stays where it is for the next time.
 */
export async function mergeIntoAccount(): Promise<number> {
  const mine = Object.values(localProgress()).filter((one) => one.answer !== undefined);
  const visits = Object.entries(localVisits()).map(([lesson, state]) => ({ lesson, state }));
  if (mine.length === 0 && visits.length === 0) return 0;
  const submissions = mine.slice(0, 100).map(({ answer, key }) => ({ answer, idempotencyKey: key ?? crypto.randomUUID() }));
  const done = await send<{ submissions?: readonly { submission?: unknown }[] }>("POST", "/api/progress/merge", { submissions, visits: visits.slice(0, 100) });
  if (!done.ok) return 0;
  forgetLocalProgress();
  return (done.body?.submissions ?? []).filter(({ submission }) => submission).length;
}

/** Forgets what this browser holds: after it was merged into an account, or when the account was deleted. */
export function forgetLocalProgress(): void {
  try {
    window.localStorage.removeItem(KEY);
    window.localStorage.removeItem(VISITS);
  } catch {
    // Nothing was kept, so there is nothing to forget.
  }
  announce();
}
