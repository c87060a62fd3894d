import type { ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { Pod } from "../resources/core/pod/pod";
import type { Instant } from "../sim/clock";
import type { Reason } from "../reason";
import type { NodeInfo } from "./node-info";

export type { NodeInfo } from "./node-info";

/**
 * What a plugin says about a pod, or about a pod on a node. A value, never a throw:
 * "does not fit" is an answer, and the answer is what the student came to see.
 *
 * `messages` are upstream's texts, as counted in `0/N nodes are available: …`.
 */
export type Status =
  | {
      readonly code: "Success" | "Skip";
      /** From `preFilter`: the only nodes that can do. Absent: any. */
      readonly nodeNames?: readonly string[];
    }
  /** `Error`: nothing can be said; the whole attempt fails. */
  | { readonly code: "Unschedulable" | "UnschedulableAndUnresolvable" | "Pending" | "Error"; readonly messages: readonly string[]; readonly reasons: readonly Reason[] };

/** A refusal: any {@link Status} that is not a yes. */
export type Refusal = Extract<Status, { readonly messages: readonly string[] }>;

/** The answer "yes". */
export const SUCCESS: Status = { code: "Success" };
/** The answer "this does not concern me": the plugin's later points are not asked. */
export const SKIP: Status = { code: "Skip" };

/** Does the status let the pod through? */
export function passes(status: Status): status is Exclude<Status, Refusal> {
  return status.code === "Success" || status.code === "Skip";
}

/** A refusal that removing other pods could mend. */
export function unschedulable(message: string, ...reasons: readonly Reason[]): Refusal {
  return { code: "Unschedulable", messages: [message], reasons };
}

/** A refusal that removing other pods cannot mend. */
export function unresolvable(message: string, ...reasons: readonly Reason[]): Refusal {
  return { code: "UnschedulableAndUnresolvable", messages: [message], reasons };
}

/** A scheduler plugin: a name as upstream spells it and any of the extension points it takes part in. */
export interface SchedulerPlugin {
  readonly name: string;
  readonly weight?: number;
  preFilter?(cycle: Cycle): Status;
  /** Can the pod run on this node? Look only at `node` and what `preFilter` noted: preemption asks about nodes that do not exist. */
  filter?(cycle: Cycle, node: NodeInfo): Status;
  /** Whether `filter` says yes, for those who do not ask why not; where that is quicker to find out. */
  fits?(cycle: Cycle, node: NodeInfo): boolean;
  /** Why nodes cannot be scored for this pod at all; `preScore` says the same. */
  scoringError?(pod: Pod): string | undefined;
  /** Prepares scoring of the nodes that fit; `Skip` leaves this plugin out. */
  preScore?(cycle: Cycle, nodes: readonly NodeInfo[]): Status;
  /** How good is this node, on any scale; `normalize` brings it to 0..100. */
  score?(cycle: Cycle, node: NodeInfo): number;
  normalize?(cycle: Cycle, scores: Map<string, number>): void;
  /** Whether `normalize` by the maximum turns the scores round. */
  readonly lessIsBetter?: boolean;
  /** Last act before binding: `wait` when something outside must happen first, `ready` otherwise. */
  reserve?(cycle: Cycle, node: NodeInfo): "ready" | "wait";
}

/** One attempt to place one pod. `memo` is for what `preFilter` worked out and `filter` needs. */
export interface Cycle {
  readonly pod: Pod;
  readonly client: Client;
  /** Every node, as it stands or as preemption imagines it. */
  readonly nodes: readonly NodeInfo[];
  readonly memo: Map<string, unknown>;
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

/** Highest score a plugin gives after normalising. */
export const MAX_SCORE = 100;

/** Brings scores to 0..100 by their maximum, and turns them round when less is better. Upstream: helper.DefaultNormalizeScore. */
export function normalizeByMax(scores: Map<string, number>, reverse: boolean): void {
  let max = 0;
  for (const score of scores.values()) if (score > max) max = score;
  for (const [node, score] of scores) {
    const scaled = max === 0 ? 0 : Math.trunc((MAX_SCORE * score) / max);
    scores.set(node, reverse ? MAX_SCORE - scaled : scaled);
  }
}
