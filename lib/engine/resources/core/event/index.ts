import { EVENT } from "../../../apimachinery/kinds";
import type { JsonObject } from "../../../apimachinery/meta";
import { checkStructure } from "../../../openapi/validate";
import type { Instant } from "../../../sim/clock";
import { column, since, wide } from "../../cells";
import { defineResource } from "../../define";
import { has, numberAt, objectAt, textAt } from "../../json-object";
import { validateEvent } from "./validation";

function first(event: JsonObject): string {
  return textAt(event, "firstTimestamp") || textAt(event, "eventTime");
}

function lastSeen(event: JsonObject, now: Instant): string {
  const series = objectAt(event, "series");
  return since(has(event, "series") ? textAt(series, "lastObservedTime") : textAt(event, "lastTimestamp") || first(event), now);
}

function source(event: JsonObject): string {
  const component = textAt(objectAt(event, "source"), "component") || textAt(event, "reportingComponent");
  const host = textAt(objectAt(event, "source"), "host") || textAt(event, "reportingInstance");
  return host === "" ? component : `${component}, ${host}`;
}

function target(event: JsonObject): string {
  const involved = objectAt(event, "involvedObject");
  const kind = textAt(involved, "kind").toLowerCase();
  return textAt(involved, "name") === "" ? kind : `${kind}/${textAt(involved, "name")}`;
}

/** v1/Event. Its table has no NAME at the front: names of events say nothing. */
export const event = defineResource({
  kind: EVENT,
  plural: "events",
  shortNames: ["ev"],
  checkShape: (object) => checkStructure(EVENT, object),
  validate: validateEvent,
  nameCell: false,
  columns: [
    column("Last Seen", lastSeen),
    column("Type", (object) => textAt(object, "type")),
    column("Reason", (object) => textAt(object, "reason")),
    column("Object", target),
    wide("Subobject", (object) => textAt(objectAt(object, "involvedObject"), "fieldPath")),
    wide("Source", source),
    column("Message", (object) => textAt(object, "message").trim()),
    wide("First Seen", (object, now) => since(first(object), now)),
    wide("Count", (object) => String((has(object, "series") ? numberAt(objectAt(object, "series"), "count") : numberAt(object, "count")) || 1)),
    wide("Name", (object) => textAt(objectAt(object, "metadata"), "name")),
  ],
});
