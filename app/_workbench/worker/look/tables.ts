import { EVENT, instantOf, LEASE, partsOfKind, resources, type Cluster, type Event } from "@/lib/engine";
import type { EventView, TableView } from "../view-model";
import { isSystem } from "./pods";

const MOST_EVENTS = 200;
const MOST_ROWS = 300;
const UNSEEN = new Set<string>([EVENT, LEASE]);

/** What `kubectl get` would print of every kind that has objects a learner would look at. */
export function tableViews(cluster: Cluster): readonly TableView[] {
  const client = cluster.as("kubernetes-admin");
  return resources.flatMap((definition): readonly TableView[] => {
    if (UNSEEN.has(definition.kind)) return [];
    const objects = client.list(definition.kind).filter(({ metadata }) => !isSystem(metadata.namespace) && metadata.name !== "kube-root-ca.crt");
    if (objects.length === 0) return [];
    const columns = definition.columns.filter((column) => column.wide !== true && column.name.toUpperCase() !== "NAME");
    return [
      {
        kind: partsOfKind(definition.kind).kind,
        plural: definition.plural,
        namespaced: definition.namespaced,
        columns: columns.map((column) => column.name.toUpperCase()),
        rows: objects.slice(0, MOST_ROWS).map((object) => ({
          key: definition.namespaced ? `${object.metadata.namespace ?? "default"}/${object.metadata.name}` : object.metadata.name,
          cells: columns.map((column) => column.value(object, cluster.now)),
        })),
      },
    ];
  });
}

/** Events, oldest first. */
export function eventViews(cluster: Cluster): readonly EventView[] {
  return cluster
    .as("kubernetes-admin")
    .list<Event>(EVENT)
    .filter(({ metadata }) => !isSystem(metadata.namespace))
    .map((event): EventView => ({
      uid: event.metadata.uid,
      at: instantOf(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp) ?? 0,
      warning: event.type === "Warning",
      reason: event.reason,
      object: `${event.involvedObject.kind}/${event.involvedObject.name}`,
      message: event.message,
      count: event.count ?? 1,
      source: event.source?.component ?? event.reportingComponent ?? "",
    }))
    .sort((a, b) => a.at - b.at)
    .slice(-MOST_EVENTS);
}
