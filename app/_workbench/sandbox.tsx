"use client";
import { useState } from "react";
import type { Locale } from "@/lib/text";
import type { FixtureName } from "@/lib/workbench";
import { BenchInReach, benchWords, useBench } from "./bench-context";
import { BenchNotice } from "./bench-notice";
import { ClockBar } from "./clock-bar";
import { ConsolePanel } from "./console/console-panel";
import { FilesPanel } from "./files/files-panel";
import { useDrafts } from "./files/use-drafts";
import { BenchFrame } from "./frame";
import { useWorkbench } from "./use-workbench";
import { ClusterView } from "./views/cluster-view";

const FIXTURES: readonly FixtureName[] = ["three-nodes", "prod-4", "wp-galera", "tres-ns", "empty"];
const CHOICE = "timonel.sandbox";
const EXAMPLE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: nginx
          image: nginx:1.29
          ports:
            - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
`;

function lastChoice(): FixtureName {
  try {
    return FIXTURES.find((name) => name === window.localStorage.getItem(CHOICE)) ?? "three-nodes";
  } catch {
    return "three-nodes";
  }
}

/** Files, terminal and view of a free cluster. Fills its box. */
export function Sandbox({ locale }: { locale: Locale }) {
  const [fixture, choose] = useState<FixtureName>(lastChoice);
  return (
    <div lang={locale} className="bench flex h-[calc(100dvh-7.25rem)] min-h-[34rem] grow flex-col border-b border-line max-lg:h-[calc(100dvh-4rem)]">
      <Free key={fixture} fixture={fixture} locale={locale} onChoose={choose} />
    </div>
  );
}

function Free({ fixture, locale, onChoose }: { fixture: FixtureName; locale: Locale; onChoose: (next: FixtureName) => void }) {
  const bench = useWorkbench({ source: { type: "fixture", fixture, files: { [benchWords(locale).sandbox.example]: EXAMPLE } }, locale, slices: [], keepAs: `sandbox.${fixture}` });
  return (
    <BenchInReach {...bench} locale={locale}>
      <FreeBench keepAs={`sandbox.${fixture}`} fixture={fixture} onChoose={onChoose} />
    </BenchInReach>
  );
}

/** Which cluster; the work in the others stays where it is. */
function FixtureChoice({ fixture, onChoose }: { fixture: FixtureName; onChoose: (next: FixtureName) => void }) {
  const { words } = useBench();
  return (
    <label className="flex items-center gap-2 text-sm">
      {words.sandbox.fixture}
      <select
        className="input min-h-9 w-auto max-w-56 py-1 text-sm"
        value={fixture}
        onChange={(event) => {
          const next = FIXTURES.find((name) => name === event.target.value) ?? "three-nodes";
          try {
            window.localStorage.setItem(CHOICE, next);
          } catch {
            // The choice holds for this visit.
          }
          onChoose(next);
        }}
      >
        {FIXTURES.map((name) => (
          <option key={name} value={name}>
            {words.sandbox.fixtures[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

function FreeBench({ keepAs, fixture, onChoose }: { keepAs: string; fixture: FixtureName; onChoose: (next: FixtureName) => void }) {
  const { session, state } = useBench();
  const drafts = useDrafts(session, state, keepAs);
  return (
    <div className="flex min-h-0 grow flex-col" data-status={state.status}>
      <BenchNotice onFromStart={drafts.forgetAll} />
      <ClockBar onReset={drafts.forgetAll}>
        <FixtureChoice fixture={fixture} onChoose={onChoose} />
      </ClockBar>
      <div className="min-h-0 grow">
        <BenchFrame
          name="sandbox"
          parts={[
            { id: "files", content: <FilesPanel drafts={drafts} /> },
            { id: "terminal", content: <ConsolePanel before={() => drafts.save()} /> },
            { id: "view", content: <ClusterView first="machines" hands={{ machines: "all", pods: true, send: true, presets: [] }} /> },
          ]}
        />
      </div>
    </div>
  );
}
