/** What the kinds that make pods have in common. */
import type { JsonObject, KindId, KubeObject } from "../../apimachinery/meta";
import { normalize } from "../../openapi/normalize";
import { jsonOf } from "../cells";
import { changed, completed, filled } from "../json-object";
import { defaultPodTemplate } from "../core/pod-template/defaults";

/** The defaults of a workload: those of its template first, then what `complete` says of the kind's own spec. */
export function workloadDefaults(kind: KindId, complete: (spec: JsonObject) => JsonObject): (object: KubeObject) => KubeObject {
  const whole = (spec: JsonObject): JsonObject => complete(changed(filled(spec, { template: {} }), "template", defaultPodTemplate));
  return (object) => completed(jsonOf(normalize(kind, object)), "spec", whole) as unknown as KubeObject;
}

/** On creation the status is empty but for what upstream always writes. */
export function freshStatus(status: JsonObject): (object: KubeObject, previous: KubeObject | undefined) => KubeObject {
  return (object, previous) => (previous === undefined ? ({ ...object, status } as unknown as KubeObject) : object);
}

/** Completes the rolling part of an update strategy. */
export function rolling(spec: JsonObject, field: "strategy" | "updateStrategy", defaults: JsonObject): JsonObject {
  const named = changed(filled(spec, { [field]: {} }), field, (strategy) => filled(strategy, { type: "RollingUpdate" }));
  return changed(named, field, (strategy) =>
    strategy["type"] === "RollingUpdate" ? changed(filled(strategy, { rollingUpdate: {} }), "rollingUpdate", (inner) => filled(inner, defaults)) : strategy,
  );
}
