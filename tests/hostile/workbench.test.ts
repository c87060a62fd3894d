import { describe, expect, it } from "vitest";
import { millis, type JsonObject } from "@/lib/engine";
import { explainCode, explainFieldError } from "@/lib/explain";
import { answerLimits, openWorkbench, type Effect, type Input, type Workbench } from "@/lib/workbench";

/** Most milliseconds of processor one input may take; on a machine of its own it is less than two seconds. */
const PATIENCE = 3_000;

const open = (files: Readonly<Record<string, string>> = {}): Workbench => openWorkbench({ fixture: "three-nodes", seed: 1, files });

/** Applies an input and answers what it did and how long it took. */
function timed(bench: Workbench, input: Input): { readonly effect: Effect; readonly took: number } {
  const start = process.cpuUsage();
  const effect = bench.apply(input);
  const { user, system } = process.cpuUsage(start);
  return { effect, took: (user + system) / 1000 };
}
const run = (bench: Workbench, line: string): { readonly text: string; readonly took: number; readonly running: boolean } => {
  const { effect, took } = timed(bench, { type: "run", line });
  return { text: `${effect.output?.stdout ?? ""}${effect.output?.stderr ?? ""}`, took, running: effect.output?.running ?? false };
};
/** The workbench still answers as it should, and the student's file is still there. */
function isWell(bench: Workbench): void {
  bench.apply({ type: "interrupt" });
  expect(run(bench, "kubectl get nodes --no-headers | wc -l").text.trim()).toBe("3");
}

const pod = (metadata: JsonObject, container: JsonObject = {}): string => JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", ...metadata }, spec: { containers: [{ name: "c", image: "nginx:1.29", ...container }] } });
const web = (replicas: number, container: JsonObject = {}): string =>
  JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { replicas, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx:1.29", ...container }] } } } });
const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
const laughs = ["a0: &a0 [lol]", ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)].join("\n");
const doubling = ["data: &d0 {k: v}", ...Array.from({ length: 30 }, (_, i) => `d${i + 1}: &d${i + 1} {a: *d${i}, b: *d${i}}`)].join("\n");

