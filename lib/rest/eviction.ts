/** Evictions and bindings: what is posted to a pod and stored as something else. Upstream: pkg/registry/core/pod/storage. */
import { POD, type Client, type Json, type JsonObject, type ObjectKey, type Pod } from "@/lib/engine";
import { objectBody } from "./body";
import { deletionFrom } from "./delete";
import { jsonAnswer, type RestAnswer, type RestRequest } from "./message";
import { parseQuery, type Query } from "./query";
import { bad, Refusal, success } from "./status";
import { dryRunOf } from "./write";

const part = (value: Json | undefined): JsonObject => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {});
const textIn = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** POST …/pods/NAME/eviction. @throws {ApiError} 429 when a budget forbids it */
export function evictionAnswer(request: RestRequest, client: Client, key: ObjectKey, query: Query): RestAnswer {
  const dryRun = dryRunOf(query.all("dryRun"), "CreateOptions");
  const body = objectBody(request, "Eviction")?.body ?? {};
  const name = textIn(part(body["metadata"])["name"]);
  if (name !== "" && name !== key.name) throw bad("name in URL does not match name in Eviction object");
  const deletion = deletionFrom(part(body["deleteOptions"]), parseQuery(""));
  client.evict(key, { ...deletion.options, dryRun: dryRun || deletion.dryRun });
  return jsonAnswer(success(201), 201);
}

/** What a binding must say. Several mistakes are an error without a reason of their own. Upstream: ValidatePodBinding. */
function checkTarget(target: JsonObject): string {
  const kind = textIn(target["kind"]);
  const name = textIn(target["name"]);
  const wrong = [
    ...(kind === "" || kind === "Node" ? [] : [`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`]),
    ...(name === "" ? ["target.name: Required value"] : []),
  ];
  if (wrong.length > 0) throw new Refusal(500, "", wrong.length === 1 ? (wrong[0] ?? "") : `[${wrong.join(", ")}]`);
  return name;
}

/** POST …/pods/NAME/binding and …/bindings. */
export function bindingAnswer(request: RestRequest, client: Client, key: ObjectKey, query: Query): RestAnswer {
  const dryRun = dryRunOf(query.all("dryRun"), "CreateOptions");
  const body = objectBody(request, "Binding")?.body ?? {};
  const named = textIn(part(body["metadata"])["name"]);
  if (key.name !== "" && named !== "" && named !== key.name) throw bad("name in URL does not match name in Binding object");
  const name = key.name === "" ? named : key.name;
  const node = checkTarget(part(body["target"]));
  const pod = client.get<Pod>(POD, { ...key, name });
  const details = { name, kind: "pods/binding" };
  const refuse = (why: string): Refusal => new Refusal(409, "Conflict", `Operation cannot be fulfilled on pods/binding ${JSON.stringify(name)}: ${why}`, details);
  if (!pod) throw new Refusal(404, "NotFound", `pods ${JSON.stringify(name)} not found`, { name, kind: "pods" });
  if (pod.metadata.deletionTimestamp !== undefined) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  const conditions = [...(pod.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled"), { type: "PodScheduled", status: "True" as const }];
  client.update<Pod>({ ...pod, spec: { ...pod.spec, nodeName: node }, status: { ...pod.status, conditions } } as Pod, { subresource: "binding", dryRun });
  return jsonAnswer(success(201), 201);
}
