import type { Json } from "@/lib/engine";

/**
 * What the page knows of a cluster: plain data, worked out in the worker and sent over when it changes.
 * Nothing here refers to the engine, so the page loads none of it.
 */

/** How something is doing; always told in words beside it too. */
export type Tone = "good" | "waiting" | "bad" | "leaving" | "quiet";

/** A pod, wherever it is drawn. */
export interface PodCell {
  /** `namespace/name`. */
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  /** What `kubectl get pods` says under STATUS. */
  readonly status: string;
  readonly ready: string;
  readonly restarts: number;
  readonly tone: Tone;
  readonly ip: string;
  readonly node: string;
  readonly images: readonly string[];
  readonly containers: readonly string[];
  /** The controller's kind and name; empty when nobody owns it. */
  readonly owner: string;
}

/** An object and what it owns. */
export interface OwnerNode {
  readonly uid: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** The cells that sum it up: `4/4`. */
  readonly detail: string;
  readonly tone: Tone;
  readonly pod?: PodCell;
  readonly children: readonly OwnerNode[];
}

/** A machine of the cluster with what runs on it. */
export interface MachineView {
  readonly name: string;
  readonly ips: readonly string[];
  readonly powered: boolean;
  readonly connected: boolean;
  /** What the API server believes: `Ready`, `NotReady`, `Ready,SchedulingDisabled`. */
  readonly status: string;
  readonly tone: Tone;
  readonly pods: readonly PodCell[];
}

/** A host outside the cluster. */
export interface HostView {
  readonly name: string;
  readonly ip: string;
  readonly role: "client" | "balancer" | "dns";
  /** A balancer's destinations or a DNS's records, as lines. */
  readonly lines: readonly string[];
}

/** The drawing of the class: machines as rows, and the company's network outside the frame. */
export interface MachinesView {
  readonly machines: readonly MachineView[];
  readonly hosts: readonly HostView[];
  /** Pods no machine has yet. */
  readonly unplaced: readonly PodCell[];
  readonly services: readonly ServiceView[];
}

/** A Service and who is behind it. */
export interface ServiceView {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly address: string;
  readonly external: string;
  readonly ports: string;
  readonly endpoints: readonly string[];
}

/** The table of one machine. */
export interface RulesView {
  readonly machine: string;
  readonly up: boolean;
  readonly rules: readonly { readonly match: string; readonly backends: readonly string[]; readonly service: string; readonly type: string }[];
}

/** A folder several pods may share, or one nobody shares, and the files in it. */
export interface FolderView {
  readonly id: string;
  readonly kind: "claim" | "scratch" | "own";
  /** The claim's name, or the volume's. */
  readonly name: string;
  /** `Bound · RWX · 10Gi · compartido`. */
  readonly detail: string;
  readonly pods: readonly { readonly pod: string; readonly node: string; readonly path: string }[];
  readonly files: readonly { readonly path: string; readonly size: number; readonly text: string }[];
  readonly more: number;
}

/** One event, newest last. */
export interface EventView {
  readonly uid: string;
  /** Milliseconds of virtual time since the cluster was born. */
  readonly at: number;
  readonly warning: boolean;
  readonly reason: string;
  readonly object: string;
  readonly message: string;
  readonly count: number;
  readonly source: string;
}

/** The table `kubectl get` would print of one kind. */
export interface TableView {
  readonly kind: string;
  /** The word the terminal takes: `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly string[] }[];
}

/** A packet's journey with its sentences. */
export interface TripView {
  readonly from: string;
  readonly asked: string;
  readonly outcome: "delivered" | "refused" | "timed-out" | "no-such-host" | "unreachable";
  readonly latency: number;
  readonly answer?: { readonly status: number; readonly body: string };
  readonly servedBy?: string;
  readonly hops: readonly HopView[];
}

/** One place the packet passed. */
export interface HopView {
  readonly stage: string;
  readonly at: string;
  readonly by: string;
  readonly verdict: "forward" | "rewrite" | "drop" | "reject" | "deliver" | "answer";
  readonly before: string;
  readonly after: string;
  readonly because: string;
}

/** All slices; the page asks for the ones it shows. */
export interface View {
  readonly now: number;
  readonly owners: readonly OwnerNode[];
  readonly machines: MachinesView;
  readonly rules: readonly RulesView[];
  readonly folders: readonly FolderView[];
  readonly events: readonly EventView[];
  readonly tables: readonly TableView[];
  /** The student's disk. */
  readonly files: { readonly [path: string]: string };
  readonly responses: { readonly [question: string]: Json };
}

/** The slices that are worked out only while somebody looks. */
export type Slice = "owners" | "machines" | "rules" | "folders" | "events" | "tables";
