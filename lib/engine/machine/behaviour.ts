import type { Json } from "../apimachinery/meta";
import type { DnsReply, DnsType } from "./dns-records";
import type { Reason } from "../reason";
import type { Instant, Millis } from "../sim/clock";
import type { AppRequest, AppResponse, DnsAnswer, OutboundRequest, PacketTrace } from "./wire";
import type { Redirection } from "./redirection";

export type { AppRequest, AppResponse } from "./wire";

/**
 * A program: what a process does, as a small machine over plain data.
 *
 * What it answers may depend on its state, its files and the network; on time only through a
 * wake-up that changes its state. State is JSON and lives in the snapshot; programs are constants. A program sees its own
 * container (arguments, environment, files, clock, network) and never the API: a real process
 * would not.
 */
export interface Program<S extends Json = Json> {
  start(process: ProcessView): Step<S>;
  /** The wake-up booked by the last step. */
  onTimer?(state: S, message: Json, process: ProcessView): Step<S>;
  /** A request on a port it listens on. Without this, connections are accepted and closed at once. */
  onRequest?(state: S, request: AppRequest, process: ProcessView): Step<S> & { readonly response?: AppResponse };
  /**
   * What it says of its health to who asks by gRPC about one of its services (`""` is the whole of it); `"unknown"` of a
   * service it does not have. Undefined, as without this, when the port speaks no gRPC. Upstream: grpc.health.v1.
   */
  onHealthCheck?(state: S, asked: { readonly port: number; readonly service: string }, process: ProcessView): HealthStatus | undefined;
  /** SIGTERM ends a program that does not say otherwise with 143, as PID 1 of most images does; SIGKILL never asks. */
  onSignal?(state: S, signal: string, process: ProcessView): Step<S>;
  /** Is it told of every signal, by its own name? Else only of those that would end a program without a handler, all but SIGHUP and SIGINT as SIGTERM. */
  readonly everySignal?: true;
}

/** The answer of a health check by gRPC. */
export type HealthStatus = "SERVING" | "NOT_SERVING" | "unknown";

/**
 * What one piece of work left behind. A request answered without `response` never gets an answer
 * (a hung process). Log entries are lines; a final newline is not needed.
 */
export interface Step<S extends Json = Json> {
  readonly state: S;
  /** What it printed, in order: whole lines, or `raw` text exactly as written, newlines included. */
  readonly log?: readonly Output[];
  /** Ports it accepts connections on from now on. Absent: as before. */
  readonly listen?: readonly number[];
  /** Wakes this process once, replacing any earlier wake-up it booked. Absent: an earlier one still pending stays. */
  readonly wakeAfter?: { readonly delay: Millis; readonly message: Json };
  /** Ends the process. */
  readonly exit?: { readonly code: number };
  /** How much work this step was beyond an ordinary one, in the pieces budgets count. */
  readonly effort?: number;
  /** What it uses from now on. Absent: as before. */
  readonly usage?: { readonly cpuMilli: number; readonly memoryBytes: number };
  /** How many processes it is together with its children; only itself when absent. */
  readonly processes?: number;
}

/** One piece of output: a line for standard output, a line for standard error, or raw text. */
export type Output = string | { readonly stderr: string } | { readonly raw: string; readonly stream?: "stdout" | "stderr" };

/** What a process sees of its container. */
export interface ProcessView {
  /** 1 for a container's main process. */
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** What was given on standard input; empty for a container's main process. */
  readonly stdin: string;
  /** Does standard input stay open, with nobody typing? */
  readonly stdinOpen?: boolean;
  readonly now: Instant;
  /** RFC 3339 of now. */
  readonly timestamp: string;
  readonly hostname: string;
  /** Whom it runs as; root unless said. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | undefined;
  readonly podName: string;
  readonly podIP: string;
  /** An integer in [0, bound) from this process's own stream. */
  random(bound: number): number;
  readonly files: FileSystem;
  /** Does another process of this pod (or machine, on the host's network) already listen there? Listening is then refused by the system. */
  portTaken(port: number): boolean;
  /** Sends a request and has the answer at once; `latency` tells how long the process must wait before using it. */
  request(request: OutboundRequest): PacketTrace;
  resolve(name: string): DnsAnswer;
  /** One question to one server (the pod's own unless said), of any type, without search domains; undefined when nobody answers. */
  query?(name: string, type: DnsType, server?: string): DnsReply | undefined;
  /** What its container may use at most; what is absent has no limit. */
  readonly limits?: { readonly memoryBytes?: number; readonly cpuMilli?: number };
  /** The volumes of its container, by path. */
  mounts?(): readonly MountLine[];
  /** The ports processes of its pod accept connections on, in order. */
  listeners?(): readonly { readonly port: number; readonly command: string }[];
  /** Until this step is over, requests that come back to this very process are put to `answer`; unless told, nobody answers them. */
  answering?(answer: (request: AppRequest) => AppResponse | undefined): void;
  /** The netfilter rules of the pod's own network namespace; writing them needs root. */
  readonly netfilter?: { read(): Redirection | undefined; write(redirection: Redirection): void };
  /** The processes of this container, by number. */
  processes(): readonly ProcessLine[];
  /**
   * Sends a signal (`SIGTERM`, `SIGKILL`, …) to a process of this container; it arrives when this step is over. False when there is no such
   * process. Process 1 cannot be killed or stopped from within: the kernel drops SIGKILL and SIGSTOP sent to it by its own.
   */
  signal(pid: number, signal: string): boolean;
}

