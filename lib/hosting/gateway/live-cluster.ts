/** A cluster that lives in real time, and tells those who stream from it when to look. */
import { BudgetExceeded, millis, type Cluster, type ExecRecord, type FileSystem, type Millis, type ObjectKey, type OutboundRequest, type PacketTrace } from "@/lib/engine";
import { handle, openApiV2Answer, type ExecCall, type RestAnswer, type RestRequest } from "@/lib/rest";

/** How fast virtual time runs against real time; `off` when only the control API moves it. */
export type Rate = number | "off";

const TICK = 100;
/** Most virtual time one tick makes up for, after the process was held up. */
const CATCH_UP = 5000;

/** A command in a container: what it is known by, or why it did not start, in the runtime's words. */
export type StartedCommand = { readonly id: string } | { readonly error: string };

/**
 * Holds one cluster, moves its clock, and lets its controllers work after every write: once a turn
 * of the event loop, however many writes there were. Everything a client can change goes through
 * the methods that are not final here, so that a cluster with a journal can write it down.
 * Not safe to use after {@link close}.
 */
export class LiveCluster {
  private readonly listeners = new Set<() => void>();
  private readonly endings = new Set<() => void>();
  private ticker: ReturnType<typeof setInterval> | undefined;
  private last = performance.now();
  private scheduled = false;
  /** Why time stands still: two controllers fight, the budget is spent, or the engine failed. */
  stopped: string | undefined;

  constructor(
    private current: Cluster,
    readonly rate: Rate,
    /** Told of our own mistakes. They stop this cluster and nothing else. */
    protected readonly onError: (error: unknown) => void = (error) => console.error("live:", error),
  ) {
    if (rate !== "off") this.ticker = setInterval(() => this.tick(rate), TICK);
  }

  get cluster(): Cluster {
    return this.current;
  }

  /** Answers a request. @throws nothing a client could cause */
  answer(request: RestRequest): RestAnswer {
    return handle(request, this.current, openApiV2Answer);
  }

  /** Starts a command in a container; it may need time. */
  exec({ pod, container }: ExecCall, command: readonly string[], stdin?: string): StartedCommand {
    return this.current.exec(pod, container, command, stdin);
  }

  /** What a command has printed, and whether it has ended. */
  execResult(id: string): ExecRecord | undefined {
    return this.current.execResult(id);
  }

  /** Ends a command and forgets it. */
  endExec(id: string): void {
    this.current.endExec(id);
  }

  /** The files of a running container. */
  files({ pod, container }: ExecCall): FileSystem | undefined {
    return this.current.files(pod, container);
  }

  /** Sends a request from inside a pod to one of its own ports. */
  deliver(pod: ObjectKey, request: Omit<OutboundRequest, "host">): PacketTrace {
    const trace = this.current.send({ pod }, { ...request, host: "127.0.0.1" });
    this.touch();
    return trace;
  }

  /** Lets virtual time pass. @throws {BudgetExceeded} */
  protected pass(time: Millis): void {
    this.current.advance(time);
  }

  /** Called whenever the cluster may have moved; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Called when the cluster is replaced or closed: streams must end. Returns how to stop. */
  onEnd(listener: () => void): () => void {
    this.endings.add(listener);
    return () => void this.endings.delete(listener);
  }

  /** Something was written: controllers have their turn soon, then streams. */
  touch(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.attempt(() => this.pass(millis(0)));
    });
  }

  /** Does something with the cluster, then wakes the streams. @throws whatever `action` throws, but for a spent budget */
  run(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error;
      this.halt(error);
    }
    for (const listener of [...this.listeners]) this.wake(listener);
  }

  /** Does something nobody waits for: where it fails, this cluster stops. Never throws. */
  protected attempt(action: () => void): void {
    try {
      this.run(action);
    } catch (error) {
      this.onError(error);
      this.halt(error);
    }
  }

  /** Time stands still from here on. */
  protected halt(error: unknown): void {
    this.stopped = error instanceof Error ? error.message : String(error);
  }

  /** Puts another cluster in place of this one. Streams end, as they do when a server restarts. */
  replace(next: Cluster): void {
    this.current = next;
    this.stopped = undefined;
    this.end();
  }

  close(): void {
    clearInterval(this.ticker);
    this.ticker = undefined;
    this.end();
  }

  /** A stream that fails is told no more; the others are. */
  private wake(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.listeners.delete(listener);
      this.onError(error);
    }
  }

  private end(): void {
    for (const listener of [...this.endings]) listener();
  }

  private tick(rate: number): void {
    const now = performance.now();
    const passed = Math.min(CATCH_UP, now - this.last);
    this.last = now;
    if (this.stopped !== undefined) return;
    this.attempt(() => this.pass(millis(Math.round(passed * rate))));
  }
}
