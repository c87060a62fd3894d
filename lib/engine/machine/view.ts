import type { ObjectKey } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import { millis, type Instant } from "../sim/clock";
import type { AppRequest, AppResponse, FileSystem, MountLine, ProcessLine, ProcessView } from "./behaviour";
import type { DnsReply, DnsType } from "./dns-records";
import { mountLine } from "./mount-line";
import { ownPid, pidNamespace, type PidTables, type Seen } from "./pid-namespace";
import type { ContainerRecord, PodRecord, ProcessRecord } from "./records";
import type { Redirection } from "./redirection";
import { RUNTIME, type Surroundings } from "./surroundings";
import type { Trees } from "./trees";
import type { DnsAnswer, OutboundRequest, PacketTrace } from "./wire";

/** What a view looks through: the world its process stands in. */
export interface ViewHost {
  readonly around: Surroundings;
  readonly seen: PidTables;
  readonly trees: Trees;
  /** How often processes looked outside their own pod, and read the clock or drew a number. */
  outside: number;
  restless: number;
  filesFor(record: ProcessRecord, container: ContainerRecord, pod: PodRecord): FileSystem;
  listenerAt(address: string): string | undefined;
  listenersOf(pod: PodRecord): readonly { readonly port: number; readonly command: string }[];
  answerWith(id: string, answer: (request: AppRequest) => AppResponse | undefined): void;
}

/** The container as one process sees it during one step. A class, and what it tells is read off when asked for: thousands are made, and most are asked for little. */
export class View implements ProcessView {
  private opened: FileSystem | undefined;

  constructor(
    private readonly host: ViewHost,
    private readonly record: ProcessRecord,
    private readonly container: ContainerRecord,
    private readonly pod: PodRecord,
  ) {}

  get pid(): number {
    const { record, container } = this;
    if (container.pids === undefined) return ownPid(record);
    return this.neighbours().find(({ process }) => process?.id === record.id)?.pid ?? ownPid(record);
  }
  get argv(): readonly string[] {
    return this.record.argv;
  }
  get env(): Readonly<Record<string, string>> {
    return this.container.env;
  }
  get workingDir(): string {
    return this.container.workingDir;
  }
  get stdin(): string {
    return this.record.stdin;
  }
  get stdinOpen(): boolean {
    return this.container.stdinOpen === true && this.record.kind === "main";
  }
  get now(): Instant {
    this.host.restless += 1;
    return this.host.around.clock.now();
  }
  get timestamp(): string {
    return timestamp(this.now);
  }
  get hostname(): string {
    return this.pod.hostname;
  }
  get user(): { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | undefined {
    const { runAs } = this.container;
    return runAs && { uid: runAs.user, gid: runAs.group, groups: runAs.groups };
  }
  get podName(): string {
    return this.pod.pod.name;
  }
  get podIP(): string {
    return this.pod.ip;
  }
  get files(): FileSystem {
    return (this.opened ??= this.host.filesFor(this.record, this.container, this.pod));
  }
  get limits(): { readonly memoryBytes?: number; readonly cpuMilli?: number } {
    const { memoryLimit, cpuLimit } = this.container;
    return { ...(memoryLimit === undefined ? {} : { memoryBytes: memoryLimit }), ...(cpuLimit === undefined ? {} : { cpuMilli: cpuLimit }) };
  }
  get netfilter(): { read(): Redirection | undefined; write(redirection: Redirection): void } {
    const { pods } = this.host.seen;
    const { uid } = this.pod;
    return {
      read: () => pods.get(uid)?.redirection,
      write: (redirection) => {
        const now = pods.get(uid);
        if (now && !now.hostNetwork) pods.set(uid, { ...now, redirection });
      },
    };
  }

  random(bound: number): number {
    this.host.restless += 1;
    return this.host.around.random.fork(this.record.id).below(bound);
  }
  portTaken(port: number): boolean {
    return this.host.around.addressesOf(this.pod).some((ip) => ![undefined, this.record.id].includes(this.host.listenerAt(`${ip}:${port}`)));
  }
  request(request: OutboundRequest): PacketTrace {
    const { pod, container } = this;
    // What stays in the pod is answered by its own processes.
    if (request.host !== "localhost" && request.host !== "127.0.0.1" && request.host !== pod.ip) this.host.outside += 1;
    return this.host.around.wire().send(this.origin, pod.redirection && container.runAs ? { ...request, uid: container.runAs.user } : request);
  }
  resolve(name: string): DnsAnswer {
    this.host.outside += 1;
    return this.host.around.wire().resolve(this.origin, name);
  }
  query(name: string, type: DnsType, server?: string): DnsReply | undefined {
    this.host.outside += 1;
    return this.host.around.wire().query?.(this.origin, name, type, server);
  }
  mounts(): readonly MountLine[] {
    this.host.restless += 1;
    return this.container.mounts.map((mount) => mountLine(this.host.trees, mount));
  }
  listeners(): readonly { readonly port: number; readonly command: string }[] {
    this.host.restless += 1;
    return this.host.listenersOf(this.pod);
  }
  answering(answer: (request: AppRequest) => AppResponse | undefined): void {
    this.host.answerWith(this.record.id, answer);
  }
  processes(): readonly ProcessLine[] {
    this.host.restless += 1;
    return this.neighbours().map(({ pid, argv, process }) => ({ pid, argv, memoryBytes: process?.usage?.memoryBytes ?? 0, startedAt: this.container.startedAt ?? 0, ...(process?.stopped ? { stopped: true as const } : {}) }));
  }
  signal(pid: number, signal: string): boolean {
    this.host.restless += 1;
    const target = this.neighbours().find((one) => one.pid === pid)?.process;
    if (!target) return false;
    // Upstream: SIGNAL_UNKILLABLE, of the first process of a namespace for who shares it.
    if (!["SIGKILL", "SIGSTOP"].includes(signal) || pid !== 1) this.host.around.clock.after(millis(0), RUNTIME, { signal, process: target.id });
    return true;
  }

  private get origin(): { readonly pod: ObjectKey } {
    return { pod: this.pod.pod };
  }
  private neighbours(): readonly Seen[] {
    return pidNamespace(this.host.seen, this.container, this.pod);
  }
}

/** The same container as another command sees it: what is told of `own` is told of that command. */
export function seenBy(view: ProcessView, own: Partial<Pick<ProcessView, "argv" | "env" | "workingDir" | "stdin">>): ProcessView {
  const other = Object.create(view) as ProcessView;
  for (const [name, value] of Object.entries(own)) Object.defineProperty(other, name, { value });
  return other;
}
