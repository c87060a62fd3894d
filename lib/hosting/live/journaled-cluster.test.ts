import { afterEach, describe, expect, it } from "vitest";
import { BudgetExceeded } from "@/lib/engine";
import type { RestAnswer, RestRequest } from "@/lib/rest";
import { answerLimits, openFree, STUDENT, type Workbench } from "@/lib/workbench";
import { JournaledCluster } from "./journaled-cluster";

const open = (): Workbench => openFree("three-nodes", {});
const opened: JournaledCluster[] = [];
afterEach(() => opened.splice(0).forEach((cluster) => cluster.close()));

function live(bench: Workbench, changed: (deed: boolean) => void = () => undefined, onError: (error: unknown) => void = () => undefined): JournaledCluster {
  const cluster = new JournaledCluster(bench, 1, changed, onError);
  opened.push(cluster);
  return cluster;
}

function ask(cluster: JournaledCluster, method: string, path: string, body = "", headers: RestRequest["headers"] = {}): Extract<RestAnswer, { type: "body" }> {
  const answer = cluster.answer({ method, path, query: "", headers: { accept: "application/json", "content-type": "application/json", ...headers }, body, user: STUDENT });
  if (answer.type !== "body") throw new Error(answer.type);
  return answer;
}

const messageOf = ({ body }: { readonly body: string }): string => (JSON.parse(body) as { readonly message: string }).message;
const MAPS = "/api/v1/namespaces/default/configmaps";
const paths = (cluster: JournaledCluster): readonly string[] => cluster.inputs.flatMap((input) => (input.type === "request" ? [`${input.method} ${input.path}`] : []));
/** A workbench whose inputs fail in the engine. */
const failing = (error: Error): Workbench => Object.create(open(), { apply: { value: () => {
  throw error;
} } }) as Workbench;

describe("what a client changes", () => {
  it("is written down whatever headers it carries, and what only reads is not", () => {
    const cluster = live(open());
    ask(cluster, "GET", MAPS);
    ask(cluster, "POST", MAPS, '{"metadata":{"name":"a"}}', { upgrade: "websocket" });
    expect(paths(cluster)).toEqual([`POST ${MAPS}`]);
    expect(ask(cluster, "GET", `${MAPS}/a`).status).toBe(200);
  });

  it("may be a GET that is passed on into a pod or a Service", () => {
    const cluster = live(open());
    cluster.play({ type: "run", line: "kubectl run web --image=nginx:1.29 && kubectl wait --for=condition=Ready pod/web" });
    const answer = ask(cluster, "GET", "/api/v1/namespaces/default/pods/web/proxy/");
    expect([answer.status, answer.body.includes("Welcome to nginx")]).toEqual([200, true]);
    expect(paths(cluster)).toEqual(["GET /api/v1/namespaces/default/pods/web/proxy/"]);
  });

  it("is somebody's deed, and time is nobody's", async () => {
    const deeds: boolean[] = [];
    const cluster = live(open(), (deed) => deeds.push(deed));
    cluster.exec({ pod: { namespace: "default", name: "nadie" }, container: "c" } as never, ["ls"]);
    expect(deeds).toEqual([true]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(deeds.slice(1)).toContain(false);
    expect(deeds.slice(1)).not.toContain(true);
  });
});

describe("a journal that is full", () => {
  it("is full of bytes as they are stored, accents and time included", () => {
    const cluster = live(open());
    const half = { type: "save-file", path: "a.txt", text: "ñ".repeat(answerLimits.bytes / 4) } as const;
    expect(cluster.play(half).refused).toBeUndefined();
    const waits = Array.from({ length: 200 }, (_, i) => [cluster.play({ type: "advance", millis: 1 as never }), cluster.play({ type: "save-file", path: `${i}`, text: "" })]).flat();
    expect(waits.every(({ refused }) => refused === undefined)).toBe(true);
    const room = answerLimits.bytes - Buffer.byteLength(JSON.stringify(cluster.inputs));
    expect(cluster.play({ type: "save-file", path: "b", text: "x".repeat(room) }).refused?.code).toBe("workbench.journal-full");
    expect(cluster.play({ type: "save-file", path: "b", text: "x".repeat(room - 60) }).refused).toBeUndefined();
    expect(Buffer.byteLength(JSON.stringify(cluster.inputs))).toBeLessThanOrEqual(answerLimits.bytes);
  });

  it("says so to the client, and what else the workbench refuses in its own words", () => {
    const cluster = live(open());
    const large = ask(cluster, "POST", MAPS, JSON.stringify({ metadata: { name: "a" }, data: { a: "x".repeat(answerLimits.file) } }));
    expect([large.status, messageOf(large)]).toEqual([403, expect.stringContaining("journal of this workbench is full")]);
    cluster.play({ type: "save-file", path: "a", text: "x".repeat(answerLimits.bytes - 300) });
    expect(cluster.exec({ pod: { namespace: "default", name: "a" }, container: "c" } as never, ["echo", "x".repeat(400)])).toEqual({ error: "The journal of this workbench is full. Undo, or start again." });
  });
});

describe("an engine that fails", () => {
  it("stops its own cluster, which tells whoever writes and still answers whoever reads", async () => {
    const told: unknown[] = [];
    const broken = live(failing(new Error("invariant: a pod too many")), undefined, (error) => told.push(error));
    const other = live(open());
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect([broken.stopped, told.length]).toEqual(["invariant: a pod too many", 1]);
    expect([ask(broken, "POST", MAPS, '{"metadata":{"name":"a"}}').status, ask(broken, "GET", MAPS).status]).toEqual([500, 200]);
    expect(other.stopped).toBeUndefined();
    expect(other.inputs.some(({ type }) => type === "advance")).toBe(true);
  });

  it("is not taken for a full journal when its budget is spent", () => {
    const cluster = live(failing(new BudgetExceeded("steps", 1)));
    const answer = ask(cluster, "POST", MAPS, '{"metadata":{"name":"a"}}');
    expect([answer.status, messageOf(answer)]).toEqual([500, expect.stringContaining("The cluster worked harder than grading allows")]);
    expect(cluster.play({ type: "interrupt" }).refused?.code).toBe("grading.budget-exceeded");
  });

  it("lets a failing stream go and wakes the others", () => {
    const cluster = live(open());
    let woken = 0;
    cluster.onChange(() => {
      throw new Error("a stream");
    });
    cluster.onChange(() => (woken += 1));
    cluster.play({ type: "interrupt" });
    expect([woken, cluster.stopped]).toEqual([1, undefined]);
  });
});
