import type { Input } from "@/lib/workbench";
import type { Locale } from "@/lib/text";
import { pick } from "@/lib/text";
import { connect, disconnect, keepConnection, keptConnection, liveSource, openLink, type Connection, type Link } from "./live/link";
import { keep, readKept } from "./journal-store";
import { hold, host, release, WorkerGone, type Host } from "./worker/remote";
import type { About, Answered, Opened, Replayed, Reply, Source } from "./worker/protocol";
import type { Slice, TripView, View } from "./worker/view-model";

/** A piece of what the terminal shows. */
export interface Chunk {
  readonly type: "command" | "out" | "err" | "note";
  readonly text: string;
}

/** Where a bench stands. `stuck`: it has not answered for long; `stopped`: a limit, or our own mistake. */
export type Status = "opening" | "ready" | "stuck" | "stopped" | "missing";

/** All the page knows of a bench. */
export interface BenchState {
  readonly status: Status;
  /** Why it is `stopped`: `budget`, `bug` or `gone`. */
  readonly problem: string;
  readonly about: About | null;
  readonly view: Partial<View>;
  readonly journal: readonly Input[];
  readonly chunks: readonly Chunk[];
  readonly trips: readonly TripView[];
  /** A command is in the foreground. */
  readonly running: boolean;
  /** Something is being done. */
  readonly busy: boolean;
  /** What an input was refused for, until the next one. */
  readonly refused: string;
  /** Virtual seconds a real one lasts; 0 is a pause. */
  readonly speed: number;
  /** How many inputs were found from before. */
  readonly resumed: number;
  /** The bench is on the network: its clock is the server's. */
  readonly connection: Connection | null;
}

/** What a bench is opened with. `keepAs` names where its journal is kept in this browser. */
export interface SessionOptions {
  readonly source: Source;
  readonly locale: Locale;
  readonly slices: readonly Slice[];
  readonly keepAs?: string;
  readonly speed?: number;
}

/** A bench as the page holds it: a state to look at, and deeds. Deeds wait for one another. */
export interface Session {
  readonly state: () => BenchState;
  subscribe(listener: () => void): () => void;
  send(input: Input): Promise<Reply | null>;
  run(line: string): Promise<Reply | null>;
  watch(slices: readonly Slice[]): void;
  setSpeed(speed: number): void;
  /** Back to the moment after `step` inputs. */
  goTo(step: number): Promise<void>;
  /** To the moment after `step` of these inputs, whatever was done here: how an answer is replayed. */
  travel(inputs: readonly Input[], step: number): Promise<void>;
  /** Everything from the beginning. */
  reset(): Promise<void>;
  /** After a stop: again, without the last deed. */
  recover(from: "last" | "start"): Promise<void>;
  /** Ends a worker that does not answer. */
  kill(): void;
  /** May this bench be put on the network? */
  readonly connectable: boolean;
  /** Puts the bench on the network for the student's own kubectl; resolves with why not, if not. */
  connect(): Promise<{ readonly code: string; readonly message: string } | null>;
  /** Takes it off again. What was done stays. */
  disconnect(): Promise<void>;
  clearTerminal(): void;
  note(text: string): void;
  /** Asks the worker something that changes nothing. */
  ask<T>(question: (api: Host["api"], bench: number) => Promise<Answered<T>>): Promise<T | null>;
  /** Opens the bench; what it returns closes it again. A closed bench may be started anew: it goes on where it was. */
  start(): () => void;
}

const PATIENCE = 12_000;
const MOST_CHUNKS = 1_500;
const MOST_TRIPS = 30;
const TICK = 1_000;
const SAVE_EVERY = 5_000;

/** A bench nobody has answered for yet. */
export const closedBench: BenchState = { status: "opening", problem: "", about: null, view: {}, journal: [], chunks: [], trips: [], running: false, busy: true, refused: "", speed: 0, resumed: 0, connection: null };

