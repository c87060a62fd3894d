import { ApiError, EVENT, instantOf, NODE, partsOfKind, type Event } from "@/lib/engine";
import type { Scene } from "./describer";
import { ageOf } from "../output/table";

/** Events about an object, oldest first. */
export function eventsOf({ object, client, type }: Pick<Scene, "object" | "client" | "type">): readonly Event[] {
  const namespace = object.metadata.namespace;
  const { kind } = partsOfKind(type.kind);
  const about = client.list<Event>(EVENT, namespace === undefined ? {} : { namespace }).filter(({ involvedObject }) => {
    const same = involvedObject.kind === kind && involvedObject.name === object.metadata.name;
    // A machine's events name the machine where others put a uid.
    return same && (involvedObject.uid === undefined || involvedObject.uid === object.metadata.uid || type.kind === NODE);
  });
  return inOrder(about);
}

/** Events by when they were last seen, then by when they were written. */
export function inOrder(events: readonly Event[]): readonly Event[] {
  const when = (event: Event): number => instantOf(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp) ?? 0;
  return [...events].sort((a, b) => when(a) - when(b) || Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
}

/** None when whoever asks may not see them: the rest is told all the same. */
function eventsIfSeen(scene: Scene): readonly Event[] {
  try {
    return eventsOf(scene);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/** `Events:` at the end of a description. Upstream: kubectl/pkg/describe DescribeEvents. */
export function writeEvents(scene: Scene): void {
  if (!scene.events) return;
  const { paper, now } = scene;
  const events = eventsIfSeen(scene);
  if (events.length === 0) return paper.line(0, "Events:\t<none>");
  paper.line(0, "Events:");
  paper.line(1, "Type\tReason\tAge\tFrom\tMessage");
  paper.line(1, "----\t------\t----\t----\t-------");
  for (const event of events) {
    const first = ageOf(event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp, now);
    const age = (event.count ?? 1) > 1 ? `${ageOf(event.lastTimestamp, now)} (x${event.count} over ${first})` : first;
    const place = event.involvedObject.fieldPath === undefined || event.involvedObject.fieldPath === "" ? "" : `${event.involvedObject.fieldPath}: `;
    paper.line(1, [event.type, event.reason, age, event.source?.component ?? event.reportingComponent ?? "", place + event.message.trim()].join("\t"));
  }
}
