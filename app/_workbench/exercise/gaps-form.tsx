"use client";
import { fill, useBench } from "../bench-context";
import type { Drafts } from "../files/use-drafts";
import type { ExerciseAbout } from "../worker/protocol";
import { fillGaps, gapPieces, readGaps } from "./gap-text";

/** A file with gaps: each a labelled field in its place. What is filled in is the file, kept like any other. */
export function GapsForm({ gaps, drafts }: { gaps: NonNullable<ExerciseAbout["gaps"]>; drafts: Drafts }) {
  const { state, words } = useBench();
  const text = drafts.texts[gaps.file] ?? state.view.files?.[gaps.file] ?? "";
  const values = readGaps(gaps.template, text);
  const put = (id: string, value: string): void => drafts.write(gaps.file, fillGaps(gaps.template, { ...values, [id]: value.replace(/\n/g, " ") }));
  const seen = new Set<string>();
  return (
    <section aria-label={words.exercise.gaps}>
      <h2 className="mb-2 font-semibold">{words.exercise.gaps}</h2>
      <p className="mb-1 font-mono text-sm text-ink-faint">{gaps.file}</p>
      <div className="overflow-x-auto rounded border border-line bg-sunken p-3 font-mono text-[0.875rem] leading-[2.1] whitespace-pre">
        {gapPieces(gaps.template).map((piece, index) => {
          if (piece.type === "text") return <span key={index}>{piece.text}</span>;
          const field = gaps.fields.find(({ id }) => id === piece.id);
          const again = seen.has(piece.id);
          seen.add(piece.id);
          const label = again ? `${field?.label ?? piece.id} (2)` : (field?.label ?? piece.id);
          const common = { "aria-label": label, title: label, value: values[piece.id] ?? "", "data-gap": piece.id };
          return field && field.options.length > 0 ? (
            <select key={index} {...common} onChange={(event) => put(piece.id, event.target.value)} className="min-h-8 rounded border border-line-strong bg-surface px-1">
              <option value="">…</option>
              {field.options.map((option) => (
                <option key={option}>{option}</option>
              ))}
            </select>
          ) : (
            <input key={index} {...common} onChange={(event) => put(piece.id, event.target.value)} spellCheck={false} autoCapitalize="none" autoComplete="off" size={Math.max(8, (values[piece.id] ?? "").length + 1)} className="min-h-8 rounded border border-line-strong bg-surface px-1.5" />
          );
        })}
      </div>
      <dl className="mt-2 text-sm text-ink-soft">
        {gaps.fields.map((field, index) => (
          <div key={field.id} className="flex gap-2">
            <dt className="tabular-nums text-ink-faint">{index + 1}.</dt>
            <dd>{field.label}</dd>
          </div>
        ))}
      </dl>
      <details className="mt-2 text-sm">
        <summary className="text-signal">{fill(words.exercise.gapsFile, { file: gaps.file })}</summary>
        <pre tabIndex={0} className="mt-1 overflow-x-auto rounded border border-line bg-sunken p-3 font-mono text-[0.8125rem]">
          {text === "" ? fillGaps(gaps.template, {}) : text}
        </pre>
      </details>
    </section>
  );
}
