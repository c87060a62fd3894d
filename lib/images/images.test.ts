import { describe, expect, it } from "vitest";
import { createCluster, millis, POD, restoreCluster, seconds, type Cluster, type ClusterSnapshot, type Pod } from "@/lib/engine";
import { catalog, repositories } from "./index";

const key = { namespace: "default", name: "p" };
/** What each image needs in order to start. */
const ENV: Readonly<Record<string, string>> = { MARIADB_ROOT_PASSWORD: "x", MYSQL_ROOT_PASSWORD: "x", WORDPRESS_DB_HOST: "db", POSTGRES_PASSWORD: "x" };

function clusterWith(image: string, spec: object = {}, pod: object = {}): Cluster {
  const cluster = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "4", memory: "8Gi" }], images: catalog });
  const env = Object.entries(ENV).map(([name, value]) => ({ name, value }));
  cluster.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: key, spec: { containers: [{ name: "c", image, env, ...spec }], ...pod } });
  cluster.advance(seconds(40));
  return cluster;
}

const statusOf = (cluster: Cluster) => cluster.as("admin").get<Pod>(POD, key)?.status?.containerStatuses?.[0];
const logOf = (cluster: Cluster): string => (cluster.logs(key, "c") ?? []).map((line) => line.text).join("\n");

describe.each(repositories.map(({ name }) => name))("%s", (name) => {
  const image = `${name}:1.2`;

  it("starts, or has nothing to do", () => {
    const state = statusOf(clusterWith(image))?.state;
    expect(state?.running !== undefined || state?.terminated?.exitCode === 0 || state?.waiting?.reason === "CrashLoopBackOff").toBe(true);
  });

  it("is gone soon after SIGTERM, or after its grace", () => {
    const cluster = clusterWith(image, {}, { terminationGracePeriodSeconds: 5 });
    cluster.as("admin").delete({ kind: POD, ...key });
    cluster.advance(seconds(6));
    expect(cluster.as("admin").get(POD, key)).toBeUndefined();
  });

  it("has the same future after being written down in the middle of its start", () => {
    const cluster = clusterWith(image);
    const twin = restoreCluster(JSON.parse(JSON.stringify(cluster.snapshot())) as ClusterSnapshot, catalog);
    cluster.advance(seconds(20));
    twin.advance(seconds(20));
    expect(twin.snapshot()).toEqual(cluster.snapshot());
  });
});

describe("the registry", () => {
  it("knows each image once", () => {
    const names = repositories.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it("refuses what is not there as containerd does", () => {
    expect(catalog.pull("nginxx")).toMatchObject({ message: 'failed to pull and unpack image "docker.io/library/nginxx:latest": failed to resolve reference "docker.io/library/nginxx:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed' });
    expect(catalog.pull("nginx:lates")).toMatchObject({ message: expect.stringContaining("docker.io/library/nginx:lates: not found") as string });
  });
});

describe("images together", () => {
  it("lets a script write a page and run the server", () => {
    const cluster = clusterWith("nginx:1.27", { command: ["sh", "-c", "echo hola > /usr/share/nginx/html/index.html && exec nginx -g 'daemon off;'"] });
    expect(statusOf(cluster)?.state.running).toBeDefined();
    const ip = cluster.as("admin").get<Pod>(POD, key)?.status?.podIP ?? "";
    expect(cluster.send({ node: "node-1" }, { protocol: "http", host: ip, port: 80 }).response).toMatchObject({ status: 200, body: "hola\n" });
    expect(logOf(cluster)).toContain("GET / HTTP/1.1");
  });

  it("lets an exec'd command take its time", () => {
    const cluster = clusterWith("busybox", { command: ["sleep", "3600"] });
    const begun = cluster.exec(key, "c", ["sh", "-c", "echo one; sleep 2; echo two; exit 3"]);
    const id = "id" in begun ? begun.id : "";
    expect(cluster.execResult(id)).toMatchObject({ done: false, stdout: "one\n" });
    cluster.advance(millis(2000));
    expect(cluster.execResult(id)).toMatchObject({ done: true, stdout: "one\ntwo\n", exitCode: 3 });
  });

  it("does not start a second database on one data folder", () => {
    const cluster = clusterWith("mariadb:11", { volumeMounts: [{ name: "data", mountPath: "/var/lib/mysql" }] }, { volumes: [{ name: "data", hostPath: { path: "/srv/db" } }] });
    expect(statusOf(cluster)?.state.running).toBeDefined();
    const env = Object.entries(ENV).map(([name, value]) => ({ name, value }));
    cluster.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { ...key, name: "second" }, spec: { containers: [{ name: "c", image: "mariadb:11", env, volumeMounts: [{ name: "data", mountPath: "/var/lib/mysql" }] }], volumes: [{ name: "data", hostPath: { path: "/srv/db" } }] } });
    cluster.advance(seconds(20));
    const second = cluster.as("admin").get<Pod>(POD, { ...key, name: "second" })?.status?.containerStatuses?.[0];
    expect(second?.lastState.terminated?.exitCode).toBe(1);
    expect((cluster.logs({ ...key, name: "second" }, "c") ?? []).map((line) => line.text).join("\n")).toContain("Unable to lock ./ibdata1 error: 11");
    // When the first is gone, the second opens what the first left.
    cluster.as("admin").delete({ kind: POD, ...key });
    cluster.advance(seconds(120));
    expect(cluster.as("admin").get<Pod>(POD, { ...key, name: "second" })?.status?.containerStatuses?.[0]?.state.running).toBeDefined();
  });
});
