"use client";
import { KindGlyph } from "@/app/_ui/kind";
import { fill, useBench } from "../bench-context";
import type { PodCell, Tone } from "../worker/view-model";

const MARKS: { readonly [T in Tone]: string } = { good: "M5 12.5l4.5 4.5L19 7.5", waiting: "M12 6v6l4 2.5M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z", bad: "M12 5v9M12 18.5v.5", leaving: "M5 12h13M13 7l5 5-5 5", quiet: "M6 12h12" };
const COLOURS: { readonly [T in Tone]: string } = { good: "text-success", waiting: "text-signal", bad: "text-danger", leaving: "text-ink-faint", quiet: "text-ink-faint" };

/** How something is doing: a mark, a colour, and the word for who sees neither. */
export function ToneMark({ tone, size = 14 }: { tone: Tone; size?: number }) {
  const { words } = useBench();
  return (
    <span className={`inline-flex shrink-0 ${COLOURS[tone]}`}>
      <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d={MARKS[tone]} />
      </svg>
      <span className="sr-only">{words.tones[tone]}</span>
    </span>
  );
}

/** A pod as a small card. With `onDelete`, a button that deletes it. */
export function PodCard({ pod, showNode = false, onDelete }: { pod: PodCell; showNode?: boolean; onDelete?: ((pod: PodCell) => void) | undefined }) {
  const { words } = useBench();
  return (
    <div className="bench-pod bench-appear" data-tone={pod.tone} data-pod={pod.name}>
      <span className="flex items-center gap-1.5">
        <KindGlyph kind="Pod" size={16} title="Pod" />
        <span className="min-w-0 grow break-all font-mono font-semibold">{pod.name}</span>
        {onDelete && pod.status !== "Terminating" && (
          <button type="button" className="-my-1 -mr-1 grid size-6 shrink-0 place-items-center rounded text-ink-faint hover:bg-danger-wash hover:text-danger" aria-label={fill(words.machines.deletePod, { name: pod.name })} title={fill(words.machines.deletePod, { name: pod.name })} onClick={() => onDelete(pod)}>
            <svg width="12" height="12" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" aria-hidden="true">
              <path d="M6 6l12 12M18 6L6 18" />
            </svg>
          </button>
        )}
      </span>
      <span className="flex flex-wrap items-center gap-x-2 text-ink-soft">
        <span className="inline-flex items-center gap-1">
          <ToneMark tone={pod.tone} />
          {pod.status}
        </span>
        <span className="tabular-nums">{pod.ready}</span>
        {pod.restarts > 0 && (
          <span className="tabular-nums">
            ↻{pod.restarts}
            <span className="sr-only"> {words.machines.restarts}</span>
          </span>
        )}
      </span>
      {(pod.ip !== "" || (showNode && pod.node !== "")) && (
        <span className="flex flex-wrap gap-x-2 font-mono text-[0.75rem] text-ink-faint">
          {pod.ip !== "" && <span>{pod.ip}</span>}
          {showNode && pod.node !== "" && <span>{pod.node}</span>}
        </span>
      )}
    </div>
  );
}

/** Deletes a pod as a person would, at the terminal. */
export function useDeletePod(): (pod: PodCell) => void {
  const { session } = useBench();
  return (pod) => void session.run(`kubectl delete pod ${pod.name}${pod.namespace === "default" ? "" : ` -n ${pod.namespace}`} --wait=false`);
}

/** What a view says when it has nothing to show: a skeleton before it has looked, a sentence after. */
export function Nothing({ looked, text }: { looked: boolean; text: string }) {
  const { words } = useBench();
  return <p className={`p-4 text-center text-sm text-ink-faint ${looked ? "" : "skeleton"}`}>{looked ? text : words.views.loading}</p>;
}

