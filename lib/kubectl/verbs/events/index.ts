import { EVENT, partsOfKind, type Event, type Json } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { inOrder } from "../../describers/events";
import { typeNamed } from "../../discovery";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { outputFlags, formatOf, printStructured } from "../../output/print-objects";
import { ageOf } from "../../output/table";
import { alignRows } from "../../output/tab-writer";
import { allNamespacesFlag } from "../../resource-args";

/** `kubectl events`. Upstream: kubectl/pkg/cmd/events. */
export const events: Command = {
  name: "events",
  summary: "List events",
  usage: "[(-o|--output=)json|yaml|name|jsonpath] [--for TYPE/NAME] [--watch] [--types=Normal,Warning] [options]",
  flags: [...outputFlags, allNamespacesFlag, flag("text", "for", "TYPE/NAME the events are about"), flag("bool", "watch,w", "And then every new one"), flag("list", "types", "Normal, Warning"), flag("bool", "no-headers", "No line of headings"), flag("int", "chunk-size", "Objects an answer holds at most", { default: "500" })],
  run(call) {
    for (const type of call.flags.list("types")) if (!/^(normal|warning)$/i.test(type)) fail(`valid --types are Normal or Warning`);
    const found = inOrder(call.client.list<Event>(EVENT, call.flags.bool("all-namespaces") ? {} : { namespace: call.namespace }).filter((event) => concerns(call, event)));
    const watching = call.flags.bool("watch");
    if (found.length === 0 && !watching) {
      call.err(call.flags.bool("all-namespaces") ? "No events found.\n" : `No events found in ${call.namespace} namespace.\n`);
      return 0;
    }
    if (formatOf(call).name !== "") printStructured(call, found.map((object) => ({ type: typeNamed(call.client, "events"), object })), false);
    else printRows(call, found, !call.flags.bool("no-headers"));
    return watching ? { state: { revision: call.io.cluster.revision }, endless: true } : 0;
  },
  resume(call, state: Json): Outcome {
    const { revision } = state as { readonly revision: number };
    const fresh = call.io.cluster.since(revision).filter((change) => change.kind === EVENT && change.type !== "DELETED").map((change) => change.object as Event);
    printRows(call, fresh.filter((event) => concerns(call, event)), false);
    return { state: { revision: call.io.cluster.revision }, endless: true };
  },
};

function concerns(call: Call, event: Event): boolean {
  if (!call.flags.bool("all-namespaces") && event.metadata.namespace !== call.namespace) return false;
  const types = call.flags.list("types");
  if (types.length > 0 && !types.some((type) => type.toLowerCase() === event.type.toLowerCase())) return false;
  const about = call.flags.text("for");
  if (about === "") return true;
  const [kind = "", name] = about.split("/");
  if (name === undefined || name === "") fail("--for must be in resource/name form");
  return event.involvedObject.name === name && event.involvedObject.kind === partsOfKind(typeNamed(call.client, kind).kind).kind;
}

function printRows(call: Call, list: readonly Event[], headed: boolean): void {
  const every = call.flags.bool("all-namespaces");
  const now = call.io.cluster.now;
  const rows = list.map((event) => {
    const first = ageOf(event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp, now);
    const seen = (event.count ?? 1) > 1 ? `${ageOf(event.lastTimestamp, now)} (x${event.count} over ${first})` : first;
    return [...(every ? [event.metadata.namespace ?? ""] : []), seen, event.type, event.reason, `${event.involvedObject.kind}/${event.involvedObject.name}`, event.message.trim()];
  });
  const header = [...(every ? ["NAMESPACE"] : []), "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"];
  if (rows.length > 0) call.out(alignRows(headed ? [header, ...rows] : rows).text);
}
