import { whoIsHere } from "@/app/_account/session";
import { readRemote, recordAttempt } from "@/app/_course/progress";
import { send } from "@/app/_ui/send";
import type { Locale } from "@/lib/text";
import type { Graded } from "../worker/protocol";

/** What became of handing an answer in. */
export type Delivery =
  | { readonly type: "stored"; readonly report: unknown; readonly practice: boolean }
  | { readonly type: "graded"; readonly report: unknown }
  | { readonly type: "kept" }
  | { readonly type: "failed"; readonly why: "offline" | "too-large" | "too-many" | "server"; readonly message: string };

interface Envelope {
  readonly answer: Graded["answer"];
  readonly idempotencyKey: string;
  readonly reportHash: string;
}

const OUTBOX = "timonel.outbox";
const MOST_WAITING = 20;

/**
 * Hands an answer in. Somebody signed in: to the server, which stores it. A guest: kept in this browser, and asked of the
 * server only when all seems well, for it has checks of its own. What cannot be delivered waits in the outbox.
 */
export async function deliver(graded: Graded, locale: Locale): Promise<Delivery> {
  const { answer, report, reportHash } = graded;
  const person = await whoIsHere();
  if (!person && !report.passed) {
    recordAttempt(answer.exercise, { score: report.score, maxScore: report.maxScore, answer });
    return { type: "kept" };
  }
  const envelope: Envelope = { answer, idempotencyKey: crypto.randomUUID(), reportHash };
  const sent = await send<{ submission: { practice: boolean } | null; report: { score: number; maxScore: number } }>("POST", "/api/submissions", envelope);
  if (sent.ok) {
    if (!person) {
      recordAttempt(answer.exercise, { score: sent.body.report.score, maxScore: sent.body.report.maxScore, answer });
      return { type: "graded", report: sent.body.report };
    }
    void readRemote();
    return { type: "stored", report: sent.body.report, practice: sent.body.submission?.practice ?? false };
  }
  recordAttempt(answer.exercise, { score: report.score, maxScore: report.maxScore, answer });
  const why = sent.status === 0 ? "offline" : sent.status === 413 ? "too-large" : sent.status === 429 ? "too-many" : "server";
  if (person && why !== "too-large") wait(envelope);
  return { type: "failed", why, message: sent.message?.[locale] ?? "" };
}

function waitingOnes(): readonly Envelope[] {
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(OUTBOX) ?? "[]");
    return Array.isArray(value) ? (value as readonly Envelope[]) : [];
  } catch {
    return [];
  }
}

function put(waiting: readonly Envelope[]): void {
  try {
    if (waiting.length === 0) window.localStorage.removeItem(OUTBOX);
    else window.localStorage.setItem(OUTBOX, JSON.stringify(waiting.slice(-MOST_WAITING)));
  } catch {
    // No room: the mark kept by the progress pages remains.
  }
}

function wait(envelope: Envelope): void {
  put([...waitingOnes().filter(({ answer }) => answer.exercise !== envelope.answer.exercise), envelope]);
}

/** Sends what waited, in order, while the server takes it. Tells how many went. */
export async function emptyOutbox(): Promise<number> {
  let gone = 0;
  if (waitingOnes().length === 0 || !(await whoIsHere())) return gone;
  for (const envelope of waitingOnes()) {
    const sent = await send("POST", "/api/submissions", envelope);
    // What the server will never take is not offered for ever.
    if (!sent.ok && (sent.status === 0 || sent.status === 429 || sent.status >= 500)) break;
    put(waitingOnes().filter(({ idempotencyKey }) => idempotencyKey !== envelope.idempotencyKey));
    if (sent.ok) gone += 1;
  }
  if (gone > 0) void readRemote();
  return gone;
}
