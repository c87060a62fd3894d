import { releaseProxy, wrap, type Remote } from "comlink";
import type { BenchApi } from "./protocol";

/** The worker as the page holds it. `died` settles when it can no longer answer. */
export interface Host {
  readonly api: Remote<BenchApi>;
  readonly died: Promise<never>;
  /** Ends the worker at once, whatever it is doing. Everybody who used it is told by `died`. */
  kill(why: string): void;
}

/** The worker ended, or never began. */
export class WorkerGone extends Error {
  override readonly name = "WorkerGone";
}

let current: Host | null = null;
let holders = 0;

function start(): Host {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "timonel" });
  const api = wrap<BenchApi>(worker);
  let fail: (error: Error) => void = () => undefined;
  const died = new Promise<never>((_, reject) => (fail = reject));
  died.catch(() => undefined);
  const host: Host = {
    api,
    died,
    kill(why) {
      if (current === host) current = null;
      api[releaseProxy]();
      worker.terminate();
      fail(new WorkerGone(why));
    },
  };
  worker.addEventListener("error", (event) => host.kill(event.message === "" ? "the worker did not start" : event.message));
  worker.addEventListener("messageerror", () => host.kill("a message could not be read"));
  return host;
}

/** The page's worker, started by whoever needs it first and shared by all its benches. Give it back with {@link release}. */
export function hold(): Host {
  holders += 1;
  return (current ??= start());
}

/** The worker in service: after a death, a new one. Does not count as holding it. */
export function host(): Host {
  return (current ??= start());
}

/** Gives the worker back; nobody holding it ends it. */
export function release(): void {
  holders -= 1;
  if (holders > 0) return;
  // React mounts twice while developing: a moment's patience saves starting again.
  setTimeout(() => {
    if (holders === 0) current?.kill("nobody needs it");
  }, 2_000);
}
