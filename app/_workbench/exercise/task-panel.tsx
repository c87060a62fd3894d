"use client";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Json } from "@/lib/engine";
import { fill, useBench } from "../bench-context";
import type { Drafts } from "../files/use-drafts";
import type { ExerciseAbout } from "../worker/protocol";
import { BalancerForm } from "./balancer-form";
import { GapsForm } from "./gaps-form";
import { Hints } from "./hints";
import { Questions, unanswered, type Answers } from "./questions";
import { Result } from "./result";
import { Solution } from "./solution";
import { TaskText } from "./task-text";
import type { useCheck } from "./use-check";
import { anotherVariant, type Variant } from "./variant";

interface Props {
  readonly task: ReactNode;
  readonly about: ExerciseAbout | null;
  readonly answers: Answers;
  readonly locked: readonly string[];
  readonly drafts: Drafts;
  readonly judge: ReturnType<typeof useCheck>;
  readonly practice: boolean;
  readonly onAnswer: (question: string, value: Json) => void;
  /** Present while a prediction is still to be locked. */
  readonly onLock: (() => void) | undefined;
  readonly onVariant: (next: Variant) => void;
  readonly onCheck: () => void;
}

/** What is asked, what is answered, and the verdict. */
export function TaskPanel(props: Props) {
  const { task, about, answers, judge } = props;
  const { state, words } = useBench();
  const [after, setAfter] = useState<Variant | null>(null);
  const [said, say] = useState("");
  const verdict = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { checked } = judge;
  useEffect(() => {
    const [panel, box] = [scroller.current, verdict.current];
    // Only the panel moves: the page around it stays where it is.
    if (checked.report && panel && box) panel.scrollTo({ top: box.offsetTop - panel.offsetTop - 8, behavior: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }, [checked.report]);
  const missing = about ? unanswered(about.questions, answers) : [];
  const predicting = props.onLock !== undefined;
  const check = (): void => {
    say(missing.length > 0 && !predicting ? fill(words.exercise.unanswered, { list: missing.join(" · ") }) : "");
    props.onCheck();
  };
  const another = async (): Promise<void> => {
    if (!about) return;
    const next = after ?? (await anotherVariant(about.id));
    if (next && next.seed !== about.seed) props.onVariant(next);
    else say(words.exercise.sameVariant);
  };
  return (
    <div ref={scroller} className="min-h-0 grow overflow-y-auto px-4 py-4 sm:px-5" tabIndex={0} role="group" aria-label={words.panels.task}>
      <div className="flex max-w-[68ch] flex-col gap-6">
        {props.practice && <p className="rounded border border-line bg-signal-wash px-3 py-2 text-sm">{words.exercise.practice}</p>}
        <TaskText params={about?.params ?? {}}>{task}</TaskText>
        {about && (
          <>
            {about.questions.length > 0 && <Questions questions={about.questions} answers={answers} locked={props.locked} onAnswer={props.onAnswer} />}
            {about.gaps && <GapsForm gaps={about.gaps} drafts={props.drafts} />}
            {about.balancer && <BalancerForm />}
            {props.onLock && (
              <button type="button" className="button self-start" disabled={Object.keys(answers).length === 0} onClick={props.onLock}>
                {words.exercise.lock}
              </button>
            )}
            {about.kind === "predict" && !props.onLock && (
              <p role="status" className="rounded border border-line bg-signal-wash px-3 py-2 text-sm">
                {words.exercise.locked}
              </p>
            )}
            <div>
              <button type="button" className="button" disabled={state.status !== "ready" || checked.checking || predicting} onClick={check}>
                {checked.checking ? words.exercise.checking : words.exercise.check}
              </button>
              {about.editor && <p className="mt-1 text-sm text-ink-faint">{words.exercise.checkHint}</p>}
              {said !== "" && (
                <p role="status" className="mt-2 text-sm text-ink-soft">
                  {said}
                </p>
              )}
              {checked.failed && (
                <p role="alert" className="mt-2 text-danger">
                  {words.state.bug}
                </p>
              )}
            </div>
            <div ref={verdict} aria-live="polite" className="scroll-mt-2">
              <Result checked={checked} onRetry={judge.retry} />
            </div>
            <Hints exercise={about.id} hints={about.hints} />
            <div className="flex flex-wrap items-start gap-3">
              <Solution about={about} solved={checked.report?.passed === true} onNext={setAfter} />
              {about.hasVariants && (checked.report?.passed === true || after !== null) && (
                <button type="button" className="button button-quiet button-small" onClick={() => void another()}>
                  {words.exercise.another}
                </button>
              )}
            </div>
          </>
        )}
      </div>
    </div>
  );
}
