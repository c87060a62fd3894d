import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import { compare, type Adapter } from "./adapter";
import { bareServer } from "./api-server";

const server = bareServer();

/** What the API server stores for a body. Undefined when the engine does not know the kind yet. @throws {ApiError} its refusal */
export function stored(object: JsonObject, namespace = "default"): JsonObject | undefined {
  if (resourceFor(kindOf(object as unknown as KubeObject)) === undefined) return undefined;
  return server.create(object, namespace);
}

const ALLOCATED = ["clusterIP", "clusterIPs", "healthCheckNodePort"];
const VOLATILE = ["nodePort", "lastPhaseTransitionTime", "creationTimestamp", "deletionTimestamp", "generation", "uid", "resourceVersion", "managedFields"];

/** Drops what only a running cluster can say: allocated addresses and ports, and times. */
export function comparable(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(object)
      .filter(([name, inner]) => inner !== undefined && inner !== null && !(ALLOCATED.includes(name) && key === "spec") && !VOLATILE.includes(name))
      .map(([name, inner]) => [name, /^(batch\.kubernetes\.io\/)?controller-uid$/.test(name) ? "<uid>" : comparable(inner, name)]),
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
  const wanted = expected.object as JsonObject;
  // What nobody named is named after its uid.
  const named = (((input.object as JsonObject).metadata ?? {}) as JsonObject).name !== undefined;
  const plain = (one: JsonObject): unknown => comparable(named ? one : { ...one, metadata: { ...(one.metadata as JsonObject), name: "<uid>" } });
  return compare(plain(object), plain(wanted));
};