/** A bench in the page's worker, opened by `start`, and the keeping of what is done in it. */
export function createSession(options: SessionOptions): Session {
  let state: BenchState = { ...closedBench, speed: options.speed ?? 1 };
  let slices = options.slices;
  let bench = 0;
  let home: Host | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let over = true;
  let owed = 0;
  let savedAt = 0;
  const listeners = new Set<() => void>();
  const put = (change: Partial<BenchState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const stop = (problem: string): void => put({ status: problem === "not-found" ? "missing" : "stopped", problem, busy: false, running: false });

  /** Does one thing at a time, notices a worker that does not answer, and never throws. */
  const inTurn = <T>(work: (api: Host["api"]) => Promise<Answered<T>>): Promise<T | null> => {
    waiting += 1;
    const turn = queue.then(async () => {
      const mine = home;
      if (over || !mine || (state.status !== "ready" && state.status !== "opening" && state.status !== "stuck")) return null;
      const late = setTimeout(() => put({ status: "stuck" }), PATIENCE);
      try {
        const answer = await Promise.race([work(mine.api), mine.died]);
        if (answer.ok) {
          if (state.status === "stuck") put({ status: "ready" });
          return answer.value;
        }
        stop(answer.code);
      } catch (error) {
        if (!over) stop(error instanceof WorkerGone ? "gone" : "bug");
      } finally {
        clearTimeout(late);
      }
      return null;
    });
    queue = turn.finally(() => {
      waiting -= 1;
      if (waiting === 0 && state.busy) put({ busy: false });
    });
    return turn;
  };

  const save = (): void => {
    savedAt = Date.now();
    if (options.keepAs !== undefined) keep(options.keepAs, { inputs: state.journal, drafts: readKept(options.keepAs).drafts });
  };

  const open = async (inputs: readonly Input[], resumed: number): Promise<void> => {
    put({ status: "opening", problem: "", busy: true, refused: "" });
    const opened = await inTurn<Opened>((api) => api.open({ source: options.source, inputs, locale: options.locale, slices }) as Promise<Answered<Opened>>);
    if (!opened) {
      // What could not be done again is not forgotten: it is offered once more without its last deed.
      if (state.journal.length === 0) put({ journal: inputs });
      return;
    }
    bench = opened.bench;
    put({ ...begun(opened, inputs), status: "ready", resumed });
    save();
  };

  const begun = (opened: Opened, inputs: readonly Input[]): Partial<BenchState> => ({
    about: opened.about,
    view: { ...state.view, ...opened.view },
    journal: inputs,
    chunks: opened.replayed.flatMap(chunksOf).slice(-MOST_CHUNKS),
    trips: opened.replayed.flatMap(({ trip }) => (trip ? [trip] : [])).slice(-MOST_TRIPS),
    running: opened.replayed.at(-1)?.printed?.running === true,
  });

  let link: Link | null = null;
  const play = async (input: Input): Promise<Reply | null> => {
    const quiet = input.type === "advance";
    put(quiet ? {} : { busy: true, refused: "", ...(input.type === "run" ? { chunks: clip([...state.chunks, { type: "command", text: input.line }]) } : {}) });
    const reply = await inTurn<Reply>((api) => api.send(bench, input) as Promise<Answered<Reply>>);
    if (!reply) return null;
    const printed = printedChunks(reply);
    put({
      view: { ...state.view, ...reply.view },
      journal: reply.last === null ? [] : [...state.journal.slice(0, reply.step - 1), reply.last],
      ...(printed.length > 0 ? { chunks: clip([...state.chunks, ...printed]) } : {}),
      ...(reply.trip ? { trips: [...state.trips, reply.trip].slice(-MOST_TRIPS) } : {}),
      ...(reply.printed ? { running: reply.printed.running } : {}),
      refused: reply.refused ?? (quiet ? state.refused : ""),
    });
    if (!quiet || Date.now() - savedAt > SAVE_EVERY) save();
    return reply;
  };

  const send = (input: Input): Promise<Reply | null> => {
    if (!link) return play(input);
    put(input.type === "advance" ? {} : { busy: true, refused: "" });
    return link.send(input).finally(() => waiting === 0 && put({ busy: false }));
  };

  const forgetLink = (): void => {
    link?.stop();
    link = null;
    if (options.keepAs !== undefined) keepConnection(options.keepAs, null);
    put({ connection: null });
  };
  const follow = (connection: Connection): void => {
    put({ connection });
    link = openLink(connection, {
      play,
      restart: (inputs) => travelTo(inputs, inputs.length),
      lost(why) {
        forgetLink();
        if (why) put({ refused: pick(why, options.locale) });
      },
      refused: (why) => put({ refused: pick(why, options.locale) }),
    });
  };
  const cutOff = async (): Promise<void> => {
    const { connection } = state;
    if (!connection) return;
    forgetLink();
    await disconnect(connection);
  };

  const travelTo = async (inputs: readonly Input[], step: number): Promise<void> => {
    put({ busy: true, refused: "" });
    const opened = await inTurn<Opened>((api) => api.goTo(bench, inputs, step) as Promise<Answered<Opened>>);
    if (!opened) return;
    put({ ...begun(opened, inputs.slice(0, step)), resumed: 0 });
    save();
  };

  const tick = (): void => {
    if (over || link || document.hidden || state.speed === 0 || state.status !== "ready") return;
    if (waiting > 0) {
      // Time owed while something else was done; not more than a moment's worth.
      owed = Math.min(owed + TICK * state.speed, 5 * TICK * state.speed);
      return;
    }
    const millis = (TICK * state.speed + owed) as Extract<Input, { readonly type: "advance" }>["millis"];
    owed = 0;
    void send({ type: "advance", millis });
  };
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send,
    run: (line) => send({ type: "run", line }),
    watch(next) {
      if (next.length === slices.length && next.every((slice) => slices.includes(slice))) return;
      slices = next;
      void inTurn((api) => api.watch(bench, next)).then((view) => view && put({ view: { ...state.view, ...view } }));
    },
    setSpeed: (speed) => put({ speed }),
    // Another past is no past of the cluster on the network: going back cuts the connection.
    goTo: (step) => cutOff().then(() => travelTo(state.journal, step)),
    travel: (inputs, step) => cutOff().then(() => travelTo(inputs, step)),
    reset: () => cutOff().then(() => travelTo([], 0)),
    connectable: options.keepAs !== undefined && liveSource(options.source) !== null,
    async connect() {
      if (state.connection) return null;
      const made = await connect(options.source, state.journal);
      if ("refused" in made) return { code: made.code, message: made.refused ? pick(made.refused, options.locale) : "" };
      if (options.keepAs !== undefined) keepConnection(options.keepAs, made.connection);
      follow(made.connection);
      return null;
    },
    disconnect: cutOff,
    async recover(from) {
      if (over) return;
      await cutOff();
      home = host();
      const inputs = from === "start" ? [] : state.journal.slice(0, -1);
      put({ view: {} });
      await open(inputs, 0);
    },
    kill: () => home?.kill("stopped by hand"),
    clearTerminal: () => put({ chunks: [] }),
    note: (text) => put({ chunks: clip([...state.chunks, { type: "note", text }]) }),
    async ask(question) {
      const mine = home;
      if (state.status !== "ready" || !mine) return null;
      try {
        const answer = await Promise.race([question(mine.api, bench), mine.died]);
        return answer.ok ? answer.value : null;
      } catch {
        return null;
      }
    },
    start() {
      over = false;
      home = hold();
      const ticker = setInterval(tick, TICK);
      const kept = options.keepAs === undefined ? state.journal : readKept(options.keepAs).inputs;
      const leaving = (): void => {
        if (state.status === "ready") save();
      };
      window.addEventListener("pagehide", leaving);
      void open(kept, kept.length).then(() => {
        const connection = options.keepAs === undefined || over ? null : keptConnection(options.keepAs);
        if (connection && state.status === "ready" && !link) follow(connection);
      });
      return () => {
        over = true;
        link?.stop();
        link = null;
        clearInterval(ticker);
        window.removeEventListener("pagehide", leaving);
        leaving();
        if (state.status === "ready" && home) void closeIn(home, bench);
        release();
      };
    },
  };
}

/** Lets the worker forget a bench; a worker that is gone has forgotten it. */
async function closeIn(home: Host, bench: number): Promise<void> {
  try {
    await Promise.race([home.api.close(bench), home.died]);
  } catch {
    // Gone, and the bench with it.
  }
}

function clip(chunks: readonly Chunk[]): readonly Chunk[] {
  return chunks.length > MOST_CHUNKS ? chunks.slice(-MOST_CHUNKS) : chunks;
}

function printedChunks({ printed, refused }: Pick<Reply, "printed" | "refused">): readonly Chunk[] {
  return [
    ...(printed && printed.stdout !== "" ? [{ type: "out" as const, text: printed.stdout }] : []),
    ...(printed && printed.stderr !== "" ? [{ type: "err" as const, text: printed.stderr }] : []),
    ...(refused === undefined ? [] : [{ type: "note" as const, text: refused }]),
  ];
}

function chunksOf(done: Replayed): readonly Chunk[] {
  return [...(done.input.type === "run" ? [{ type: "command" as const, text: done.input.line }] : []), ...printedChunks(done)];
}

