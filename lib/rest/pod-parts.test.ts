import { describe, expect, it } from "vitest";
import { createCluster, type Cluster, type JsonObject, type KubeObject } from "@/lib/engine";
import { handle } from "./index";

const nothing = { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never };
const POD = "/api/v1/namespaces/default/pods/web";

function start(): Cluster {
  const cluster = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: nothing });
  cluster.as("kubernetes-admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "default" }, spec: { containers: [{ name: "c", image: "web" }] } });
  return cluster;
}

function post(to: Cluster, url: string, body: unknown): JsonObject {
  const [path = "", query = ""] = url.split("?");
  const raw = body instanceof Uint8Array;
  const answer = handle({ method: "POST", path, query, headers: raw ? { "content-type": "text/plain" } : {}, body: raw ? body : JSON.stringify(body), user: { name: "ana", groups: ["system:masters"] } }, to);
  if (answer.type !== "body") return {};
  return answer.body.startsWith("{") ? (JSON.parse(answer.body) as JsonObject) : { text: answer.body, headers: answer.headers };
}

const pod = (cluster: Cluster): KubeObject & { readonly spec: { readonly nodeName?: string } } => cluster.as("x").get("v1/Pod" as never, { namespace: "default", name: "web" }) as never;

describe("a binding", () => {
  it("names its node, or is an error without a reason of its own", () => {
    const cluster = start();
    expect(post(cluster, `${POD}/binding`, { metadata: { name: "web" } })).toMatchObject({ status: "Failure", message: "target.name: Required value", code: 500 });
    expect(post(cluster, `${POD}/binding`, { metadata: { name: "web" }, target: { kind: "Pod" } })["message"]).toBe('[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]');
    expect(post(cluster, `${POD}/binding`, { metadata: { name: "other" }, target: { name: "n" } })).toMatchObject({ code: 400, message: "name in URL does not match name in Binding object" });
    expect(pod(cluster).spec.nodeName).toBeUndefined();
  });

  it("that is only tried binds nothing", () => {
    const cluster = start();
    expect(post(cluster, `${POD}/binding?dryRun=All`, { metadata: { name: "web" }, target: { name: "n" } })).toMatchObject({ status: "Success" });
    expect(pod(cluster).spec.nodeName).toBeUndefined();
    expect(post(cluster, `${POD}/binding?dryRun=Some`, { metadata: { name: "web" }, target: { name: "n" } })["code"]).toBe(422);
    expect(post(cluster, "/api/v1/namespaces/default/bindings", { metadata: { name: "web" }, target: { name: "n" } })).toMatchObject({ status: "Success" });
    expect(pod(cluster).spec.nodeName).toBe("n");
  });
});

describe("an eviction", () => {
  it("that is only tried evicts nobody, whoever says so", () => {
    const cluster = start();
    expect(post(cluster, `${POD}/eviction?dryRun=All`, { metadata: { name: "web" } })).toMatchObject({ status: "Success" });
    expect(post(cluster, `${POD}/eviction`, { metadata: { name: "web" }, deleteOptions: { dryRun: ["All"] } })).toMatchObject({ status: "Success" });
    expect(pod(cluster)).toBeDefined();
    expect(post(cluster, `${POD}/eviction`, { metadata: { name: "web" } })).toMatchObject({ status: "Success" });
    expect(pod(cluster)).toBeUndefined();
  });

  it("has options like any deletion", () => {
    const cluster = start();
    expect(post(cluster, `${POD}/eviction`, { metadata: { name: "web" }, deleteOptions: { propagationPolicy: "Sideways" } })).toMatchObject({
      code: 422,
      message: 'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"',
    });
    expect(post(cluster, `${POD}/eviction`, { metadata: { name: "web" }, deleteOptions: { dryRun: ["Some"] } })["code"]).toBe(422);
    expect(pod(cluster)).toBeDefined();
  });
});

describe("what is passed on into a pod", () => {
  it("arrives whole, bytes and headers", () => {
    const cluster = start();
    cluster.as("kubelet").update({ ...pod(cluster), status: { podIP: "10.0.0.9" } } as never, { subresource: "status" });
    const sent: unknown[] = [];
    const seen = Object.create(cluster, {
      send: { value: (_from: unknown, request: { readonly body: string }) => (sent.push(request.body), { outcome: "delivered", hops: [], response: { status: 200, headers: { "content-type": "text/x", "set-cookie": "a=b", "Content-Length": "99" }, body: "hi" } }) },
    }) as Cluster;
    expect(post(seen, `${POD}/proxy/`, new TextEncoder().encode("héllo"))).toEqual({ text: "hi", headers: { "content-type": "text/x", "set-cookie": "a=b" } });
    expect(sent).toEqual(["héllo"]);
  });
});
