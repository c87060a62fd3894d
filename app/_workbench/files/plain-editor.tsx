"use client";
import { useRef, type KeyboardEvent } from "react";
import { fill, useBench } from "../bench-context";
import type { Diagnosis } from "../worker/protocol";

/** What an editor of one file is given. It is made anew for another file. */
export interface EditorProps {
  readonly path: string;
  readonly text: string;
  readonly problems: readonly Diagnosis[];
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
}

/** A text box: what works everywhere. Enter keeps the indentation; Tab goes on, as it should. */
export function PlainEditor({ path, text, problems, onChange, onSave }: EditorProps) {
  const { words } = useBench();
  const box = useRef<HTMLTextAreaElement>(null);
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      onSave();
    }
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    const field = event.currentTarget;
    const before = text.slice(0, field.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const indent = `${/^\s*(- )?/.exec(line)?.[0].replace("-", " ") ?? ""}${/:\s*$/.test(line) ? "  " : ""}`;
    if (indent === "") return;
    event.preventDefault();
    const at = field.selectionStart + 1 + indent.length;
    onChange(`${before}\n${indent}${text.slice(field.selectionEnd)}`);
    requestAnimationFrame(() => box.current?.setSelectionRange(at, at));
  };
  return (
    <textarea
      ref={box}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKey}
      aria-label={fill(words.files.editor, { path })}
      aria-invalid={problems.length > 0}
      spellCheck={false}
      autoCapitalize="none"
      autoCorrect="off"
      wrap="off"
      className="block h-full min-h-56 w-full resize-none bg-surface p-3 font-mono text-[0.875rem] leading-relaxed"
    />
  );
}
