"use client";

/** A question answered by yes or no, in the place where it arose. */
export function AskSure({ text, yes, no, onYes, onNo }: { text: string; yes: string; no: string; onYes: () => unknown; onNo: () => void }) {
  return (
    <div role="group" aria-label={text} className="flex flex-wrap items-center gap-2 border-b border-line bg-signal-wash px-3 py-2 text-sm">
      <p className="grow">{text}</p>
      <button type="button" autoFocus className="button button-small" onClick={() => void onYes()}>
        {yes}
      </button>
      <button type="button" className="button button-quiet button-small" onClick={onNo}>
        {no}
      </button>
    </div>
  );
}
