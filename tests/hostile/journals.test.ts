import { describe, expect, it } from "vitest";
import { engineVersion, millis, type Json } from "@/lib/engine";
import { explainCode } from "@/lib/explain";
import { grade, type Check, type Exercise, type ExerciseParts } from "@/lib/grader";
import { answerLimits, openWorkbench, parseAnswer, type Answer, type Input } from "@/lib/workbench";

/** Most milliseconds of processor a grading may take, whatever the answer holds; on a machine of its own it is less than five seconds. */
const PATIENCE = 9_000;

const text = { es: "x", en: "x" };
const check = (id: string, wait: number): Check => ({
  id,
  title: text,
  points: 1,
  run({ cluster }) {
    cluster.advance(millis(wait));
    const running = cluster.as("kubernetes-admin").list("v1/Pod" as never).length > 0;
    return running ? { passed: true } : { passed: false, code: "no-pods", message: text, next: text, evidence: [] };
  },
});
const exercise: Exercise = {
  id: "hostile-1",
  lesson: "L13",
  kind: "terminal",
  difficulty: 1,
  title: text,
  setup: () => ({ fixture: "three-nodes" }),
  checks: [check("now", 0), check("soon", 30_000), check("later", 300_000)],
  hints: [text, text, text],
};
const parts: ExerciseParts = { exercise, objects: [], files: {}, serverChecks: [] };
const answer = (inputs: readonly Input[], other: Partial<Answer> = {}): Answer => ({ exercise: "hostile-1", seed: 1, inputs, ...other });

const run = (line: string): Input => ({ type: "run", line });
const wait = (minutes: number): Input => ({ type: "advance", millis: millis(minutes * 60_000) });
const many = (count: number, input: (i: number) => Input): readonly Input[] => Array.from({ length: count }, (_, i) => input(i));
const save = (replicas: number, container: object): Input => ({
  type: "save-file",
  path: "a.yaml",
  text: JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { replicas, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "busybox:1.36", ...container }] } } } }),
});
const apply = run("kubectl apply -f a.yaml");
const probe = { exec: { command: ["sh", "-c", "date"] }, periodSeconds: 1 };

/** Answers the parser lets through, made to cost as much as they can. */
const costly: readonly (readonly [string, readonly Input[], boolean])[] = [
  ["a thousand replicas up and down", [save(1000, { image: "nginx:1.29" }), apply, ...many(200, (i) => (i % 2 ? run(`kubectl scale deployment web --replicas=${i % 4 === 1 ? 1 : 1000}`) : wait(1)))], true],
  ["300 pods that crash for 199 hours", [save(300, { command: ["sh", "-c", "exit 1"] }), apply, wait(199 * 60)], true],
  ["300 pods that spin", [save(300, { command: ["sh", "-c", "while :; do :; done"] }), apply, wait(600)], true],
  ["300 pods that print without end", [save(300, { command: ["sh", "-c", "while :; do echo hola; done"] }), apply, wait(60)], true],
  ["300 pods probed every second", [save(300, { command: ["sleep", "100000"], readinessProbe: probe, livenessProbe: probe }), apply, wait(600)], true],
  ["300 pods that ask each other every second", [save(300, { command: ["sh", "-c", "while sleep 1; do wget -qO- -T 1 http://web; done"] }), apply, wait(600)], true],
  ["2,000 endless loops in the terminal", many(2000, () => run("while :; do :; done")), true],
  ["2,000 endless loops that print", many(2000, () => run("while :; do echo hola; done")), true],
  ["2,000 waits with a watch in the foreground", [run("kubectl get pods -w"), ...many(1998, (i) => (i % 2 ? wait(5) : { type: "respond", question: "q", value: i }))], true],
  ["500 lists of 300 pods", [save(300, { image: "nginx:1.29" }), apply, wait(2), ...many(100, () => run("kubectl get pods -A -o yaml | wc -l"))], true],
  ["2,000 commands", many(2000, (i) => run(`kubectl label node node-1 a=v${i} --overwrite`)), false],
];

