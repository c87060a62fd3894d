import fc from "fast-check";
import { describe, it } from "vitest";
import { millis, type Origin, type OutboundRequest } from "@/lib/engine";
import { grade, type Exercise, type ExerciseParts } from "@/lib/grader";
import { openWorkbench, prod4Workloads, type Answer, type Input } from "@/lib/workbench";
import { anyObject, settings } from "./generators";

const words = fc.constantFrom("kubectl", "get", "pods", "deployments", "apply", "-f", "a.yaml", "delete", "describe", "scale", "--replicas=2", "deployment/web", "logs", "exec", "--", "sh", "-c", "-o", "yaml", "json", "wide", "-w", "-n", "kube-system", "label", "a=b", "rollout", "status", "undo", "curl", "http://web/", "nslookup", "echo", "$HOME", "|", "grep", "&&", ";", "'", '"', "$(", ")", "{", "}", ">", "<", "../../etc/passwd", "*", "__proto__", "while", "true", "do", "done", "if", "then", "fi", "sleep", "1", "explain", "pod.spec", "--help", "-l", "!app", "create", "run", "x", "--image=nginx", "patch", "-p", "[]", "set", "image");
const line = fc.oneof({ weight: 4, arbitrary: fc.array(words, { maxLength: 9 }).map((list) => list.join(" ")) }, { weight: 1, arbitrary: fc.string({ maxLength: 40, unit: "grapheme" }) });
const text = fc.oneof(anyObject.map((object) => JSON.stringify(object)), fc.string({ maxLength: 60, unit: "grapheme" }), fc.json(), fc.constantFrom("a: *a", "a: &a [*a]", "- - - -", "kind: Pod\napiVersion: v1\nmetadata: []\nspec: 3", "__proto__: {kind: Pod}", "---\n---\n", "apiVersion: v1\nkind: Pod\nmetadata: {name: 3}\nspec: {containers: {}}"));
const path = fc.constantFrom("a.yaml", "b/c.yaml", "../../etc/passwd", "/", "..", "__proto__", "constructor", "a.yaml/x", "");
const origins: fc.Arbitrary<Origin> = fc.constantFrom<Origin>({ host: "laptop" }, { host: "nadie" }, { node: "node-1" }, { node: "node-9" }, { pod: { namespace: "default", name: "web" } });
const request: fc.Arbitrary<OutboundRequest> = fc.record({ protocol: fc.constantFrom("http" as const, "tcp" as const, "mysql" as const), host: fc.constantFrom("web", "web.default", "10.96.0.1", "192.168.1.11", "999.1.1.1", "", "a..b", "kubernetes.default.svc.cluster.local"), port: fc.constantFrom(80, 443, 30080, 65535, 0, -1) });
const machine = fc.constantFrom("power-off" as const, "power-on" as const, "disconnect" as const, "reconnect" as const);

const anyInput: fc.Arbitrary<Input> = fc.oneof(
  { weight: 6, arbitrary: line.map((typed): Input => ({ type: "run", line: typed })) },
  { weight: 3, arbitrary: fc.tuple(path, text).map(([at, content]): Input => ({ type: "save-file", path: at, text: content })) },
  { weight: 1, arbitrary: path.map((at): Input => ({ type: "delete-file", path: at })) },
  { weight: 1, arbitrary: fc.constant<Input>({ type: "interrupt" }) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1000, 60_000, -5, Number.NaN, Number.POSITIVE_INFINITY, 1e300).map((length): Input => ({ type: "advance", millis: length as Extract<Input, { readonly type: "advance" }>["millis"] })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("q", "__proto__"), fc.jsonValue()).map(([question, value]): Input => ({ type: "respond", question, value: value as never })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("node-1", "node-2", "nadie", "__proto__"), machine).map(([name, how]): Input => ({ type: "machine", name, do: how })) },
  { weight: 1, arbitrary: fc.tuple(origins, request).map(([from, asked]): Input => ({ type: "send", from, request: asked })) },
);
const journal = fc.array(anyInput, { minLength: 1, maxLength: 10 });

