import type { FieldError } from "../../../apimachinery/api-error";
import { PRIORITY_CLASS } from "../../../apimachinery/kinds";
import type { KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, count, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { Findings } from "../../findings";
import { filled, numberAt, textAt } from "../../json-object";
import { immutable, validateMetadata } from "../../meta-validation";

/** scheduling.k8s.io/v1/PriorityClass. */
export interface PriorityClass extends KubeObject {
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly description?: string;
  readonly preemptionPolicy?: "PreemptLowerPriority" | "Never";
}

const HIGHEST = 1000000000;
const POLICIES = ["PreemptLowerPriority", "Never"];
/** Classes every cluster has from its first moment. */
export const SYSTEM_CLASSES: Readonly<Record<string, { readonly value: number; readonly description: string }>> = {
  "system-node-critical": { value: 2000001000, description: "Used for system critical pods that must not be moved from their current node." },
  "system-cluster-critical": { value: 2000000000, description: "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary." },
};

function systemProblem(name: string, value: number, object: KubeObject): string | undefined {
  const known = Object.hasOwn(SYSTEM_CLASSES, name) ? SYSTEM_CLASSES[name] : undefined;
  if (known === undefined) return `${name} is not a known system priority class`;
  if (known.value !== value) return `value of ${name} PriorityClass must be ${known.value}`;
  return (object as PriorityClass).globalDefault === true ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function validate(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const found = new Findings("priorityclass");
  validateMetadata(found, object);
  const one = jsonOf(object);
  const name = object.metadata.name ?? "";
  const value = numberAt(one, "value") ?? 0;
  if (previous === undefined) {
    const wrong = name.startsWith("system-") ? systemProblem(name, value, object) : undefined;
    if (wrong !== undefined) found.forbidden("metadata.name", `priority class names with 'system-' prefix are reserved for system use only. error: ${wrong}`);
    else if (!name.startsWith("system-") && value > HIGHEST) found.forbidden("value", `maximum allowed value of a user defined priority is ${HIGHEST}`);
  }
  found.oneOf("preemptionPolicy", textAt(one, "preemptionPolicy"), POLICIES);
  if (previous !== undefined) {
    if (value !== (previous as PriorityClass).value) found.forbidden("value", "may not be changed in an update.", "immutable");
    immutable(found, "preemptionPolicy", one["preemptionPolicy"], jsonOf(previous)["preemptionPolicy"]);
  }
  return found.errors;
}

/** scheduling.k8s.io/v1/PriorityClass. */
export const priorityClass = defineResource({
  kind: PRIORITY_CLASS,
  plural: "priorityclasses",
  shortNames: ["pc"],
  namespaced: false,
  applyDefaults: (object) => filled(jsonOf(normalize(PRIORITY_CLASS, object)), { value: 0, preemptionPolicy: "PreemptLowerPriority" }) as unknown as KubeObject,
  checkShape: (object) => checkStructure(PRIORITY_CLASS, object),
  validate,
  columns: [
    count("Value", (object) => object["value"]),
    column("Global-Default", (object) => String(object["globalDefault"] === true)),
    age,
    column("PreemptionPolicy", (object) => textAt(object, "preemptionPolicy") || "PreemptLowerPriority"),
  ],
});
