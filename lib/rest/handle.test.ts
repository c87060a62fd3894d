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
});
