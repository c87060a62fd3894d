"use client";
import { useEffect, useRef, useState, type ComponentType, type KeyboardEvent } from "react";
import { useBench } from "../bench-context";
import type { RichProps } from "./rich-console";
import { completed, emptyLine, entered, recall, type LineState } from "./line-editor";

const PREFERENCE = "timonel.console";

function prefersPlain(): boolean {
  try {
    return window.localStorage.getItem(PREFERENCE) === "plain" || window.matchMedia("(pointer: coarse)").matches;
  } catch {
    return true;
  }
}

/**
 * The terminal. Plain text and an input at first: light, and what a screen reader and a touch keyboard want. Whoever comes with
 * a mouse gets the console with colours in its place, unless they chose the plain one. `before` runs ahead of each line (unsaved files).
 */
export function ConsolePanel({ before }: { before?: () => Promise<void> }) {
  const { session, state, words } = useBench();
  const [Rich, setRich] = useState<ComponentType<RichProps> | null>(null);
  const rich = Rich !== null;
  const [line, setLine] = useState<LineState>(() => emptyLine());
  /** Put in place once it has come, so that what is being typed meanwhile is not interrupted. What does not come is not missed. */
  const enrich = (): void => void import("./rich-console").then((loaded) => setRich(() => loaded.RichConsole)).catch(() => undefined);
  const choose = (plain: boolean): void => {
    if (plain) setRich(null);
    else enrich();
    try {
      window.localStorage.setItem(PREFERENCE, plain ? "plain" : "rich");
    } catch {
      // The choice holds for this visit.
    }
  };
  const run = async (text: string): Promise<void> => {
    if (text.trim() === "clear") return session.clearTerminal();
    await before?.();
    if (text.trim() !== "" || state.running) await session.run(text);
  };
  const interrupt = (): void => void session.send({ type: "interrupt" });
  const plain = <PlainConsole line={line} setLine={setLine} run={run} interrupt={interrupt} onMouse={() => !prefersPlain() && enrich()} />;
  return (
    <div className="flex h-full min-h-0 flex-col bg-sunken">
      <div className="min-h-0 grow">
        {Rich ? <Rich run={run} interrupt={interrupt} line={line} /> : plain}
      </div>
      <div className="flex items-center gap-x-2 border-t border-line px-3 py-0.5 text-sm text-ink-faint">
        <span className="min-w-0 grow truncate">{state.running ? words.terminal.running : words.terminal.hint}</span>
        {state.running && (
          <button type="button" className="bench-tool" onClick={interrupt}>
            {words.terminal.stop}
          </button>
        )}
        <button type="button" className="bench-tool" onClick={session.clearTerminal}>
          {words.terminal.clear}
        </button>
        <button type="button" className="bench-tool" onClick={() => choose(rich)}>
          {rich ? words.terminal.simple : words.terminal.rich}
        </button>
      </div>
    </div>
  );
}

interface PlainProps {
  readonly line: LineState;
  readonly setLine: (line: LineState) => void;
  readonly run: (text: string) => Promise<void>;
  readonly interrupt: () => void;
  readonly onMouse: () => void;
}

function PlainConsole({ line, setLine, run, interrupt, onMouse }: PlainProps) {
  const { session, state, words } = useBench();
  const field = useRef<HTMLInputElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const [said, say] = useState("");
  useEffect(() => {
    const box = end.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, [state.chunks]);

  const complete = async (): Promise<void> => {
    const cursor = field.current?.selectionStart ?? line.text.length;
    const at = { ...line, cursor };
    const found = (await session.ask((api, bench) => api.completeLine(bench, line.text.slice(0, cursor)))) ?? [];
    const next = completed(at, found);
    setLine(next);
    say(found.length > 1 ? found.join("  ") : found.length === 0 ? words.terminal.none : "");
    requestAnimationFrame(() => field.current?.setSelectionRange(next.cursor, next.cursor));
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    const selected = field.current && field.current.selectionStart !== field.current.selectionEnd;
    if (event.key === "Tab" && !event.shiftKey && line.text !== "") {
      event.preventDefault();
      void complete();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      setLine(recall(line, event.key === "ArrowUp" ? -1 : 1));
    } else if (event.ctrlKey && event.key === "c" && !selected) {
      event.preventDefault();
      setLine(emptyLine(line.history));
      interrupt();
    } else if (event.ctrlKey && event.key === "l") {
      event.preventDefault();
      session.clearTerminal();
    }
  };
  return (
    <div className="flex h-full flex-col" onPointerDown={(event) => event.pointerType === "mouse" && onMouse()}>
      <div ref={end} role="log" aria-label={words.terminal.output} tabIndex={0} className="min-h-0 grow overflow-auto px-3 py-2 font-mono text-[0.8125rem] leading-relaxed">
        {state.chunks.length === 0 && <p className="font-sans text-sm text-ink-faint">{words.terminal.welcome}</p>}
        {state.chunks.map((chunk, index) => (
          <pre key={index} className={`whitespace-pre-wrap break-words font-mono ${chunk.type === "command" ? "font-semibold text-signal" : chunk.type === "err" ? "text-danger" : chunk.type === "note" ? "text-ink-soft italic" : ""}`}>
            {chunk.type === "command" ? `$ ${chunk.text}` : chunk.text.replace(/\n$/, "")}
          </pre>
        ))}
        {said !== "" && <pre className="whitespace-pre-wrap text-ink-faint">{said}</pre>}
      </div>
      <form
        className="flex items-center gap-2 border-t border-line px-3 focus-within:bg-surface"
        onSubmit={(event) => {
          event.preventDefault();
          say("");
          setLine(entered(line));
          void run(line.text);
        }}
      >
        <span aria-hidden="true" className="font-mono text-signal">
          $
        </span>
        <input
          ref={field}
          value={line.text}
          onChange={(event) => setLine({ ...line, text: event.target.value, cursor: event.target.selectionStart ?? event.target.value.length })}
          onKeyDown={onKey}
          aria-label={words.terminal.label}
          placeholder={words.terminal.placeholder}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="go"
          className="min-h-11 w-full grow bg-transparent font-mono text-[0.875rem] outline-none placeholder:text-ink-faint"
        />
      </form>
    </div>
  );
}
