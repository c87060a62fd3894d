import { describe, expect, it } from "vitest";
import { createCluster, type Cluster, type JsonObject } from "@/lib/engine";
import { handle, type RestAnswer } from "./index";

const cluster = (): Cluster => createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never } });

function ask(to: Cluster, method: string, url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  const [path = "", query = ""] = url.split("?");
  return handle({ method, path, query, headers, body: body === undefined ? "" : JSON.stringify(body), user: { name: "ana", groups: ["system:masters"] } }, to);
}

function read(answer: RestAnswer): JsonObject {
  return answer.type === "body" ? (JSON.parse(answer.body) as JsonObject) : {};
}

const SECRETS = "/api/v1/namespaces/default/secrets";
const secret = (name: string) => ({ apiVersion: "v1", kind: "Secret", metadata: { name } });

describe("the api without its wire", () => {
  it("gives the pages of a list as they were when the first was asked for", () => {
    const here = cluster();
    for (const name of ["a", "b", "c"]) ask(here, "POST", SECRETS, secret(name));
    const first = read(ask(here, "GET", `${SECRETS}?limit=2`));
    const meta = first["metadata"] as JsonObject;
    expect(meta["remainingItemCount"]).toBe(1);
    ask(here, "DELETE", `${SECRETS}/c`);
    ask(here, "POST", SECRETS, secret("d"));
    const second = read(ask(here, "GET", `${SECRETS}?limit=2&continue=${encodeURIComponent(String(meta["continue"]))}`));
    expect((second["items"] as readonly { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)).toEqual(["c"]);
    expect((second["metadata"] as JsonObject)["resourceVersion"]).toBe(meta["resourceVersion"]);
  });

  it("tells a watcher what a selector makes of a change", () => {
    const here = cluster();
    ask(here, "POST", SECRETS, secret("a"));
    const answer = ask(here, "GET", `${SECRETS}?watch=true&labelSelector=x%3Dy&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`);
    if (answer.type !== "watch") throw new Error(answer.type);
    const types = (): string[] => answer.watch.next().map(({ text }) => (JSON.parse(text) as { type: string }).type);
    expect(types()).toEqual(["BOOKMARK"]);
    const patch = (label: string | null) => ask(here, "PATCH", `${SECRETS}/a`, { metadata: { labels: { x: label } } }, { "content-type": "application/merge-patch+json" });
    patch("y");
    expect(types()).toEqual(["ADDED"]);
    patch("z");
    expect(types()).toEqual(["DELETED"]);
    expect(types()).toEqual([]);
  });

  it("tells whoever watches APIServices of those that come and go with definitions", () => {
    const here = cluster();
    const answer = ask(here, "GET", "/apis/apiregistration.k8s.io/v1/apiservices?watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
    if (answer.type !== "watch") throw new Error(answer.type);
    const told = (): string[] => answer.watch.next().map(({ text }) => JSON.parse(text) as { type: string; object: { metadata: { name: string } } }).map(({ type, object }) => `${type} ${object.metadata.name}`);
    const version = (name: string) => ({ name, served: true, storage: name === "v1", schema: { openAPIV3Schema: { type: "object" } } });
    const definition = (plural: string, versions: readonly string[]) => ({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: `${plural}.example.com` }, spec: { group: "example.com", scope: "Namespaced", names: { plural, kind: plural }, versions: versions.map(version) } });
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    expect(told()).toEqual([]);
    ask(here, "POST", definitions, definition("as", ["v1", "v2"]));
    expect(told()).toEqual(["ADDED v1.example.com", "ADDED v2.example.com"]);
    ask(here, "POST", definitions, definition("bs", ["v1"]));
    expect(told()).toEqual([]);
    ask(here, "DELETE", `${definitions}/as.example.com`);
    here.settle();
    expect(told()).toEqual(["DELETED v2.example.com"]);
    ask(here, "DELETE", `${definitions}/bs.example.com`);
    here.settle();
    expect(told()).toEqual(["DELETED v1.example.com"]);
  });

  it("lets the server's components be looked at, and only that", () => {
    const here = cluster();
    const url = "/api/v1/componentstatuses";
    expect((read(ask(here, "GET", url))["items"] as readonly { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)).toEqual(["controller-manager", "etcd-0", "scheduler"]);
    expect(read(ask(here, "GET", `${url}/scheduler`))).toEqual({ kind: "ComponentStatus", apiVersion: "v1", metadata: { name: "scheduler" }, conditions: [{ type: "Healthy", status: "True", message: "ok" }] });
    const code = (answer: RestAnswer): number => (answer.type === "body" ? answer.status : 200);
    expect([ask(here, "POST", url, {}), ask(here, "DELETE", `${url}/scheduler`), ask(here, "GET", `${url}?watch=1`)].map(code)).toEqual([405, 405, 405]);
    expect(() => here.as("ana").patch({ kind: "v1/ComponentStatus" as never, namespace: "", name: "scheduler" }, { type: "merge", body: {} })).toThrow("the server does not allow this method on the requested resource");
  });

  it("keeps nothing nobody knows, and says so", () => {
    const here = cluster();
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", colour: 1 }, spec: { containers: [{ name: "c", image: "web", colour: "red" }], colour: 2 } };
    const answer = ask(here, "POST", "/api/v1/namespaces/default/pods", pod);
    expect(answer.type === "body" && answer.headers["Warning"]).toBe(['"unknown field \\"metadata.colour\\""', '"unknown field \\"spec.containers[0].colour\\""', '"unknown field \\"spec.colour\\""'].map((text) => `299 - ${text}`).join(", "));
    expect(JSON.stringify(read(answer))).not.toContain("colour");
  });

  it("refuses what makes no sense with a status, never with worse", () => {
    const here = cluster();
    const code = (answer: RestAnswer): number => (answer.type === "body" ? answer.status : 200);
    expect(code(ask(here, "GET", "/api/v1/namespaces/default/widgets"))).toBe(404);
    expect(code(ask(here, "GET", "/%E0%A4%A"))).toBe(404);
    expect(code(ask(here, "POST", "/api/v1/secrets", secret("a")))).toBe(405);
    expect(code(ask(here, "POST", SECRETS, [1]))).toBe(400);
    expect(code(ask(here, "POST", SECRETS, secret("a"), { "content-type": "text/html" }))).toBe(415);
    expect(code(ask(here, "GET", SECRETS, undefined, { accept: "text/html" }))).toBe(406);
    expect(code(ask(here, "GET", `${SECRETS}?resourceVersion=999999`))).toBe(504);
    expect(code(ask(here, "GET", `${SECRETS}?continue=nonsense`))).toBe(400);
    const deep = `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`;
    expect(code(handle({ method: "POST", path: SECRETS, query: "", headers: {}, body: deep, user: { name: "ana", groups: ["system:masters"] } }, here))).toBe(400);
  });

  it("looks at all options of a request", () => {
    const here = cluster();
    const said = (method: string, url: string, body?: unknown, type = "application/json"): unknown => read(ask(here, method, url, body, { "content-type": type }))["message"];
    expect(said("GET", `${SECRETS}?resourceVersionMatch=X&sendInitialEvents=true`)).toBe(
      'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, resourceVersionMatch: Unsupported value: "X": supported values: "Exact", "NotOlderThan", "", sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]',
    );
    expect(said("GET", `${SECRETS}?timeoutSeconds=x`)).toBe('strconv.ParseInt: parsing "x": invalid syntax');
    expect(said("POST", `${SECRETS}?fieldManager=${"m".repeat(129)}`, secret("a"))).toBe('CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes');
    expect(said("POST", `${SECRETS}?fieldManager=%07`, secret("a"))).toContain("invalid character U+0007 (at position 0)");
    const apply = (body: JsonObject): unknown => said("PATCH", `${SECRETS}/a?fieldManager=m`, body, "application/apply-patch+yaml");
    expect(apply({ apiVersion: "v2", kind: "Secret" })).toBe("Incorrect version specified in apply patch. Specified patch version: v2, expected: v1");
    expect(apply({ apiVersion: "v1", kind: "Secret", metadata: { managedFields: [] } })).toBe("metadata.managedFields must be nil");
    expect(said("GET", "/api/v1/namespaces/default/pods/p/log?tailLines=-1&sinceSeconds=0")).toBe('PodLogOptions "p" is invalid: [tailLines: Invalid value: -1: must be greater than or equal to 0, sinceSeconds: Invalid value: 0: must be greater than 0]');
    expect(said("POST", "/api/v1/namespaces/default/pods", null)).toBe('Pod "" is invalid: [metadata.name: Required value: name or generateName is required, spec.containers: Required value]');
  });
});
