import { describe, expect, it } from "vitest";
import { POD, type Pod } from "@/lib/engine";
import { explain } from "@/lib/explain";
import { istioManifest, openWorkbench, origin, requestTo, type Workbench } from "@/lib/workbench";

const version = (name: string, more = ""): string => `apiVersion: v1
kind: Pod
metadata: {name: web-${name}, labels: {app: web, version: ${name}}${more}}
spec: {containers: [{name: c, image: "traefik/whoami:v1.11"}]}
---
`;
const app = `${version("v1")}${version("v2")}apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cliente, labels: {app: cliente}}
spec: {containers: [{name: c, image: "curlimages/curl:8.11.0", command: [sleep, infinity]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: suelto, labels: {app: suelto, sidecar.istio.io/inject: "false"}}
spec: {containers: [{name: c, image: "traefik/whoami:v1.11"}]}
---
apiVersion: v1
kind: Service
metadata: {name: suelto}
spec: {selector: {app: suelto}, ports: [{name: http, port: 80}]}
`;
const subsets = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web}
spec: {host: web, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
`;

function open(): Workbench {
  const bench = openWorkbench({ fixture: "three-nodes", seed: 7, files: { "istio.yaml": istioManifest, "app.yaml": app, "subsets.yaml": subsets } });
  for (const line of ["kubectl apply -f istio.yaml", "sleep 60", "kubectl label namespace default istio-injection=enabled", "kubectl apply -f app.yaml -f subsets.yaml", "sleep 60"]) bench.apply({ type: "run", line });
  return bench;
}

const bench = open();

function on(text: string, check: (fork: Workbench, ask: (path?: string, headers?: Readonly<Record<string, string>>) => ReturnType<Workbench["cluster"]["send"]>) => void): void {
  const fork = bench.fork();
  fork.apply({ type: "save-file", path: "more.yaml", text });
  const { output } = fork.apply({ type: "run", line: "kubectl apply -f more.yaml" });
  expect(output?.stderr).toBe("");
  check(fork, (path = "/", headers = {}) => fork.cluster.send(origin("pod:cliente"), requestTo(`http://web${path}`, { headers })));
}

const virtual = (http: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web}
spec:
  hosts: [web]
  http:
${http}`;

describe("a mesh", () => {
  it("shares out by weights between subsets, the same for the same seed", () => {
    on(virtual("  - route: [{destination: {host: web, subset: v1}, weight: 90}, {destination: {host: web, subset: v2}, weight: 10}]\n"), (fork, ask) => {
      const first = Array.from({ length: 300 }, () => ask().servedBy?.name ?? "");
      const second = first.filter((name) => name === "web-v2").length;
      expect(second).toBeGreaterThan(12);
      expect(second).toBeLessThan(55);
      expect(fork.cluster.fork().send(origin("pod:cliente"), requestTo("http://web/")).servedBy).toEqual(fork.cluster.fork().send(origin("pod:cliente"), requestTo("http://web/")).servedBy);
    });
  });

  it("chooses by headers and paths, rewrites, redirects, and answers 404 to the rest", () => {
    const routes = `  - match: [{headers: {end-user: {exact: ana}}}]
    route: [{destination: {host: web, subset: v2}}]
  - match: [{uri: {prefix: /viejo}}]
    rewrite: {uri: /nuevo}
    route: [{destination: {host: web, subset: v1}}]
  - match: [{uri: {exact: /fuera}}]
    redirect: {uri: /dentro}
