import fc from "fast-check";
import { createCluster, DEPLOYMENT, kindOf, millis, NODE, POD, REPLICA_SET, type Cluster, type Deployment, type JsonObject, type KindId, type KubeObject, type Pod, type ReplicaSet } from "@/lib/engine";
import { catalog } from "@/lib/images";
import { kubernetesVersion } from "@/lib/workbench";

/** A cluster of a few machines with a class of disks, for histories of workloads. */
export function smallCluster(seed: number, nodes: number): Cluster {
  return createCluster({
    seed,
    kubernetesVersion,
    images: catalog,
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}`, cpu: "4", memory: "8Gi", pods: 30 })),
    storage: [{ name: "standard", provisioner: "disks.example.com", kind: "block", default: true, reclaimPolicy: "Delete", bindingMode: "WaitForFirstConsumer" }],
    stepBudget: 3_000_000,
  });
}

/** What somebody does to the cluster, or to a machine of it. */
export type Act =
  | { readonly do: "put"; readonly object: JsonObject }
  | { readonly do: "patch"; readonly kind: KindId; readonly name: string; readonly body: JsonObject }
  | { readonly do: "undo"; readonly name: string }
  | { readonly do: "delete"; readonly kind: KindId; readonly name: string; readonly propagation?: "Background" | "Foreground" | "Orphan" }
  | { readonly do: "kill"; readonly nth: number; readonly force: boolean }
  | { readonly do: "evict"; readonly nth: number }
  | { readonly do: "drain"; readonly node: string }
  | { readonly do: "uncordon"; readonly node: string }
  | { readonly do: "taint"; readonly node: string; readonly effect: "NoSchedule" | "NoExecute" | undefined }
  | { readonly do: "machine"; readonly node: string; readonly how: "powerOff" | "powerOn" | "disconnect" | "reconnect" }
  | { readonly do: "wait"; readonly millis: number };

/** The namespace where histories happen; it may be deleted midway. */
export const PLACE = "place";
const ADMIN = "kubernetes-admin";

/** Does an act; what the API refuses is an answer like any other. */
export function act(cluster: Cluster, deed: Act): void {
  try {
    dare(cluster, deed);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ApiError") throw error;
  }
}

function dare(cluster: Cluster, deed: Act): void {
  const admin = cluster.as(ADMIN);
  const pods = (): readonly Pod[] => admin.list<Pod>(POD, { namespace: PLACE });
  switch (deed.do) {
    case "wait":
      return cluster.advance(millis(deed.millis));
    case "machine":
      return cluster.machines[deed.how](deed.node);
    case "put":
      return put(cluster, deed.object);
    case "patch":
      return void admin.patch({ kind: deed.kind, namespace: PLACE, name: deed.name }, { type: "merge", body: deed.body });
    case "undo":
      return undo(cluster, deed.name);
    case "delete": {
      const namespace = deed.kind === "v1/Namespace" ? "" : PLACE;
      return void admin.delete({ kind: deed.kind, namespace, name: deed.name }, deed.propagation === undefined ? {} : { propagation: deed.propagation });
    }
    case "kill": {
      const pod = pods()[deed.nth % Math.max(1, pods().length)];
      return pod && void admin.delete({ kind: POD, namespace: PLACE, name: pod.metadata.name }, deed.force ? { gracePeriodSeconds: 0 } : {});
    }
    case "evict": {
      const pod = pods()[deed.nth % Math.max(1, pods().length)];
      return pod && admin.evict({ namespace: PLACE, name: pod.metadata.name });
    }
    case "drain":
      return drain(cluster, deed.node);
    case "uncordon":
      return void admin.patch({ kind: NODE, namespace: "", name: deed.node }, { type: "merge", body: { spec: { unschedulable: null } } });
    case "taint":
      return void admin.patch({ kind: NODE, namespace: "", name: deed.node }, { type: "merge", body: { spec: { taints: deed.effect === undefined ? null : [{ key: "lab", value: "x", effect: deed.effect }] } } });
  }
}

function put(cluster: Cluster, object: JsonObject): void {
  const admin = cluster.as(ADMIN);
  const name = String((object["metadata"] as JsonObject)["name"]);
  const ref = { kind: kindOf(object as unknown as KubeObject), namespace: PLACE, name };
  if (admin.get(ref.kind, ref)) admin.patch(ref, { type: "merge", body: { spec: object["spec"] ?? {} } });
  else admin.create(object);
}

/** The template of the revision before. */
function undo(cluster: Cluster, name: string): void {
  const admin = cluster.as(ADMIN);
  const deployment = admin.get<Deployment>(DEPLOYMENT, { namespace: PLACE, name });
  if (!deployment) return;
  const revision = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
  const [, before] = [...admin.ownedBy<ReplicaSet>(REPLICA_SET, deployment.metadata.uid)].sort((a, b) => revision(b) - revision(a));
  if (!before) return;
  const { "pod-template-hash": _hash, ...labels } = before.spec.template.metadata?.labels ?? {};
  admin.update<Deployment>({ ...deployment, spec: { ...deployment.spec, template: { ...before.spec.template, metadata: { ...before.spec.template.metadata, labels } } } });
}

function drain(cluster: Cluster, node: string): void {
  const admin = cluster.as(ADMIN);
  admin.patch({ kind: NODE, namespace: "", name: node }, { type: "merge", body: { spec: { unschedulable: true } } });
  for (const pod of admin.list<Pod>(POD, { namespace: PLACE }).filter(({ spec, metadata }) => spec.nodeName === node && metadata.ownerReferences?.[0]?.kind !== "DaemonSet")) {
    act(cluster, { do: "evict", nth: admin.list<Pod>(POD, { namespace: PLACE }).findIndex(({ metadata }) => metadata.uid === pod.metadata.uid) });
  }
}

const sleeper = "trap 'exit 0' TERM; while true; do sleep 5; done";
const byFile = { exec: { command: ["test", "-e", "/tmp/ok"] } };

/** Containers of every temper. `steady` ones become ready and stay so. */
export const containers = {
  nginx: { name: "c", image: "nginx:1.29", readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 2 } },
  httpd: { name: "c", image: "httpd:2.4" },
  older: { name: "c", image: "nginx:1.28" },
  late: { name: "c", image: "busybox:1.36", command: ["sh", "-c", `sleep 17; touch /tmp/ok; ${sleeper}`], readinessProbe: { ...byFile, periodSeconds: 3 } },
  never: { name: "c", image: "nginx:no-existe" },
  crash: { name: "c", image: "busybox:1.36", command: ["sh", "-c", "sleep 4; exit 1"] },
  stubborn: { name: "c", image: "busybox:1.36", command: ["sh", "-c", "while true; do sleep 5; done"] },
  flip: { name: "c", image: "busybox:1.36", command: ["sh", "-c", "while true; do touch /tmp/ok; sleep 25; rm /tmp/ok; sleep 12; done"], readinessProbe: { ...byFile, periodSeconds: 2, failureThreshold: 1 } },
} as const satisfies Readonly<Record<string, JsonObject>>;

/** Any of the containers, most of them good ones. */
export const anyContainer: fc.Arbitrary<JsonObject> = fc.constantFrom(...([containers.nginx, containers.httpd, containers.older, containers.late, containers.nginx, containers.never, containers.crash, containers.stubborn, containers.flip] as readonly JsonObject[]));

/** Containers whose pods, once ready, stay so: what is lost then is the controllers' doing. */
export const steadyContainer: fc.Arbitrary<JsonObject> = fc.constantFrom(...([containers.nginx, containers.httpd, containers.older, containers.late, containers.never, containers.stubborn] as readonly JsonObject[]));

/** A number or a percentage. */
export const bound: fc.Arbitrary<number | string> = fc.oneof(fc.constantFrom(0, 1, 2, 3), fc.constantFrom("0%", "25%", "34%", "50%", "100%"));
export const replicas = fc.integer({ min: 0, max: 7 });
export const node = (count: number): fc.Arbitrary<string> => fc.integer({ min: 1, max: count }).map((n) => `node-${n}`);
export const wait: fc.Arbitrary<Act> = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 200_000 })).map((length): Act => ({ do: "wait", millis: length }));

/** A pod template of an app. */
export function podTemplate(app: string, container: JsonObject, more: JsonObject = {}): JsonObject {
  return { metadata: { labels: { app } }, spec: { terminationGracePeriodSeconds: 8, containers: [container], ...more } };
}

/** What befalls pods and machines from outside. */
export const rough = (nodes: number): fc.Arbitrary<Act> =>
  fc.oneof(
    fc.tuple(fc.nat(20), fc.boolean()).map(([nth, force]): Act => ({ do: "kill", nth, force })),
    fc.nat(20).map((nth): Act => ({ do: "evict", nth })),
    fc.tuple(node(nodes), fc.constantFrom("powerOff" as const, "powerOn" as const, "disconnect" as const, "reconnect" as const)).map(([name, how]): Act => ({ do: "machine", node: name, how })),
    node(nodes).chain((name) => fc.constantFrom<Act>({ do: "drain", node: name }, { do: "uncordon", node: name }, { do: "taint", node: name, effect: "NoSchedule" }, { do: "taint", node: name, effect: "NoExecute" }, { do: "taint", node: name, effect: undefined })),
  );
