import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PassThrough } from "node:stream";
import { AppsV1Api, CoreV1Api, Exec, KubeConfig, KubernetesObjectApi, Log, makeInformer, Metrics, PatchStrategy, setHeaderOptions, Watch, type V1ConfigMap, type V1Deployment, type V1Pod, type V1Status } from "@kubernetes/client-node";
import { createCluster } from "@/lib/engine";
import { startCluster, type StandAlone } from "@/lib/hosting/gateway";
import { catalog } from "@/lib/images";
import { fixtures, kubernetesVersion } from "@/lib/workbench";

const NS = "default";
const deployment: V1Deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "nginx", image: "nginx:1.29" }] } } },
};

/** Asks until it is so, for ten seconds at most. */
async function until(so: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await so()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not come to pass");
}

describe("@kubernetes/client-node", () => {
  let served: StandAlone;
  const config = new KubeConfig();
  let core: CoreV1Api;
  let apps: AppsV1Api;

  beforeAll(async () => {
    const cluster = createCluster({ ...fixtures["three-nodes"], seed: 1, kubernetesVersion, images: catalog, stepBudget: Number.MAX_SAFE_INTEGER });
    cluster.settle();
    served = await startCluster({ cluster, https: true, autoAdvance: 40 });
    config.loadFromString(served.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
  });
  afterAll(() => served.close());

  const readyPod = async (): Promise<string> => {
    let name = "";
    await until(async () => {
      const { items } = await core.listNamespacedPod({ namespace: NS, labelSelector: "app=web" });
      name = items.find(({ status }) => status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"))?.metadata?.name ?? "";
      return name !== "";
    });
    return name;
  };

  it("creates, lists, reads, replaces and deletes", async () => {
    await core.createNamespacedConfigMap({ namespace: NS, body: { metadata: { name: "a" }, data: { x: "1" } } });
    const read = await core.readNamespacedConfigMap({ namespace: NS, name: "a" });
    await core.replaceNamespacedConfigMap({ namespace: NS, name: "a", body: { ...read, data: { x: "2" } } });
    const { items } = await core.listNamespacedConfigMap({ namespace: NS, fieldSelector: "metadata.name=a" });
    expect(items.map(({ data }) => data)).toEqual([{ x: "2" }]);
    await core.deleteNamespacedConfigMap({ namespace: NS, name: "a" });
    await expect(core.readNamespacedConfigMap({ namespace: NS, name: "a" })).rejects.toMatchObject({ code: 404, body: expect.stringContaining("not found") as string });
    expect((await core.listNode()).items).toHaveLength(3);
  });

  it("applies from the server's side, and is told of conflicts", async () => {
    const apply = (manager: string, value: string, force = false) =>
      core.patchNamespacedConfigMap({ namespace: NS, name: "b", body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b" }, data: { x: value } }, fieldManager: manager, force }, setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply));
    await apply("one", "1");
    await expect(apply("two", "2")).rejects.toMatchObject({ code: 409, body: expect.stringContaining("Apply failed with 1 conflict") as string });
    expect((await apply("two", "2", true)).data).toEqual({ x: "2" });
    const objects = KubernetesObjectApi.makeApiClient(config);
    expect((await objects.read<V1ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b", namespace: NS } })).data).toEqual({ x: "2" });
    await expect(core.patchNamespacedConfigMap({ namespace: NS, name: "b", body: { data: {} } })).rejects.toMatchObject({ code: 400 });
  });

  it("watches", async () => {
    const seen: string[] = [];
    const controller = await new Watch(config).watch(`/api/v1/namespaces/${NS}/configmaps`, { allowWatchBookmarks: true, labelSelector: "seen=yes" }, (phase: string, object: V1ConfigMap) => void seen.push(`${phase} ${object.metadata?.name ?? ""}`), () => undefined);
    await core.createNamespacedConfigMap({ namespace: NS, body: { metadata: { name: "w", labels: { seen: "yes" } } } });
    await core.deleteNamespacedConfigMap({ namespace: NS, name: "w" });
    await until(() => seen.length >= 2);
    controller.abort();
    expect(seen).toEqual(["ADDED w", "DELETED w"]);
  });

  it("keeps an informer up to date", async () => {
    const names = new Set<string>();
    const informer = makeInformer<V1Pod>(config, `/api/v1/namespaces/${NS}/pods`, () => core.listNamespacedPod({ namespace: NS }));
    informer.on("add", (pod) => void names.add(pod.metadata?.name ?? ""));
    informer.on("delete", (pod) => void names.delete(pod.metadata?.name ?? ""));
    await informer.start();
    await apps.createNamespacedDeployment({ namespace: NS, body: deployment });
    await until(() => names.size === 2);
    await apps.patchNamespacedDeploymentScale({ namespace: NS, name: "web", body: { spec: { replicas: 1 } } }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
    await until(() => names.size === 1);
    await informer.stop();
  });

  it("runs a command and follows a log", async () => {
    const pod = await readyPod();
    const out = new PassThrough();
    let text = "";
    out.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(config).exec(NS, pod, "nginx", ["sh", "-c", "echo hola; exit 3"], out, null, null, false, resolve).catch(reject);
    });
    await until(() => text === "hola\n");
    expect(status.details?.causes?.[0]?.message).toBe("3");
    const log = new PassThrough();
    let lines = "";
    log.on("data", (chunk: Buffer) => (lines += chunk.toString()));
    await new Log(config).log(NS, pod, "nginx", log, { follow: true, tailLines: 5 });
    await until(() => lines.includes("start worker process"));
    // A log that is followed ends with its container.
    const ended = new Promise((resolve) => log.on("end", resolve));
    await core.deleteNamespacedPod({ namespace: NS, name: pod });
    await ended;
  });

  it("reads metrics once somebody serves them", async () => {
    await expect(new Metrics(config).getNodeMetrics()).rejects.toThrow();
    await KubernetesObjectApi.makeApiClient(config).create({ apiVersion: "apiregistration.k8s.io/v1", kind: "APIService", metadata: { name: "v1beta1.metrics.k8s.io" }, spec: { group: "metrics.k8s.io", version: "v1beta1", groupPriorityMinimum: 100, versionPriority: 100 } } as never);
    await until(async () => (await new Metrics(config).getPodMetrics(NS)).items.length > 0);
    expect((await new Metrics(config).getNodeMetrics()).items).toHaveLength(3);
  });
});
