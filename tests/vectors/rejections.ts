import { createCluster, millis, type Cluster, type JsonObject } from "@/lib/engine";
import { ANONYMOUS, handle, tokenVerdict, type UserInfo } from "@/lib/rest";
import { same, type Adapter, type Verdict } from "./adapter";
import { images } from "./kubectl";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly user?: string;
}

interface Answer {
  readonly code: number;
  readonly body: JsonObject;
  readonly warnings: readonly string[];
}

const USERS: Readonly<Record<string, UserInfo>> = {
  "": { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] },
  alice: { name: "alice", groups: ["dev", "system:authenticated"] },
  bob: { name: "bob", groups: ["ops", "system:authenticated"] },
  "-anonymous": ANONYMOUS,
};

let settled: Cluster | undefined;

/** A cluster as the recorder had it, with the namespace `rej`; made once. */
function base(): Cluster {
  if (settled !== undefined) return settled;
  const nodes = ["a", "b", "c"].map((zone, i) => ({ name: `node-${i + 1}`, cpu: "4", memory: "8Gi", labels: { "topology.kubernetes.io/zone": `zone-${zone}`, "topology.kubernetes.io/region": "region-1" } }));
  settled = createCluster({ seed: 7, kubernetesVersion: "1.36.2", nodes, images: images(), network: { serviceCIDR: "10.96.0.0/16" } });
  settled.as("kubernetes-admin").create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "rej" } });
  settled.advance(millis(8000));
  return settled;
}

const UNAUTHORIZED: Answer = { code: 401, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message: "Unauthorized", reason: "Unauthorized", code: 401 }, warnings: [] };

function ask(cluster: Cluster, { method, path: url, body, contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json", user = "" }: Request): Answer {
  // Credentials are looked at before requests are: the gateway asks this first.
  if (user === "-badtoken") return "user" in tokenVerdict(cluster, "badtoken") ? { ...UNAUTHORIZED, code: 200 } : UNAUTHORIZED;
  const [path = "/", query = ""] = url.split("?");
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const answer = handle({ method, path, query, headers: { "content-type": contentType, accept: "application/json", "user-agent": "conformance/1" }, body: text, user: USERS[user] ?? { name: user, groups: ["system:authenticated"] } }, cluster);
  if (answer.type !== "body") return { code: 200, body: {}, warnings: [] };
  const warnings = [...(answer.headers["Warning"] ?? "").matchAll(/299 - "(?:[^"\\]|\\.)*"/g)].map(([text]) => text);
  return { code: answer.status, body: answer.body.startsWith("{") ? (JSON.parse(answer.body) as JsonObject) : {}, warnings };
}

/** What differs from run to run, as the recording writes it. */
function anonymous(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uid>")
    .replaceAll(/(resourceVersion(?:\\+"):(?:\\+"))\d+/g, "$1<rv>")
    .replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z(?!07:00)/g, "<time>")
    .replaceAll(/Bad-[a-z0-9]{5}/g, "Bad-<rand>")
    .replaceAll("2006-01-02T15:04:05Z07:00", "<time>07:00");
}

/** A Status with its causes in order, as they count as a multiset. */
function comparable(body: JsonObject): unknown {
  const details = (body["details"] ?? {}) as JsonObject;
  const causes = ((details["causes"] ?? []) as unknown as readonly JsonObject[]).map((cause) => anonymous(JSON.stringify({ reason: cause["reason"], message: cause["message"], field: cause["field"] }))).sort();
  return { message: anonymous(String(body["message"] ?? "")), reason: body["reason"] ?? "", causes };
}

/** `recorded/rejections`: any request of any user, with what must be there beforehand; code, message, reason, causes and warnings count. */
export const rejection: Adapter = (vector): Verdict => {
  const { request, setup = [], expected } = vector;
  const cluster = base().fork();
  for (const one of setup as readonly Request[]) ask(cluster, one);
  const { settleSeconds } = vector as unknown as { readonly settleSeconds?: number };
  if (settleSeconds !== undefined && settleSeconds > 0) cluster.advance(millis(settleSeconds * 1000));
  // The recorder's server had time to establish what was defined; nothing else waits on it.
  else if ((setup as readonly Request[]).some(({ path }) => path.includes("/customresourcedefinitions"))) cluster.advance(millis(0));
  const got = ask(cluster, request as unknown as Request);
  const warned = same([...got.warnings].sort(), [...((expected.warnings ?? []) as readonly string[])].sort());
  if (expected.accepted === true) return { pass: got.code === expected.code && warned, got };
  const right = typeof expected.body === "string" ? true : same(comparable(got.body), comparable((expected.body ?? {}) as JsonObject));
  return { pass: got.code === expected.code && right && warned, got };
};
