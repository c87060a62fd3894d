import type { Json } from "../apimachinery/meta";
import { millis } from "../sim/clock";
import type { Table } from "../sim/state";
import type { AppRequest, AppResponse, FileSystem, Image, Output, ProcessView, Program, Step } from "./behaviour";
import { ContainerFiles, type FilesHost } from "./container-files";
import { imageTree } from "./image-tree";
import { Logs } from "./logs";
import type { ContainerRecord, ExecRecord, LogLine, PodRecord, ProcessRecord } from "./records";
import { PageCache } from "./page-cache";
import { linesOf } from "./printed";
import type { PidTables } from "./pid-namespace";
import { runningRecord } from "./running-record";
import { defaultAction, KILLED, OUT_OF_MEMORY, stops } from "./signals";
import { accepts, goingOn, later, overdue, stopped } from "./stopped";
import { RUNTIME, writtenBy, type Ending, type Surroundings } from "./surroundings";
import { Trees } from "./trees";
import { View, type ViewHost } from "./view";
import { HEALTH_CHECK } from "./wire";

/** Running programs: every step of every process passes here. */
export class Processes implements ViewHost, FilesHost {
  readonly trees: Trees;
  readonly cache: PageCache;
  readonly logs: Logs;
  private readonly pods: Table<PodRecord>;
  private readonly containers: Table<ContainerRecord>;
  private readonly processes: Table<ProcessRecord>;
  readonly seen: PidTables;
  private readonly sockets: Table<string>;
  private readonly locks: Table<string>;
  private readonly execs: Table<ExecRecord>;
  /** Processes in the middle of a step, and how each answers a request from itself, if it does. */
  private readonly busy = new Map<string, Answering | undefined>();
  /** How often processes looked outside their own pod; only differences within one call mean anything. */
  outside = 0;
  /** How often processes read the clock, drew a number or changed a file; used as {@link outside} is. */
  restless = 0;

  constructor(readonly around: Surroundings) {
    const { state } = around;
    this.trees = new Trees(state, (tree) => around.grew(tree), (tree, path) => around.touched(tree, path));
    this.cache = new PageCache(state, this.trees);
    this.logs = new Logs(state, (container) => around.grew(`c:${container}`));
    this.pods = state.table<PodRecord>("machine:pod");
    this.containers = state.table<ContainerRecord>("machine:container");
    this.processes = state.table<ProcessRecord>("machine:process");
    this.seen = { pods: this.pods, containers: this.containers, processes: this.processes };
    this.sockets = state.table<string>("machine:socket");
    this.locks = state.table<string>("machine:lock");
    this.execs = state.table<ExecRecord>("machine:exec");
  }

  get(id: string): ProcessRecord | undefined {
    return this.processes.get(id);
  }

  listener(ip: string, port: number): ProcessRecord | undefined {
    const id = this.sockets.get(`${ip}:${port}`);
    return id === undefined ? undefined : this.processes.get(id);
  }

  /** Starts a process in a running container and runs its first step. */
  start(container: ContainerRecord, kind: "main" | "exec", id: string, program: string, argv: readonly string[], stdin: string): void {
    const record: ProcessRecord = { id, container: container.id, kind, program, argv, stdin, state: null, listen: [], wake: 0, locks: [] };
    this.processes.set(id, record);
    const { startedAt = 0, runtimeId } = container;
    this.containers.set(container.id, runningRecord(container, container.id, runtimeId, startedAt, container.processes.concat(id), kind === "main" ? id : container.main));
    this.around.forked(container.uid);
    this.step(id, (code, view) => code.start(view));
  }

  /** The wake-up numbered `wake` is due; stale ones do nothing. */
  wake(id: string, wake: number, message: Json): void {
    const record = this.processes.get(id);
    if (!record || record.wake !== wake) return;
    if (record.stopped) return this.processes.set(id, overdue(record, record.stopped, message));
    this.processes.set(id, { ...record, wake: record.wake + 1 });
    this.step(id, (code, view, state) => code.onTimer?.(state, message, view));
  }

