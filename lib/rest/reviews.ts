/** Questions about who may do what, tokens, evictions and bindings: requests that store nothing of their own. */
import { POD, resourceFor, timestamp, type Client, type Cluster, type JsonObject, type KindId, type KubeObject, type ObjectKey, type Pod } from "@/lib/engine";
import { objectBody } from "./body";
import { jsonAnswer, type RestAnswer, type RestRequest, type UserInfo } from "./message";
import { bad, Refusal, success } from "./status";
import type { VirtualResource } from "./virtual";

function userJson({ name, groups }: UserInfo): JsonObject {
  return { username: name, groups };
}

/**
 * POST of a review.
 *
 * @simplified Roles and bindings are not looked at yet: whoever is let in may do everything, and `auth can-i` says so.
 */
export function reviewAnswer(request: RestRequest, resource: VirtualResource): RestAnswer {
  const body = objectBody(request, resource.kind) ?? {};
  const review = (status: JsonObject): RestAnswer =>
    jsonAnswer({ kind: resource.kind, apiVersion: resource.apiVersion, metadata: { creationTimestamp: null }, ...(body["spec"] === undefined ? {} : { spec: body["spec"] }), status }, 201);
  switch (resource.kind) {
    case "SelfSubjectReview":
      return review({ userInfo: userJson(request.user) });
    case "TokenReview":
      return review({ user: {}, error: "invalid bearer token" });
    case "SelfSubjectRulesReview":
      return review({
        resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
        nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
        incomplete: false,
      });
    default:
      return review({ allowed: true });
  }
}

const HOUR = 3600;

/** POST …/serviceaccounts/NAME/token. */
export function tokenAnswer(request: RestRequest, cluster: Cluster, account: KubeObject): RestAnswer {
  const body = objectBody(request, "TokenRequest") ?? {};
  const spec = (body["spec"] ?? {}) as JsonObject;
  const asked = spec["expirationSeconds"];
  const expirationSeconds = typeof asked === "number" ? asked : HOUR;
  const audiences = Array.isArray(spec["audiences"]) ? spec["audiences"] : ["https://kubernetes.default.svc.cluster.local"];
  const token = `sa.${account.metadata.namespace ?? ""}.${account.metadata.name}.${account.metadata.uid}.${cluster.now}`;
  return jsonAnswer(
    {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name: account.metadata.name, namespace: account.metadata.namespace, creationTimestamp: timestamp(cluster.now) },
      spec: { audiences, expirationSeconds, boundObjectRef: spec["boundObjectRef"] ?? null },
      status: { token, expirationTimestamp: timestamp(cluster.now + expirationSeconds * 1000) },
    },
    201,
  );
}

const PDB = "policy/v1/PodDisruptionBudget" as KindId;

interface Budget extends KubeObject {
  readonly spec: { readonly selector?: JsonObject };
  readonly status?: { readonly disruptionsAllowed?: number; readonly desiredHealthy?: number; readonly currentHealthy?: number; readonly observedGeneration?: number };
}

/** Takes one disruption from the budget that covers a pod. Upstream: pkg/registry/core/pod/storage/eviction.go. @throws {Refusal} 429 */
function spend(client: Client, pod: Pod): void {
  if (resourceFor(PDB) === undefined) return;
  const namespace = pod.metadata.namespace ?? "";
  const budgets = client.list<Budget>(PDB, { namespace }).filter(({ spec }) => client.selected<Pod>(POD, namespace, spec.selector).some(({ metadata }) => metadata.uid === pod.metadata.uid));
  if (budgets.length > 1) throw new Refusal(500, "", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
  const [budget] = budgets;
  if (budget === undefined || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed" || pod.status?.phase === "Pending") return;
  const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0, observedGeneration = 0 } = budget.status ?? {};
  const refuse = (message: string, extra: JsonObject = {}): Refusal =>
    new Refusal(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", { causes: [{ reason: "DisruptionBudget", message }], ...extra });
  if (observedGeneration < (budget.metadata.generation ?? 0)) throw refuse(`The disruption budget ${budget.metadata.name} is still being processed by the server.`, { retryAfterSeconds: 10 });
  if (disruptionsAllowed <= 0) throw refuse(`The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`);
  client.updateStatus({ ...budget, status: { ...budget.status, disruptionsAllowed: disruptionsAllowed - 1 } } as Budget);
}

/** POST …/pods/NAME/eviction. */
export function evictionAnswer(request: RestRequest, client: Client, key: ObjectKey): RestAnswer {
  const body = objectBody(request, "Eviction") ?? {};
  const name = (body["metadata"] as JsonObject | undefined)?.["name"];
  if (typeof name === "string" && name !== "" && name !== key.name) throw bad("name in URL does not match name in Eviction object");
  const pod = client.get<Pod>(POD, key);
  if (!pod) throw new Refusal(404, "NotFound", `pods ${JSON.stringify(key.name)} not found`, { name: key.name, kind: "pods" });
  if (pod.metadata.deletionTimestamp === undefined) spend(client, pod);
  const options = (body["deleteOptions"] ?? {}) as JsonObject;
  const grace = options["gracePeriodSeconds"];
  const dry = Array.isArray(options["dryRun"]) && options["dryRun"].length > 0;
  if (!dry) client.delete({ kind: POD, ...key }, typeof grace === "number" ? { gracePeriodSeconds: grace } : {});
  return jsonAnswer(success(201), 201);
}

/** POST …/pods/NAME/binding and …/bindings. */
export function bindingAnswer(request: RestRequest, client: Client, key: ObjectKey): RestAnswer {
  const body = objectBody(request, "Binding") ?? {};
  const name = key.name === "" ? String((body["metadata"] as JsonObject | undefined)?.["name"] ?? "") : key.name;
  const target = (body["target"] ?? {}) as JsonObject;
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
