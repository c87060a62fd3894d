import type { JsonObject } from "@/lib/engine/apimachinery/meta";
import type { Cluster } from "@/lib/engine/cluster";

/** The namespace a scenario calls `NS`. */
export const NS = "scenario";

/** A scenario under way. `held` are terminating pods that stay because the step says so. */
export interface Run {
  readonly cluster: Cluster;
  readonly held: Set<string>;
  /** The kind the scenario is about: the first workload it creates. */
  subject: string;
  emptying: boolean;
  /** The uid of what was created last. */
  newest: string;
  /** What was given to create it. */
  given?: JsonObject;
}