  deliver(id: string, request: AppRequest): AppResponse | undefined {
    const record = this.processes.get(id);
    if (!record) return undefined;
    if (record.stopped) return accepts(request);
    if (this.busy.has(id)) return this.busy.get(id)?.(request);
    const code = this.programOf(record);
    if (request.protocol === "tcp" && request.path === HEALTH_CHECK) return this.health(record, code, request);
    if (!code?.onRequest) return { status: 0, body: "" };
    let response: AppResponse | undefined;
    this.step(id, (program, view, state) => {
      const step = program.onRequest?.(state, request, view);
      response = step?.response;
      return step;
    });
    return response;
  }

  /** What a process would answer, without any step of it being taken. */
  ask(id: string, request: AppRequest): AppResponse | undefined {
    const record = this.processes.get(id);
    const container = record && this.containers.get(record.container);
    const pod = container && this.pods.get(container.uid);
    if (!record || !container || !pod || record.stopped || this.busy.has(id)) return undefined;
    this.busy.set(id, undefined);
    try {
      return this.programOf(record)?.onRequest?.(record.state, request, this.viewOf(record, container, pod))?.response;
    } finally {
      this.busy.delete(id);
    }
  }

  /** A health check by gRPC, which changes nothing; who speaks no gRPC never answers. */
  private health(record: ProcessRecord, code: Program | undefined, { port, body }: AppRequest): AppResponse | undefined {
    const container = this.containers.get(record.container);
    const pod = container && this.pods.get(container.uid);
    const status = container && pod && code?.onHealthCheck?.(record.state, { port, service: body }, this.viewOf(record, container, pod));
    if (status === undefined) return undefined;
    return status === "unknown" ? { status: 5, body: "unknown service" } : { status: 0, body: status };
  }

  /** A signal reaches a process. SIGKILL never asks; a program that handles its end does so at any signal that would end others. */
  signal(id: string, signal: string): void {
    const record = this.processes.get(id);
    if (!record) return;
    if (signal === "SIGKILL") return this.end(id, KILLED);
    if (signal === "SIGCONT") this.goOn(record);
    else if (record.stopped) return this.processes.set(id, later(record, record.stopped, signal));
    if (stops(signal)) return this.stop(record);
    const program = this.programOf(record);
    const ending = defaultAction(signal);
    if (program?.onSignal && program.everySignal) return this.step(id, (code, view, state) => code.onSignal?.(state, signal, view));
    if (!program?.onSignal) {
      if (ending) this.end(id, ending);
      return;
    }
    const container = this.containers.get(record.container);
    if (!ending && signal !== (container && this.around.image(container.image)?.stopSignal)) return;
    const known = signal === "SIGHUP" || signal === "SIGINT" ? signal : "SIGTERM";
    this.step(id, (code, view, state) => code.onSignal?.(state, known, view));
  }

  /** A stopped process keeps its sockets: the kernel goes on accepting connections for it. */
  private stop(record: ProcessRecord): void {
    this.processes.set(record.id, stopped(record));
    this.stirred(record);
  }

  /** What it missed reaches it now: first the signals, then the timer that ran out. */
  private goOn(record: ProcessRecord): void {
    if (!record.stopped) return;
    const { signals, message } = record.stopped;
    this.processes.set(record.id, goingOn(record));
    this.stirred(record);
    for (const signal of signals) this.signal(record.id, signal);
    if (message !== undefined) this.wake(record.id, record.wake, message);
  }

  private stirred({ container }: ProcessRecord): void {
    const found = this.containers.get(container);
    if (found) this.around.stirred(found.uid);
  }

  /** Ends a process: its sockets and locks are free again. */
  end(id: string, ending: Ending): void {
    const record = this.processes.get(id);
    if (!record) return;
    const container = this.containers.get(record.container);
    this.release(record);
    this.processes.delete(id);
    if (!container) return;
    if (record.usage && record.usage.memoryBytes !== 0) this.around.memoryChanged(container.uid, -record.usage.memoryBytes);
    const left = { ...container, processes: container.processes.filter((other) => other !== id) };
    this.containers.set(container.id, left);
    const exec = this.execs.get(id);
    if (exec) this.execs.set(id, { ...exec, done: true, exitCode: ending.code });
    this.around.ended(left, record, ending);
  }

