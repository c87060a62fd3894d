import { EVENT, type Cluster, type Event, type Json, type KubeObject, type PacketTrace, refOf } from "@/lib/engine";
import type { Text } from "@/lib/text";
import type { Evidence, Finding } from "./exercise";

/** A check that holds; `note` says what was seen, or the risk of an answer that is right all the same. */
export function pass(note?: Text, evidence: readonly Evidence[] = []): Finding {
  return { passed: true, ...(note === undefined ? {} : { note }), ...(evidence.length === 0 ? {} : { evidence }) };
}

/** A check that does not hold: a stable code, what was found and why it matters, the next step. */
export function fail(code: string, message: Text, next: Text, evidence: readonly Evidence[] = []): Finding {
  return { passed: false, code, message, next, evidence };
}

/** The first failure in order, or a pass. Later checks are not run once one has failed. */
export function firstFailure(...steps: readonly (() => Finding | undefined)[]): Finding {
  for (const step of steps) {
    const finding = step();
    if (finding && !finding.passed) return finding;
  }
  return pass();
}

/** An object as evidence, with the value at a path when one is named. */
export function objectEvidence(object: KubeObject, path?: string): Evidence {
  if (path === undefined) return { type: "object", ref: refOf(object) };
  const value = path.split(".").reduce<unknown>((at, part) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[part] : undefined), object);
  return { type: "object", ref: refOf(object), path, ...(value === undefined ? {} : { value: value as Json }) };
}

/** A trip as evidence. */
export function packetEvidence(trace: PacketTrace): Evidence {
  return { type: "packet", trace };
}

/** The events about objects whose name begins so, newest first; of one reason when given. */
export function eventsAbout(cluster: Cluster, name: string, reason?: string): readonly Event[] {
  const events = cluster.as("kubernetes-admin").list<Event>(EVENT).filter((event) => event.involvedObject.name.startsWith(name) && (reason === undefined || event.reason === reason));
  return [...events].sort((a, b) => (a.lastTimestamp === b.lastTimestamp ? 0 : (a.lastTimestamp ?? "") < (b.lastTimestamp ?? "") ? 1 : -1));
}

/** Events as evidence, the newest few. */
export function eventEvidence(events: readonly Event[], most = 3): readonly Evidence[] {
  return events.slice(0, most).map(({ reason, message, type, involvedObject }) => ({ type: "event", event: { reason, message, type, involvedObject } }));
}

/** A number found beside what was wanted. */
export function numberEvidence(label: Text, found: number, wanted: string | number): Evidence {
  return { type: "numbers", label, found, wanted: String(wanted) };
}
