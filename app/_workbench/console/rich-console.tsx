"use client";
import "@xterm/xterm/css/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal, type ITheme } from "@xterm/xterm";
import { useEffect, useRef } from "react";
import { useBench } from "../bench-context";
import type { Chunk, Session } from "../session";
import { completed, press, type LineState } from "./line-editor";

const PROMPT = "\u001b[1;33m$\u001b[0m ";

/** What the console with colours is given. */
export interface RichProps {
  readonly run: (text: string) => Promise<void>;
  readonly interrupt: () => void;
  /** What was being typed in the plain one, with its history. */
  readonly line: LineState;
}

/** The terminal with colours, selection and a real cursor (xterm). Draws the same transcript as the plain one. */
export function RichConsole(props: RichProps) {
  const { session, state, words } = useBench();
  const box = useRef<HTMLDivElement>(null);
  const screen = useRef<Screen | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const label = words.terminal.label;
  const none = words.terminal.none;
  useEffect(() => {
    if (!box.current) return;
    const drawn = createScreen(box.current, { label, none, session, hands: () => latest.current });
    screen.current = drawn;
    return () => {
      screen.current = null;
      drawn.dispose();
    };
  }, [session, label, none]);
  useEffect(() => screen.current?.show(state.chunks, state.running || state.busy), [state.chunks, state.running, state.busy]);
  return <div ref={box} className="h-full w-full overflow-hidden px-2 py-1" />;
}

interface Screen {
  show(chunks: readonly Chunk[], running: boolean): void;
  dispose(): void;
}

function themeOf(element: Element): ITheme {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    background: colour("--sunken"), foreground: colour("--ink"), cursor: colour("--signal"), cursorAccent: colour("--paper"), selectionBackground: colour("--line-strong"),
    red: colour("--danger"), brightRed: colour("--danger"), green: colour("--success"), brightGreen: colour("--success"), yellow: colour("--signal"), brightYellow: colour("--signal"),
    blue: colour("--kind-workload"), brightBlue: colour("--kind-workload"), magenta: colour("--kind-network"), cyan: colour("--kind-workload"), brightBlack: colour("--ink-faint"), white: colour("--ink-soft"), brightWhite: colour("--ink"),
  };
}

function createScreen(box: HTMLElement, { label, none, session, hands }: { label: string; none: string; session: Session; hands: () => RichProps }): Screen {
  const terminal = new Terminal({ fontFamily: getComputedStyle(box).getPropertyValue("--font-mono") || "monospace", fontSize: 13, lineHeight: 1.25, convertEol: true, cursorBlink: !window.matchMedia("(prefers-reduced-motion: reduce)").matches, scrollback: 3000, theme: themeOf(box), screenReaderMode: true });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(box);
  fit.fit();
  terminal.textarea?.setAttribute("aria-label", label);
  terminal.focus();

  let line: LineState = hands().line;
  let shown: readonly Chunk[] = [];
  let prompted = false;
  let busy = false;

  const rowsAbove = (length: number): number => Math.floor((2 + length) / terminal.cols);
  let cursorRow = 0;
  /** Draws the prompt and the line over what was drawn of them, and puts the cursor in its place. */
  const draw = (): void => {
    const up = prompted && cursorRow > 0 ? `\u001b[${cursorRow}A` : "";
    const total = rowsAbove(line.text.length);
    cursorRow = rowsAbove(line.cursor);
    const column = (2 + line.cursor) % terminal.cols;
    // A line that fills the row leaves the cursor hanging: a space brings it to the next one.
    const hanging = (2 + line.text.length) % terminal.cols === 0 ? " \u001b[D" : "";
    const back = total - cursorRow > 0 ? `\u001b[${total - cursorRow}A` : "";
    terminal.write(`${up}\r\u001b[J${PROMPT}${line.text}${hanging}\r${back}${column > 0 ? `\u001b[${column}C` : ""}`);
    prompted = true;
  };
  const erase = (): void => {
    if (!prompted) return;
    terminal.write(`${cursorRow > 0 ? `\u001b[${cursorRow}A` : ""}\r\u001b[J`);
    prompted = false;
    cursorRow = 0;
  };
  const print = (chunk: Chunk): void => {
    const body = safe(chunk.text);
    if (chunk.type === "command") terminal.write(`${PROMPT}\u001b[1m${body}\u001b[0m\n`);
    else if (chunk.type === "err") terminal.write(`\u001b[31m${withEnd(body)}\u001b[0m`);
    else if (chunk.type === "note") terminal.write(`\u001b[90m${withEnd(body)}\u001b[0m`);
    else terminal.write(withEnd(body));
  };
  const complete = async (): Promise<void> => {
    const found = (await session.ask((api, bench) => api.completeLine(bench, line.text.slice(0, line.cursor)))) ?? [];
    const before = line;
    line = completed(line, found);
    if (found.length !== 1 && line.text === before.text) {
      erase();
      terminal.write(`\u001b[90m${safe(found.length === 0 ? none : found.join("  "))}\u001b[0m\n`);
    }
    draw();
  };

  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== "keydown") return true;
    // With nothing typed Tab goes on to the next thing of the page: the terminal is no trap.
    if (event.key === "Tab" && (event.shiftKey || line.text === "")) return false;
    if (event.ctrlKey && event.key === "c" && terminal.hasSelection()) return false;
    return !(event.ctrlKey && event.key === "v");
  });
  terminal.onData((data) => {
    const { state, deed } = press(line, data);
    line = state;
    if (deed.type === "complete") return void complete();
    if (deed.type === "clear") return session.clearTerminal();
    if (deed.type === "interrupt") return hands().interrupt();
    if (deed.type === "enter") {
      erase();
      return void hands().run(deed.line);
    }
    if (!busy) draw();
  });
  const look = new ResizeObserver(() => {
    fit.fit();
    if (prompted) draw();
  });
  look.observe(box);
  const themes = new MutationObserver(() => {
    terminal.options.theme = themeOf(box);
  });
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

  return {
    show(chunks, running) {
      const goesOn = shown.length > 0 && chunks[0] === shown[0] && chunks.length >= shown.length;
      if (!goesOn && shown.length > 0) {
        terminal.reset();
        prompted = false;
        cursorRow = 0;
      }
      const fresh = goesOn ? chunks.slice(shown.length) : chunks;
      if (fresh.length > 0) erase();
      for (const chunk of fresh) print(chunk);
      shown = chunks;
      busy = running;
      if (!running && !prompted) draw();
    },
    dispose() {
      look.disconnect();
      themes.disconnect();
      terminal.dispose();
    },
  };
}

/** Text of a program without the codes that would move our cursor or change the window: colours only. */
function safe(text: string): string {
  return text.replace(/\u001b\[(?![0-9;]*m)[0-9;?]*[A-Za-z]/g, "").replace(/\u001b\][^\u0007]*(\u0007|$)/g, "").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001a\u007f]/g, "");
}

function withEnd(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