  /** Gives up locks on a tree taken away from a machine. */
  releaseLocks(tree: string, node: string): void {
    for (const key of this.locks.keys()) {
      if (!key.startsWith(`${tree}:`)) continue;
      const holder = this.processes.get(this.locks.get(key) ?? "");
      const container = holder && this.containers.get(holder.container);
      if (container && this.pods.get(container.uid)?.node === node) this.locks.delete(key);
    }
  }

  private release(record: ProcessRecord): void {
    this.listen(record, []);
    for (const key of record.locks) if (this.locks.get(key) === record.id) this.locks.delete(key);
  }

  private programOf(record: ProcessRecord): Program | undefined {
    const container = this.containers.get(record.container);
    return container && this.around.image(container.image)?.programs[record.program];
  }

  private step(id: string, run: (program: Program, view: ProcessView, state: Json) => Step | undefined): void {
    const record = this.processes.get(id);
    const container = record && this.containers.get(record.container);
    const pod = container && this.pods.get(container.uid);
    const program = record && this.programOf(record);
    if (!record || !container || !pod || !program || this.busy.has(id)) return;
    this.busy.set(id, undefined);
    let step: Step | undefined;
    try {
      step = run(program, this.viewOf(record, container, pod), record.state);
    } finally {
      this.busy.delete(id);
    }
    // The process may have been ended by what it set in motion.
    if (!step || !this.processes.has(id)) return;
    // A command that listens nowhere changes nothing for others but by the files it writes, which are told apart.
    const seen = record.kind === "main" || record.listen.length > 0 || step.listen !== undefined;
    const changed = seen && (step.state !== record.state || step.listen !== undefined || step.exit !== undefined);
    this.apply(id, container, step);
    if (changed) this.around.stirred(container.uid);
  }

  private apply(id: string, container: ContainerRecord, step: Step): void {
    let record = this.processes.get(id) as ProcessRecord;
    if (step.log) this.print(record, container, step.log);
    if (step.listen) record = this.listen(record, step.listen);
    if (step.wakeAfter) {
      const wake = record.wake + 1;
      this.around.clock.after(millis(step.wakeAfter.delay), RUNTIME, { process: id, wake, message: step.wakeAfter.message });
      record = { ...record, wake };
    }
    const more = step.usage ? step.usage.memoryBytes - (record.usage?.memoryBytes ?? 0) : 0;
    if (step.state !== record.state || step.wakeAfter || step.usage || step.listen) this.processes.set(id, grown(record, step.state, step.usage ?? record.usage));
    if (more !== 0) this.around.memoryChanged(container.uid, more);
    if ((step.processes ?? 1) !== (record.processes ?? 1)) this.fork(id, container, step.processes ?? 1);
    if (step.effort) this.around.worked(step.effort);
    if (step.exit) this.end(id, { code: step.exit.code });
    else if (step.usage) this.checkMemory(container.id);
  }

  /** The process is another number of processes than it was. */
  private fork(id: string, container: ContainerRecord, count: number): void {
    const { processes: before = 1, ...record } = this.processes.get(id) as ProcessRecord;
    this.processes.set(id, count === 1 ? record : { ...record, processes: count });
    if (count > before) this.around.forked(container.uid);
  }

  private listen(record: ProcessRecord, ports: readonly number[]): ProcessRecord {
    const container = this.containers.get(record.container);
    const pod = container && this.pods.get(container.uid);
    const addresses = pod ? this.around.addressesOf(pod) : [];
    for (const ip of addresses) {
      for (const port of record.listen) if (!ports.includes(port) && this.sockets.get(`${ip}:${port}`) === record.id) this.sockets.delete(`${ip}:${port}`);
      for (const port of ports) if (!this.sockets.has(`${ip}:${port}`)) this.sockets.set(`${ip}:${port}`, record.id);
    }
    return { ...record, listen: ports };
  }

