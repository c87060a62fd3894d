"use client";
import { KindGlyph } from "@/app/_ui/kind";
import { useBench } from "../bench-context";
import { TripDetail } from "../views/trip-view";
import type { EvidenceView } from "../worker/protocol";

/** What a check looked at: facts before any theory. */
export function EvidenceList({ evidence }: { evidence: readonly EvidenceView[] }) {
  const { words } = useBench();
  if (evidence.length === 0) return null;
  return (
    <details className="mt-2 text-sm" open={evidence.length === 1 && evidence[0]?.type !== "trip"}>
      <summary className="font-semibold text-signal">{words.exercise.found}</summary>
      <ul className="mt-1 flex flex-col gap-2">
        {evidence.map((item, index) => (
          <li key={index} className="min-w-0 rounded border border-line bg-paper p-2">
            <One item={item} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function One({ item }: { item: EvidenceView }) {
  const { words } = useBench();
  switch (item.type) {
    case "object":
      return (
        <>
          <p className="flex flex-wrap items-center gap-x-1.5">
            <KindGlyph kind={item.kind} size={16} />
            {item.kind} <span className="break-all font-mono font-semibold">{item.name}</span>
            {item.path !== "" && <span className="break-all font-mono text-ink-soft">{item.path}</span>}
          </p>
          {item.value !== "" && <Mono text={item.value} />}
        </>
      );
    case "event":
      return (
        <p>
          <span className={`font-semibold ${item.warning ? "text-danger" : ""}`}>{item.reason}</span> <span className="break-all font-mono text-ink-soft">{item.object}</span>
          <span className="block break-words">{item.message}</span>
        </p>
      );
    case "trip":
      return <TripDetail trip={item.trip} />;
    case "numbers":
      return (
        <p>
          {item.label}: <span className="font-semibold tabular-nums">{item.found}</span> {words.exercise.foundValue}, {words.exercise.wanted} <span className="font-semibold tabular-nums">{item.wanted}</span>
        </p>
      );
    case "file":
      return (
        <>
          <p className="break-all">
            {item.place} <span className="font-mono text-ink-soft">{item.path}</span>
          </p>
          {item.content === null ? <p className="font-semibold text-danger">{words.exercise.noFile}</p> : <Mono text={item.content} />}
        </>
      );
    case "text":
      return (
        <>
          <p className="break-all font-mono text-ink-soft">{item.label}</p>
          <Mono text={item.lines.join("\n")} />
        </>
      );
  }
}

function Mono({ text }: { text: string }) {
  return (
    <pre tabIndex={0} className="mt-1 max-h-40 overflow-auto whitespace-pre-wrap break-words font-mono text-[0.8125rem] text-ink-soft">
      {text}
    </pre>
  );
}