describe("an answer that costs much is judged or stopped in time:", () => {
  it.each(costly)("%s", (_name, inputs, mayStop) => {
    const start = process.cpuUsage();
    const report = grade(parts, answer(inputs));
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(PATIENCE);
    if (report.stopped) expect([mayStop, report.stopped.code]).toEqual([true, "grading.budget-exceeded"]);
    else expect(report.results).toHaveLength(3);
  }, 60_000);

  it("a stopped answer is stopped the same way again, with no points", () => {
    const inputs = [save(300, { command: ["sh", "-c", "exit 1"] }), apply, wait(199 * 60)];
    const report = grade(parts, answer(inputs));
    expect(report).toMatchObject({ score: 0, passed: false, results: [], engineVersion, stopped: { code: "grading.budget-exceeded" } });
    expect(report.stopped?.message.es).toContain("más trabajo");
    expect(grade(parts, answer(inputs))).toEqual(report);
  }, 60_000);
});

describe("an answer over a limit is refused whole, with a reason:", () => {
  const refused: readonly (readonly [string, Answer, string])[] = [
    ["of another exercise", answer([], { exercise: "l13-e1" }), "grading.other-exercise"],
    ["of 2,001 inputs", answer(many(answerLimits.inputs + 1, () => ({ type: "interrupt" }))), "grading.too-many-inputs"],
    ["of 201 hours", answer([wait(201 * 60)]), "grading.too-much-time"],
    ["of too many bytes", answer(many(100, (i) => ({ type: "save-file", path: `f${i}`, text: "x".repeat(4000) }))), "grading.too-large"],
  ];
  it.each(refused)("%s", (_name, given, code) => {
    const report = grade(parts, given);
    expect([report.stopped?.code, report.score, report.results.length]).toEqual([code, 0, 0]);
    expect(report.stopped?.message.es.length).toBeGreaterThan(20);
  });
});

describe("a journal written by something else", () => {
  const strange: readonly (readonly [string, Json])[] = [
    ["a kind of input this engine does not know", { type: "teleport", to: "node-9" }],
    ["a kind of input called __proto__", { type: "__proto__" }],
    ["a kind of input called constructor", { type: "constructor" }],
    ["no kind at all", {}],
    ["a fault that has another name now", { type: "machine", name: "node-1", do: "explode" }],
    ["time in words", { type: "advance", millis: "5m" }],
    ["time without end", { type: "advance", millis: 1e308 }],
    ["time backwards", { type: "advance", millis: -1 }],
    ["a line that is a list", { type: "run", line: ["ls"] }],
    ["a line above the limit", { type: "run", line: "x".repeat(answerLimits.line + 1) }],
    ["a request from nowhere", { type: "send", from: {}, request: {} }],
    ["a port of another world", { type: "send", from: { host: "laptop" }, request: { protocol: "http", host: "web", port: 70_000 } }],
    ["a world that does not exist", { type: "world", change: { do: "set-fire" } }],
  ];
  it.each(strange)("with %s is refused at the door", (_name, input) => {
    const parsed = parseAnswer({ exercise: "hostile-1", seed: 1, inputs: [input] });
    const problem = "problem" in parsed ? parsed.problem : undefined;
    expect(problem).toMatchObject({ code: "answer.bad-input", at: 0 });
    expect(explainCode("answer.bad-input", "es", { at: 0, field: problem?.field ?? "" })).toContain("no se entiende");
  });

  it.each(strange.slice(0, 5))("with %s does not crash the bench that is given it all the same", (_name, input) => {
    const bench = openWorkbench({ fixture: "three-nodes", seed: 1 });
    const effect = bench.apply(input as unknown as Input);
    expect(effect.refused?.code).toBeDefined();
    expect(bench.inputs).toEqual([]);
  });

  it("and keys of prototypes leaves nothing behind", () => {
    const parsed = parseAnswer(JSON.parse('{"exercise":"hostile-1","seed":1,"__proto__":{"admin":true},"inputs":[{"type":"respond","question":"__proto__","value":{"__proto__":{"admin":true}}},{"type":"save-file","path":"__proto__","text":"x"}]}'));
    if (!("answer" in parsed)) throw new Error("it is an answer");
    const bench = openWorkbench({ fixture: "three-nodes", seed: 1 });
    for (const input of parsed.answer.inputs) bench.apply(input);
    expect(({} as { readonly admin?: boolean }).admin).toBeUndefined();
    expect(bench.files.get("__proto__")).toBe("x");
    expect(bench.responses.has("__proto__")).toBe(true);
    expect(grade(parts, parsed.answer).results).toHaveLength(3);
  });
});