  private checkMemory(containerId: string): void {
    const container = this.containers.get(containerId);
    if (!container?.memoryLimit) return;
    const used = container.processes.reduce((sum, id) => sum + (this.processes.get(id)?.usage?.memoryBytes ?? 0), 0);
    // The kernel ends all that runs in the container together. Upstream: singleProcessOOMKill is off.
    if (used > container.memoryLimit && container.main !== undefined) this.end(container.main, OUT_OF_MEMORY);
  }

  private print(record: ProcessRecord, container: ContainerRecord, pieces: readonly Output[]): void {
    if (record.kind === "exec") {
      let exec = this.execs.get(record.id);
      for (const piece of pieces) {
        const { stream, raw } = writtenBy(piece);
        if (exec && raw !== "") exec = { ...exec, [stream]: exec[stream] + raw };
      }
      if (exec) this.execs.set(record.id, exec);
      return;
    }
    const at = this.around.clock.now();
    const lines: LogLine[] = [];
    for (const piece of pieces) {
      const { stream, raw } = writtenBy(piece);
      if (raw !== "") for (const text of linesOf(raw)) lines.push({ at, stream, text });
    }
    if (lines.length > 0) this.logs.append(container.id, lines);
  }

  private viewOf(record: ProcessRecord, container: ContainerRecord, pod: PodRecord): ProcessView {
    return new View(this, record, container, pod);
  }

  /** The files of a container as one of its processes has them open. */
  filesFor(record: ProcessRecord, container: ContainerRecord, pod: PodRecord): FileSystem {
    return this.filesOf(container, pod, this.around.image(container.image), record.id);
  }

  listenerAt(address: string): string | undefined {
    return this.sockets.get(address);
  }

  answerWith(id: string, answer: Answering): void {
    if (this.busy.has(id)) this.busy.set(id, answer);
  }

  /** The ports processes of a pod accept connections on, in order. */
  listenersOf(pod: PodRecord): readonly { readonly port: number; readonly command: string }[] {
    const running = Object.values(pod.containers).flatMap(({ current }) => this.containers.get(current)?.processes ?? []);
    return running.flatMap((id) => this.processes.get(id) ?? []).flatMap(({ listen, argv }) => listen.map((port) => ({ port, command: argv[0] ?? "" }))).sort((a, b) => a.port - b.port);
  }

  /** The files of a container; locks are taken for `process`. */
  filesOf(container: ContainerRecord, pod: PodRecord, image: Image | undefined, process: string | undefined): FileSystem {
    return new ContainerFiles(this, container, pod, image && imageTree(image), process);
  }

  now(): number {
    return this.around.clock.now();
  }

  usable(tree: string, node: string): boolean {
    return this.around.treeUsable(tree, node);
  }

  cached(tree: string): boolean {
    return this.around.treeCached(tree);
  }

  dirty(node: string, tree: string, path: string, wholly: boolean): void {
    if (wholly) this.cache.noteAll(node, tree, path, this.now());
    else this.cache.note(node, tree, path, this.now());
  }

  sync(node: string, trees: ReadonlySet<string>): void {
    this.cache.sync(node, trees);
  }

  sharedTouched(): void {
    this.outside += 1;
  }

  filesChanged(uid: string): void {
    this.restless += 1;
    this.around.stirred(uid);
  }

  takeLock(key: string, id: string): boolean {
    const holder = this.locks.get(key);
    if (holder !== undefined && holder !== id && this.processes.has(holder)) return false;
    this.locks.set(key, id);
    const record = this.processes.get(id);
    if (record && !record.locks.includes(key)) this.processes.set(id, { ...record, locks: [...record.locks, key] });
    return true;
  }
}

/** How a process in the middle of a step answers a request from itself. */
type Answering = (request: AppRequest) => AppResponse | undefined;

/** Member by member: a copy that gains a member would have a shape of its own. */
function grown(record: ProcessRecord, state: Json, usage: ProcessRecord["usage"]): ProcessRecord {
  const { id, container, kind, program, argv, stdin, listen, wake, locks } = record;
  if (record.processes !== undefined) return { ...record, state, ...(usage ? { usage } : {}) };
  return usage ? { id, container, kind, program, argv, stdin, state, listen, wake, locks, usage } : { ...record, state };
}
