"use client";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Locale } from "@/lib/text";
import type { Input } from "@/lib/workbench";
import { BenchInReach, benchWords, fill, useBench } from "./bench-context";
import { BenchNotice } from "./bench-notice";
import { clockText } from "./clock-text";
import { inputsIn } from "./inputs-in";
import { journalLine } from "./journal-line";
import { useWorkbench } from "./use-workbench";
import { ClusterView } from "./views/cluster-view";

interface Played {
  readonly exercise: string;
  readonly seed: number;
  readonly inputs: readonly Input[];
}

function read(answer: unknown): Played | null {
  if (typeof answer !== "object" || answer === null) return null;
  const { exercise, seed, inputs } = answer as { readonly exercise?: unknown; readonly seed?: unknown; readonly inputs?: unknown };
  if (typeof exercise !== "string" || typeof seed !== "number" || !Array.isArray(inputs)) return null;
  return { exercise, seed, inputs: inputsIn(inputs) };
}

/** An answer played step by step. Fills its box. */
export function Replay({ answer, locale }: { answer: unknown; locale: Locale }) {
  const played = read(answer);
  if (!played) return <p className="p-6 text-danger">{benchWords(locale).replay.bad}</p>;
  return <Player played={played} locale={locale} />;
}

function Player({ played, locale }: { played: Played; locale: Locale }) {
  const bench = useWorkbench({ source: { type: "exercise", id: played.exercise, seed: played.seed }, locale, slices: [], speed: 0 });
  return (
    <BenchInReach {...bench} locale={locale}>
      <Steps inputs={played.inputs} />
    </BenchInReach>
  );
}

function Steps({ inputs }: { inputs: readonly Input[] }) {
  const { session, state, locale, words } = useBench();
  const [step, setStep] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const ready = state.status === "ready";
  const go = (to: number): void => {
    const next = Math.min(inputs.length, Math.max(0, to));
    if (next === step || !ready) return;
    setStep(next);
    void session.travel(inputs, next);
  };
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [step]);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    if (event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    go(step + (event.key === "ArrowRight" ? 1 : -1));
  };
  const from = state.chunks.findLastIndex(({ type }) => type === "command");
  const current = inputs[step - 1];
  const output = current?.type === "run" && from >= 0 ? state.chunks.slice(from + 1) : current ? state.chunks.slice(Math.max(0, from + 1)) : [];
  return (
    <div lang={locale} className="bench flex h-full min-h-[36rem] grow flex-col" onKeyDown={onKey} data-status={state.status}>
      <BenchNotice />
      <div role="group" aria-label={words.replay.label} className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        {([[0, words.replay.first], [step - 1, words.replay.previous], [step + 1, words.replay.next], [inputs.length, words.replay.last]] as const).map(([to, label]) => (
          <button key={label} type="button" className="button button-quiet button-small" aria-disabled={!ready || to < 0 || to > inputs.length || to === step} onClick={() => go(to)}>
            {label}
          </button>
        ))}
        <span role="status" className="text-sm tabular-nums">
          {fill(words.replay.step, { n: step, all: inputs.length })}
        </span>
        <span className="font-mono text-sm tabular-nums text-ink-faint">{clockText(state.view.now ?? 0)}</span>
        <span className="ml-auto text-sm text-ink-faint">{words.replay.keys}</span>
      </div>
      <div className="grid min-h-0 grow lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <div className="flex min-h-0 flex-col border-line max-lg:border-b lg:border-r">
          <ol ref={list} aria-label={words.replay.list} className="max-h-72 min-h-24 overflow-auto p-2" tabIndex={0}>
            <Step label={words.replay.start} here={step === 0} onGo={() => go(0)} />
            {inputs.map((input, index) => (
              <Step key={index} label={journalLine(input, locale)} number={index + 1} here={step === index + 1} onGo={() => go(index + 1)} />
            ))}
          </ol>
          <section aria-label={words.replay.output} className="min-h-24 grow overflow-auto border-t border-line bg-sunken p-3" tabIndex={0}>
            {current?.type === "save-file" ? (
              <pre className="whitespace-pre-wrap break-words font-mono text-[0.8125rem]">{current.text}</pre>
            ) : output.length === 0 ? (
              <p className="text-sm text-ink-faint">{words.replay.noOutput}</p>
            ) : (
              output.map((chunk, index) => (
                <pre key={index} className={`whitespace-pre-wrap break-words font-mono text-[0.8125rem] ${chunk.type === "err" ? "text-danger" : ""}`}>
                  {chunk.text}
                </pre>
              ))
            )}
          </section>
        </div>
        <div className="min-h-80">
          <ClusterView first={current?.type === "send" ? "trip" : "machines"} hands={{ machines: [], pods: false, send: false, presets: [] }} />
        </div>
      </div>
    </div>
  );
}

function Step({ label, number, here, onGo }: { label: string; number?: number; here: boolean; onGo: () => void }) {
  return (
    <li>
      <button type="button" {...(here ? { "aria-current": "step" as const } : {})} onClick={onGo} className={`flex w-full gap-2 rounded px-2 py-1 text-left font-mono text-[0.8125rem] hover:bg-sunken ${here ? "bg-signal-wash font-semibold" : ""}`}>
        <span className="w-6 shrink-0 text-right tabular-nums text-ink-faint">{number ?? ""}</span>
        <span className="min-w-0 break-words">{label}</span>
      </button>
    </li>
  );
}
