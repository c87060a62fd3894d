/** A workbench behind the gateway: whatever a client changes is an input of its journal. */
import type { ExecRecord, FileSystem, Millis, ObjectKey, OutboundRequest, PacketTrace } from "@/lib/engine";
import { asJsonBody, failure, inOwnName, type ExecCall, type RestAnswer, type RestRequest } from "@/lib/rest";
import { answerLimits, STUDENT, type ApiRequest, type Effect, type Input, type Workbench } from "@/lib/workbench";
import { LiveCluster, type StartedCommand } from "../gateway/live-cluster";
import { filesThrough } from "./files-through";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);
/** Entries kept for whoever follows; who comes later than that begins again from the journal. */
const MOST_ENTRIES = 5_000;
const FULL = "the journal of this workbench is full: undo, or begin again, on the page it belongs to";

/**
 * A live cluster whose every change is an input of a {@link Workbench}: replaying `inputs` from the same beginning gives
 * the same cluster, byte for byte. Commands in containers run to their end in virtual time before they are answered.
 */
export class JournaledCluster extends LiveCluster {
  private readonly results = new Map<string, ExecRecord>();
  private entries: Input[] = [];
  /** The number of the first entry still kept, and up to which entry somebody has seen: those are never joined. */
  private first = 0;
  private seen = 0;
  private bytes: number;
  private commands = 0;

  constructor(
    private readonly bench: Workbench,
    rate: number,
    private readonly changed: () => void,
  ) {
    super(bench.cluster, rate);
    this.bytes = JSON.stringify(bench.inputs).length;
  }

  get inputs(): readonly Input[] {
    return this.bench.inputs;
  }

  /** The number the next entry will have. */
  get next(): number {
    return this.first + this.entries.length;
  }

  /** Entries from a number on; `undefined` when they are no longer kept. */
  since(from: number): readonly Input[] | undefined {
    if (from < this.first || from > this.next) return undefined;
    this.seen = this.next;
    return this.entries.slice(from - this.first);
  }

  /** Was anything done since then, other than waiting? */
  hasDeedSince(from: number): boolean {
    return from < this.first || this.entries.slice(from - this.first).some(({ type }) => type !== "advance");
  }

  /** Does one input and writes it down. Refused when the journal is full, or time or work is spent. */
  play(input: Input): Effect {
    const size = input.type === "advance" ? 0 : JSON.stringify(input).length + 1;
    if (this.bench.inputs.length >= answerLimits.inputs || this.bytes + size > answerLimits.bytes) return { refused: { code: "workbench.journal-full", params: { limit: answerLimits.inputs } } };
    let effect: Effect = {};
    this.run(() => {
      effect = this.bench.apply(input);
    });
    if (effect.refused) return effect;
    this.bytes += size;
    this.note(input);
    this.changed();
    return effect;
  }

  override answer(request: RestRequest): RestAnswer {
    if (READING.has(request.method) || request.headers["upgrade"] !== undefined) return super.answer(request);
    const readable = asJsonBody(request);
    if ("refused" in readable) return readable.refused;
    const named = inOwnName(readable.request, this.cluster);
    if ("refused" in named) return named.refused;
    const { response } = this.play(inputOf(named.request));
    if (!response) return body(403, failure(403, "Forbidden", FULL));
    return { type: "body", status: response.code, headers: response.headers, body: response.body };
  }

  override exec(call: ExecCall, command: readonly string[], stdin?: string): StartedCommand {
    this.commands += 1;
    const id = `live-${this.commands}`;
    const { response } = this.play({ type: "request", method: "POST", path: execPath(call, command, stdin !== undefined), ...(stdin === undefined ? {} : { body: stdin }) });
    if (!response) return { error: FULL };
    const said = JSON.parse(response.body) as { readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number; readonly error?: string; readonly message?: string };
    if (said.exitCode === undefined) return { error: said.error ?? said.message ?? `status ${response.code}` };
    this.results.set(id, { id, container: call.container, done: true, exitCode: said.exitCode, stdout: said.stdout ?? "", stderr: said.stderr ?? "" });
    return { id };
  }

  override execResult(id: string): ExecRecord | undefined {
    return this.results.get(id);
  }

  override endExec(id: string): void {
    this.results.delete(id);
  }

  override files(call: ExecCall): FileSystem | undefined {
    const files = super.files(call);
    return files && filesThrough(files, (script, stdin) => this.sh(call, script, stdin));
  }

  override deliver(pod: ObjectKey, request: Omit<OutboundRequest, "host">): PacketTrace {
    const { trace } = this.play({ type: "send", from: { pod }, request: { ...request, host: "127.0.0.1" } });
    return trace ?? { from: { pod }, asked: `127.0.0.1:${request.port}`, hops: [], outcome: "refused", latency: 0 as Millis };
  }

  protected override pass(time: Millis): void {
    if (time <= 0) return;
    const { refused } = this.playTime(time);
    if (refused) this.stopped = refused.code;
  }

  private playTime(time: Millis): Effect {
    const input: Input = { type: "advance", millis: time };
    if (this.bench.inputs.length >= answerLimits.inputs) return { refused: { code: "workbench.journal-full", params: { limit: answerLimits.inputs } } };
    const effect = this.bench.apply(input);
    if (!effect.refused) {
      this.note(input);
      this.changed();
    }
    return effect;
  }

  private sh(call: ExecCall, script: string, stdin: string): boolean {
    const started = this.exec({ ...call, stdin: true }, ["sh", "-c", script], stdin);
    if ("error" in started) return false;
    const result = this.execResult(started.id);
    this.endExec(started.id);
    return result?.exitCode === 0;
  }

  private note(input: Input): void {
    const last = this.entries.at(-1);
    if (input.type === "advance" && last?.type === "advance" && this.next > this.seen) {
      this.entries[this.entries.length - 1] = { type: "advance", millis: (last.millis + input.millis) as Millis };
      return;
    }
    this.entries.push(input);
    if (this.entries.length <= MOST_ENTRIES) return;
    this.first += this.entries.length - MOST_ENTRIES;
    this.entries = this.entries.slice(-MOST_ENTRIES);
  }
}

function inputOf({ method, path, query, headers, body: content, user }: RestRequest): ApiRequest {
  const agent = headers["user-agent"];
  const text = typeof content === "string" ? content : "";
  const type = headers["content-type"];
  return {
    type: "request",
    method,
    path: query === "" ? path : `${path}?${query}`,
    ...(text === "" ? {} : { body: text, ...(type === undefined ? {} : { contentType: type }) }),
    ...(agent === undefined ? {} : { agent: agent.slice(0, 128) }),
    ...(user.name === STUDENT.name ? {} : { user: { name: user.name, groups: [...user.groups] } }),
  };
}

function execPath({ pod, container }: ExecCall, command: readonly string[], stdin: boolean): string {
  const words = command.map((word) => `command=${encodeURIComponent(word)}`).join("&");
  return `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}/exec?container=${encodeURIComponent(container)}&${words}&stdout=true&stderr=true${stdin ? "&stdin=true" : ""}`;
}

function body(status: number, value: unknown): RestAnswer {
  return { type: "body", status, headers: { "Content-Type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}
