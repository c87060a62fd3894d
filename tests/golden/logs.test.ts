import { describe, expect, it } from "vitest";
import { createCluster, millis, POD, seconds, type Cluster, type JsonObject, type Pod } from "@/lib/engine";
import { machines, pod, service } from "@/lib/engine/testing/builders";
import { catalog } from "@/lib/images";

const inDefault = (name: string) => ({ namespace: "default", name });
const DIRECTIVE = 'CustomLog "|/usr/local/apache2/bin/rotatelogs -n 2 /var/apache/logs/access.log 50000B" common';
const SETTINGS = "filebeat.inputs:\n- type: filestream\n  id: accesos\n  paths:\n  - /var/filebeat/in/access.log*\noutput.elasticsearch:\n  hosts: [\"elasticsearch:9200\"]\n  index: accesos\n";

/** Apache and Filebeat in one pod, one folder in memory between them, and Elasticsearch elsewhere. */
function bench(directive = DIRECTIVE, sidecar = false): Cluster {
  const cluster = createCluster({ seed: 12, kubernetesVersion: "1.36.2", nodes: machines(2), images: catalog });
  const admin = cluster.as("kubernetes-admin");
  admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata: inDefault("filebeat"), data: { "filebeat.yml": SETTINGS } });
  admin.create(pod("elasticsearch", { containers: [{ name: "c", image: "elasticsearch:9.1.4", env: [{ name: "discovery.type", value: "single-node" }] }] }));
  admin.create(service("elasticsearch", { ports: [{ port: 9200 }] }));
  cluster.advance(seconds(40));
  const containers: readonly JsonObject[] = [
    { name: "apache", image: "httpd:2.4", command: ["httpd-foreground", "-c", directive], volumeMounts: [{ name: "logs", mountPath: "/var/apache/logs" }] },
    { name: "filebeat", image: "docker.elastic.co/beats/filebeat:9.1.4", args: ["-e", "-c", "/etc/filebeat/filebeat.yml"], volumeMounts: [{ name: "logs", mountPath: "/var/filebeat/in", readOnly: true }, { name: "settings", mountPath: "/etc/filebeat" }] },
  ];
  const [apache = {}, filebeat = {}] = containers;
  const split = sidecar ? { containers: [apache], initContainers: [{ ...filebeat, restartPolicy: "Always" }] } : { containers };
  admin.create(pod("web", { ...split, volumes: [{ name: "logs", emptyDir: { medium: "Memory", sizeLimit: "100Ki" } }, { name: "settings", configMap: { name: "filebeat" } }] }));
  cluster.advance(seconds(30));
  return cluster;
}

const web = (cluster: Cluster): Pod => cluster.as("kubernetes-admin").get<Pod>(POD, inDefault("web")) as Pod;
const ipOf = (cluster: Cluster, name: string): string => cluster.as("kubernetes-admin").get<Pod>(POD, inDefault(name))?.status?.podIP ?? "";
const logOf = (cluster: Cluster, container: string): string => (cluster.logs(inDefault("web"), container) ?? []).map(({ text }) => text).join("\n");

function visit(cluster: Cluster, from: number, count: number): void {
  for (let i = from; i < from + count; i += 1) {
    expect(cluster.send({ node: "node-1" }, { protocol: "http", host: ipOf(cluster, "web"), port: 80, path: `/?visit=${i}&${"x".repeat(430)}` }).response?.status).toBe(200);
    if (i % 20 === 0) cluster.advance(millis(400));
  }
}

function arrived(cluster: Cluster): number {
  const { response } = cluster.send({ node: "node-1" }, { protocol: "http", host: ipOf(cluster, "elasticsearch"), port: 9200, path: "/accesos/_count" });
  return (JSON.parse(response?.body ?? "{}") as { readonly count?: number }).count ?? 0;
}

describe("Apache and Filebeat over a folder in memory", () => {
  it("brings every line to Elasticsearch, with two files that take turns in 100 KiB", () => {
    const cluster = bench();
    visit(cluster, 0, 330);
    cluster.advance(seconds(30));
    const files = cluster.files(inDefault("web"), "apache");
    expect(files?.list("/var/apache/logs")).toEqual(["access.log", "access.log.1"]);
    const sizes = ["access.log", "access.log.1"].map((name) => files?.stat(`/var/apache/logs/${name}`)?.size ?? 0);
    expect(sizes.every((size) => size > 0 && size < 51_000)).toBe(true);
    expect(arrived(cluster)).toBe(330);
    expect(logOf(cluster, "apache")).not.toContain("Error 28");
    expect(web(cluster).status?.phase).toBe("Running");
    expect(web(cluster).status?.containerStatuses?.map(({ restartCount }) => restartCount)).toEqual([0, 0]);
  });

  it("waits for Elasticsearch and sends what the files still hold", () => {
    const cluster = bench();
    cluster.as("kubernetes-admin").delete({ kind: POD, ...inDefault("elasticsearch") });
    cluster.advance(seconds(40));
    visit(cluster, 0, 100);
    cluster.advance(seconds(15));
    expect(logOf(cluster, "filebeat")).toContain("Failed to connect to backoff(elasticsearch(http://elasticsearch:9200))");
    cluster.as("kubernetes-admin").create(pod("elasticsearch", { containers: [{ name: "c", image: "elasticsearch:9.1.4", env: [{ name: "discovery.type", value: "single-node" }] }] }));
    cluster.advance(seconds(150));
    expect(arrived(cluster)).toBe(100);
  });

  it("reads to the end before it goes, as a sidecar that ends after the server", () => {
    const cluster = bench(DIRECTIVE, true);
    visit(cluster, 0, 45);
    cluster.as("kubernetes-admin").delete({ kind: POD, ...inDefault("web") });
    cluster.advance(seconds(40));
    expect(cluster.as("kubernetes-admin").get(POD, inDefault("web"))).toBeUndefined();
    expect(arrived(cluster)).toBe(45);
  });

  it("loses what was overwritten while nobody was reading, and as much as was overwritten", () => {
    const cluster = bench();
    visit(cluster, 0, 50);
    cluster.advance(seconds(20));
    // Elasticsearch is away while the files go round more than once.
    cluster.as("kubernetes-admin").delete({ kind: POD, ...inDefault("elasticsearch") });
    cluster.advance(seconds(40));
    visit(cluster, 50, 330);
    const files = cluster.files(inDefault("web"), "apache");
    const held = ["access.log", "access.log.1"].flatMap((name) => [...(files?.read(`/var/apache/logs/${name}`) ?? "").matchAll(/visit=(\d+)&/g)].map((match) => Number(match[1])));
    expect(held.length).toBeLessThan(210);
    cluster.as("kubernetes-admin").create(pod("elasticsearch", { containers: [{ name: "c", image: "elasticsearch:9.1.4", env: [{ name: "discovery.type", value: "single-node" }] }] }));
    cluster.advance(seconds(200));
    // What came before is gone with the first Elasticsearch's disk; of the rest, what the files hold arrives and nothing else.
    expect(arrived(cluster)).toBe(held.length);
    expect(logOf(cluster, "filebeat")).toContain("File was truncated");
  });

  it("has no room for the byte too many: two files of 50 KiB do not fit", () => {
    const cluster = bench(DIRECTIVE.replace("50000B", "50K"));
    visit(cluster, 0, 400);
    cluster.advance(seconds(30));
    const lost = Number(/\((\d+) messages lost\)/.exec(logOf(cluster, "apache"))?.[1] ?? 0);
    expect(lost).toBeGreaterThan(0);
    expect(arrived(cluster)).toBeLessThan(400);
  });
});
