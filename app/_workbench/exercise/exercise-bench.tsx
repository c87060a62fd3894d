"use client";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Json } from "@/lib/engine";
import { useBench } from "../bench-context";
import { BenchNotice } from "../bench-notice";
import { ClockBar } from "../clock-bar";
import { ConsolePanel } from "../console/console-panel";
import { FilesPanel } from "../files/files-panel";
import { useDrafts } from "../files/use-drafts";
import { BenchFrame, useWide, type Part } from "../frame";
import { ClusterView } from "../views/cluster-view";
import type { Hands, ViewName } from "../views/hands";
import type { ExerciseAbout } from "../worker/protocol";
import { TaskPanel } from "./task-panel";
import { flush, useCheck } from "./use-check";
import type { Variant } from "./variant";

const FIRST_VIEW: { readonly [kind: string]: ViewName } = { trace: "trip", chaos: "machines", predict: "owners", repair: "owners", calculation: "machines", choice: "machines", multiple: "machines" };
const CLOSED = new Set<string>(["choice", "multiple", "calculation"]);

/** An exercise's parts in their places: task, files, terminal and view, as its kind needs them. */
export function ExerciseBench({ task, keepAs, practice, onVariant }: { task: ReactNode; keepAs: string; practice: boolean; onVariant: (next: Variant) => void }) {
  const { session, state, locale, words } = useBench();
  const about = state.about?.type === "exercise" ? state.about : null;
  const drafts = useDrafts(session, state, keepAs);
  const judge = useCheck(session, about, drafts, locale);
  const [typed, setTyped] = useState<{ readonly [question: string]: Json }>({});
  const answers = { ...state.view.responses, ...typed };
  const wide = useWide();
  const predicting = about?.kind === "predict";
  const locked = predicting ? about.questions.map(({ id }) => id).filter((id) => state.view.responses?.[id] !== undefined) : [];
  const held = predicting && locked.length === 0;
  const closed = about !== null && CLOSED.has(about.kind) && !about.terminal;
  const began = useRef(false);
  useEffect(() => {
    if (state.status !== "ready" || closed || held || began.current) return;
    began.current = true;
    session.setSpeed(1);
  }, [session, state.status, closed, held]);

  const onAnswer = (question: string, value: Json): void => {
    setTyped((before) => ({ ...before, [question]: value }));
    const type = about?.questions.find(({ id }) => id === question)?.type;
    if (!predicting && type !== "text" && type !== "number") void session.send({ type: "respond", question, value });
  };
  const onReset = (): void => {
    setTyped({});
    drafts.forgetAll();
    judge.forget();
    began.current = false;
  };
  const parts: readonly Part[] = [
    {
      id: "task",
      content: (
        <TaskPanel
          task={task}
          about={about}
          answers={answers}
          locked={locked}
          drafts={drafts}
          judge={judge}
          practice={practice}
          onAnswer={onAnswer}
          onLock={held ? () => void flush(session, typed) : undefined}
          onVariant={onVariant}
          onCheck={() => void judge.check(answers)}
        />
      ),
    },
    ...(about?.editor === true ? [{ id: "files" as const, content: <FilesPanel drafts={drafts} /> }] : []),
    ...(about?.terminal === true ? [{ id: "terminal" as const, content: held ? <Held text={words.exercise.lockFirst} /> : <ConsolePanel before={() => drafts.save()} /> }] : []),
    ...(about ? [{ id: "view" as const, content: held && !about.terminal ? <Held text={words.exercise.lockFirst} /> : <ClusterView first={FIRST_VIEW[about.kind] ?? "owners"} hands={handsOf(about, held)} /> }] : []),
  ];
  return (
    <div lang={locale} className={`bench flex flex-col border-b border-line ${wide ? "h-[calc(100dvh-7.9rem)] min-h-[34rem]" : "h-[calc(100dvh-4rem)] min-h-[30rem]"}`} data-bench={about?.id ?? ""} data-status={state.status}>
      <BenchNotice onFromStart={onReset} />
      {about && !closed && <ClockBar onReset={onReset} locked={held} />}
      <div className="min-h-0 grow">
        <BenchFrame name={`exercise.${about?.kind ?? "opening"}`} parts={parts} />
      </div>
    </div>
  );
}

function handsOf(about: ExerciseAbout, held: boolean): Hands {
  if (held) return { machines: [], pods: false, send: false, presets: [] };
  return { machines: about.machines, pods: about.terminal, send: about.kind === "trace" || about.send.length > 0, presets: about.send };
}

function Held({ text }: { text: string }) {
  return <p className="m-auto max-w-sm p-6 text-center text-ink-faint">{text}</p>;
}
