import { defineProgram, millis, type AppRequest, type AppResponse, type Json, type Output, type ProcessView, type Program, type Step } from "@/lib/engine";
import { deliver, type LogEvent, type Target } from "./outputs";
import { filesNamed, harvest, samePositions, type Position, type ReadLine } from "./reading";

/** Where events come from. */
export type Source =
  | { readonly from: "files"; readonly paths: readonly string[]; readonly atEnd: boolean }
  | { readonly from: "port"; readonly port: number }
  | { readonly from: "kafka"; readonly hosts: readonly string[]; readonly topics: readonly string[]; readonly group: string };

/** What a shipper was told to do. */
export interface Pipeline {
  readonly sources: readonly Source[];
  readonly targets: readonly Target[];
  /** Where it writes down how far it has read; without one it forgets with its container. */
  readonly registry: string | undefined;
  /** Events it holds when the target does not take them; from there on it takes no more. */
  readonly queue: number;
}

/** What differs between one shipper and another. */
export interface Shipper {
  /** Reads its settings; a text is why it cannot start. */
  readonly pipeline: (process: ProcessView) => Pipeline | { readonly refused: string; readonly code: number };
  readonly event: (line: ReadLine, process: ProcessView) => LogEvent;
  readonly say: (process: ProcessView, level: "info" | "warn" | "error", text: string) => Output;
  readonly started: string;
  /** Milliseconds until it is ready. */
  readonly warmUp: number;
  readonly memoryBytes: number;
}

interface State {
  readonly pipeline: Pipeline;
  readonly positions: readonly Position[];
  readonly queue: readonly LogEvent[];
  /** Failures in a row. */
  readonly failures: number;
  readonly lastMoved: number;
  /** Files there at the start are read from their end only when settings say so; later ones never are. */
  readonly looked: boolean;
}

const SOON = 1_000;
const LATER = 10_000;
const QUIET = 60_000;
const LONGEST_WAIT = 60_000;

const stateOf = (state: Json): State => state as unknown as State;
const kept = (state: State): Json => state as unknown as Json;

interface Round {
  readonly state: State;
  readonly log: readonly Output[];
}

/**
 * A log shipper: reads files from where it left off, or takes events from a port or a queue, and passes them on.
 *
 * What it reads from files counts as read only once its target has it, so a target that is away loses nothing that the files
 * still hold. It writes its positions down in its registry. It tries a target again after 1 s, 2 s, … up to a minute.
 *
 * @simplified Looks once a second, every ten seconds once nothing moved for a minute, and once more when told to stop.
 */
export function shipper(kind: Shipper): Program {
  const begin = (process: ProcessView): Step => {
    const pipeline = kind.pipeline(process);
    if ("refused" in pipeline) return { state: null, log: [{ stderr: pipeline.refused }], exit: { code: pipeline.code } };
    const written = pipeline.registry === undefined ? undefined : process.files.read(pipeline.registry);
    const state: State = { pipeline, positions: readPositions(written), queue: [], failures: 0, lastMoved: process.now, looked: written !== undefined };
    return { state: kept(state), usage: { cpuMilli: 5, memoryBytes: kind.memoryBytes }, wakeAfter: { delay: millis(kind.warmUp), message: "start" } };
  };
  const round = (state: State, process: ProcessView): Round => fromQueue(kind, process, fromKafka(process, fromFiles(kind, process, { state, log: [] })));
  return defineProgram<Json>({
    start: begin,
    onTimer(json, message, process) {
      if (json === null) return { state: json };
      const before = stateOf(json);
      const { state, log } = round(before, process);
      const ports = state.pipeline.sources.flatMap((source) => (source.from === "port" ? [source.port] : []));
      return {
        state: kept(state),
        log: message === "start" ? [kind.say(process, "info", kind.started), ...log] : log,
        ...(message === "start" ? { listen: ports } : {}),
        wakeAfter: { delay: millis(rest(state, process.now)), message: null },
      };
    },
    onRequest: (json, request, process) => (json === null ? { state: json, response: { status: 0, body: "" } } : received(kind, stateOf(json), request, process)),
    onSignal(json, _signal, process) {
      if (json === null) return { state: json, exit: { code: 0 } };
      const last = round(stateOf(json), process);
      return { state: kept(last.state), log: last.log, exit: { code: 0 } };
    },
  });
}

function readPositions(text: string | undefined): readonly Position[] {
  if (text === undefined) return [];
  return text.split("\n").filter((line) => line.startsWith("{")).flatMap((line) => {
    const found = /^\{"source":("(?:[^"\\]|\\.)*"),"offset":(\d+),"head":("(?:[^"\\]|\\.)*")\}$/.exec(line);
    return found ? [{ path: JSON.parse(found[1] ?? '""') as string, offset: Number(found[2]), head: JSON.parse(found[3] ?? '""') as string }] : [];
  });
}

function writePositions(process: ProcessView, registry: string, positions: readonly Position[]): void {
  const folder = registry.slice(0, registry.lastIndexOf("/"));
  if (folder !== "" && process.files.stat(folder) === undefined) process.files.makeDirectory(folder, true);
  process.files.write(registry, positions.map(({ path, offset, head }) => `${JSON.stringify({ source: path, offset, head })}\n`).join(""));
}

function rest(state: State, now: number): number {
  if (state.failures > 0) return Math.min(LONGEST_WAIT, SOON << Math.min(state.failures - 1, 6));
  const idle = state.pipeline.sources.every(({ from }) => from === "port") && state.queue.length === 0;
  return idle || now - state.lastMoved > QUIET ? LATER : SOON;
}

