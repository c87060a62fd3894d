"use client";
import { useRef, useState } from "react";
import { Icon } from "@/app/_ui/icon";

/** Copies the code block it lies in, or `text` when it is given one. Says that it did, also aloud. */
export function CopyButton({ words, text }: { words: { copy: string; copied: string }; text?: string }) {
  const button = useRef<HTMLButtonElement>(null);
  const [done, setDone] = useState(false);
  const copy = async () => {
    const code = text ?? button.current?.closest("[data-code]")?.querySelector("pre")?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(code);
      setDone(true);
      window.setTimeout(() => setDone(false), 2_000);
    } catch {
      setDone(false);
    }
  };
  return (
    <button
      ref={button}
      type="button"
      onClick={() => void copy()}
      className="inline-flex min-h-9 items-center gap-1.5 rounded border border-line bg-surface px-2.5 text-sm text-ink-soft hover:border-line-strong hover:text-ink"
    >
      <Icon name={done ? "check" : "copy"} size={16} />
      <span aria-live="polite">{done ? words.copied : words.copy}</span>
    </button>
  );
}
