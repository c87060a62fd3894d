import { EVENT } from "../apimachinery/kinds";
import { hashTwice } from "../apimachinery/canonical";
import type { KubeObject, ObjectRef } from "../apimachinery/meta";
import { partsOfKind } from "../apimachinery/meta";
import { instantOf, timestamp } from "../apimachinery/time";
import type { Event } from "../resources/core/event/event";
import type { Clock } from "../sim/clock";
import type { Client } from "./client";

/** What an Event is about: an object, or one container of a pod by `fieldPath`. */
export interface EventSubject extends ObjectRef {
  readonly uid?: string;
  readonly fieldPath?: string;
}

/** Records Kubernetes Events; the same message about the same object raises the count of the Event already there. */
export type EventRecorder = (about: EventSubject, type: "Normal" | "Warning", reason: string, message: string) => void;

/** So many different messages of one reason about one subject make the next ones alike. */
const MOST_DIFFERENT = 10;
/** Milliseconds of silence after which messages are counted anew. */
const COUNTED_ANEW = 600_000;
const COMBINED = "(combined from similar events): ";

/** The Events of one reason about one subject: each message has its own, numbered by its name, and the tenth and all that follow share one. */
class Chain {
  private readonly names: string[] = [];
  private sharedName: string | undefined;

  constructor(
    readonly identity: string,
    private readonly client: Client,
    private readonly namespace: string,
    private readonly subject: string,
  ) {}

  private get shared(): string {
    return (this.sharedName ??= this.nameOf("combined"));
  }

  // Joined, not concatenated: a text in one piece takes less room.
  private nameOf(which: string): string {
    return [this.subject, ".", hashTwice(`${this.identity}\n${which}`)].join("");
  }

  private seen(name: string): Event | undefined {
    return this.client.get<Event>(EVENT, { namespace: this.namespace, name });
  }

  /** Where a message goes at `now`: the Event that has it already, or the name and the words of a new one. */
  place(message: string, now: number): { readonly event: Event; readonly message: string } | { readonly name: string; readonly message: string } {
    const told: number[] = [];
    for (let i = 0; ; i += 1) {
      const name = (this.names[i] ??= this.nameOf(String(i)));
      const event = this.seen(name);
      if (event?.message === message) return { event, message };
      if (event) told.push(lastOf(event));
      else if (this.isTooMany(told, now)) return this.together(message);
      else return { name, message };
    }
  }

  private together(message: string): { readonly event: Event; readonly message: string } | { readonly name: string; readonly message: string } {
    const event = this.seen(this.shared);
    return event ? { event, message: COMBINED + message } : { name: this.shared, message: COMBINED + message };
  }

  /** Were there nine others without ten minutes of silence between any two of them, and since the last? */
  private isTooMany(told: readonly number[], now: number): boolean {
    if (told.length < MOST_DIFFERENT - 1) return false;
    const shared = this.seen(this.shared);
    const times = [...told, ...(shared ? [lastOf(shared)] : [])].sort((one, other) => other - one);
    let after = now;
    let count = 0;
    for (const time of times) {
      if (after - time > COUNTED_ANEW) break;
      after = time;
      count += 1;
    }
    return count >= MOST_DIFFERENT - 1;
  }
}

const lastOf = ({ lastTimestamp }: Event): number => instantOf(lastTimestamp ?? "") ?? 0;

/**
 * The recorder of one component. `host` is the node for kubelets.
 *
 * Upstream: client-go/tools/record, EventCorrelator (one Event a message, and similar ones combined).
 * @simplified There is no spam filter, which drops what is told of one object more than 25 times; messages of several containers are counted apart.
 */
export function createRecorder(client: Client, clock: Clock, component: string, host?: string): EventRecorder {
  // Said by every Event of this recorder, and about the same subject by several in a row: one object will do.
  const source = Object.freeze(host === undefined ? { component } : { component, host });
  let last: Event["involvedObject"] | undefined;
  let chain: Chain | undefined;
  return (about, type, reason, message) => {
    const { apiVersion, kind } = partsOfKind(about.kind);
    const involved = about.uid ?? client.get(about.kind, about)?.metadata.uid;
    const now = timestamp(clock.now());
    const namespace = about.namespace === "" ? "default" : about.namespace;
    const identity = [about.kind, about.namespace, about.name, involved, about.fieldPath, type, reason, component, host].join("\n");
    if (chain?.identity !== identity) chain = new Chain(identity, client, namespace, about.name);
    const place = chain.place(message, clock.now());
    if ("event" in place) {
      client.update<Event>({ ...place.event, message: place.message, count: (place.event.count ?? 1) + 1, lastTimestamp: now });
      return;
    }
    const namespaceObject = client.get<KubeObject>("v1/Namespace" as typeof EVENT, { namespace: "", name: namespace });
    // A namespace that is going away takes no new objects, Events included.
    if (!namespaceObject || namespaceObject.metadata.deletionTimestamp !== undefined) return;
    if (!last || last.uid !== involved || involved === undefined || last.fieldPath !== about.fieldPath || last.name !== about.name || last.kind !== kind) last = Object.freeze(subjectOf(about, apiVersion, kind, involved));
    client.create<Event>({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: place.name, namespace },
      involvedObject: last,
      type,
      reason,
      message: place.message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source,
      reportingComponent: component,
      reportingInstance: host ?? "",
    });
  };
}

function subjectOf(about: EventSubject, apiVersion: string, kind: string, uid: string | undefined): Event["involvedObject"] {
  return {
    apiVersion,
    kind,
    name: about.name,
    ...(about.namespace === "" ? {} : { namespace: about.namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(about.fieldPath === undefined ? {} : { fieldPath: about.fieldPath }),
  };
}
