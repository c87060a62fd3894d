"use client";
import { useId, useState } from "react";
import { useBench } from "../bench-context";
import { requestAt } from "../request-at";

/** Sends a request from a host outside the cluster and lets its way be seen. */
export function SendForm({ presets }: { presets: readonly { readonly from: string; readonly url: string; readonly label: string }[] }) {
  const { session, state, words } = useBench();
  const origins = state.about?.origins ?? [];
  const [from, setFrom] = useState("");
  const [url, setUrl] = useState(presets[0]?.url ?? "");
  const [wrong, setWrong] = useState(false);
  const id = useId();
  const ready = state.status === "ready" && !state.busy;
  const send = (sender: string, address: string): void => {
    const request = requestAt(address);
    setWrong(!request);
    if (request) void session.send({ type: "send", from: originOf(sender), request });
  };
  return (
    <div className="rounded border border-line bg-sunken p-3">
      {presets.length > 0 && (
        <div role="group" aria-label={words.exercise.presets} className="mb-3 flex flex-wrap gap-2">
          {presets.map((preset) => (
            <button key={`${preset.from} ${preset.url}`} type="button" disabled={!ready} className="button button-quiet button-small" onClick={() => send(preset.from, preset.url)}>
              {preset.label}
            </button>
          ))}
        </div>
      )}
      <form
        aria-label={words.trip.sendLabel}
        className="flex flex-wrap items-end gap-2 text-sm"
        onSubmit={(event) => {
          event.preventDefault();
          send(from === "" ? (origins[0] ?? "laptop") : from, url);
        }}
      >
        <label>
          <span className="block">{words.trip.from}</span>
          <select className="input min-h-9 w-auto py-1" value={from === "" ? (origins[0] ?? "") : from} onChange={(event) => setFrom(event.target.value)}>
            {origins.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="min-w-40 grow">
          <span className="block">{words.trip.url}</span>
          <input className="input min-h-9 py-1 font-mono" value={url} onChange={(event) => setUrl(event.target.value)} placeholder="http://web/" spellCheck={false} autoCapitalize="none" aria-invalid={wrong} {...(wrong ? { "aria-describedby": `${id}-wrong` } : {})} />
        </label>
        <button type="submit" disabled={!ready} className="button button-small">
          {words.trip.send}
        </button>
      </form>
      {wrong && (
        <p id={`${id}-wrong`} role="alert" className="mt-1 text-sm text-danger">
          {words.trip.badUrl}
        </p>
      )}
    </div>
  );
}

function originOf(text: string): { readonly host: string } | { readonly node: string } | { readonly pod: { readonly namespace: string; readonly name: string } } {
  if (text.startsWith("node:")) return { node: text.slice(5) };
  if (!text.startsWith("pod:")) return { host: text };
  const [namespace = "default", name] = text.slice(4).split("/");
  return { pod: name === undefined ? { namespace: "default", name: namespace } : { namespace, name } };
}