const exercise: Exercise = {
  id: "prop-1",
  lesson: "L13",
  kind: "terminal",
  difficulty: 1,
  title: { es: "x", en: "x" },
  setup: () => ({ fixture: "three-nodes" }),
  checks: [{ id: "pods", title: { es: "x", en: "x" }, points: 1, run: ({ cluster }) => (cluster.as("kubernetes-admin").list("v1/Pod" as never).length > 0 ? { passed: true } : { passed: false, code: "no-pods", message: { es: "x", en: "x" }, next: { es: "x", en: "x" }, evidence: [] }) }],
  hints: [{ es: "x", en: "x" }, { es: "x", en: "x" }, { es: "x", en: "x" }],
};
const parts: ExerciseParts = { exercise, objects: [], files: {}, serverChecks: [] };

describe("the workbench promises that", () => {
  it("noInputCrashesTheWorkbench", () => {
    fc.assert(
      fc.property(journal, (inputs) => {
        const bench = openWorkbench({ fixture: "three-nodes", seed: 1, files: { "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: nginx}]}\n" } });
        for (const input of inputs) {
          bench.apply(input);
          bench.complete(input.type === "run" ? input.line : "kubectl get ");
        }
        JSON.stringify(bench.cluster.snapshot());
      }),
      settings(250),
    );
  });

  it("replayOfAnswerGivesEqualReport", () => {
    fc.assert(
      fc.property(journal, fc.nat(1000), (inputs, seed) => {
        const bench = openWorkbench({ fixture: "three-nodes", seed });
        for (const input of inputs) bench.apply(input);
        const typed: Answer = { exercise: "prop-1", seed, inputs: bench.inputs };
        const first = grade(parts, typed);
        const second = grade(parts, JSON.parse(JSON.stringify(typed)) as Answer);
        if (JSON.stringify(first) !== JSON.stringify(second)) throw new Error("two replays of one answer differ");
      }),
      settings(25),
    );
  });

  it("traceOutcomeFollowsFromItsLastHop", () => {
    const bench = openWorkbench({ fixture: "prod-4", seed: 1, objects: prod4Workloads() });
    const hosts = fc.constantFrom("app1.prod.es", "nadie.prod.es", "192.168.1.2", "192.168.1.10", "10.96.0.1", "8.8.8.8", "app1", "kubernetes.default.svc.cluster.local");
    const from = fc.constantFrom<Origin>({ host: "cliente" }, ...bench.cluster.addresses.map(({ name }): Origin => ({ node: name })));
    fc.assert(
      fc.property(from, hosts, fc.constantFrom(80, 443, 30080, 31000, 6443, 9), fc.option(machine, { nil: undefined }), (origin, host, port, fault) => {
        const fork = bench.fork();
        if (fault) fork.apply({ type: "machine", name: bench.cluster.addresses[0]?.name ?? "", do: fault });
        fork.cluster.advance(millis(1000));
        const trace = fork.cluster.send(origin, { protocol: "http", host, port });
        const last = trace.hops.at(-1);
        if (!last) throw new Error("a trace tells at least one hop");
        if ((trace.outcome === "delivered") !== (trace.response !== undefined)) throw new Error(`${trace.outcome} with response ${JSON.stringify(trace.response)}`);
        const ends: Readonly<Record<typeof trace.outcome, readonly string[]>> = {
          delivered: ["socket.accepted", "reply.rewritten-back", "balancer.no-backends", "balancer.unhealthy-backend", "ingress.no-matching-rule", "ingress.no-endpoints", "ingress.backend-refused", "ingress.backend-timed-out"],
          refused: ["socket.nobody-listens", "socket.no-node-port", "balancer.not-listening", "service.no-endpoints", "service.no-such-port"],
          "timed-out": ["link.no-arp-answer", "link.no-route", "link.wrong-network", "route.machine-down", "route.no-such-pod", "socket.host-down", "socket.process-hung", "service.local-without-endpoints"],
          "no-such-host": ["dns.no-such-name", "dns.no-server"],
          unreachable: ["link.no-route", "link.no-arp-answer", "link.wrong-network", "route.machine-down", "socket.host-down"],
        };
        if (!ends[trace.outcome].includes(last.because.code)) throw new Error(`${trace.outcome} cannot follow from ${last.because.code}`);
      }),
      settings(200),
    );
  });
});
