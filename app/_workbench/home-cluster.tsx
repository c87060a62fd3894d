"use client";
import type { Locale } from "@/lib/text";
import { BenchInReach, useBench } from "./bench-context";
import { BenchNotice } from "./bench-notice";
import { clockText } from "./clock-text";
import { useAdvance } from "./use-advance";
import { useWorkbench } from "./use-workbench";
import { MachinesView } from "./views/machines-view";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 6
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      tolerations:
        - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 20}
        - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 20}
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
  selector: {app: web}
  ports:
    - port: 80
`;

/** The home page's living cluster. Fills its box, which keeps its height. */
export function HomeCluster({ locale }: { locale: Locale }) {
  const bench = useWorkbench({ source: { type: "fixture", fixture: "three-nodes", objects: WEB }, locale, slices: [], speed: 1 });
  return (
    <BenchInReach {...bench} locale={locale}>
      <Living />
    </BenchInReach>
  );
}

function Living() {
  const { session, state, locale, words } = useBench();
  const advance = useAdvance();
  const ready = state.status === "ready";
  const latest = state.view.machines?.machines.flatMap(({ pods }) => pods).filter(({ tone }) => tone === "good").length ?? 0;
  return (
    <div lang={locale} className="bench flex h-full min-h-0 flex-col" data-status={state.status}>
      <BenchNotice />
      <div role="group" aria-label={words.clock.label} className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
        <span className="font-mono text-sm tabular-nums" title={words.clock.elapsed}>
          <span className="sr-only">{words.clock.elapsed}: </span>
          {clockText(state.view.now ?? 0)}
        </span>
        {[1, 10].map((speed) => (
          <button key={speed} type="button" disabled={!ready} aria-pressed={state.speed === speed} aria-label={speed === 1 ? words.clock.normalLabel : words.clock.fastLabel} className="bench-tool" onClick={() => session.setSpeed(speed)}>
            {speed === 1 ? words.clock.normal : words.clock.fast}
          </button>
        ))}
        <button type="button" disabled={!ready} className="bench-tool" onClick={() => void advance(30_000)}>
          {words.clock.s30}
        </button>
        <button type="button" disabled={!ready || state.journal.length === 0} className="bench-tool" onClick={() => void session.reset()}>
          {words.live.reset}
        </button>
        <span role="status" className="ml-auto text-sm text-ink-soft">
          {`${latest}/6 ${words.owners.replicas}`}
        </span>
      </div>
      <div className="min-h-0 grow overflow-auto p-3" tabIndex={0} role="group" aria-label={words.home.label}>
        <MachinesView outside={false} hands={{ machines: "all", pods: true, send: false, presets: [] }} />
      </div>
    </div>
  );
}
