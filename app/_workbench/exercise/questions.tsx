"use client";
import { useId } from "react";
import type { Json } from "@/lib/engine";
import { fill, useBench } from "../bench-context";
import type { ChoiceFace, QuestionFace } from "../worker/protocol";

/** Answers by question; absent while not given. */
export type Answers = { readonly [question: string]: Json };

/** The questions of an exercise. A locked one shows its answer and takes no other. */
export function Questions({ questions, answers, locked, onAnswer }: { questions: readonly QuestionFace[]; answers: Answers; locked: readonly string[]; onAnswer: (question: string, value: Json) => void }) {
  return (
    <div className="flex flex-col gap-6">
      {questions.map((question) => (
        <Question key={question.id} question={question} value={answers[question.id]} locked={locked.includes(question.id)} onAnswer={(value) => onAnswer(question.id, value)} />
      ))}
    </div>
  );
}

interface OneProps {
  readonly question: QuestionFace;
  readonly value: Json | undefined;
  readonly locked: boolean;
  readonly onAnswer: (value: Json) => void;
}

function Question(props: OneProps) {
  const { words } = useBench();
  const { question } = props;
  const hints = { single: words.exercise.chooseOne, multiple: words.exercise.chooseMany, number: words.exercise.number, text: "", order: words.exercise.order, assign: words.exercise.assign };
  return (
    <fieldset disabled={props.locked} className="min-w-0" data-question={question.id}>
      <legend className="font-semibold leading-snug">{question.prompt}</legend>
      {hints[question.type] !== "" && <p className="mb-2 text-sm text-ink-faint">{hints[question.type]}</p>}
      {question.type === "single" || question.type === "multiple" ? (
        <Options {...props} />
      ) : question.type === "order" ? (
        <Order {...props} />
      ) : question.type === "assign" ? (
        <Assign {...props} />
      ) : (
        <Typed {...props} />
      )}
    </fieldset>
  );
}

function Options({ question, value, onAnswer }: OneProps) {
  const name = useId();
  const many = question.type === "multiple";
  const chosen: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const toggle = (id: string): void => {
    if (!many) return onAnswer(id);
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : question.options.filter((option) => option.id === id || chosen.includes(option.id)).map((option) => option.id);
    onAnswer(next);
  };
  return (
    <ul className="flex flex-col gap-1.5">
      {question.options.map((option) => (
        <li key={option.id}>
          <label className={`flex min-h-11 items-start gap-3 rounded border px-3 py-2 leading-snug has-disabled:opacity-80 ${chosen.includes(option.id) ? "border-signal bg-signal-wash" : "border-line-strong hover:bg-sunken"}`}>
            <input type={many ? "checkbox" : "radio"} name={name} value={option.id} checked={chosen.includes(option.id)} onChange={() => toggle(option.id)} className="mt-0.5 size-5 shrink-0 accent-[var(--signal)]" />
            <span className="min-w-0 break-words">{option.label}</span>
          </label>
        </li>
      ))}
    </ul>
  );
}

function Typed({ question, value, onAnswer }: OneProps) {
  const { words } = useBench();
  const number = question.type === "number";
  const shown = value === undefined || value === null ? "" : String(value);
  return (
    <label className="flex items-center gap-2">
      <span className="sr-only">{words.exercise.answered}</span>
      <input
        className="input max-w-56 font-mono"
        value={shown}
        inputMode={number ? "decimal" : "text"}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        onChange={(event) => {
          const text = event.target.value;
          const plain = text.trim().replace(",", ".");
          onAnswer(number && plain !== "" && /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text);
        }}
      />
      {question.unit !== "" && <span className="text-ink-soft">{question.unit}</span>}
    </label>
  );
}

function Order({ question, value, onAnswer }: OneProps) {
  const { words } = useBench();
  const given: readonly Json[] = Array.isArray(value) ? value : [];
  const ids = given.length === question.options.length ? given.map(String) : question.options.map(({ id }) => id);
  const labels = new Map(question.options.map(({ id, label }) => [id, label] as const));
  const move = (at: number, by: 1 | -1): void => {
    const next = [...ids];
    const [taken] = next.splice(at, 1);
    next.splice(at + by, 0, taken ?? "");
    onAnswer(next);
  };
  return (
    <ol className="flex flex-col gap-1.5">
      {ids.map((id, at) => (
        <li key={id} className="flex items-center gap-2 rounded border border-line-strong px-3 py-1">
          <span aria-hidden="true" className="tabular-nums text-ink-faint">
            {at + 1}.
          </span>
          <span className="min-w-0 grow break-words">{labels.get(id) ?? id}</span>
          <button type="button" className="bench-tool bench-tool-strong" aria-label={fill(words.exercise.up, { name: labels.get(id) ?? id })} disabled={at === 0} onClick={() => move(at, -1)}>
            ↑
          </button>
          <button type="button" className="bench-tool bench-tool-strong" aria-label={fill(words.exercise.down, { name: labels.get(id) ?? id })} disabled={at === ids.length - 1} onClick={() => move(at, 1)}>
            ↓
          </button>
        </li>
      ))}
    </ol>
  );
}

function Assign({ question, value, onAnswer }: OneProps) {
  const { words } = useBench();
  const given: { readonly [item: string]: Json | undefined } = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as { readonly [item: string]: Json | undefined }) : {};
  const put = (item: ChoiceFace, option: string): void => {
    const rest = Object.fromEntries(Object.entries(given).filter((entry): entry is [string, Json] => entry[0] !== item.id && entry[1] !== undefined));
    onAnswer(option === "" ? rest : { ...rest, [item.id]: option });
  };
  return (
    <ul className="flex flex-col gap-1.5">
      {question.items.map((item) => (
        <li key={item.id}>
          <label className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded border border-line-strong px-3 py-1.5">
            <span className="min-w-40 grow basis-0 break-words">{item.label}</span>
            <select className="input min-h-10 w-auto max-w-full py-1" value={typeof given[item.id] === "string" ? String(given[item.id]) : ""} onChange={(event) => put(item, event.target.value)}>
              <option value="">{words.exercise.none}</option>
              {question.options.map((option) => (
                <option key={option.id} value={option.id}>
                  {option.label}
                </option>
              ))}
            </select>
          </label>
        </li>
      ))}
    </ul>
  );
}

/** The questions still to be answered, by their prompts. */
export function unanswered(questions: readonly QuestionFace[], answers: Answers): readonly string[] {
  return questions
    .filter((question) => {
      const value = answers[question.id];
      if (question.type === "order" || question.type === "multiple") return false;
      if (question.type === "assign") return typeof value !== "object" || value === null || question.items.some(({ id }) => !Object.hasOwn(value, id));
      return value === undefined || value === null || value === "";
    })
    .map(({ prompt }) => prompt);
}
