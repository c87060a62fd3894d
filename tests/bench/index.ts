import { readFileSync } from "node:fs";
import { createCluster, millis, type JsonObject } from "@/lib/engine";
import { exerciseParts, grade, openExercise, writtenAnswer, type Check } from "@/lib/grader";
import { catalog } from "@/lib/images";
import { parseManifests, parseYaml } from "@/lib/manifest";
import type { Benchmark, Measured } from "./measured";
import { networkBenchmarks } from "./network";
import { pageBenchmarks } from "./pages";
import { restBenchmarks } from "./rest";
import { scaleBenchmarks } from "./scale";
import { fixtures, kubernetesVersion, prod4Workloads, openWorkbench, requestTo, origin } from "@/lib/workbench";

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Times a piece of work over and over, after warming up. */
function time(work: () => void, runs: number, warm = Math.ceil(runs / 4)): Measured {
  for (let i = 0; i < warm; i += 1) work();
  const taken: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const start = performance.now();
    work();
    taken.push(performance.now() - start);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number): number => round(taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), runs };
}

const scenario = (name: string): string => readFileSync(new URL(`../determinism/scenarios/${name}.yaml`, import.meta.url), "utf8");
const objectsOf = (yaml: string): readonly JsonObject[] => parseManifests(yaml).documents.map((document): JsonObject => document.value);

function newCluster(fixture: keyof typeof fixtures) {
  return createCluster({ ...fixtures[fixture], seed: 1, kubernetesVersion, images: catalog });
}

/** The WordPress scenario's objects, three tiers with their storage. */
const wordpressYaml = String((parseYaml(scenario("wordpress")).documents[0]?.value as JsonObject)["objects"]);

function deployment(replicas: number): JsonObject {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "default" }, spec: { replicas, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx:1.29", resources: { requests: { cpu: "10m", memory: "16Mi" } } }] } } } };
}

function steady(cluster: ReturnType<typeof newCluster>): void {
  cluster.settle({ quietFor: millis(10_000), atMost: millis(300_000) });
}

async function gradeAll(again: boolean): Promise<Measured> {
  const { allExercises, exerciseServer } = await import("@/lib/course");
  const works: (() => void)[] = [];
  for (const { id } of allExercises()) {
    const found = await exerciseServer(id);
    const solution = found?.solutions[0];
    if (!found || !solution) continue;
    const parts = exerciseParts(found, Array.isArray(found.secret) ? (found.secret as readonly Check[]) : []);
    const answer = writtenAnswer(found.exercise, 1, solution.files);
    const opened = again ? openExercise(parts, 1) : undefined;
    works.push(() => void grade(parts, answer, undefined, opened));
  }
  const all = works.map((work) => time(work, 12, 4));
  const p50s = all.map(({ p50 }) => p50).sort((a, b) => a - b);
  return { p50: p50s[Math.floor(p50s.length / 2)] ?? 0, p99: Math.max(0, ...all.map(({ p99 }) => p99)), runs: works.length * 12, note: "p50: the middle exercise; p99: the slowest exercise's" };
}

/** Every benchmark: the engine, the judge, and what the pages cost a browser. */
export const benchmarks: readonly Benchmark[] = [
  { name: "cluster-start", target: "—", measure: () => time(() => void newCluster("three-nodes"), 200) },
  {
    name: "wordpress-steady-state",
    target: "p50 8 ms warm, p99 25 ms",
    measure: () =>
      time(() => {
        const cluster = newCluster("wp-galera");
        for (const object of objectsOf(wordpressYaml)) cluster.as("kubernetes-admin").create(object);
        steady(cluster);
      }, 120, 60),
  },
  {
    name: "100-pods-3-nodes",
    target: "p50 40 ms",
    measure: () =>
      time(() => {
        const cluster = newCluster("three-nodes");
        cluster.as("kubernetes-admin").create(deployment(100));
        steady(cluster);
      }, 30, 10),
  },
  {
    name: "api-write",
    target: "20 µs a write (p50 of batches of 500, in ms a batch)",
    measure: () =>
      time(() => {
        const admin = newCluster("empty").as("kubernetes-admin");
        for (let i = 0; i < 500; i += 1) admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `c${i}`, namespace: "default" }, data: { a: "b" } });
      }, 30),
  },
  {
    name: "packet-trip",
    target: "—",
    measure() {
      const bench = openWorkbench({ fixture: "prod-4", seed: 1, objects: prod4Workloads() });
      return time(() => void bench.cluster.send(origin("cliente"), requestTo("http://app1.prod.es/")), 500);
    },
  },
  {
    name: "fork-100-pods",
    target: "5 ms for 1,000 pods (next issue)",
    measure() {
      const cluster = newCluster("three-nodes");
      cluster.as("kubernetes-admin").create(deployment(100));
      steady(cluster);
      return time(() => void cluster.fork(), 200);
    },
  },
  { name: "grade", target: "p50 15 ms, p99 60 ms", measure: () => gradeAll(false) },
  { name: "grade-again", target: "p50 15 ms, p99 60 ms: the same student's next try, which finds the exercise opened", measure: () => gradeAll(true) },
  ...networkBenchmarks,
  ...restBenchmarks,
  ...pageBenchmarks,
];

/** Benchmarks that take seconds and much memory: only run when asked for, as `scale` or by name. */
export const slowBenchmarks = scaleBenchmarks;
