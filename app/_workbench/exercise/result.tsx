"use client";
import Link from "next/link";
import { Icon } from "@/app/_ui/icon";
import { path } from "@/app/_ui/paths";
import { fill, useBench } from "../bench-context";
import type { ReportView, ResultView } from "../worker/protocol";
import { EvidenceList } from "./evidence";
import type { Checked } from "./use-check";

/** The verdict: each check with what was found, why it matters and what to do next, and what the server said. */
export function Result({ checked, onRetry }: { checked: Checked; onRetry: () => void }) {
  const { words } = useBench();
  const { report } = checked;
  if (!report) return null;
  return (
    <section aria-label={words.exercise.result} className="flex flex-col gap-3" data-result={report.passed ? "passed" : "failed"}>
      <Score report={report} />
      {report.stopped !== "" && (
        <p className="rounded border border-danger bg-danger-wash p-3 text-danger">
          {words.exercise.stopped} {report.stopped}
        </p>
      )}
      <ol className="border-t border-line">
        {report.results.map((result) => (
          <OneCheck key={result.check} result={result} />
        ))}
      </ol>
      <ServerWord checked={checked} onRetry={onRetry} />
    </section>
  );
}

function Score({ report }: { report: ReportView }) {
  const { words } = useBench();
  const share = report.maxScore === 0 ? 0 : Math.round((report.score / report.maxScore) * 100);
  return (
    <div>
      <p className={`flex items-center gap-2 text-lg font-bold ${report.passed ? "text-success" : ""}`}>
        <Icon name={report.passed ? "check" : "half"} />
        {fill(report.passed ? words.exercise.solved : words.exercise.partial, { score: report.score, max: report.maxScore })}
      </p>
      <div aria-hidden="true" className="mt-1 h-2 overflow-hidden rounded-full border border-line-strong">
        <div className={`h-full ${report.passed ? "bg-success" : "bg-signal"}`} style={{ width: `${share}%` }} />
      </div>
    </div>
  );
}

function OneCheck({ result }: { result: ResultView }) {
  const { words } = useBench();
  return (
    <li className="grid grid-cols-[1.5rem_1fr_auto] gap-x-2 border-b border-line py-3" data-check={result.check} data-passed={result.passed}>
      <span className={result.passed ? "text-success" : "text-danger"}>
        {result.passed ? (
          <Icon name="check" />
        ) : (
          <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.25" strokeLinecap="round" aria-hidden="true">
            <path d="M6 6l12 12M18 6L6 18" />
          </svg>
        )}
      </span>
      <div className="min-w-0">
        <p className="font-semibold">
          <span className="sr-only">{result.passed ? words.exercise.passed : words.exercise.failed}: </span>
          {result.title}
        </p>
        {result.message !== "" && <Rich text={result.message} className={result.passed ? "text-ink-soft" : ""} />}
        {result.next !== "" && (
          <p className="mt-1 text-[0.9375rem]">
            <span className="font-semibold">{words.exercise.next}:</span> <Inline text={result.next} />
          </p>
        )}
        <EvidenceList evidence={result.evidence} />
      </div>
      <span className="text-sm tabular-nums text-ink-soft">
        {result.earned} / {result.points}
      </span>
    </li>
  );
}

function Rich({ text, className }: { text: string; className: string }) {
  return (
    <p className={`text-[0.9375rem] ${className}`}>
      <Inline text={text} />
    </p>
  );
}

/** A sentence in which `…` between backquotes is code. */
export function Inline({ text }: { text: string }) {
  return text.split(/`([^`]+)`/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={index} className="rounded border border-line bg-sunken px-1 font-mono text-[0.875em] break-words">
        {part}
      </code>
    ),
  );
}

function ServerWord({ checked, onRetry }: { checked: Checked; onRetry: () => void }) {
  const { locale, words } = useBench();
  const { delivery } = checked;
  if (checked.sending) {
    return (
      <p role="status" className="text-sm text-ink-faint">
        {words.exercise.sending}
      </p>
    );
  }
  if (!delivery) return null;
  if (delivery.type === "failed") {
    const text = { offline: words.exercise.offline, "too-large": words.exercise.tooLarge, "too-many": words.exercise.tooMany, server: words.exercise.failedSend }[delivery.why];
    return (
      <div role="alert" className="flex flex-wrap items-center gap-2 rounded border border-danger bg-danger-wash p-3 text-sm">
        <p className="grow text-danger">
          {text} {delivery.why === "server" ? delivery.message : ""}
        </p>
        {delivery.why !== "too-large" && (
          <button type="button" className="button button-quiet button-small" onClick={onRetry}>
            {words.exercise.retry}
          </button>
        )}
      </div>
    );
  }
  const guest = delivery.type !== "stored";
  return (
    <p role="status" className="text-sm text-ink-soft" data-server={delivery.type}>
      {delivery.type === "stored" ? words.exercise.server : delivery.type === "graded" ? words.exercise.serverGuest : words.exercise.guest}{" "}
      {delivery.type === "stored" && delivery.practice && words.exercise.practice}
      {guest && (
        <Link href={path(locale, "sign-up")} className="link">
          {words.exercise.signUp}
        </Link>
      )}
    </p>
  );
}
