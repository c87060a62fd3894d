"use client";
import { useState } from "react";
import type { SceneView } from "@/lib/workbench";
import type { Locale } from "@/lib/text";
import { BenchInReach, useBench } from "./bench-context";
import { BenchNotice } from "./bench-notice";
import { clockText } from "./clock-text";
import { useAdvance } from "./use-advance";
import { useWorkbench } from "./use-workbench";
import { ClusterView } from "./views/cluster-view";
import type { ViewName } from "./views/hands";
import type { SceneAbout } from "./worker/protocol";

const VIEW: { readonly [V in SceneView]: ViewName } = { owners: "owners", nodes: "machines", trip: "trip", rules: "rules", files: "folders", events: "events" };
const NEIGHBOURS: { readonly [V in SceneView]: readonly ViewName[] } = {
  owners: ["owners", "machines", "events"],
  nodes: ["owners", "machines", "events"],
  trip: ["machines", "trip", "rules"],
  rules: ["machines", "trip", "rules"],
  files: ["machines", "trip", "folders", "events"],
  events: ["owners", "machines", "events"],
};

/** A live diagram. `scene` is `LESSON/name` (`L13/tree`): load it with `scene()` of the course room. Fills its box, which keeps its height. */
export function LiveScene({ scene, locale }: { scene: string; locale: Locale }) {
  const bench = useWorkbench({ source: { type: "scene", id: scene }, locale, slices: [], speed: 0 });
  return (
    <BenchInReach {...bench} locale={locale}>
      <Scene />
    </BenchInReach>
  );
}

function Scene() {
  const { state, locale } = useBench();
  const about = state.about?.type === "scene" ? state.about : null;
  return (
    <div lang={locale} className="bench flex h-full min-h-0 flex-col" data-scene={about?.id ?? ""} data-status={state.status}>
      <BenchNotice />
      {about && (
        <>
          <div className="min-h-0 grow">
            <ClusterView title={<p className="grow px-3 py-1.5 font-semibold leading-snug">{about.title}</p>} first={VIEW[about.view]} only={NEIGHBOURS[about.view]} hands={{ machines: [], pods: false, send: false, presets: [] }} />
          </div>
          <Actions about={about} />
        </>
      )}
    </div>
  );
}

/** The scene's buttons; after each, what to look at. */
function Actions({ about }: { about: SceneAbout }) {
  const { session, state, words } = useBench();
  const [last, setLast] = useState<string | null>(null);
  const advance = useAdvance();
  const done = about.actions.find(({ id }) => id === last);
  const act = async (action: SceneAbout["actions"][number]): Promise<void> => {
    setLast(action.id);
    for (const input of action.inputs) await session.send(input);
  };
  const reset = async (): Promise<void> => {
    setLast(null);
    await session.reset();
  };
  const ready = state.status === "ready" && !state.busy;
  return (
    <div className="max-h-[45%] overflow-y-auto border-t border-line bg-paper px-3 py-2" tabIndex={0}>
      <div role="group" aria-label={words.live.actions} className="flex flex-wrap items-center gap-1.5">
        {about.actions.map((action) => (
          <button key={action.id} type="button" aria-disabled={!ready} className="button button-quiet button-small" onClick={() => ready && void act(action)}>
            {action.label}
          </button>
        ))}
        <button type="button" className="bench-tool" aria-disabled={!ready} onClick={() => ready && void advance(30_000)}>
          {words.clock.s30}
        </button>
        <button type="button" className="bench-tool" aria-disabled={!ready || state.journal.length === 0} onClick={() => ready && state.journal.length > 0 && void reset()}>
          {words.live.reset}
        </button>
        <span className="ml-auto font-mono text-sm tabular-nums text-ink-faint" title={words.clock.elapsed}>
          <span className="sr-only">{words.clock.elapsed}: </span>
          {clockText(state.view.now ?? 0)}
        </span>
      </div>
      <div aria-live="polite" className="mt-2 min-h-6 text-[0.9375rem]">
        {done ? done.after : about.shows}
        {done && (
          <details className="text-sm text-ink-soft">
            <summary className="text-signal">{words.live.showSteps}</summary>
            <ul className="font-mono text-[0.8125rem]">
              {done.does.map((line, index) => (
                <li key={index}>{line}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </div>
  );
}
