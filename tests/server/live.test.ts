import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServerIdentity } from "@/lib/hosting/gateway/certificates";
import { kubeconfig } from "@/lib/hosting/gateway/kubeconfig";
import { liveHouse } from "@/lib/hosting/live/live-house";
import type { LiveRecord, LiveThread, News } from "@/lib/hosting/live/messages";
import { openFree, type Input } from "@/lib/workbench";
import { genuineBinaries } from "../kubectl-real/binaries";

/** A keeper that forgets nothing, in place of the database. */
const kept = new Map<string, LiveRecord>();
const keeper = {
  load: (id: string) => Promise.resolve(kept.get(id) ?? null),
  save: (id: string, inputs: readonly Input[]) => {
    const record = kept.get(id);
    if (record) kept.set(id, { ...record, inputs });
    return Promise.resolve(record !== undefined);
  },
};
const identity = createServerIdentity(["127.0.0.1"]);
let house: LiveThread;
let port = 0;

function fresh(lasts = 60_000): { readonly record: LiveRecord; readonly token: string } {
  const token = randomBytes(16).toString("hex");
  const record: LiveRecord = { id: randomBytes(8).toString("hex"), source: { type: "fixture", fixture: "three-nodes", files: {} }, inputs: [], tokenHash: createHash("sha256").update(token).digest("hex"), expiresAt: Date.now() + lasts };
  return { record, token };
}

async function opened(lasts?: number): Promise<{ readonly record: LiveRecord; readonly token: string; readonly news: News }> {
  const made = fresh(lasts);
  const answer = await house.open(made.record);
  if (!answer.ok) throw new Error(answer.code);
  kept.set(made.record.id, made.record);
  return { ...made, news: answer.value };
}

async function ask(id: string, question: Parameters<LiveThread["ask"]>[1]): Promise<News> {
  const answer = await house.ask(id, question);
  if (!answer.ok) throw new Error(answer.code);
  return answer.value;
}

