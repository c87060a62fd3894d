import { describe, expect, it } from "vitest";
import { explain } from "@/lib/explain";
import { openShiftManifest, openWorkbench, origin, requestTo, type Workbench } from "@/lib/workbench";

const web = (name: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {containers: [{name: c, image: "traefik/whoami:v1.11"}]}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80}]}
---
`;

function open(): Workbench {
  const bench = openWorkbench({ fixture: "three-nodes", seed: 3, files: { "openshift.yaml": openShiftManifest, "web.yaml": web("uno") + web("dos") } });
  for (const line of ["kubectl apply -f openshift.yaml -f web.yaml", "sleep 60"]) bench.apply({ type: "run", line });
  return bench;
}

const bench = open();
const router = run("kubectl get pods -n openshift-ingress -o jsonpath='{.items[0].status.hostIP}'", bench).trim();

function run(line: string, on: Workbench): string {
  const { output } = on.apply({ type: "run", line });
  return `${output?.stdout ?? ""}${output?.stderr ?? ""}`;
}

function routed(text: string): { readonly fork: Workbench; readonly ask: (url: string) => ReturnType<Workbench["cluster"]["send"]> } {
  const fork = bench.fork();
  fork.apply({ type: "save-file", path: "routes.yaml", text });
  run("kubectl apply -f routes.yaml; sleep 5", fork);
  const ask = (url: string): ReturnType<Workbench["cluster"]["send"]> => {
    const [, scheme = "", host = "", path = ""] = /^(https?):\/\/([^/]+)(.*)$/.exec(url) ?? [];
    const secure = scheme === "https";
    return fork.cluster.send(origin("laptop"), requestTo(`http://${router}${secure ? ":443" : ""}${path}`, { hostHeader: host, ...(secure ? { tls: { serverName: host, insecure: true } } : {}) }));
  };
  return { fork, ask };
}

const route = (name: string, spec: string, namespace = "default"): string => `apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n---\n`;

describe("OpenShift's routes", () => {
  it("take the longest path of a host and share out by weight", () => {
    const { ask } = routed(route("a", "{host: a.prod.es, to: {kind: Service, name: uno, weight: 75}, alternateBackends: [{kind: Service, name: dos, weight: 25}]}") + route("b", "{host: a.prod.es, path: /dos, to: {kind: Service, name: dos}}"));
    expect(ask("http://a.prod.es/dos/x").servedBy?.name).toBe("dos");
    const served = Array.from({ length: 200 }, () => ask("http://a.prod.es/").servedBy?.name);
    expect(served.filter((name) => name === "dos").length).toBeGreaterThan(25);
    expect(served.filter((name) => name === "dos").length).toBeLessThan(80);
    const lost = ask("http://nadie.prod.es/");
    expect(lost.response).toMatchObject({ status: 503 });
    for (const locale of ["es", "en"] as const) for (const hop of [...lost.hops, ...ask("http://a.prod.es/").hops]) expect(explain(hop.because, locale)).not.toMatch(/…|Algo lo impide|Something prevents/);
  });

  it("end TLS at the router, and redirect or refuse what comes without", () => {
    const { ask } = routed(route("a", "{host: a.prod.es, to: {kind: Service, name: uno}, tls: {termination: edge, insecureEdgeTerminationPolicy: Redirect}}") + route("b", "{host: b.prod.es, to: {kind: Service, name: uno}, tls: {termination: edge}}"));
    expect(ask("http://a.prod.es/x").response).toMatchObject({ status: 302, headers: { location: "https://a.prod.es/x" } });
    expect(ask("https://a.prod.es/").response?.status).toBe(200);
    expect(ask("http://b.prod.es/").response?.status).toBe(503);
  });

  it("belong to the namespace that came first", () => {
    const { fork } = routed(route("a", "{host: a.prod.es, to: {kind: Service, name: uno}}"));
    fork.apply({ type: "save-file", path: "later.yaml", text: route("z", "{host: a.prod.es, to: {kind: Service, name: uno}}", "kube-public") });
    run("kubectl apply -f later.yaml; sleep 5", fork);
    expect(run("kubectl get route z -n kube-public -o jsonpath='{.status.ingress[0].conditions[0].status} {.status.ingress[0].conditions[0].reason}'", fork)).toBe("False HostAlreadyClaimed");
    expect(run("kubectl get route a -o jsonpath='{.status.ingress[0].conditions[0].status}'", fork)).toBe("True");
  });

  it("are not put off by objects of any shape", () => {
    const { ask } = routed(route("a", "{host: 7, to: nada, port: []}") + route("b", "{host: b.prod.es, to: {name: [1]}, alternateBackends: [3], tls: x}"));
    expect(ask("http://b.prod.es/").response?.status).toBe(503);
  });
});

describe("OpenShift's projects", () => {
  it("are namespaces by another name, and come by request", () => {
    const fork = bench.fork();
    fork.apply({ type: "save-file", path: "p.yaml", text: "apiVersion: project.openshift.io/v1\nkind: ProjectRequest\nmetadata: {name: ventas}\ndisplayName: Ventas\n" });
    run("kubectl create -f p.yaml; sleep 2", fork);
    expect(run("kubectl get project ventas --no-headers", fork)).toMatch(/^ventas +Ventas +Active/);
    expect(run("kubectl get projectrequests", fork)).toContain("No resources found");
    run("kubectl delete project ventas; sleep 30", fork);
    expect(run("kubectl get namespace ventas", fork)).toContain("NotFound");
    run("kubectl create namespace otra; kubectl delete namespace otra; sleep 30", fork);
    expect(run("kubectl get project otra", fork)).toContain("NotFound");
  });
});
