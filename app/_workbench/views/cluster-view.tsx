"use client";
import { useState, type ReactNode } from "react";
import { useBench } from "../bench-context";
import { EventsView } from "./events-view";
import { FoldersView } from "./folders-view";
import { VIEWS, type Hands, type ViewName } from "./hands";
import { MachinesView } from "./machines-view";
import { OwnersView } from "./owners-view";
import { RulesView } from "./rules-view";
import { TablesView } from "./tables-view";
import { TripView } from "./trip-view";

/** A cluster, looked at in one of several ways. */
export function ClusterView({ first, hands, only, title }: { first: ViewName; hands: Hands; only?: readonly ViewName[]; title?: ReactNode }) {
  const { words } = useBench();
  const [view, choose] = useState<ViewName>(first);
  const shown = VIEWS.filter((name) => only === undefined || only.includes(name));
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-wrap items-center gap-x-4 border-b border-line px-1">
        {title}
        {shown.length > 1 && (
          <div role="group" aria-label={words.views.label} className="flex flex-wrap">
            {shown.map((name) => (
              <button key={name} type="button" aria-pressed={view === name} onClick={() => choose(name)} className="bench-tab bench-tab-small">
                {words.views[name]}
              </button>
            ))}
          </div>
        )}
      </div>
      <div className="relative min-h-0 grow overflow-auto p-3" tabIndex={0} role="group" aria-label={words.views[view]}>
        <OneView view={view} hands={hands} />
      </div>
    </div>
  );
}

/** One of the views, without the choice. */
export function OneView({ view, hands }: { view: ViewName; hands: Hands }) {
  switch (view) {
    case "owners":
      return <OwnersView hands={hands} />;
    case "machines":
      return <MachinesView hands={hands} />;
    case "trip":
      return <TripView hands={hands} />;
    case "rules":
      return <RulesView />;
    case "folders":
      return <FoldersView />;
    case "events":
      return <EventsView />;
    case "tables":
      return <TablesView />;
  }
}