/** Runs a line of the genuine tools against one connection. */
async function line(binaries: string, record: LiveRecord, token: string, text: string): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number }> {
  const home = mkdtempSync(join(tmpdir(), "timonel-live-"));
  writeFileSync(join(home, "config"), kubeconfig({ name: "t", server: `https://127.0.0.1:${port}/c/${record.id}`, user: "u", token, namespace: "default", authority: identity.authority }));
  try {
    return await new Promise((resolve) => {
      const child = spawn("bash", ["-c", text], { cwd: home, env: { ...process.env, PATH: `${binaries}:${process.env["PATH"] ?? ""}`, HOME: home, KUBECONFIG: join(home, "config"), TERM: "dumb" } as NodeJS.ProcessEnv });
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (piece: Buffer) => (stdout += piece.toString()));
      child.stderr.on("data", (piece: Buffer) => (stderr += piece.toString()));
      child.on("close", (code) => resolve({ stdout, stderr, code: code ?? 137 }));
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

beforeAll(async () => {
  house = liveHouse(keeper);
  port = (await house.start({ host: "127.0.0.1", port: 0, certificate: identity.certificate, key: identity.key })).port;
});
afterAll(() => house.stop());

const genuine = genuineBinaries();

describe.skipIf("reason" in genuine)("a workbench on the network, with the genuine kubectl", () => {
  const folder = "folder" in genuine ? genuine.folder : "";

  it("keeps in one journal what kubectl and the page do, and replays to the same cluster", { timeout: 60_000 }, async () => {
    const { record, token, news } = await opened();
    expect(news.inputs).toEqual([]);
    const made = await line(folder, record, token, "kubectl create deployment web --image=nginx:1.29 --replicas=2 && kubectl rollout status deploy/web --timeout=20s && kubectl exec deploy/web -- sh -c 'echo hola > /tmp/x; cat /tmp/x'");
    expect(made.stderr).toBe("");
    expect(made.stdout).toContain("deployment.apps/web created");
    expect(made.stdout).toContain('deployment "web" successfully rolled out');
    expect(made.stdout.trim().endsWith("hola")).toBe(true);
    const after = await ask(record.id, { epoch: news.epoch, since: news.next, input: { type: "run", line: "kubectl scale deploy web --replicas=3" } });
    expect(after.entries?.some((input) => input.type === "request" && input.method === "POST" && input.path.includes("/deployments"))).toBe(true);
    expect(after.entries?.some((input) => input.type === "request" && input.path.includes("/exec?"))).toBe(true);
    expect(after.entries?.at(-1)).toEqual({ type: "run", line: "kubectl scale deploy web --replicas=3" });

    // Asleep and awake again: a new life, the same cluster.
    const before = await line(folder, record, token, "kubectl get deploy web -o jsonpath='{.metadata.uid} {.spec.replicas}'");
    const whole = await ask(record.id, { epoch: "", since: 0 });
    kept.set(record.id, { ...record, inputs: whole.inputs ?? [] });
    await house.close(record.id);
    const again = await line(folder, record, token, "kubectl get deploy web -o jsonpath='{.metadata.uid} {.spec.replicas}'; echo; kubectl exec deploy/web -- cat /tmp/x");
    expect(again.stdout.split("\n")[0]).toBe(before.stdout);
    expect(again.stdout).toContain("hola");

    // And in the page's own workbench.
    const page = openFree("three-nodes", {});
    for (const input of whole.inputs ?? []) page.apply(input);
    const uid = page.apply({ type: "run", line: "kubectl get deploy web -o jsonpath='{.metadata.uid} {.spec.replicas}'" }).output?.stdout;
    expect(uid).toBe(before.stdout);
  });

  it("opens with its own token only, until it ends", { timeout: 60_000 }, async () => {
    const one = await opened();
    const other = await opened();
    const crossed = await line(folder, one.record, other.token, "kubectl get nodes");
    expect(crossed.code).toBe(1);
    expect(crossed.stderr).toContain("You must be logged in to the server");
    kept.delete(one.record.id);
    await house.close(one.record.id);
    const ended = await line(folder, one.record, one.token, "kubectl get nodes");
    expect(ended.stderr).toContain("You must be logged in to the server");
    const late = await opened(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await line(folder, late.record, late.token, "kubectl get nodes")).code).toBe(1);
    expect(await house.ask(late.record.id, { epoch: "", since: 0 })).toEqual({ ok: false, code: "live.gone" });
  });

  it("copies bytes that are no text in and out, and keeps them asleep", { timeout: 60_000 }, async () => {
    const { record, token } = await opened();
    const put = await line(
      folder,
      record,
      token,
      `kubectl run web --image=nginx:1.29 && kubectl wait --for=condition=Ready pod/web --timeout=20s && printf '\\211PNG\\r\\n\\032\\n\\000\\377\\300ñ' > a.png && kubectl cp a.png web:/usr/share/nginx/html/a.png && kubectl exec web -- cat /usr/share/nginx/html/a.png | cmp - a.png && echo iguales`,
    );
    expect(put.stdout).toContain("iguales");
    const { inputs = [] } = await ask(record.id, { epoch: "", since: 0 });
    kept.set(record.id, { ...record, inputs: JSON.parse(JSON.stringify(inputs)) as readonly Input[] });
    await house.close(record.id);
    const got = await line(folder, record, token, "kubectl cp web:/usr/share/nginx/html/a.png b.png && od -An -tx1 b.png; kubectl get --raw /api/v1/namespaces/default/pods/web/proxy/a.png | od -An -tx1");
    expect(got.stdout.match(/89 50 4e 47 0d 0a 1a 0a 00 ff c0 c3 b1/g)?.length).toBe(2);
  });

  it("copies files in and out, and forwards ports, through the journal", { timeout: 60_000 }, async () => {
    const { record, token, news } = await opened();
    const done = await line(
      folder,
      record,
      token,
      `kubectl run web --image=nginx:1.29 && kubectl wait --for=condition=Ready pod/web --timeout=20s && printf 'mi página\\n' > index.html && kubectl cp index.html web:/usr/share/nginx/html/index.html && kubectl cp web:/usr/share/nginx/html/index.html back.html && cat back.html
       kubectl port-forward pod/web 18999:80 > pf.log & sleep 1; curl -s http://127.0.0.1:18999/; kill %1`,
    );
    expect(done.stdout.match(/mi página/g)?.length).toBe(2);
    const { entries = [] } = await ask(record.id, { epoch: news.epoch, since: news.next });
    expect(entries.some((input) => input.type === "send")).toBe(true);
  });
});

describe("a live workbench", () => {
  it("waits for news, and tells at once what another did", async () => {
    const { record, news } = await opened();
    const waiting = ask(record.id, { epoch: news.epoch, since: news.next, wait: 5_000 });
    await ask(record.id, { epoch: news.epoch, since: news.next, input: { type: "save-file", path: "a.txt", text: "a" } });
    const heard = await waiting;
    expect(heard.entries?.some(({ type }) => type === "save-file")).toBe(true);
  });

  it("closes by itself once its connection was deleted, whoever deleted it", async () => {
    const { record, news } = await opened();
    const watching = ask(record.id, { epoch: news.epoch, since: news.next, wait: 10_000 });
    kept.delete(record.id);
    await watching;
    await expect.poll(() => house.ask(record.id, { epoch: "", since: 0 }), { timeout: 8_000 }).toEqual({ ok: false, code: "live.gone" });
  });

  it("gives the whole journal to whoever comes from another life", async () => {
    const { record } = await opened();
    await ask(record.id, { epoch: "", since: 0, input: { type: "save-file", path: "a.txt", text: "a" } });
    const news = await ask(record.id, { epoch: "another", since: 7 });
    expect(news.inputs?.some(({ type }) => type === "save-file")).toBe(true);
    expect(news.entries).toBeUndefined();
  });

  it("says in both languages why an input was not done", async () => {
    const { record, news } = await opened();
    const { refused } = await ask(record.id, { epoch: news.epoch, since: news.next, input: { type: "machine", name: "nadie", do: "power-off" } });
    expect(refused).toEqual({ es: "No hay ninguna máquina que se llame nadie.", en: "There is no machine called nadie." });
  });
});
