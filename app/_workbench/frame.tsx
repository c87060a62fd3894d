"use client";
import { useSyncExternalStore, useState, type ReactNode } from "react";
import { Panel, PanelGroup, PanelResizeHandle } from "react-resizable-panels";
import { fill, useBench } from "./bench-context";

/** A part of the bench. Two `middle` parts stand one above the other. */
export interface Part {
  readonly id: "task" | "files" | "terminal" | "view";
  readonly content: ReactNode;
}

const WIDE = "(min-width: 64rem)";

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** Is there room for several panels side by side? */
export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(WIDE).matches, () => true);
}

/** The bench's parts: side by side, resizable and remembered where there is room; one at a time with a bar elsewhere. */
export function BenchFrame({ name, parts }: { name: string; parts: readonly Part[] }) {
  return useWide() ? <Wide name={name} parts={parts} /> : <Narrow parts={parts} />;
}

function Wide({ name, parts }: { name: string; parts: readonly Part[] }) {
  const { words } = useBench();
  const part = (id: Part["id"]): Part | undefined => parts.find((one) => one.id === id);
  const [task, files, terminal, view] = [part("task"), part("files"), part("terminal"), part("view")];
  const middle = [files, terminal].filter((one) => one !== undefined);
  const share = (one: number, two: number): number => (task && middle.length > 0 && view ? one : two);
  const columns: readonly (readonly [string, number, ReactNode])[] = [
    ...(task ? [["task", share(30, 44), <Box key="task" part={task} />] as const] : []),
    ...(middle.length > 0 ? [["middle", share(38, task ? 56 : 54), middle.length === 1 && middle[0] ? <Box key="middle" part={middle[0]} /> : <Stack key="middle" name={name} parts={middle} />] as const] : []),
    ...(view ? [["view", share(32, middle.length > 0 ? 46 : 56), <Box key="view" part={view} />] as const] : []),
  ];
  if (columns.length === 1) return <>{columns[0]?.[2]}</>;
  return (
    <PanelGroup direction="horizontal" autoSaveId={`timonel.panels.${name}.${columns.map(([id]) => id).join("-")}`} className="h-full">
      {columns.flatMap(([id, size, content], index) => [
        ...(index === 0 ? [] : [<Handle key={`${id}-handle`} label={fill(words.panels.resize, { panel: id === "view" ? words.panels.view : id === "middle" ? words.panels.terminal : words.panels.task })} />]),
        <Panel key={id} id={id} order={index} defaultSize={size} minSize={14} collapsible={id !== "task"} collapsedSize={0} className="h-full">
          {content}
        </Panel>,
      ])}
    </PanelGroup>
  );
}

function Stack({ name, parts }: { name: string; parts: readonly Part[] }) {
  const { words } = useBench();
  return (
    <PanelGroup direction="vertical" autoSaveId={`timonel.panels.${name}.stack`} className="h-full">
      {parts.flatMap((part, index) => [
        ...(index === 0 ? [] : [<Handle key={`${part.id}-handle`} level label={fill(words.panels.resize, { panel: words.panels[part.id] })} />]),
        <Panel key={part.id} id={part.id} order={index} defaultSize={index === 0 ? 60 : 40} minSize={12} collapsible collapsedSize={0}>
          <Box part={part} />
        </Panel>,
      ])}
    </PanelGroup>
  );
}

function Handle({ label, level = false }: { label: string; level?: boolean }) {
  return (
    <PanelResizeHandle aria-label={label} className={`group relative grid place-items-center bg-line transition-colors hover:bg-signal focus-visible:bg-signal data-[resize-handle-state=drag]:bg-signal ${level ? "h-1.5 w-full" : "w-1.5"}`}>
      <span aria-hidden="true" className={`rounded-full bg-line-strong group-hover:bg-on-signal ${level ? "h-0.5 w-8" : "h-8 w-0.5"}`} />
    </PanelResizeHandle>
  );
}

function Box({ part }: { part: Part }) {
  const { words } = useBench();
  return (
    <section aria-label={words.panels[part.id]} className="flex h-full min-h-0 min-w-0 flex-col overflow-hidden bg-surface">
      {part.content}
    </section>
  );
}

function Narrow({ parts }: { parts: readonly Part[] }) {
  const { words } = useBench();
  const [chosen, choose] = useState<Part["id"]>(parts[0]?.id ?? "view");
  const here = parts.some((part) => part.id === chosen) ? chosen : parts[0]?.id;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="min-h-0 grow overflow-hidden">
        {parts.map((part) => (
          <div key={part.id} hidden={part.id !== here} className="h-full">
            <Box part={part} />
          </div>
        ))}
      </div>
      {parts.length > 1 && (
        <div role="group" aria-label={words.panels.choose} className="grid auto-cols-fr grid-flow-col border-t border-line-strong bg-paper">
          {parts.map((part) => (
            <button key={part.id} type="button" aria-pressed={part.id === here} onClick={() => choose(part.id)} className={`min-h-12 px-1 text-sm ${part.id === here ? "border-t-2 border-signal font-semibold text-signal" : "border-t-2 border-transparent text-ink-soft"}`}>
              {words.panels[part.id]}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
