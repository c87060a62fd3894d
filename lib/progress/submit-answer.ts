import "server-only";
import { createHash } from "node:crypto";
import { z } from "zod";
import { consume, unauthenticated, type CurrentUser } from "@/lib/auth";
import { db, isDuplicate, isOrphan } from "@/lib/db";
import type { GradeReport } from "@/lib/grader";
import { gradeService, gradingBusy, gradingRefusal, Turnstile } from "@/lib/hosting";
import type { Answer } from "@/lib/workbench";
import { readAnswer } from "./answer-shape";
import { catalogEntry, type CatalogEntry } from "./catalog";
import { isPractice } from "./draw-seed";
import { keyUsedForAnother, seedNotYours, unreadableAnswer } from "./refusals";
import { FIRST_SEED, isTheirSeed, putSeed, seedInForce } from "./seeds";

/** What is remembered of an answer, as its author sees it. */
export interface StoredSubmission {
  readonly id: string;
  readonly exercise: string;
  readonly seed: number;
  readonly score: number;
  readonly maxScore: number;
  readonly passed: boolean;
  /** The solution had been shown: kept, but it moves no mark. */
  readonly practice: boolean;
  readonly createdAt: string;
}

/** The server's verdict. `submission` is null for guests, whose answers are graded and not kept. */
export interface SubmissionResult {
  readonly submission: StoredSubmission | null;
  readonly report: GradeReport;
}

const envelope = z.strictObject({
  answer: z.unknown(),
  idempotencyKey: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/).optional(),
  reportHash: z.string().max(128).optional(),
});

/** An answer on its way in, its shape already seen to. */
export interface Handed {
  readonly answer: Answer;
  readonly entry: CatalogEntry;
  readonly idempotencyKey: string;
  readonly reportHash?: string;
  /** Declared as practice by a guest's browser: it can only lower what the answer counts for. */
  readonly practice?: boolean;
}

const home = globalThis as typeof globalThis & { timonelSubmitters?: Turnstile };

/** One answer of a person at a time: the second tab, or the second click, waits for the first. */
const submitters = (home.timonelSubmitters ??= new Turnstile({ inside: 64, waiting: 1_000, waitingPerKey: 60 }));

/**
 * Takes an answer in: replays it on the server, keeps it for ever, answers with the server's report.
 *
 * The browser's report is never looked at; only its hash is compared, as an alarm for us. The same `idempotencyKey` twice
 * is one submission and the same answer. Once this has returned, the submission is on disk.
 */
export async function submitAnswer(user: CurrentUser | null, request: unknown, address: string): Promise<SubmissionResult> {
  const parsed = envelope.safeParse(request);
  if (!parsed.success) throw unreadableAnswer(String(parsed.error.issues[0]?.path[0] ?? "body"));
  const answer = readAnswer(parsed.data.answer);
  const entry = await catalogEntry(answer.exercise);
  if (!user) {
    await consume("guest-grade", address);
    return { submission: null, report: (await judge(answer)).report };
  }
  const { idempotencyKey, reportHash } = parsed.data;
  if (idempotencyKey === undefined) throw unreadableAnswer("idempotencyKey");
  await consume("submission", user.id);
  return store(user.id, { answer, entry, idempotencyKey, ...(reportHash === undefined ? {} : { reportHash }) });
}

/** Grades and keeps one answer of one person, in their turn. For the use cases of this room. */
export async function store(userId: string, handed: Handed): Promise<SubmissionResult> {
  const passed = await submitters.pass(userId, () => storeInTurn(userId, handed));
  if (!passed) throw gradingBusy();
  return passed.result;
}

async function storeInTurn(userId: string, handed: Handed): Promise<SubmissionResult> {
  const { answer, entry, idempotencyKey } = handed;
  const text = JSON.stringify(answer);
  const answerHash = createHash("sha256").update(text).digest("hex");
  const known = await alreadyStored(userId, idempotencyKey, answerHash);
  if (known) return known;
  const seed = await seedFor(userId, entry, answer);
  const practice = handed.practice === true || (await isPractice(userId, entry.id, seed, entry.hasVariants));
  const { report, publicHash } = await judge(answer);
  if (handed.reportHash !== undefined && handed.reportHash !== publicHash) {
    console.warn(`grading: browser and server disagree on ${entry.id}, answer ${answerHash}`);
  }
  const row = {
    userId, exerciseId: entry.id, answer: text, answerHash, report: JSON.stringify(report), idempotencyKey, seed, practice,
    score: report.score, maxScore: report.maxScore, passed: report.passed,
    failures: JSON.stringify(failuresOf(report)), engineVersion: report.engineVersion, contentVersion: entry.contentVersion,
    clientReportHash: handed.reportHash ?? null, reportHash: publicHash,
  };
  try {
    return { submission: faceOf(await db.submission.create({ data: row })), report };
  } catch (error) {
    const stored = isDuplicate(error) ? await alreadyStored(userId, idempotencyKey, answerHash) : null;
    if (stored) return stored;
    throw isOrphan(error) ? unauthenticated() : error;
  }
}

async function alreadyStored(userId: string, idempotencyKey: string, answerHash: string): Promise<SubmissionResult | null> {
  const row = await db.submission.findUnique({ where: { userId_idempotencyKey: { userId, idempotencyKey } } });
  if (!row) return null;
  if (row.answerHash !== answerHash) throw keyUsedForAnother();
  return { submission: faceOf(row), report: JSON.parse(row.report) as GradeReport };
}

/** The seed the answer was made with, which must be one the person was given, or everybody's first when they were given none. */
async function seedFor(userId: string, entry: CatalogEntry, { seed }: Answer): Promise<number> {
  if (await isTheirSeed(userId, entry.id, seed)) return seed;
  const first = seed === FIRST_SEED && (await seedInForce(userId, entry.id)) === null;
  if (!first && entry.hasVariants) throw seedNotYours();
  return first ? putSeed(userId, entry.id, seed) : seed;
}

async function judge(answer: Answer): Promise<{ readonly report: GradeReport; readonly publicHash: string }> {
  const outcome = await gradeService().grade(answer);
  if (!outcome.graded) throw gradingRefusal(outcome.code);
  return outcome;
}

/** `check:code` of each check that failed, in the exercise's order; `stopped:code` when the run was not judged to its end. */
function failuresOf(report: GradeReport): readonly string[] {
  if (report.stopped) return [`stopped:${report.stopped.code}`];
  return report.results.flatMap(({ check, finding }) => (finding.passed ? [] : [`${check}:${finding.code}`]));
}

interface Row {
  readonly id: string;
  readonly exerciseId: string;
  readonly seed: number;
  readonly score: number;
  readonly maxScore: number;
  readonly passed: boolean;
  readonly practice: boolean;
  readonly createdAt: Date;
}

/** A stored row as its author sees it. */
export function faceOf(row: Row): StoredSubmission {
  const { id, exerciseId, seed, score, maxScore, passed, practice, createdAt } = row;
  return { id, exercise: exerciseId, seed, score, maxScore, passed, practice, createdAt: createdAt.toISOString() };
}
