import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "node:https";
import { createCluster } from "@/lib/engine";
import { startCluster, type StandAlone } from "./stand-alone";

describe("a stand-alone cluster over https", () => {
  let served: StandAlone;
  let authority: string;

  beforeAll(async () => {
    const cluster = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never } });
    served = await startCluster({ cluster, https: true, autoAdvance: "off" });
    authority = Buffer.from(/"certificate-authority-data":"([^"]+)"/.exec(served.kubeconfig)?.[1] ?? "", "base64").toString();
  });
  afterAll(() => served.close());

  const ask = (path: string, options: { readonly method?: string; readonly token?: string; readonly body?: string } = {}): Promise<{ readonly code: number; readonly text: string }> =>
    new Promise((resolve, reject) => {
      const headers = options.token === "" ? {} : { authorization: `Bearer ${options.token ?? served.token}` };
      const sent = request(`${served.url}${path}`, { method: options.method ?? "GET", ca: authority, headers }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ code: response.statusCode ?? 0, text }));
      });
      sent.on("error", reject);
      sent.end(options.body);
    });

  it("is trusted by its own authority, and lets in whoever has the token", async () => {
    expect((await ask("/version")).text).toContain('"gitVersion":"v1.36.2"');
    expect((await ask("/api/v1/pods", { token: "" })).code).toBe(403);
    expect((await ask("/version", { token: "" })).code).toBe(200);
    expect((await ask("/api/v1/pods", { token: "falso" })).code).toBe(401);
  });

  it("refuses a body that is too large", async () => {
    const { code } = await ask("/api/v1/namespaces/default/configmaps", { method: "POST", body: "x".repeat(3_200_000) }).catch(() => ({ code: 413 }));
    expect(code).toBe(413);
  });

  it("moves the clock only when it is told to", async () => {
    const before = JSON.parse((await ask("/_timonel/v1/state")).text) as { now: number };
    const after = JSON.parse((await ask("/_timonel/v1/advance", { method: "POST", body: '{"duration":"30s"}' })).text) as { now: number };
    expect(after.now - before.now).toBe(30_000);
    expect((await ask("/_timonel/v1/advance", { method: "POST", body: '{"duration":"mucho"}' })).code).toBe(400);
    expect((await ask("/_timonel/v1/nada")).code).toBe(404);
  });

  it("gives a snapshot that it takes back", async () => {
    await ask("/api/v1/namespaces/default/configmaps", { method: "POST", body: '{"metadata":{"name":"a"}}' });
    const { text } = await ask("/_timonel/v1/snapshot");
    await ask("/api/v1/namespaces/default/configmaps/a", { method: "DELETE" });
    expect((await ask("/_timonel/v1/restore", { method: "POST", body: text })).code).toBe(200);
    expect((await ask("/api/v1/namespaces/default/configmaps/a")).code).toBe(200);
    expect((await ask("/_timonel/v1/restore", { method: "POST", body: "{}" })).code).toBe(400);
  });
});
