import { findCondition } from "../apimachinery/conditions";
import { EVENT, LEASE, NODE, POD } from "../apimachinery/kinds";
import { kindOf, type KubeObject } from "../apimachinery/meta";
import type { Cluster } from "../cluster";
import type { Event } from "../resources/core/event/event";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import { clockText } from "../sim/journal";
import { seconds } from "../sim/clock";
import type { StoreEvent } from "../store/store";

/** What happens in a cluster, written down second by second. */
export interface Story {
  /** Runs for so many seconds of virtual time. */
  run(seconds: number): void;
  /** Writes a line of the teller's own. */
  say(text: string): void;
  /** The story so far: one line for each thing that came, went, or changed so that a reader of `kubectl get` would see it. */
  text(): string;
}

/** Begins a story of a cluster, of everything in one namespace and of its nodes. */
export function storyOf(cluster: Cluster, namespace = "default"): Story {
  const lines: string[] = [];
  // Told from its own beginning, so that a longer start of the cluster does not move every line.
  const begin = cluster.now;
  let seen = cluster.revision;
  const note = (): void => {
    for (const event of cluster.since(seen)) {
      if (event.kind === LEASE || (event.object.metadata.namespace ?? namespace) !== namespace) continue;
      const line = lineOf(event);
      if (line !== undefined) lines.push(`${clockText(cluster.now - begin).slice(0, -4)}  ${line}`);
    }
    seen = cluster.revision;
  };
  return {
    run(amount) {
      // What follows at once belongs to this second, not to the next.
      cluster.advance(seconds(0));
      note();
      for (let i = 0; i < amount; i += 1) {
        cluster.advance(seconds(1));
        note();
      }
    },
    say: (text) => lines.push(`— ${text}`),
    text: () => `${lines.join("\n")}\n`,
  };
}

function lineOf({ kind, type, object, previous }: StoreEvent): string | undefined {
  if (kind === EVENT) return type === "DELETED" ? undefined : eventLine(object as Event);
  const name = `${kindOf(object).split("/").at(-1) ?? ""}/${object.metadata.name}`;
  if (type === "ADDED") return `${name} added`;
  if (type === "DELETED") return `${name} deleted`;
  const before = previous ? seenOf(previous) : "";
  const after = seenOf(object);
  return before === after ? undefined : `${name} ${after}`;
}

function eventLine({ involvedObject, reason, message, type, source }: Event): string {
  return `${type === "Warning" ? "!" : "·"} ${involvedObject.kind}/${involvedObject.name} ${reason}: ${message} (${source?.component ?? ""})`;
}

/** What a reader sees of an object at a glance. */
function seenOf(object: KubeObject): string {
  const leaving = object.metadata.deletionTimestamp === undefined ? "" : ", terminating";
  if (kindOf(object) === POD) {
    const { spec, status } = object as Pod;
    return `on ${spec.nodeName ?? "no node"}, ${status?.phase ?? "no phase"}, ready ${findCondition(status?.conditions, "Ready")?.status ?? "no"}${leaving}`;
  }
  if (kindOf(object) === NODE) {
    const { spec, status } = object as Node;
    const taints = (spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).join(" ");
    return `ready ${findCondition(status?.conditions, "Ready")?.status ?? "no"}, taints [${taints}]`;
  }
  const { spec, status } = object as KubeObject & { readonly spec?: { readonly replicas?: number }; readonly status?: Readonly<Record<string, unknown>> };
  const numbers = Object.entries(status ?? {}).flatMap(([key, value]) => (typeof value === "number" && key !== "observedGeneration" ? [`${key} ${value}`] : []));
  const size = spec?.replicas === undefined ? "" : `wants ${spec.replicas}, `;
  return `${size}${numbers.join(", ")}${typeof status?.["phase"] === "string" ? status["phase"] : ""}${leaving}`;
}
