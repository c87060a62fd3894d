"use client";
import { useId, useState } from "react";
import { useBench } from "../bench-context";
import { useSlices } from "../bench-context";

/** The sysadmin's balancer: whom it sends to, and whether it asks about their health first. */
export function BalancerForm() {
  useSlices(["machines"]);
  const { session, state, words } = useBench();
  const host = state.view.machines?.hosts.find(({ role }) => role === "balancer");
  const known = (host?.lines ?? []).map((line) => line.replace(/^.*→\s*/, "")).join("\n");
  const [text, setText] = useState<string | null>(null);
  const [health, setHealth] = useState(false);
  const id = useId();
  const lines = (text ?? known).split(/[\s,;]+/).filter((line) => line !== "");
  const backends = lines.map((line) => /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(line)).map((match) => (match ? { ip: match[1] ?? "", port: Number(match[2]) } : null));
  const good = backends.filter((backend) => backend !== null);
  const set = (): void => {
    const port = good[0]?.port ?? 80;
    void session.send({ type: "world", change: { do: "set-balancer", host: host?.name ?? "balanceador", port: 80, backends: good, ...(health ? { healthCheck: { port } } : {}) } });
  };
  return (
    <section aria-label={words.exercise.balancer} className="rounded border border-line p-3">
      <label htmlFor={id} className="block font-semibold">
        {words.exercise.balancer} {host ? <span className="font-mono text-sm font-normal text-ink-faint">{host.ip}</span> : null}
      </label>
      <p className="text-sm text-ink-faint">{words.exercise.balancerHint}</p>
      <textarea id={id} rows={4} value={text ?? known} onChange={(event) => setText(event.target.value)} spellCheck={false} aria-invalid={good.length !== backends.length} className="input mt-1 font-mono text-sm" />
      <label className="mt-2 flex items-center gap-2 text-sm">
        <input type="checkbox" checked={health} onChange={(event) => setHealth(event.target.checked)} className="size-4 accent-[var(--signal)]" />
        {words.exercise.balancerHealth}
      </label>
      <button type="button" className="button button-quiet button-small mt-2" disabled={good.length !== backends.length || state.status !== "ready"} onClick={set}>
        {words.exercise.balancerSet}
      </button>
    </section>
  );
}
