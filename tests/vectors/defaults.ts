import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import { compare, type Adapter } from "./adapter";

/** What the definitions make of a body: shape checked, defaulted, prepared. Undefined when the engine does not know the kind yet. */
export function stored(object: JsonObject, namespace = "default"): JsonObject | undefined {
  const typed = object as unknown as KubeObject;
  const definition = resourceFor(kindOf(typed));
  if (definition === undefined) return undefined;
  const wrong = definition.checkShape(object).filter(({ code }) => code !== "unknown-field");
  if (wrong.length > 0) throw new Error(wrong.map(({ detail }) => detail).join(", "));
  const { namespace: named, ...meta } = { ...(typed.metadata as Partial<KubeObject["metadata"]> | undefined) };
  const metadata = definition.namespaced ? { ...meta, namespace: named ?? namespace } : meta;
  return definition.prepare(definition.applyDefaults({ ...typed, metadata } as KubeObject), undefined) as unknown as JsonObject;
}

const ALLOCATED = ["clusterIP", "clusterIPs", "healthCheckNodePort"];

/** Drops what only a running cluster can say: allocated addresses and ports, and times. */
export function comparable(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(object)
      .filter(([name, inner]) => inner !== undefined && inner !== null && !(ALLOCATED.includes(name) && key === "spec") && name !== "nodePort" && name !== "lastPhaseTransitionTime" && name !== "creationTimestamp" && name !== "generation")
      .map(([name, inner]) => [name, comparable(inner, name)]),
  );
}

/** What the ServiceAccount admission plugin adds to pods is not the definitions' doing. */
export function withoutAccount(object: unknown): unknown {
  if (typeof object !== "object" || object === null || (object as JsonObject).kind !== "Pod") return object;
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (key === "serviceAccount" || key === "serviceAccountName") return undefined;
    if ((key === "volumeMounts" || key === "volumes") && Array.isArray(value)) {
      const rest = value.filter((item: { readonly name?: string }) => !String(item.name).startsWith("kube-api-access"));
      return rest.length === 0 ? undefined : rest;
    }
    return value;
  });
  return JSON.parse(text);
}

/** `api/defaults`: only kinds the engine knows; allocated addresses are not compared. */
export const defaults: Adapter = ({ input, expected }) => {
  const object = stored(input.object as JsonObject);
  if (object === undefined) return { skip: "kind not in the engine yet" };
  return compare(comparable(object), comparable(expected.object));
};
