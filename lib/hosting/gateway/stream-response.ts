/** Streams over HTTP: watches and logs, at the pace of whoever reads. */
import type { ServerResponse } from "node:http";
import type { LogStream, WatchStream } from "@/lib/rest";
import type { LiveCluster } from "./live-cluster";

const BOOKMARK_EVERY = 60_000;
/** A client that takes nothing for this long is given up. */
const PATIENCE = 60_000;
const LONGEST = 3600;

/** What a pump asks of its source. */
interface Source {
  next(): string;
  readonly ended: boolean;
}

/** Pumps a source into a response until either side ends; returns how to stop. */
function pump(live: LiveCluster, response: ServerResponse, source: Source, onEnd: () => void): () => void {
  let blocked: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const stop = (): void => {
    if (over) return;
    over = true;
    clearTimeout(blocked);
    unlisten();
    unend();
    onEnd();
    response.end();
  };
  const turn = (): void => {
    if (over || blocked !== undefined) return;
    const text = source.next();
    if (text !== "" && !response.write(text)) blocked = setTimeout(() => response.destroy(), PATIENCE);
    if (source.ended) stop();
  };
  const unlisten = live.onChange(turn);
  const unend = live.onEnd(stop);
  response.on("drain", () => {
    clearTimeout(blocked);
    blocked = undefined;
    turn();
  });
  response.on("close", stop);
  turn();
  return stop;
}

/** Serves a watch. */
export function serveWatch(live: LiveCluster, response: ServerResponse, headers: Readonly<Record<string, string>>, watch: WatchStream, timeoutSeconds: number | undefined): void {
  response.writeHead(200, headers);
  response.flushHeaders();
  const source: Source = {
    next: () => watch.next().join(""),
    get ended() {
      return watch.ended;
    },
  };
  const bookmarks = setInterval(() => {
    const frame = watch.bookmark();
    if (frame !== undefined && !response.writableNeedDrain) response.write(frame);
  }, BOOKMARK_EVERY);
  const limit = Math.min(timeoutSeconds !== undefined && timeoutSeconds > 0 ? timeoutSeconds : LONGEST, LONGEST);
  const timer = setTimeout(() => stop(), limit * 1000);
  const stop = pump(live, response, source, () => {
    clearInterval(bookmarks);
    clearTimeout(timer);
  });
}

/** Serves a log. */
export function serveLog(live: LiveCluster, response: ServerResponse, headers: Readonly<Record<string, string>>, log: LogStream): void {
  response.writeHead(200, headers);
  response.flushHeaders();
  pump(live, response, log, () => undefined);
}
