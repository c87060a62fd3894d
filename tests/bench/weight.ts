import { createCluster, millis, type Cluster, type JsonObject } from "@/lib/engine";
import { catalog } from "@/lib/images";
import { fixtures, kubernetesVersion } from "@/lib/workbench";
import type { Benchmark, Measured } from "./measured";

const PODS = 3000;
const NODES = 110;

const deployment: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: { replicas: PODS, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx:1.29", resources: { requests: { cpu: "10m", memory: "16Mi" } } }] } } },
};

function cluster(): Cluster {
  const node = { ...fixtures["three-nodes"].nodes[0], cpu: "8", memory: "32Gi" };
  return createCluster({ nodes: Array.from({ length: NODES }, (_, i) => ({ ...node, name: `node-${i + 1}` })), network: { podCIDR: "10.0.0.0/8" }, seed: 1, kubernetesVersion, images: catalog });
}

/** Pods as they stand in the end, and all versions of them seen on the way, those included. */
interface Seen {
  now: readonly unknown[];
  versions: readonly unknown[];
}

function play(): Seen {
  const one = cluster();
  one.as("kubernetes-admin").create(deployment);
  const versions = new Set<unknown>();
  let now: readonly unknown[] = [];
  for (let tenth = 0; tenth < 200; tenth += 1) {
    one.advance(millis(100));
    now = [...(one.as("bench").list("v1/Pod" as never) as readonly unknown[])];
    for (const pod of now) versions.add(pod);
  }
  return { now, versions: [...versions] };
}

/** Bytes in use; what nobody holds is let go before, which takes turns of the event loop. */
async function heap(): Promise<number> {
  const { gc } = globalThis as { readonly gc?: () => void };
  for (let i = 0; i < 2; i += 1) {
    await new Promise((done) => setTimeout(done, 30));
    gc?.();
  }
  return process.memoryUsage().heapUsed;
}

/** What Pod objects weigh by themselves, without the cluster that made them: as `performance.md` weighed its prototype's. */
async function weigh(): Promise<Measured> {
  // Once for what is made only once: schemas, compiled code, texts.
  play();
  await heap();
  const held: Seen = play();
  const all = await heap();
  const versions = held.versions.length;
  held.versions = [];
  const live = await heap();
  const pods = held.now.length;
  held.now = [];
  const nothing = await heap();
  const bytes = Math.round((live - nothing) / pods);
  return { p50: bytes, p99: bytes, runs: pods, figures: { bytesPerPod: bytes, olderVersions: versions - pods, bytesPerOlderVersion: Math.round((all - live) / (versions - pods)) }, note: "bytes of the objects alone; all that a cluster keeps beside them is told by scale:30000-pods-1000-nodes. Run with --expose-gc" };
}

/** How much memory one pod takes. */
export const weightOfAPod: Benchmark = { name: "scale:weight-of-a-pod", target: "2500 bytes a pod, 500 bytes an older version", measure: weigh };
