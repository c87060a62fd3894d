/** The rules of Events. Upstream: pkg/apis/core/validation/events.go, `legacyValidateEvent`. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { qualifiedNameErrors } from "../../../apimachinery/names";
import { jsonOf } from "../../cells";
import { Findings } from "../../findings";
import { has, objectAt, textAt } from "../../json-object";

const FINE: readonly FieldError[] = [];
const LONGEST = 128;
const LONGEST_NOTE = 1024;

/** Does the Event stand where what it is about stands? What has no namespace is told of in some. */
function isAtHome(namespace: string, about: string, isNew: boolean): boolean {
  if (about === "") return namespace === "" || namespace === "default" || (isNew && namespace === "kube-system");
  return isNew || about === namespace;
}

/** A new-style Event says who saw what happen. */
function newStyle(found: Findings, event: JsonObject): void {
  const controller = textAt(event, "reportingComponent");
  if (controller === "") found.required("reportingController");
  found.names("reportingController", controller, qualifiedNameErrors(controller));
  for (const [field, path, most] of [["reportingInstance", "reportingInstance", LONGEST], ["action", "action", LONGEST], ["reason", "reason", LONGEST], ["message", "message", LONGEST_NOTE]] as const) {
    const text = textAt(event, field);
    if (text === "" && field !== "message") found.required(path);
    if (text.length > most) found.invalid(path, "", `can have at most ${most} characters`);
  }
}

/** Everything wrong with an Event. Asked of every one of them: most are found to be at home, and that is all. */
export function validateEvent(object: KubeObject): readonly FieldError[] {
  const event = jsonOf(object);
  const isNew = has(event, "eventTime");
  const [namespace, about] = [object.metadata.namespace ?? "", textAt(objectAt(event, "involvedObject"), "namespace")];
  if (!isNew && isAtHome(namespace, about, false)) return FINE;
  const found = new Findings("event");
  if (!isAtHome(namespace, about, isNew)) found.invalid("involvedObject.namespace", about, "does not match event.namespace");
  if (isNew) newStyle(found, event);
  return found.errors;
}
