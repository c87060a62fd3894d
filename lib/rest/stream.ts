/** Answers that go on. Each holds a place in what happens, and no connection. */

/** One event as it travels: a line of JSON. Watchers who see the same event in the same form share one, so that it is encoded once. */
export interface Frame {
  readonly text: string;
}

/** A watch in progress. It holds a revision, no connection: ask it whenever the cluster may have moved. */
export interface WatchStream {
  /** What has happened since the last call. */
  next(): readonly Frame[];
  /** True once a frame has said that no more will come. */
  readonly ended: boolean;
  /** A frame that tells how far the watch has come; `undefined` when the client did not ask for such. */
  bookmark(): string | undefined;
}

/** A log being read. Ask it whenever the cluster may have moved. */
export interface LogStream {
  /** What has been printed since the last call. */
  next(): string;
  /** True when no more will come. */
  readonly ended: boolean;
}
