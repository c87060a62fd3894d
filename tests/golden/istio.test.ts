import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { JsonObject, PacketTrace } from "@/lib/engine";
import { explain } from "@/lib/explain";
import { parseManifests } from "@/lib/manifest";
import { istioManifest, openWorkbench, origin, requestTo, type Workbench } from "@/lib/workbench";

/** The class's drawing of WordPress and MariaDB in the mesh: file 002 of the notes. */
const workloads = `apiVersion: v1
kind: Namespace
metadata: {name: tienda, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: fuera}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: mariadb, namespace: tienda}
spec:
  selector: {matchLabels: {app: mariadb}}
  template:
    metadata: {labels: {app: mariadb}}
    spec: {containers: [{name: mariadb, image: "mariadb:11", env: [{name: MARIADB_ROOT_PASSWORD, value: secreta}, {name: MARIADB_DATABASE, value: wordpress}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: mariadb, namespace: tienda}
spec: {selector: {app: mariadb}, ports: [{name: mysql, port: 3306}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: wordpress, namespace: tienda}
spec:
  replicas: 2
  selector: {matchLabels: {app: wordpress}}
  template:
    metadata: {labels: {app: wordpress}}
    spec: {containers: [{name: wordpress, image: "wordpress:6", env: [{name: WORDPRESS_DB_HOST, value: mariadb}, {name: WORDPRESS_DB_USER, value: root}, {name: WORDPRESS_DB_PASSWORD, value: secreta}, {name: WORDPRESS_DB_NAME, value: wordpress}], readinessProbe: {httpGet: {path: /wp-login.php, port: 80}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: wordpress, namespace: tienda}
spec: {selector: {app: wordpress}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: curioso, namespace: fuera}
spec: {containers: [{name: c, image: "curlimages/curl:8.11.0", command: [sleep, infinity]}]}
`;

const objects = (text: string): readonly JsonObject[] => parseManifests(text).documents.map(({ value }) => value);

function meshed(): Workbench {
  const bench = openWorkbench({ fixture: "three-nodes", seed: 1, objects: objects(istioManifest) });
  bench.apply({ type: "save-file", path: "tienda.yaml", text: workloads });
  bench.apply({ type: "run", line: "kubectl apply -f tienda.yaml" });
  bench.apply({ type: "run", line: "sleep 240" });
  return bench;
}

const bench = meshed();

function run(line: string, on: Workbench = bench): string {
  const { output } = on.apply({ type: "run", line });
  return `${output?.stdout ?? ""}${output?.stderr ?? ""}`;
}

function apply(on: Workbench, text: string): void {
  on.apply({ type: "save-file", path: "more.yaml", text });
  run("kubectl apply -f more.yaml", on);
}

const podOf = (app: string): string => run(`kubectl get pods -n tienda -l app=${app} -o jsonpath='{.items[0].metadata.name}'`).trim();

function golden(name: string, text: string): void {
  const file = new URL(`./${name}.txt`, import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}

const codes = (trace: PacketTrace): readonly string[] => trace.hops.map((hop) => `${hop.encrypted === true ? "tls  " : "plain"} ${hop.stage} ${hop.because.code}`);

describe("WordPress and MariaDB in the mesh", () => {
  it("gives every pod of the labelled namespace a proxy of its own", () => {
    expect(run("kubectl get pods -n tienda --no-headers")).toMatch(/^mariadb-\S+ +2\/2 +Running[^]*wordpress-\S+ +2\/2 +Running[^]*wordpress-\S+ +2\/2 +Running/);
    expect(run("kubectl get pods -n fuera --no-headers")).toMatch(/^curioso +1\/1 +Running/);
  });

  it("talks plain to its own proxy, encrypted between the proxies, plain again on the other side", () => {
    const trace = bench.fork().cluster.send(origin(`pod:tienda/${podOf("wordpress")}`), requestTo("mysql://mariadb"));
    const story = codes(trace);
    expect(trace.outcome).toBe("delivered");
    const order = ["mesh.redirected-out", "mesh.plain-to-proxy", "mesh.encrypted", "mesh.redirected-in", "mesh.identity-checked", "mesh.plain-to-process", "socket.accepted"].map((code) => story.findIndex((line) => line.endsWith(code)));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    const secret = trace.hops.filter((hop) => hop.encrypted === true).map((hop) => hop.because.code);
    expect(secret[0]).toBe("mesh.encrypted");
    expect(secret.at(-1)).toBe("mesh.identity-checked");
    expect(secret).not.toContain("mesh.plain-to-process");
    for (const locale of ["es", "en"] as const) expect(trace.hops.map((hop) => explain(hop.because, locale)).join("\n")).not.toMatch(/…|Algo lo impide/);
    golden("istio-trip", [...story, ""].join("\n"));
  });

  it("serves a page, which takes the database through the mesh", () => {
    const trace = bench.fork().cluster.send(origin(`pod:tienda/${podOf("mariadb")}`), requestTo("http://wordpress/"));
    expect(trace.response?.status).toBe(200);
    expect(trace.response?.headers?.["server"]).toBe("envoy");
  });

  it("takes plain text from outside the mesh until it is STRICT, then resets it", () => {
    const fork = bench.fork();
    const ask = (): string => run("kubectl exec -n fuera curioso -- curl -sS -o /dev/null -w '%{http_code}' http://wordpress.tienda/wp-login.php", fork);
    expect(ask()).toContain("200");
    apply(fork, "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: tienda}\nspec: {mtls: {mode: STRICT}}\n");
    expect(ask()).toContain("Connection reset by peer");
    expect(run("sleep 60; kubectl get pods -n tienda --no-headers", fork)).not.toContain("1/2");
    expect(fork.cluster.send(origin(`pod:tienda/${podOf("mariadb")}`), requestTo("http://wordpress/")).outcome).toBe("delivered");
  });

  it("does the same twice", () => {
    const again = (): string => JSON.stringify(bench.fork().cluster.send(origin(`pod:tienda/${podOf("mariadb")}`), requestTo("http://wordpress/")));
    expect(again()).toBe(again());
  });
});