`;
    on(virtual(routes), (_fork, ask) => {
      expect(ask("/", { "End-User": "ana" }).servedBy?.name).toBe("web-v2");
      expect(ask("/viejo/a").response?.body).toContain("GET /nuevo/a HTTP/1.1");
      expect(ask("/fuera").response).toMatchObject({ status: 301, headers: { location: "http://web/dentro" } });
      expect(ask("/").response?.status).toBe(404);
      expect(ask("/").hops.at(-1)?.because.code).toBe("mesh.no-route");
    });
  });

  it("injects faults, keeps to its timeout and tries elsewhere", () => {
    on(virtual("  - fault: {delay: {fixedDelay: 5s, percentage: {value: 100}}}\n    match: [{uri: {prefix: /lento}}]\n    route: [{destination: {host: web}}]\n  - fault: {abort: {httpStatus: 418, percentage: {value: 50}}}\n    route: [{destination: {host: web}}]\n"), (_fork, ask) => {
      expect(ask("/lento").latency).toBeGreaterThanOrEqual(5000);
      const statuses = Array.from({ length: 100 }, () => ask("/").response?.status);
      expect(statuses.filter((status) => status === 418).length).toBeGreaterThan(30);
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(30);
    });
    const lost = (http: string, check: (answers: readonly { readonly status: number | undefined; readonly latency: number; readonly body: string | undefined }[]) => void): void =>
      on(virtual(http), (fork, ask) => {
        // One of the two endpoints is cut off, and the cluster has not noticed yet.
        fork.cluster.machines.disconnect(fork.cluster.as("kubernetes-admin").get<Pod>(POD, { namespace: "default", name: "web-v1" })?.spec.nodeName ?? "");
        check(Array.from({ length: 20 }, () => ask()).map(({ response, latency }) => ({ status: response?.status, latency, body: response?.body })));
      });
    const route = "    route: [{destination: {host: web}}]\n";
    lost(`  - timeout: 2s\n${route}`, (answers) => expect(answers).toContainEqual({ status: 504, latency: expect.toSatisfy((millis: number) => millis >= 2000 && millis < 2100) as unknown as number, body: "upstream request timeout" }));
    lost(`  - timeout: 5s\n    retries: {attempts: 2, perTryTimeout: 1s, retryOn: 5xx}\n${route}`, (answers) => {
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(answers.some(({ latency }) => latency >= 1000)).toBe(true);
    });
  });

  it("knows no subset without a rule, and no mesh without a proxy", () => {
    on(virtual("  - route: [{destination: {host: web, subset: v9}}]\n"), (fork, ask) => {
      expect(ask().response?.status).toBe(503);
      const out = fork.cluster.send(origin("pod:cliente"), requestTo("http://suelto/"));
      expect(out.outcome).toBe("delivered");
      expect(out.hops.map((hop) => hop.because.code)).toContain("mesh.plain");
      for (const locale of ["es", "en"] as const) for (const hop of [...out.hops, ...ask().hops]) expect(explain(hop.because, locale)).not.toMatch(/…|Algo lo impide|Something prevents/);
    });
    on("apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: suelto}\nspec: {host: suelto, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}\n", (fork) => {
      const trace = fork.cluster.send(origin("pod:cliente"), requestTo("http://suelto/"));
      expect(trace.response?.status).toBe(503);
      expect(trace.hops.map((hop) => hop.because.code)).toContain("mesh.no-tls-here");
    });
  });

  it("settles modes by workload before namespace before mesh, and by port", () => {
    const peer = (name: string, namespace: string, spec: string): string => `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n---\n`;
    const plain = (fork: Workbench): string => fork.cluster.send(origin("pod:suelto"), requestTo("http://web/")).outcome;
    on(peer("default", "istio-system", "{mtls: {mode: STRICT}}"), (fork) => expect(plain(fork)).toBe("refused"));
    on(peer("default", "istio-system", "{mtls: {mode: STRICT}}") + peer("default", "default", "{mtls: {mode: PERMISSIVE}}"), (fork) => expect(plain(fork)).toBe("delivered"));
    on(peer("default", "default", "{mtls: {mode: PERMISSIVE}}") + peer("web", "default", "{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}"), (fork) => expect(plain(fork)).toBe("refused"));
    on(peer("web", "default", "{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}, portLevelMtls: {80: {mode: DISABLE}}}"), (fork, ask) => {
      expect(plain(fork)).toBe("delivered");
      expect(ask().response?.status).toBe(200);
    });
  });

  it("is not put off by objects of any shape", () => {
    on("apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec: {hosts: [web, 3, null], http: [7, {match: [null, {uri: 5, headers: {a: 1}}], route: nada}, {fault: {delay: {fixedDelay: nunca}}, retries: {attempts: -4}, timeout: x, route: [{destination: {host: web}, weight: mucho}]}]}\n", (_fork, ask) => {
      expect([200, 503]).toContain(ask().response?.status);
    });
  });
});
