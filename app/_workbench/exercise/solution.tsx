"use client";
import { useState } from "react";
import { useBench } from "../bench-context";
import { AskSure } from "../files/ask-sure";
import type { ExerciseAbout } from "../worker/protocol";
import { keepVariant, reveal, type SolutionFace, type Variant } from "./variant";

/** The solution, after solving or giving up. Giving up draws another variant, or marks this one as practice. */
export function Solution({ about, solved, onNext }: { about: ExerciseAbout; solved: boolean; onNext: (variant: Variant) => void }) {
  const { locale, words } = useBench();
  const [asking, ask] = useState(false);
  const [shown, show] = useState<readonly SolutionFace[]>([]);
  const [problem, setProblem] = useState("");
  const open = async (): Promise<void> => {
    ask(false);
    const answer = await reveal(about.id, !solved);
    if ("refused" in answer) {
      setProblem(answer.message?.[locale] ?? (answer.offline ? words.exercise.offline : words.exercise.failedSend));
      return;
    }
    setProblem("");
    show(answer.solutions);
    if (!solved) {
      keepVariant(about.id, answer.next);
      onNext(answer.next);
    }
  };
  return (
    <section aria-label={words.exercise.solution} className="min-w-0 max-w-full">
      {shown.length === 0 && !asking && (
        <button type="button" className="button button-quiet button-small" onClick={() => (solved ? void open() : ask(true))}>
          {solved ? words.exercise.solution : words.exercise.giveUp}
        </button>
      )}
      {asking && <AskSure text={words.exercise.giveUpAsk} yes={words.exercise.giveUpYes} no={words.exercise.giveUpNo} onYes={open} onNo={() => ask(false)} />}
      {problem !== "" && (
        <p role="alert" className="mt-2 text-sm text-danger">
          {problem}
        </p>
      )}
      {shown.map((solution, index) => (
        <div key={solution.name} className="mt-3">
          <h2 className="font-semibold">{index === 0 ? words.exercise.reference : words.exercise.alternative}</h2>
          {Object.entries(solution.files).map(([path, text]) => (
            <figure key={path} className="mt-1">
              <figcaption className="font-mono text-sm text-ink-faint">{path}</figcaption>
              <pre tabIndex={0} className="overflow-x-auto rounded border border-line bg-sunken p-3 font-mono text-[0.8125rem] leading-relaxed">
                {text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (Object.hasOwn(about.params, name) ? String(about.params[name]) : whole))}
              </pre>
            </figure>
          ))}
        </div>
      ))}
    </section>
  );
}