/** A process as `ps` shows it. */
export interface ProcessLine {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly memoryBytes: number;
  readonly startedAt: number;
  /** Was it stopped, until SIGCONT? */
  readonly stopped?: true;
}

/** A volume as `mount` and `df` show it. */
export interface MountLine {
  readonly path: string;
  /** What is mounted: a disk of the machine, a folder in memory, a disk of its own, a share. */
  readonly kind: "disk" | "memory" | "block" | "share";
  readonly readOnly: boolean;
  readonly usedBytes: number;
  /** Absent: as large as what it is on. */
  readonly sizeBytes?: number;
}

/** A file or folder as `stat` tells of it. */
export interface FileStat {
  readonly type: "file" | "directory";
  readonly size: number;
  /** Milliseconds of virtual time of the last write. */
  readonly modified: number;
  readonly mode: number;
}

/** What file operations answer when they cannot: upstream's errno names. */
export type FileError = "ENOENT" | "EISDIR" | "ENOTDIR" | "EROFS" | "ENOSPC" | "EEXIST" | "ENOTEMPTY" | "EACCES" | "EIO";

/** A container's files: image layers beneath, volumes where they are mounted. Paths are absolute and normalised. Contents are text. */
export interface FileSystem {
  read(path: string): string | undefined;
  stat(path: string): FileStat | undefined;
  /** Names in a folder, in code-unit order; undefined when it is not a folder. */
  list(path: string): readonly string[] | undefined;
  /** Creates or replaces a file; folders on the way must exist. */
  write(path: string, content: string): FileError | undefined;
  append(path: string, content: string): FileError | undefined;
  /** Makes a file of so many zero bytes, as far as there is room for them. */
  fill?(path: string, bytes: number): FileError | undefined;
  /** Creates a folder and, when `parents`, those above it. */
  makeDirectory(path: string, parents?: boolean): FileError | undefined;
  /** Removes a file, or a folder when `recursive`. */
  remove(path: string, recursive?: boolean): FileError | undefined;
  chmod(path: string, mode: number): FileError | undefined;
  /** Makes a file one that was changed at that instant. */
  setModified?(path: string, at: number): FileError | undefined;
  /**
   * Makes sure that everything written to the container's volumes is on their disks: what is not is lost when the machine loses its power.
   *
   * @simplified `fsync` of one file and `sync` of a machine are one: all volumes of the container.
   */
  sync?(): void;
  /** Takes an advisory lock for this process, released when it ends; false when another process holds it, on any node. */
  lock(path: string): boolean;
}

/** A slice of an image. Images made on one base share theirs: one with the same digest is the same. */
export interface ImageLayer {
  readonly digest: string;
  readonly bytes: number;
}

/** An image: what a registry gives for a reference. */
export interface Image {
  readonly reference: string;
  readonly digest: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** Numeric user the image runs as. */
  readonly user: number;
  readonly ports: readonly number[];
  /** Files of the image, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** Programs by the name they are called: `nginx`, `sh`, `sleep`. */
  readonly programs: Readonly<Record<string, Program>>;
  readonly sizeBytes: number;
  /** From the base up, of {@link sizeBytes} together; absent: one of its own. */
  readonly layers?: readonly ImageLayer[];
  /** How long a pull takes to a node that has none of its layers. */
  readonly pullTime: Millis;
  /** `STOPSIGNAL`; SIGTERM unless said. */
  readonly stopSignal?: "SIGTERM" | "SIGQUIT" | "SIGWINCH";
}

/** The registry the kubelet pulls from. A reference it does not know is an ImagePullBackOff, as it should be. */
export interface ImageCatalog {
  pull(reference: string): { readonly image: Image } | { readonly error: Reason; readonly message: string };
  /** Reads a manifest somebody put on a machine; undefined when it cannot be read. Without this machines read JSON only. */
  readManifest?(text: string): Json | undefined;
}

/** Types a program for the catalogue, which holds programs of every state side by side. */
export function defineProgram<S extends Json>(program: Program<S>): Program {
  return program as unknown as Program;
}