/** A manifest nobody should write, and what kubectl says to it. */
const manifests: readonly (readonly [string, string, RegExp])[] = [
  ["a billion laughs", `${configMap}data:\n  x: y\n${laughs}\n`, /alias/],
  ["aliases that double thirty times", `${configMap}${doubling}\n`, /alias|values|large/],
  ["65 levels", `${configMap}data: ${"[".repeat(70)}${"]".repeat(70)}\n`, /exceeded max depth/],
  ["10,000 levels", `${configMap}data: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`, /exceeded max depth/],
  ["10,000 levels of blocks", `${configMap}data:\n${Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}- a:`).join("\n").slice(0, 200_000)}\n`, /deep|too large|mapping|parsing/],
  ["501 documents", Array.from({ length: 501 }, (_, i) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${i}}\n`).join("---\n"), /documents/],
  ["an anchor of itself", `${configMap}data: &a [*a]\n`, /alias|anchor|recurs|cyclic|parsing|contains itself/i],
  ["a key called __proto__", `${configMap}__proto__: {polluted: "yes"}\n`, /unknown field "__proto__"/],
  ["a label called __proto__", pod({ labels: { ["__proto__"]: "x" } }).replace('"labels":{}', '"labels":{"__proto__":"x"}'), /metadata\.labels: Invalid value: \\?"__proto__|created/],
  ["control characters", `${configMap}data: {a: "\u0000\u0007"}\n`, /control|parsing/],
  ["a number for a name", 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 3}\n', /resource name may not be empty/],
  ["a list for metadata", "apiVersion: v1\nkind: Pod\nmetadata: []\nspec: {}\n", /./],
  ["text for spec", 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: "hola"\n', /./],
  ["an unknown kind", "apiVersion: v9\nkind: constructor\nmetadata: {name: x}\n", /no matches for kind "constructor"/],
  ["a kind called __proto__", "apiVersion: __proto__\nkind: __proto__\nmetadata: {name: x}\n", /no matches for kind "__proto__"/],
  ["a script for a name", pod({ name: "<script>alert(1)</script>" }), /Invalid value: "<script>alert\(1\)<\/script>"/],
  ["a path for a name", pod({ name: "../../etc/passwd" }), /Invalid value/],
  ["negative replicas", web(-1), /must be greater than or equal to 0/],
  ["half a replica", web(1).replace('"replicas":1', '"replicas":1.5'), /./],
  ["more replicas than a number holds", web(1).replace('"replicas":1', '"replicas":1e300'), /./],
  ["10,000 replicas", web(10_000), /exceeded quota: student-limits, requested: pods=10000, used: pods=0, limited: pods=1000/],
  ["an image that cannot be a name", pod({}, { image: "NGINX:::" }), /pod\/p created/],
];

describe("a hostile manifest is answered, and nothing is lost:", () => {
  it.each(manifests)("%s", (_name, text, answer) => {
    const bench = open({ "mine.txt": "mío" });
    bench.apply({ type: "save-file", path: "a.yaml", text });
    const { text: said, took } = run(bench, "kubectl apply -f a.yaml");
    expect(said).toMatch(answer);
    expect(took).toBeLessThan(PATIENCE);
    bench.cluster.advance(millis(60_000));
    expect(bench.files.get("mine.txt")).toBe("mío");
    expect(bench.files.get("a.yaml")).toBe(text);
    isWell(bench);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
  });

  it("a file above the limit is refused and the old one stays", () => {
    const bench = open({ "a.yaml": "kind: Pod" });
    const { effect } = timed(bench, { type: "save-file", path: "a.yaml", text: "x".repeat(answerLimits.file + 1) });
    expect(effect.refused?.code).toBe("workbench.file-too-large");
    expect(explainCode("workbench.file-too-large", "es", effect.refused?.params)).toContain("262144");
    expect(bench.files.get("a.yaml")).toBe("kind: Pod");
  });

  it("scripts in annotations stay text", () => {
    const bench = open({ "a.yaml": pod({ annotations: { note: "<script>alert(1)</script>" } }) });
    expect(run(bench, "kubectl apply -f a.yaml && kubectl get pod p -o yaml").text).toContain("note: <script>alert(1)</script>");
  });

  it("keys of objects' prototypes are data like any other", () => {
    const bench = open({ "a.yaml": `${configMap}data: {__proto__: "1", constructor: "2", toString: "3"}\n` });
    expect(run(bench, "kubectl apply -f a.yaml").text).toBe("configmap/x created\n");
    const data = JSON.parse(run(bench, "kubectl get cm x -o json").text) as { readonly data: object };
    expect(Object.getOwnPropertyNames(data.data).sort()).toEqual(["__proto__", "constructor", "toString"]);
    expect(run(bench, "kubectl apply -f a.yaml").text).toBe("configmap/x unchanged\n");
  });

  it("a huge environment reaches its container", () => {
    const env = Array.from({ length: 2000 }, (_, i) => ({ name: `V${i}`, value: "x".repeat(60) }));
    const bench = open({ "a.yaml": pod({}, { image: "busybox:1.36", command: ["sh", "-c", "echo $V1999; sleep 1000"], env }) });
    expect(run(bench, "kubectl apply -f a.yaml").text).toBe("pod/p created\n");
    bench.apply({ type: "advance", millis: millis(30_000) });
    expect(run(bench, "kubectl logs p").text.trim()).toBe("x".repeat(60));
  });

  it("an image that does not exist is told, not waited for", () => {
    const bench = open({ "a.yaml": pod({}, { image: "no.existe.example/nada:1" }) });
    run(bench, "kubectl apply -f a.yaml");
    bench.apply({ type: "advance", millis: millis(60_000) });
    expect(run(bench, "kubectl get pods").text).toMatch(/ErrImagePull|ImagePullBackOff/);
  });
});

describe("a student's cluster", () => {
  it("refuses 10,000 replicas, by file and by scale, in words that say how many it takes", () => {
    const bench = open({ "a.yaml": web(2) });
    run(bench, "kubectl apply -f a.yaml");
    bench.apply({ type: "advance", millis: millis(20_000) });
    const { text, took } = run(bench, "kubectl scale deployment web --replicas=10000");
    expect(text).toBe('Error from server (Forbidden): deployments.apps "web" is forbidden: exceeded quota: student-limits, requested: pods=10000, used: pods=2, limited: pods=1000\n');
    expect(took).toBeLessThan(PATIENCE);
    expect(run(bench, "kubectl get pods --no-headers | wc -l").text.trim()).toBe("2");
    const cause = { code: "too-many", path: "spec.replicas", badValue: 10_000, detail: "must have at most 1000 pods", origin: "limits.pods" } as const;
    expect(explainFieldError(cause, "es")).toContain("Tu clúster no admite tantos pods");
    expect(explainFieldError(cause, "en")).toContain("does not take that many pods");
  });

  it("stops making pods at 1,000 and says so in an event", () => {
    const bench = open({ "a.yaml": web(900), "b.yaml": web(900).replaceAll('"web"', '"otra"') });
    run(bench, "kubectl apply -f a.yaml -f b.yaml");
    bench.apply({ type: "advance", millis: millis(30_000) });
    expect(run(bench, "kubectl get pods --no-headers | wc -l").text.trim()).toBe("1000");
    expect(run(bench, "kubectl get events | grep FailedCreate | head -n 1").text).toContain("exceeded quota: student-limits");
  });

  it("takes 5,000 objects and then no more", () => {
    const bench = open();
    const admin = bench.cluster.as("kubernetes-admin");
    const fill = (): void => {
      for (let i = 0; i < 6000; i += 1) admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `c${i}`, namespace: "default" } });
    };
    expect(fill).toThrow(/exceeded quota: student-limits, requested: objects=1, used: objects=5000, limited: objects=5000/);
    isWell(bench);
  });
});

