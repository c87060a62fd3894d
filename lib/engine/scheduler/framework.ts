import type { ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { Instant } from "../sim/clock";
import type { Reason } from "../reason";

/**
 * What a plugin says about a pod, or about a pod on a node. A value, never a throw:
 * "does not fit" is an answer, and the answer is what the student came to see.
 *
 * `messages` are upstream's texts, as counted in `0/N nodes are available: …`.
 */
export type Status =
  | { readonly code: "Success" | "Skip" }
  | { readonly code: "Unschedulable" | "UnschedulableAndUnresolvable" | "Pending"; readonly messages: readonly string[]; readonly reasons: readonly Reason[] };

/** A scheduler plugin: a name as upstream spells it and any of the extension points it takes part in. */
export interface SchedulerPlugin {
  readonly name: string;
  readonly weight?: number;
  preFilter?(cycle: Cycle): Status;
  /** Can the pod run on this node? Look only at `node`: preemption asks about nodes that do not exist. */
  filter?(cycle: Cycle, node: NodeInfo): Status;
  /** How good is this node, on any scale; `normalize` brings it to 0..100. */
  score?(cycle: Cycle, node: NodeInfo): number;
  normalize?(cycle: Cycle, scores: Map<string, number>): void;
  /** Last act before binding; a refusal sends the pod back to the queue. */
  reserve?(cycle: Cycle, node: NodeInfo): Status;
}

/** One attempt to place one pod. `memo` is for what `preFilter` worked out and `filter` needs. */
export interface Cycle {
  readonly pod: Pod;
  readonly client: Client;
  readonly memo: Map<string, unknown>;
}

/** A node and what is on it, terminating pods included until their kubelet lets go. */
export interface NodeInfo {
  readonly node: Node;
  readonly pods: readonly Pod[];
}

/** The whole attempt, kept so that `explain` and the course's scheduler view can show it without rerunning it. */
export interface SchedulingTrace {
  readonly pod: ObjectKey;
  readonly at: Instant;
  readonly filtered: readonly { readonly node: string; readonly plugin: string; readonly status: Status }[];
  readonly scored: readonly { readonly node: string; readonly plugin: string; readonly raw: number; readonly weighted: number }[];
  readonly chosen?: string;
  /** The `FailedScheduling` message when nothing fitted. */
  readonly message?: string;
}
