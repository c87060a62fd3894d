import { describe, expect, it } from "vitest";
import { millis } from "@/lib/engine";
import { openWorkbench, parseAnswer, readInputs, type Workbench } from "./index";

const open = (files: Record<string, string> = {}): Workbench => openWorkbench({ fixture: "three-nodes", seed: 1, files });
const run = (bench: Workbench, line: string): string => {
  const output = bench.apply({ type: "run", line }).output;
  return `${output?.stdout ?? ""}${output?.stderr ?? ""}`;
};
const WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: nginx, image: 'nginx:1.29'}]}\n";

describe("the workbench", () => {
  it("applies a file of the student's disk, and pipes what kubectl prints", () => {
    const bench = open({ "web.yaml": WEB });
    expect(run(bench, "kubectl apply -f web.yaml")).toBe("deployment.apps/web created\n");
    bench.apply({ type: "advance", millis: millis(20_000) });
    expect(run(bench, "kubectl get pods --no-headers | grep Running | wc -l").trim()).toBe("2");
  });

  it("keeps one journal entry for consecutive waits and saves of a file", () => {
    const bench = open();
    for (const input of readInputs([{ advance: 1 }, { advance: 2 }, { save: { "a.txt": "1" } }, { save: { "a.txt": "2" } }, "cat a.txt"])) bench.apply(input);
    expect(bench.inputs).toEqual([{ type: "advance", millis: 3000 }, { type: "save-file", path: "a.txt", text: "2" }, { type: "run", line: "cat a.txt" }]);
  });

  it("lets sleep take virtual time", () => {
    const bench = open();
    const before = bench.cluster.now;
    expect(run(bench, "sleep 90 && echo listo")).toBe("listo\n");
    expect(bench.cluster.now - before).toBe(90_000);
  });

  it("leaves a watch in the foreground, which prints as time passes and ends when interrupted", () => {
    const bench = open({ "web.yaml": WEB });
    expect(bench.apply({ type: "run", line: "kubectl get pods -w" }).output?.running).toBe(true);
    bench.apply({ type: "interrupt" });
    run(bench, "kubectl apply -f web.yaml");
    const first = bench.apply({ type: "run", line: "kubectl get pods -w" }).output;
    const later = bench.apply({ type: "advance", millis: millis(20_000) }).output;
    expect(`${first?.stdout}${later?.stdout}`).toContain("Running");
    expect(bench.apply({ type: "run", line: "echo hola" }).output?.stdout).toBe("hola\n");
  });

  it("forks: what happens there stays there", () => {
    const bench = open({ "web.yaml": WEB });
    const fork = bench.fork();
    run(fork, "kubectl apply -f web.yaml; rm web.yaml");
    expect(run(bench, "kubectl get deployments")).toContain("No resources found");
    expect([...bench.files.keys()]).toEqual(["web.yaml"]);
    expect(fork.inputs).toHaveLength(1);
    expect(bench.inputs).toHaveLength(1);
  });

  it("refuses a machine that is not there, and keeps it out of the journal", () => {
    const bench = open();
    expect(bench.apply({ type: "machine", name: "node-9", do: "power-off" }).refused?.code).toBe("workbench.no-such-machine");
    expect(bench.inputs).toEqual([]);
  });

  it("asks the web from the laptop with curl's words", () => {
    const bench = open();
    expect(run(bench, "curl http://nadie.prod.es/")).toBe("curl: (6) Could not resolve host: nadie.prod.es\n");
    expect(run(bench, "curl -s http://192.168.1.11:30999/; echo $?").trim()).toBe("7");
    expect(run(bench, "esto-no-existe")).toBe("sh: esto-no-existe: not found\n");
  });

  it("completes verbs, kinds, names and files", () => {
    const bench = open({ "web.yaml": WEB });
    expect(bench.complete("kubectl ro")).toEqual(["rollout"]);
    expect(bench.complete("kubectl c")).toEqual(["certificate", "cluster-info", "completion", "config", "cordon", "cp", "create"]);
    expect(bench.complete("kubectl create sec")).toEqual(["secret"]);
    expect(bench.complete("kubectl create secret g")).toEqual(["generic"]);
    expect(bench.complete("kubectl create configmap c")).toEqual([]);
    expect(bench.complete("kubectl rollout status depl")).toEqual(["deployments"]);
    expect(bench.complete("kubectl get no")).toEqual(["nodes"]);
    expect(bench.complete("kubectl get nodes node-")).toEqual(["node-1", "node-2", "node-3"]);
    expect(bench.complete("kubectl apply -f w")).toEqual(["web.yaml"]);
  });

  it("lets kubectl ask the API server itself for a raw path", () => {
    const bench = openWorkbench({ fixture: "three-nodes", seed: 1 });
    const run = (line: string): readonly [string | undefined, string | undefined] => {
      const { output } = bench.apply({ type: "run", line });
      return [output?.stdout, output?.stderr];
    };
    expect(run("kubectl get --raw /readyz")).toEqual(["ok", ""]);
    expect(run("kubectl get --raw '/api/v1/namespaces?limit=1'")[0]).toContain('"kind":"NamespaceList"');
    expect(run("kubectl get --raw /api/v1/namespaces/default/pods/none")).toEqual(["", 'Error from server (NotFound): pods "none" not found\n']);
    expect(run("kubectl get --raw version")).toEqual(["", 'error: --raw must be a valid URL path: parse "version": invalid URI for request\n']);
  });
});

describe("answers from outside", () => {
  const good = { exercise: "l13-e1", seed: 1, inputs: [{ type: "run", line: "ls" }] };

  it("are read, and nothing unknown travels with them", () => {
    expect(parseAnswer({ ...good, extra: 1, inputs: [{ type: "run", line: "ls", report: "10/10" }] })).toEqual({ answer: good });
  });

  it.each([
    [null, "answer.not-an-object"],
    [{ ...good, exercise: "../x" }, "answer.bad-field"],
    [{ ...good, seed: -1 }, "answer.bad-field"],
    [{ ...good, inputs: {} }, "answer.bad-field"],
    [{ ...good, inputs: Array.from({ length: 2001 }, () => ({ type: "interrupt" })) }, "answer.too-many-inputs"],
    [{ ...good, inputs: [{ type: "__proto__" }] }, "answer.bad-input"],
    [{ ...good, inputs: [{ type: "advance", millis: -5 }] }, "answer.bad-input"],
    [{ ...good, inputs: [{ type: "advance", millis: "x" }] }, "answer.bad-input"],
    [{ ...good, inputs: [{ type: "machine", name: "node-1", do: "explode" }] }, "answer.bad-input"],
    [{ ...good, inputs: [{ type: "save-file", path: "", text: "" }] }, "answer.bad-input"],
    [{ ...good, inputs: [{ type: "send", from: {}, request: {} }] }, "answer.bad-input"],
    [{ ...good, inputs: Array.from({ length: 100 }, () => ({ type: "run", line: "x".repeat(4000) })) }, "answer.too-large"],
  ])("are refused with a reason: %#", (value, code) => {
    const parsed = parseAnswer(value);
    expect("problem" in parsed ? parsed.problem.code : "accepted").toBe(code);
  });
});
