/** Cells several tables share. Upstream: `pkg/printers/internalversion`. */
import { compareStrings } from "../apimachinery/compare";
import { humanDuration } from "../apimachinery/duration";
import { formatLabelSelector, type LabelSelector } from "../apimachinery/labels";
import type { Json, JsonObject, KubeObject } from "../apimachinery/meta";
import { secondsSince } from "../apimachinery/time";
import type { Instant } from "../sim/clock";
import type { Column } from "./define";
import { isObject, objectAt, objectsAt, textAt } from "./json-object";

/** An object as plain JSON, to read fields its type does not name. */
export function jsonOf(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

/** `spec` of an object. */
export const specOf = (object: KubeObject): JsonObject => objectAt(jsonOf(object), "spec");

/** `status` of an object. */
export const statusOf = (object: KubeObject): JsonObject => objectAt(jsonOf(object), "status");

/** Time since a timestamp, as tables show it; `<unknown>` when there is none. */
export function since(text: string | undefined, now: Instant): string {
  const seconds = secondsSince(text === "" ? undefined : text, now);
  return seconds === undefined ? "<unknown>" : humanDuration(seconds);
}

/** The AGE column. */
export const age: Column = { name: "Age", value: (object, now) => since(object.metadata.creationTimestamp, now) };

/** The only column of kinds nobody wrote a table for: when the object was made. */
export const createdAt: Column = { name: "Created At", value: (object) => object.metadata.creationTimestamp };

/** A column of text. */
export function column(name: string, value: (object: JsonObject, now: Instant) => string): Column {
  return { name, value: (object, now) => value(jsonOf(object), now) };
}

/** A column that only `-o wide` shows. */
export function wide(name: string, value: (object: JsonObject, now: Instant) => string): Column {
  return { name, wide: true, value: (object, now) => value(jsonOf(object), now) };
}

/** A column of whole numbers; absent counts as zero. */
export function count(name: string, value: (object: JsonObject) => Json | undefined): Column {
  return {
    name,
    type: "integer",
    value: (object) => {
      const found = value(jsonOf(object));
      return typeof found === "number" ? String(found) : "0";
    },
  };
}

/** `a=b,c=d`, or `<none>`. Upstream: `labels.FormatLabels`. */
export function formatLabels(labels: JsonObject): string {
  const text = Object.keys(labels)
    .sort(compareStrings)
    .map((key) => `${key}=${textAt(labels, key)}`)
    .join(",");
  return text === "" ? "<none>" : text;
}

/** The first few of a list, then how many more there are. */
export function several(items: readonly string[], most = 3): string {
  return items.length > most ? `${items.slice(0, most).join(",")} + ${items.length - most} more...` : items.join(",");
}

/** The columns of a workload's pod template. */
export const templateColumns: readonly Column[] = [
  wide("Containers", (object) => containersOf(object).map((container) => textAt(container, "name")).join(",")),
  wide("Images", (object) => containersOf(object).map((container) => textAt(container, "image")).join(",")),
];

function containersOf(object: JsonObject): readonly JsonObject[] {
  return objectsAt(objectAt(objectAt(objectAt(object, "spec"), "template"), "spec"), "containers");
}

/** The selector of a workload. */
export const selectorColumn: Column = wide("Selector", (object) => formatLabelSelector(objectAt(objectAt(object, "spec"), "selector") as LabelSelector));

/** Addresses a load balancer was given. */
export function loadBalancerAddresses(object: JsonObject): string {
  const ingress = objectsAt(objectAt(objectAt(object, "status"), "loadBalancer"), "ingress");
  return [...new Set(ingress.map((entry) => textAt(entry, "ip") || textAt(entry, "hostname")).filter((text) => text !== ""))].sort(compareStrings).join(",");
}

const MODES: Readonly<Record<string, string>> = { ReadWriteOnce: "RWO", ReadOnlyMany: "ROX", ReadWriteMany: "RWX", ReadWriteOncePod: "RWOP" };

/** `RWO,RWX`: access modes in upstream's fixed order. */
export function accessModes(modes: readonly Json[]): string {
  return Object.keys(MODES)
    .filter((mode) => modes.includes(mode))
    .map((mode) => MODES[mode] ?? "")
    .join(",");
}

/** The class of a claim or volume: the old annotation counts first. */
export function storageClassText(object: JsonObject): string {
  const annotation = textAt(objectAt(objectAt(object, "metadata"), "annotations"), "volume.beta.kubernetes.io/storage-class");
  return annotation === "" ? textAt(objectAt(object, "spec"), "storageClassName") : annotation;
}

/** Is the object on its way out? */
export function isTerminating(object: JsonObject): boolean {
  return textAt(objectAt(object, "metadata"), "deletionTimestamp") !== "";
}

/** `Kind/name` of the controller that owns an object, with its group; `<none>` without one. */
export function controllerText(object: JsonObject): string {
  const owner = objectsAt(objectAt(object, "metadata"), "ownerReferences").find((reference) => reference["controller"] === true);
  if (owner === undefined || !isObject(owner)) return "<none>";
  const group = textAt(owner, "apiVersion").includes("/") ? `.${textAt(owner, "apiVersion").split("/")[0] ?? ""}` : "";
  return `${textAt(owner, "kind").toLowerCase()}${group}/${textAt(owner, "name")}`;
}
