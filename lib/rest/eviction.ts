/** Evictions and bindings: what is posted to a pod and stored as something else. Upstream: pkg/registry/core/pod/storage. */
import { POD, type Client, type Json, type JsonObject, type ObjectKey, type Pod, type Propagation } from "@/lib/engine";
import { objectBody } from "./body";
import { jsonAnswer, type RestAnswer, type RestRequest } from "./message";
import { bad, Refusal, success } from "./status";

const part = (value: Json | undefined): JsonObject => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {});

/** POST …/pods/NAME/eviction. @throws {ApiError} 429 when a budget forbids it */
export function evictionAnswer(request: RestRequest, client: Client, key: ObjectKey): RestAnswer {
  const body = objectBody(request, "Eviction")?.body ?? {};
  const name = part(body["metadata"])["name"];
  if (typeof name === "string" && name !== "" && name !== key.name) throw bad("name in URL does not match name in Eviction object");
  const { gracePeriodSeconds: grace, dryRun, propagationPolicy, preconditions } = part(body["deleteOptions"]);
  const { uid, resourceVersion } = part(preconditions);
  client.evict(key, {
    ...(typeof grace === "number" ? { gracePeriodSeconds: grace } : {}),
    ...(typeof propagationPolicy === "string" && propagationPolicy !== "" ? { propagation: propagationPolicy as Propagation } : {}),
    ...(typeof uid === "string" || typeof resourceVersion === "string" ? { preconditions: { ...(typeof uid === "string" ? { uid } : {}), ...(typeof resourceVersion === "string" ? { resourceVersion } : {}) } } : {}),
    dryRun: Array.isArray(dryRun) && dryRun.length > 0,
  });
  return jsonAnswer(success(201), 201);
}

/** POST …/pods/NAME/binding and …/bindings. */
export function bindingAnswer(request: RestRequest, client: Client, key: ObjectKey): RestAnswer {
  const body = objectBody(request, "Binding")?.body ?? {};
  const named = part(body["metadata"])["name"];
  const name = key.name === "" ? (typeof named === "string" ? named : "") : key.name;
  const target = part(body["target"]);
  const node = typeof target["name"] === "string" ? target["name"] : "";
  const pod = client.get<Pod>(POD, { ...key, name });
  const details = { name, kind: "pods/binding" };
  const refuse = (why: string): Refusal => new Refusal(409, "Conflict", `Operation cannot be fulfilled on pods/binding ${JSON.stringify(name)}: ${why}`, details);
  if (!pod) throw new Refusal(404, "NotFound", `pods ${JSON.stringify(name)} not found`, { name, kind: "pods" });
  if (pod.metadata.deletionTimestamp !== undefined) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  const conditions = [...(pod.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled"), { type: "PodScheduled", status: "True" as const }];
  client.update<Pod>({ ...pod, spec: { ...pod.spec, nodeName: node }, status: { ...pod.status, conditions } } as Pod, { subresource: "binding" });
  return jsonAnswer(success(201), 201);
}