/** Sends to every target; done when all have it. */
function send(kind: Shipper, process: ProcessView, state: State, events: readonly LogEvent[]): { readonly done: boolean; readonly log: readonly Output[] } {
  const log: Output[] = [];
  for (const target of state.pipeline.targets) {
    const delivery = deliver(process, target, events);
    if (!delivery.done) return { done: false, log: state.failures > 0 ? log : [...log, kind.say(process, "error", `Failed to connect to backoff(${target.to}(${delivery.at})): ${delivery.why}`)] };
    log.push(...delivery.log);
  }
  const [first] = state.pipeline.targets;
  return { done: true, log: state.failures > 0 && first ? [...log, kind.say(process, "info", `Connection to backoff(${first.to}) established`)] : log };
}

function fromFiles(kind: Shipper, process: ProcessView, { state, log }: Round): Round {
  const sources = state.pipeline.sources.flatMap((source) => (source.from === "files" ? [source] : []));
  if (sources.length === 0) return { state, log };
  const paths = [...new Set(sources.flatMap((source) => source.paths.flatMap((pattern) => filesNamed(process.files, pattern))))];
  let now: State = state;
  const said: Output[] = [...log];
  // A backlog is sent in batches, one after another, as long as the target takes them.
  for (let batch = 0; batch < 50; batch += 1) {
    const found = harvest(process.files, paths, now.positions, !now.looked && sources.some(({ atEnd }) => atEnd));
    for (const path of found.begunAnew) said.push(kind.say(process, "info", `File was truncated. Begin reading file from offset 0. Path=${path}`));
    const { done, log: told } = found.lines.length === 0 ? { done: true, log: [] } : send(kind, process, now, found.lines.map((line) => kind.event(line, process)));
    said.push(...told);
    if (!done) {
      // What was begun anew is told once: from here on it is read from its beginning.
      const positions = now.positions.map((position) => (found.begunAnew.includes(position.path) ? { ...position, offset: 0, head: "" } : position));
      return { state: { ...now, positions: now.looked ? positions : now.positions, failures: now.failures + 1 }, log: said };
    }
    if (now.looked && samePositions(now.positions, found.positions)) break;
    now = { ...now, looked: true, positions: found.positions, failures: 0, lastMoved: found.lines.length > 0 ? process.now : now.lastMoved };
    if (now.pipeline.registry !== undefined) writePositions(process, now.pipeline.registry, now.positions);
  }
  return { state: now, log: said };
}

function fromQueue(kind: Shipper, process: ProcessView, { state, log }: Round): Round {
  if (state.queue.length === 0) return { state, log };
  const { done, log: said } = send(kind, process, state, state.queue);
  if (!done) return { state: { ...state, failures: state.failures + 1 }, log: [...log, ...said] };
  return { state: { ...state, queue: [], failures: 0, lastMoved: process.now }, log: [...log, ...said] };
}

/** Takes from a queue as much as there is room for; what was taken is said to be done with when it is held here. */
function fromKafka(process: ProcessView, { state, log }: Round): Round {
  let queue = state.queue;
  for (const source of state.pipeline.sources) {
    if (source.from !== "kafka") continue;
    const [host = "", port = "9092"] = (source.hosts[0] ?? "").split(":");
    for (const topic of source.topics) {
      const room = state.pipeline.queue - queue.length;
      if (room <= 0) break;
      const { response } = process.request({ protocol: "tcp", host, port: Number(port), body: JSON.stringify({ kafka: "fetch", topic, group: source.group, most: room, commit: true }), timeout: millis(5000) });
      if (!response?.body.startsWith("ack ")) continue;
      queue = [...queue, ...(JSON.parse(response.body.slice(4)) as readonly string[]).map(asEvent)];
    }
  }
  return { state: queue === state.queue ? state : { ...state, queue, lastMoved: process.now }, log };
}

/** A text that may be an event in JSON, as an event. */
export function asEvent(text: string): LogEvent {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as LogEvent) : { message: text };
  } catch {
    return { message: text };
  }
}

function received(kind: Shipper, state: State, request: AppRequest, process: ProcessView): Step & { readonly response: AppResponse } {
  const events = eventsIn(request.body);
  const refused = { status: request.protocol === "http" ? 429 : 1, body: "queue full" };
  if (events.length === 0) return { state: kept(state), response: { status: request.protocol === "http" ? 200 : 0, body: "" } };
  // Whoever sends keeps what is not taken: pressure goes back to the source.
  if (state.queue.length + events.length > state.pipeline.queue) return { state: kept(state), response: refused };
  const queued: State = { ...state, queue: [...state.queue, ...events] };
  const done = state.failures > 0 ? { state: queued, log: [] } : fromQueue(kind, process, { state: queued, log: [] });
  const wake = done.state.failures > 0 && state.failures === 0 ? { wakeAfter: { delay: millis(SOON), message: null } } : {};
  return { state: kept(done.state), log: done.log, ...wake, response: { status: request.protocol === "http" ? 200 : 0, body: "ack" } };
}

function eventsIn(body: string): readonly LogEvent[] {
  if (body.startsWith('{"beats":')) {
    try {
      return (JSON.parse(body) as { readonly beats: readonly LogEvent[] }).beats;
    } catch {
      return [];
    }
  }
  return body.split("\n").filter((line) => line.trim() !== "").map(asEvent);
}
