import { isTrue } from "../../apimachinery/conditions";
import { NODE } from "../../apimachinery/kinds";
import type { Client } from "../../client/client";
import type { Node } from "../../resources/core/node/node";
import type { StateTree } from "../../sim/state";
import { TIMERS } from "../../sim/timers";

/** A zone with more machines than this goes on slowly when most of it is down; a smaller one stops. Upstream: --large-cluster-size-threshold. */
const LARGE = 50;
/** Share of a zone's machines that must be down for it to count as disrupted. Upstream: --unhealthy-zone-threshold. */
const DISRUPTED = 0.55;
/** Milliseconds between one node and the next. Upstream: --node-eviction-rate 0.1 and --secondary-node-eviction-rate 0.01. */
const PACE = TIMERS.nodes.evictionPace.ms;
const SLOW_PACE = TIMERS.nodes.slowEvictionPace.ms;
/** How often a stopped zone is looked at again. */
const WAIT = TIMERS.nodes.monitorPeriod.ms;

/** The zone a node lies in, by its two topology labels; nodes without labels lie in one zone of their own. */
function zoneOf({ metadata }: Node): string {
  const { labels = {} } = metadata;
  return `${labels["topology.kubernetes.io/region"] ?? ""}:${labels["topology.kubernetes.io/zone"] ?? ""}`;
}

/** Milliseconds between evictions in a zone; undefined while so much of it is down that the fault is likelier elsewhere. Upstream: ComputeZoneState. */
function paceOf(zone: string, nodes: readonly Node[]): number | undefined {
  const members = nodes.filter((node) => zoneOf(node) === zone);
  const ready = members.filter(({ status }) => isTrue(status?.conditions, "Ready")).length;
  const down = members.length - ready;
  const partial = ready > 0 && down > 2 && down / members.length >= DISRUPTED;
  if (!partial) return PACE;
  return members.length > LARGE ? SLOW_PACE : undefined;
}

/**
 * Asks whether a node may be emptied now: one every ten seconds a zone, fewer or none while most of the zone is down.
 * The answer is how long to wait before asking again, perhaps not at all; undefined when its turn has come. Upstream: pkg/controller/nodelifecycle/scheduler.
 */
export function turnToEvict(node: Node, { client, state, now }: { readonly client: Client; readonly state: StateTree; readonly now: number }): number | undefined {
  const asked = state.table<number>("nodelifecycle:asked");
  const free = state.table<number>("nodelifecycle:free");
  const { name } = node.metadata;
  // The first look only puts it in line: machines that fall silent together are then counted together.
  if (!asked.has(name)) {
    asked.set(name, now);
    return 0;
  }
  const zone = zoneOf(node);
  const pace = paceOf(zone, client.list<Node>(NODE));
  if (pace === undefined) return WAIT;
  const next = free.get(zone) ?? now;
  if (now < next) return next - now;
  free.set(zone, now + pace);
  asked.delete(name);
  return undefined;
}

/** Takes a node that needs no eviction out of the line. */
export function leaveLine(node: string, state: StateTree): void {
  state.table<number>("nodelifecycle:asked").delete(node);
}
