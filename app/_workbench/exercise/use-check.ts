"use client";
import { useState } from "react";
import type { Json } from "@/lib/engine";
import type { Locale } from "@/lib/text";
import type { Drafts } from "../files/use-drafts";
import type { Session } from "../session";
import type { ExerciseAbout, Graded, ReportView } from "../worker/protocol";
import type { Answers } from "./questions";
import { deliver, type Delivery } from "./submit";
import { unappliedFiles } from "./unapplied";

/** Where checking stands. */
export interface Checked {
  readonly checking: boolean;
  readonly sending: boolean;
  readonly report: ReportView | null;
  readonly delivery: Delivery | null;
  /** The worker could not give a verdict. */
  readonly failed: boolean;
}

const NOTHING: Checked = { checking: false, sending: false, report: null, delivery: null, failed: false };

/** Checking an answer: everything typed goes into the journal, the worker judges at once, and the answer is handed in. */
export function useCheck(session: Session, about: ExerciseAbout | null, drafts: Drafts, locale: Locale) {
  const [checked, put] = useState<Checked>(NOTHING);
  const [graded, hold] = useState<Graded | null>(null);

  const handIn = async (verdict: Graded): Promise<void> => {
    put((before) => ({ ...before, sending: true, delivery: null }));
    const delivery = await deliver(verdict, locale);
    const report = delivery.type === "stored" || delivery.type === "graded" ? await session.ask((api, bench) => api.readReport(bench, delivery.report)) : null;
    put((before) => ({ ...before, sending: false, delivery, report: report ?? before.report }));
  };

  const check = async (answers: Answers): Promise<ReportView | null> => {
    if (!about) return null;
    put({ ...NOTHING, checking: true });
    await flush(session, answers);
    await drafts.save();
    if (about.editor || about.gaps) {
      const { journal, view } = session.state();
      const waiting = unappliedFiles(journal, view.files ?? {});
      if (waiting.length > 0) await session.run(`kubectl apply ${waiting.map((path) => `-f ${path}`).join(" ")}`);
    }
    const verdict = await session.ask((api, bench) => api.grade(bench));
    if (!verdict) {
      put({ ...NOTHING, failed: true });
      return null;
    }
    put({ ...NOTHING, report: verdict.report });
    hold(verdict);
    void handIn(verdict);
    return verdict.report;
  };
  return { checked, check, retry: () => graded && void handIn(graded), forget: () => put(NOTHING) };
}

/** Puts answers that are not in the journal yet there. */
export async function flush(session: Session, answers: Answers): Promise<void> {
  for (const [question, value] of Object.entries(answers)) {
    const known: Json | undefined = session.state().view.responses?.[question];
    if (value === "" || JSON.stringify(known) === JSON.stringify(value)) continue;
    await session.send({ type: "respond", question, value });
  }
}
