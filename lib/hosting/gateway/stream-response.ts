/** Streams over HTTP: watches and logs, at the pace of whoever reads. */
import type { ServerResponse } from "node:http";
import type { Frame, LogStream, WatchStream } from "@/lib/rest";
import type { LiveCluster } from "./live-cluster";
import { bytesOf } from "./raw-bytes";

const BOOKMARK_EVERY = 60_000;
/** A client that takes nothing for this long is given up, unless a gateway says otherwise. */
const PATIENCE = 60_000;
const LONGEST = 3600;

/** Frames as bytes: encoded for the first watcher, sent to all. */
const encoded = new WeakMap<Frame, Buffer>();

function encode(frame: Frame): Buffer {
  let bytes = encoded.get(frame);
  if (!bytes) encoded.set(frame, (bytes = Buffer.from(frame.text, "utf8")));
  return bytes;
}

/** What a pump asks of its source. */
interface Source {
  next(): readonly (string | Buffer)[];
  readonly ended: boolean;
}

/** Pumps a source into a response until either side ends; returns how to stop. */
function pump(live: LiveCluster, response: ServerResponse, source: Source, patience: number, onEnd: () => void): () => void {
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
    const pieces = source.next();
    if (pieces.length > 0) {
      response.cork();
      const room = pieces.reduce<boolean>((_before, piece) => response.write(piece), true);
      response.uncork();
      if (!room) blocked = setTimeout(() => response.destroy(), patience);
    }
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
export function serveWatch(live: LiveCluster, response: ServerResponse, headers: Readonly<Record<string, string>>, watch: WatchStream, timeoutSeconds: number | undefined, patience = PATIENCE): void {
  response.writeHead(200, headers);
  response.flushHeaders();
  const source: Source = {
    next: () => watch.next().map(encode),
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
  const stop = pump(live, response, source, patience, () => {
    clearInterval(bookmarks);
    clearTimeout(timer);
  });
}

/** Serves a log. */
export function serveLog(live: LiveCluster, response: ServerResponse, headers: Readonly<Record<string, string>>, log: LogStream, patience = PATIENCE): void {
  response.writeHead(200, headers);
  response.flushHeaders();
  const source: Source = {
    next: () => {
      const text = log.next();
      return text === "" ? [] : [bytesOf(text)];
    },
    get ended() {
      return log.ended;
    },
  };
  pump(live, response, source, patience, () => undefined);
}
