/** A workbench behind the gateway: whatever a client changes is an input of its journal. */
import { BudgetExceeded, type ExecRecord, type FileSystem, type Millis, type ObjectKey, type OutboundRequest, type PacketTrace } from "@/lib/engine";
import { explainCode } from "@/lib/explain";
import { asJsonBody, failure, inOwnName, onlyReads, type ExecCall, type RestAnswer, type RestRequest } from "@/lib/rest";
import { answerLimits, STUDENT, type ApiRequest, type Effect, type Input, type Workbench } from "@/lib/workbench";
import { LiveCluster, type StartedCommand } from "../gateway/live-cluster";
import { filesThrough } from "./files-through";

/** Entries kept for whoever follows; who comes later than that begins again from the journal. */
const MOST_ENTRIES = 5_000;

/** Why an input was not done. */
type Refused = NonNullable<Effect["refused"]>;

const SPENT: Refused = { code: "grading.budget-exceeded", params: {} };
const BROKEN: Refused = { code: "workbench.broken", params: {} };
const FULL: Refused = { code: "workbench.journal-full", params: { limit: answerLimits.inputs } };
/** Full of bytes, however few the inputs are. */
const HEAVY: Refused = { code: "workbench.journal-full", params: {} };

/** What something weighs in the database. */
const stored = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

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
  /** Why nothing is done here any more: what the cluster holds is not what its journal says. */
  private broken: Refused | undefined;

  /** `changed` hears of every entry, and whether it was somebody's deed or only time. */
  constructor(
    private readonly bench: Workbench,
    rate: number,
    private readonly changed: (deed: boolean) => void,
    onError?: (error: unknown) => void,
  ) {
    super(bench.cluster, rate, onError);
    this.bytes = stored(bench.inputs);
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

  /** Does one input and writes it down. Refused when the journal is full, time or work is spent, or the engine failed. Never throws. */
  play(input: Input): Effect {
    let effect = undefined as Effect | undefined;
    this.attempt(() => {
      effect = this.record(input);
    });
    return effect ?? { refused: this.broken ?? BROKEN };
  }

  override answer(request: RestRequest): RestAnswer {
    if (onlyReads(request)) return super.answer(request);
    const readable = asJsonBody(request);
    if ("refused" in readable) return readable.refused;
    const named = inOwnName(readable.request, this.cluster);
    if ("refused" in named) return named.refused;
    const { response, refused } = this.play(inputOf(named.request));
    if (!response) return refusal(refused ?? BROKEN);
    return { type: "body", status: response.code, headers: response.headers, body: response.body };
  }

  override exec(call: ExecCall, command: readonly string[], stdin?: string): StartedCommand {
    this.commands += 1;
    const id = `live-${this.commands}`;
    const { response, refused } = this.play({ type: "request", method: "POST", path: execPath(call, command, stdin !== undefined), ...(stdin === undefined ? {} : { body: stdin }) });
    if (!response) return { error: why(refused ?? BROKEN) };
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
    const { refused } = this.record({ type: "advance", millis: time });
    if (refused) this.stopped = refused.code;
  }

  protected override halt(error: unknown): void {
    super.halt(error);
    this.broken = error instanceof BudgetExceeded ? SPENT : BROKEN;
  }

  /** @throws whatever the engine throws */
  private record(input: Input): Effect {
    const refused = this.broken ?? this.full(input);
    if (refused) return { refused };
    const { length } = this.bench.inputs;
    const before = this.bench.inputs.at(-1);
    const effect = this.bench.apply(input);
    if (effect.refused) return effect;
    const after = this.bench.inputs.at(-1);
    // Time that follows time is one entry with it.
    this.bytes += stored(after) + 1 - (this.bench.inputs.length === length && before ? stored(before) + 1 : 0);
    this.note(input);
    this.changed(input.type !== "advance");
    return effect;
  }

  private full(input: Input): Refused | undefined {
    const joins = input.type === "advance" && this.bench.inputs.at(-1)?.type === "advance";
    if (!joins && this.bench.inputs.length >= answerLimits.inputs) return FULL;
    return this.bytes + stored(input) + 1 > answerLimits.bytes ? HEAVY : undefined;
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

const why = ({ code, params }: Refused): string => explainCode(code, "en", params);

/** A refusal of the workbench as the API words one: what may not be done here, or what this cluster no longer can. */
function refusal(refused: Refused): RestAnswer {
  const ended = refused === SPENT || refused === BROKEN;
  const status = ended ? failure(500, "InternalError", `Internal error occurred: ${why(refused)}`) : failure(403, "Forbidden", why(refused));
  return { type: "body", status: ended ? 500 : 403, headers: { "Content-Type": "application/json" }, body: `${JSON.stringify(status)}\n` };
}
