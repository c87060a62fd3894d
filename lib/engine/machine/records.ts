import type { Json, ObjectKey } from "../apimachinery/meta";
import type { Redirection } from "./redirection";

/** A machine: its power, its network cable, and the addresses it answers on. */
export interface MachineRecord {
  readonly name: string;
  readonly ips: readonly string[];
  readonly powered: boolean;
  readonly connected: boolean;
  /** Counts power-ons. */
  readonly boots: number;
}

/** One folder or file of a volume as a container sees it. */
export interface Mount {
  /** Where it appears, absolute and normal. */
  readonly path: string;
  /** The tree it comes from; see `Trees`. */
  readonly tree: string;
  /** The place inside the tree. */
  readonly base: string;
  readonly readOnly: boolean;
}

/** What a pod's sandbox is made of. */
export interface SandboxSpec {
  readonly uid: string;
  readonly pod: ObjectKey;
  readonly node: string;
  readonly ip: string;
  readonly hostNetwork: boolean;
  readonly hostname: string;
  /** Content of `/etc/hosts` and `/etc/resolv.conf`. */
  readonly hosts: string;
  readonly resolvConf: string;
}

/** A pod on a machine: its sandbox and the containers made in it, newest and the one before, by name. */
export interface PodRecord extends SandboxSpec {
  readonly ready: boolean;
  /** What the pod's own netfilter rules do; a new sandbox begins without any. */
  readonly redirection?: Redirection;
  readonly attempt: number;
  readonly containers: Readonly<Record<string, { readonly current: string; readonly previous?: string }>>;
}

/** Whom a container's processes run as. */
export interface RunAs {
  readonly user: number;
  readonly group: number;
  readonly groups: readonly number[];
  /** Not the user the image was made for: its files are not this user's. */
  readonly foreign: boolean;
  /** Disks mounted in the pod belong to a group of this user's. */
  readonly sharesFiles: boolean;
}

/** What a container is made from. */
export interface ContainerSpec {
  readonly uid: string;
  readonly name: string;
  readonly image: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly mounts: readonly Mount[];
  /** How many containers of this name came before. */
  readonly attempt: number;
  /** Bytes; more than this and the kernel kills it. */
  readonly memoryLimit?: number;
  /** Thousandths of a CPU it gets at most; it runs slower instead of using more. */
  readonly cpuLimit?: number;
  readonly readOnlyRoot?: boolean;
  readonly terminationMessagePath?: string | undefined;
  /** When it left no message and failed, the end of its log is one. */
  readonly logIsMessage?: boolean;
  readonly runAs?: RunAs;
  /** Whose processes it sees, when not only its own: its pod's, its machine's, or those of one container beside it. */
  readonly pids?: "pod" | "machine" | { readonly container: string };
  /** Its standard input stays open. */
  readonly stdinOpen?: boolean;
}

/** A container. `processes` are the live ones, the main process first. */
export interface ContainerRecord extends ContainerSpec {
  readonly id: string;
  /** 64 hexadecimal digits, as a runtime names containers. */
  readonly runtimeId: string;
  readonly state: "created" | "running" | "exited";
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly main?: string | undefined;
  readonly processes: readonly string[];
}

/** A process: a program's state and what it holds. */
export interface ProcessRecord {
  readonly id: string;
  readonly container: string;
  readonly kind: "main" | "exec";
  readonly program: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly state: Json;
  readonly listen: readonly number[];
  /** The wake-up it waits for; older timers are stale. */
  readonly wake: number;
  readonly usage?: { readonly cpuMilli: number; readonly memoryBytes: number };
  /** How many processes it is together with its children, when that is more than itself. */
  readonly processes?: number;
  readonly locks: readonly string[];
  /** What waits for a process that was stopped. Absent while it runs. */
  readonly stopped?: Stopped;
}

/** What reaches a stopped process when it goes on. */
export interface Stopped {
  readonly signals: readonly string[];
  /** Of the wake-up that fell due meanwhile. */
  readonly message?: Json;
}

/** An exec'd command and what it has printed; kept until forgotten. */
export interface ExecRecord {
  readonly id: string;
  readonly container: string;
  readonly done: boolean;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One line a container printed. */
export interface LogLine {
  readonly at: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}
