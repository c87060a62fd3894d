import { EVENT } from "../apimachinery/kinds";
import { hashTwice } from "../apimachinery/canonical";
import type { KubeObject, ObjectRef } from "../apimachinery/meta";
import { partsOfKind } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
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

/**
 * The recorder of one component. `host` is the node for kubelets.
 *
 * Upstream: client-go/tools/record, EventCorrelator (deduplication by identical message).
 * @simplified Similar events are not merged into "(combined from similar events)" and there is no spam filter.
 */
export function createRecorder(client: Client, clock: Clock, component: string, host?: string): EventRecorder {
  // Said by every Event of this recorder, and about the same subject by several in a row: one object will do.
  const source = Object.freeze(host === undefined ? { component } : { component, host });
  let last: Event["involvedObject"] | undefined;
  return (about, type, reason, message) => {
    const { apiVersion, kind } = partsOfKind(about.kind);
    const involved = about.uid ?? client.get(about.kind, about)?.metadata.uid;
    const now = timestamp(clock.now());
    const identity = [about.kind, about.namespace, about.name, involved, about.fieldPath, type, reason, message, component, host].join("\n");
    // Joined, not concatenated: a text in one piece takes less room.
    const name = [about.name, ".", hashTwice(identity)].join("");
    const namespace = about.namespace === "" ? "default" : about.namespace;
    const seen = client.get<Event>(EVENT, { namespace, name });
    if (seen) {
      client.update<Event>({ ...seen, count: (seen.count ?? 1) + 1, lastTimestamp: now });
      return;
    }
    const namespaceObject = client.get<KubeObject>("v1/Namespace" as typeof EVENT, { namespace: "", name: namespace });
    // A namespace that is going away takes no new objects, Events included.
    if (!namespaceObject || namespaceObject.metadata.deletionTimestamp !== undefined) return;
    if (!last || last.uid !== involved || involved === undefined || last.fieldPath !== about.fieldPath || last.name !== about.name || last.kind !== kind) last = Object.freeze(subjectOf(about, apiVersion, kind, involved));
    client.create<Event>({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace },
      involvedObject: last,
      type,
      reason,
      message,
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
