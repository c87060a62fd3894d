import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "node:https";
import { connect as connectPlain } from "node:net";
import { connect } from "node:tls";
import { gunzipSync } from "node:zlib";
import { createCluster, type ClusterOptions } from "@/lib/engine";
import { startCluster, type StandAlone } from "./stand-alone";

const options: ClusterOptions = { seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never } };

describe("a stand-alone cluster over https", () => {
  let served: StandAlone;
  let authority: string;

  beforeAll(async () => {
    served = await startCluster({ cluster: createCluster({ ...options, signingKey: "one" }), https: true, autoAdvance: "off", patience: 300 });
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

  it("carries warnings in any language, and none that would end its header", async () => {
    const { code } = await ask("/api/v1/namespaces/default/configmaps", { method: "POST", body: '{"metadata":{"name":"raro"},"漢字":1,"x\\r\\ny":2}' });
    expect(code).toBe(201);
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

  const account = async (): Promise<string> => {
    const { text } = await ask("/api/v1/namespaces/default/serviceaccounts/default/token", { method: "POST", body: "{}" });
    return (JSON.parse(text) as { status: { token: string } }).status.token;
  };

  it("takes a service account's token for that account, and another cluster's for nobody's", async () => {
    await ask("/api/v1/namespaces/default/serviceaccounts", { method: "POST", body: '{"metadata":{"name":"default"}}' });
    const token = await account();
    const pods = await ask("/api/v1/pods", { token });
    expect([pods.code, pods.text.includes('User \\"system:serviceaccount:default:default\\" cannot list')]).toEqual([403, true]);
    expect((await ask("/_timonel/v1/state", { token })).code).toBe(403);
    const other = await startCluster({ cluster: createCluster({ ...options, signingKey: "two" }), https: true, autoAdvance: "off" });
    const there = await new Promise((resolve, reject) => {
      request(`${other.url}/api/v1/pods`, { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    await other.close();
    expect(there).toBe(401);
  });

  it("sends large answers as gzip to whoever can take them", async () => {
    await ask("/api/v1/namespaces/default/configmaps", { method: "POST", body: JSON.stringify({ metadata: { name: "large" }, data: { a: "ñ".repeat(150_000) } }) });
    const packed = await new Promise<{ readonly encoding: unknown; readonly body: Buffer }>((resolve, reject) => {
      request(`${served.url}/api/v1/namespaces/default/configmaps/large`, { ca: authority, headers: { authorization: `Bearer ${served.token}`, "accept-encoding": "br, gzip" } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }));
      })
        .on("error", reject)
        .end();
    });
    expect([packed.encoding, gunzipSync(packed.body).toString().includes("ñ".repeat(150_000))]).toEqual(["gzip", true]);
  });

  it("cuts off a watcher that takes nothing, and serves the others meanwhile", async () => {
    const { port } = new URL(served.url);
    const socket = connect({ port: Number(port), host: "127.0.0.1", rejectUnauthorized: false });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    socket.write(`GET /api/v1/configmaps?watch=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${served.token}\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    socket.pause();
    const cut = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    for (let i = 0; i < 20; i += 1) expect((await ask("/api/v1/namespaces/default/configmaps", { method: "POST", body: JSON.stringify({ metadata: { name: `w${i}` }, data: { a: "x".repeat(900_000) } }) })).code).toBe(201);
    await new Promise((resolve) => setTimeout(resolve, 500));
    socket.resume();
    await cut;
  });
});

it("cuts off who asked for another protocol, was refused, and does not hang up", async () => {
  const served = await startCluster({ cluster: createCluster(options), autoAdvance: "off" });
  const socket = connectPlain({ port: Number(new URL(served.url).port), host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => undefined);
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  const cut = new Promise((resolve) => socket.once("close", resolve));
  socket.write("GET /api/v1/namespaces/default/pods/x/exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const talking = setInterval(() => socket.write("x"), 50);
  await cut;
  clearInterval(talking);
  expect(answer).toContain("HTTP/1.1 404");
  await served.close();
});
