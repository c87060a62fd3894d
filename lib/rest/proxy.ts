/** Requests passed on into pods, Services and kubelets. Upstream: pkg/registry/core/{pod,service,node}/rest, proxy. */
import { isTrue, NODE, POD, SERVICE, type Cluster, type KubeObject, type Node, type Pod, type Service } from "@/lib/engine";
import { asText } from "./body";
import { textAnswer, type RestAnswer, type RestRequest } from "./message";
import { bad, Refusal } from "./status";
import type { Target } from "./target";

/** `[SCHEME:]NAME[:PORT]`, taken apart. */
function named(text: string): { readonly name: string; readonly port: string } {
  const parts = text.split(":");
  if (parts.length === 3) return { name: parts[1] ?? "", port: parts[2] ?? "" };
  return { name: parts[0] ?? "", port: parts[1] ?? "" };
}

function missing(plural: string, name: string): Refusal {
  return new Refusal(404, "NotFound", `${plural} ${JSON.stringify(name)} not found`, { name, kind: plural });
}

function unavailable(message: string): Refusal {
  return new Refusal(503, "ServiceUnavailable", message);
}

function portOf(text: string, ports: readonly { readonly name?: string; readonly port: number }[]): number {
  if (/^\d+$/.test(text)) return Number(text);
  return (text === "" ? ports[0] : ports.find(({ name }) => name === text))?.port ?? 0;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

function placeOf(cluster: Cluster, { namespace, plural, name: asked }: Target): Place {
  const client = cluster.as("system:apiserver");
  const { name, port } = named(asked);
  if (plural === "pods") {
    const pod = client.get<Pod>(POD, { namespace, name });
    if (!pod) throw missing("pods", name);
    const ports = pod.spec.containers.flatMap(({ ports: own = [] }) => own.map((one) => ({ ...(one.name === undefined ? {} : { name: one.name }), port: one.containerPort })));
    const host = pod.status?.podIP ?? "";
    if (host === "") throw bad("address not allowed");
    return { host, port: portOf(port, ports) || 80 };
  }
  const service = client.get<Service>(SERVICE, { namespace, name });
  if (!service) throw missing("services", name);
  const number = portOf(port, service.spec.ports ?? []);
  const host = service.spec.clusterIP ?? "";
  if (number === 0 || (host === "" || host === "None")) throw unavailable(`no endpoints available for service ${JSON.stringify(asked)}`);
  return { host, port: number };
}

/** The kubelet's own paths, as far as anybody asks for them. */
function kubeletAnswer(cluster: Cluster, name: string, path: string): RestAnswer {
  const client = cluster.as("system:apiserver");
  const node = client.get<Node>(NODE, { namespace: "", name });
  if (!node) throw missing("nodes", name);
  if (!isTrue(node.status?.conditions, "Ready")) throw unavailable(`error trying to reach service: dial tcp ${node.status?.addresses?.[0]?.address ?? ""}:10250: i/o timeout`);
  if (path === "/healthz") return textAnswer("ok");
  if (path === "/pods") {
    const items = client.onNode<KubeObject>(POD, name);
    return textAnswer(JSON.stringify({ kind: "PodList", apiVersion: "v1", metadata: {}, items }), 200, { "Content-Type": "application/json" });
  }
  return textAnswer("404 page not found\n", 404);
}

/** Headers that concern one connection, or that whoever writes the answer works out anew. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"]);

/**
 * Any method on …/proxy and below: the answer of whatever listens there. @throws {Refusal} 404, 503
 *
 * @simplified What travels inside the cluster is text: bytes of a body that are no UTF-8 arrive as U+FFFD.
 */
export function proxyAnswer(request: RestRequest, cluster: Cluster, target: Target): RestAnswer {
  const path = `/${target.subresource.split("/").slice(1).join("/")}`;
  const slash = request.path.endsWith("/") && !path.endsWith("/") ? "/" : "";
  const query = request.query === "" ? "" : `?${request.query}`;
  if (target.plural === "nodes") return kubeletAnswer(cluster, named(target.name).name, path);
  const { host, port } = placeOf(cluster, target);
  const origin = cluster.addresses[0];
  const kept = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "authorization" && name !== "host" && !name.startsWith("impersonate-")));
  const trace = cluster.send(origin ? { node: origin.name } : { host: "api" }, { protocol: "http", host, port, method: request.method, path: `${path}${slash}${query}`, headers: kept, body: asText(request.body) });
  if (trace.outcome !== "delivered" || !trace.response) {
    throw unavailable(`error trying to reach service: dial tcp ${host}:${port}: ${trace.outcome === "refused" ? "connect: connection refused" : "i/o timeout"}`);
  }
  const { status, headers = {}, body } = trace.response;
  const told = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
  const typed = told.some(([name]) => name.toLowerCase() === "content-type") ? {} : { "Content-Type": "text/plain; charset=utf-8" };
  return textAnswer(body, status, { ...typed, ...Object.fromEntries(told) });
}
