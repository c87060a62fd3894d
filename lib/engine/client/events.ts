import { EVENT } from "../apimachinery/kinds";
import { HashTwice } from "../apimachinery/canonical";
import { hasExactly } from "../apimachinery/members";
import type { ObjectRef } from "../apimachinery/meta";
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

/** Who records, and by what means. */
interface Voice {
  readonly client: Client;
  readonly clock: Clock;
  readonly component: string;
  readonly host: string | undefined;
  /** Said by every Event of a recorder: one object will do. */
  readonly source: Event["source"];
}

/** What all Events about one subject have in common. */
class Subject {
  readonly namespace: string;
  readonly involved: Event["involvedObject"];
  /** What the names of its Events are made of begins with this. */
  readonly hashed: HashTwice;

  constructor(
    private readonly about: EventSubject,
    private readonly uid: string | undefined,
  ) {
    const { kind, namespace, name, fieldPath } = about;
    const parts = partsOfKind(kind);
    this.namespace = namespace === "" ? "default" : namespace;
    this.involved = Object.freeze(involvedOf(about, parts, uid));
    this.hashed = new HashTwice().withLines([kind, namespace, name, uid, fieldPath]);
  }

  get name(): string {
    return this.about.name;
  }

  is({ kind, namespace, name, fieldPath }: EventSubject, uid: string | undefined): boolean {
    const { about } = this;
    return this.uid === uid && about.name === name && about.fieldPath === fieldPath && about.namespace === namespace && about.kind === kind;
  }
}

/** The commonest, a pod and a container of one, in one piece. */
function involvedOf({ namespace, name, fieldPath }: EventSubject, { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }, uid: string | undefined): Event["involvedObject"] {
  if (namespace !== "" && uid !== undefined) return fieldPath === undefined ? { apiVersion, kind, name, namespace, uid } : { apiVersion, kind, name, namespace, uid, fieldPath };
  return { apiVersion, kind, name, ...(namespace === "" ? {} : { namespace }), ...(uid === undefined ? {} : { uid }), ...(fieldPath === undefined ? {} : { fieldPath }) };
}

/** What a recorder's Event is made of, in the order it says it. */
const OF_A_RECORDER = ["apiVersion", "kind", "metadata", "involvedObject", "type", "reason", "message", "count", "firstTimestamp", "lastTimestamp", "source", "reportingComponent", "reportingInstance"] as const;

/** An Event told once more. One of our own in one piece: a copy of a frozen object is slow. */
function retold(event: Event, message: string, count: number, lastTimestamp: string): Event {
  if (!hasExactly(event, OF_A_RECORDER)) return { ...event, message, count, lastTimestamp };
  const { apiVersion, kind, metadata, involvedObject, type, reason, firstTimestamp, source, reportingComponent, reportingInstance } = event;
  return { apiVersion, kind, metadata, involvedObject, type, reason, message, count, firstTimestamp, lastTimestamp, source, reportingComponent, reportingInstance } as Event;
}

type Draft = Event & { readonly metadata: { name: string } };

/** The Events of one reason about one subject: each message has its own, numbered by its name, and the tenth and all that follow share one. */
class Chain {
  private readonly hashed: HashTwice;
  private readonly names: string[] = [];
  private sharedName: string | undefined;

  constructor(
    readonly subject: Subject,
    readonly type: Event["type"],
    readonly reason: string,
    private readonly voice: Voice,
  ) {
    this.hashed = subject.hashed.withLines([type, reason, voice.component, voice.host]);
  }

  /** Tells a message: in the Event that has it already, in a new one, or in the one that many share. */
  tell(message: string): void {
    const draft = this.draft(message);
    const told: number[] = [];
    for (let i = 0; ; i += 1) {
      const name = (this.names[i] ??= this.nameOf(String(i)));
      if (i >= MOST_DIFFERENT - 1 && !this.seen(name) && this.isTooMany(told)) return this.together(COMBINED + message);
      draft.metadata.name = name;
      const present = this.voice.client.record(draft);
      if (!present) return;
      if (present.message === message) return this.again(present, message);
      told.push(lastOf(present));
    }
  }

  private together(message: string): void {
    const draft = this.draft(message);
    draft.metadata.name = this.shared;
    const present = this.voice.client.record(draft);
    if (present) this.again(present, message);
  }

  private again(event: Event, message: string): void {
    this.voice.client.update<Event>(retold(event, message, (event.count ?? 1) + 1, timestamp(this.voice.clock.now())));
  }

  private draft(message: string): Draft {
    const { subject, type, reason, voice } = this;
    const now = timestamp(voice.clock.now());
    return {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "", namespace: subject.namespace, uid: "", creationTimestamp: "", resourceVersion: "" },
      involvedObject: subject.involved,
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: voice.source,
      reportingComponent: voice.component,
      reportingInstance: voice.host ?? "",
    } as Draft;
  }

  private get shared(): string {
    return (this.sharedName ??= this.nameOf("combined"));
  }

  // Joined, not concatenated: a text in one piece takes less room.
  private nameOf(which: string): string {
    return [this.subject.name, ".", this.hashed.with(which).digits()].join("");
  }

  private seen(name: string): Event | undefined {
    return this.voice.client.get<Event>(EVENT, { namespace: this.subject.namespace, name });
  }

  /** Were there nine others without ten minutes of silence between any two of them, and since the last? */
  private isTooMany(told: readonly number[]): boolean {
    const shared = this.seen(this.shared);
    const times = [...told, ...(shared ? [lastOf(shared)] : [])].sort((one, other) => other - one);
    let after: number = this.voice.clock.now();
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
  const voice: Voice = { client, clock, component, host, source: Object.freeze(host === undefined ? { component } : { component, host }) };
  // Several Events in a row are about the same subject, and often for the same reason.
  let chain: Chain | undefined;
  return (about, type, reason, message) => {
    const uid = about.uid ?? client.get(about.kind, about)?.metadata.uid;
    const subject = chain?.subject.is(about, uid) ? chain.subject : new Subject(about, uid);
    if (chain?.subject !== subject || chain.type !== type || chain.reason !== reason) chain = new Chain(subject, type, reason, voice);
    chain.tell(message);
  };
}