/** A line that never ends or grows without end. */
const endless: readonly (readonly [string, boolean])[] = [
  ["while true; do :; done", true],
  ["while true; do echo hola; done", true],
  ["while sleep 0; do :; done", true],
  ["while true; do kubectl get pods -A; done", true],
  ["yes | head -n 3", false],
  ["yes > /dev/null", true],
  ["x=a; while true; do x=$x$x; done", false],
  ["f() { f; }; f", false],
  ["f() { f | f & }; f", true],
  ["seq 1 100000000 | wc -l", false],
  ["echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab | grep -E '(a+)+$'", false],
  ["while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >> f.txt; done", true],
  ["kubectl get pods -w", true],
  ["tail -f /dev/null", true],
  ["cat", true],
];

describe("the terminal gives itself back from", () => {
  it.each(endless)("%s", (line, mayRun) => {
    const bench = open();
    const { took, running } = run(bench, line);
    expect(took).toBeLessThan(PATIENCE);
    if (running) expect(mayRun).toBe(true);
    expect(timed(bench, { type: "advance", millis: millis(3_600_000) }).took).toBeLessThan(PATIENCE);
    expect(run(bench, "echo hola").text).toContain("hola\n");
    isWell(bench);
  });
});

/** A container's script that never rests. */
const scripts: readonly string[] = [
  "while true; do :; done",
  "while true; do echo hola; done",
  "while sleep 0; do :; done",
  "while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >> /tmp/x; done",
  "x=a; while true; do x=$x$x; done",
  "f() { f | f & }; f; sleep 1000",
  "exit 1",
];

describe("an hour passes quickly with containers that run", () => {
  it.each(scripts)("%s", (script) => {
    const bench = open({ "a.yaml": web(4, { image: "busybox:1.36", command: ["sh", "-c", script] }) });
    run(bench, "kubectl apply -f a.yaml");
    expect(timed(bench, { type: "advance", millis: millis(3_600_000) }).took).toBeLessThan(PATIENCE);
    isWell(bench);
  });
});

describe("time", () => {
  it.each([-1, -1e300, Number.NaN, 0.5])("moves by %s not at all", (length) => {
    const bench = open();
    const before = bench.cluster.now;
    bench.apply({ type: "advance", millis: length as ReturnType<typeof millis> });
    expect(bench.cluster.now).toBe(before);
    isWell(bench);
  });

  it.each([1e15, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER])("does not move by %s: a limit is told", (length) => {
    const bench = open();
    const before = bench.cluster.now;
    const { refused } = bench.apply({ type: "advance", millis: length as ReturnType<typeof millis> });
    expect(refused).toEqual({ code: "workbench.too-much-time", params: { limit: 200 } });
    expect(explainCode("workbench.too-much-time", "es", refused?.params)).toContain("200 horas");
    expect(bench.cluster.now).toBe(before);
  });
});

describe("paths stay inside the student's disk", () => {
  it.each(["../../etc/passwd", "/etc/passwd", "a/../../../b", "..", "/", "", "a//b", "__proto__", "constructor/prototype", "a\u0000b", "x".repeat(400)])("%s", (path) => {
    const bench = open({ "mine.txt": "mío" });
    bench.apply({ type: "save-file", path, text: "hola" });
    bench.apply({ type: "delete-file", path });
    bench.apply({ type: "save-file", path, text: "hola" });
    expect(bench.files.get("mine.txt")).toBe("mío");
    expect(run(bench, "cat mine.txt").text).toBe("mío");
    for (const name of bench.files.keys()) expect(name.startsWith("..")).toBe(false);
    isWell(bench.fork());
  });
});
