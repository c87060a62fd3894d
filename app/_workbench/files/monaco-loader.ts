import type * as MonacoApi from "monaco-editor/editor.js";

export type Monaco = typeof MonacoApi;

let loading: Promise<Monaco> | undefined;

/** Monaco, its YAML colours and its own worker: all from this site. Loaded once; a failure may be tried again. */
export function loadMonaco(): Promise<Monaco> {
  return (loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  }));
}

async function load(): Promise<Monaco> {
  globalThis.MonacoEnvironment = {
    getWorker: () => new Worker(new URL("./editor.worker.ts", import.meta.url), { type: "module", name: "editor" }),
  };
  return import("./monaco");
}
