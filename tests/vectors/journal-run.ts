import { ApiError } from "@/lib/engine/apimachinery/api-error";
import { NODE, POD } from "@/lib/engine/apimachinery/kinds";
import { kindId, type Json, type JsonObject, type KindId } from "@/lib/engine/apimachinery/meta";
import type { Cluster } from "@/lib/engine/cluster";
import { isFinished, isReady } from "@/lib/engine/controllers/pod-state";
import type { Node, Pod } from "@/lib/engine/models";
import { resources } from "@/lib/engine/resources/index";
import { millis } from "@/lib/engine/sim/clock";
import type { StoreEvent } from "@/lib/engine/store/store";
import { nodeObject, play, podsIn, scriptedCluster } from "@/lib/engine/testing/scripted";

/** One thing done to the recorded cluster. */
export interface JournalInput {
  readonly op: string;
  readonly object?: JsonObject;
  readonly kind?: string;
  readonly name?: string;
  readonly patchType?: string;
  readonly patch?: Json;
  readonly options?: { readonly propagationPolicy?: "Foreground" | "Background" | "Orphan"; readonly gracePeriodSeconds?: number };
  readonly body?: JsonObject;
  readonly selector?: string;
  readonly type?: string;
  readonly status?: "True" | "False";
  readonly waitAfter?: number;
}

/** How long the recording's imitated kubelet takes to start and to stop a pod, and to go on to the next. */
const START = 700;
const STOP = 600;
const STEP = 100;

const unknown = kindId("v1", "Unknown");
const kinds = new Map<string, KindId>();
for (const { kind, plural, singular, shortNames } of resources) for (const name of [plural, singular, ...shortNames, kind.slice(kind.lastIndexOf("/") + 1)]) kinds.set(name, kind);

/** Plays a recorded case against the engine and returns every write of its namespace and of the cluster. */
export function playJournal(namespace: string, inputs: readonly JournalInput[], settleSeconds: number): readonly StoreEvent[] {
  const nodes = ["a", "b", "c"].map((zone, i) => ({ name: `node-${i + 1}`, cpu: "4", memory: "8Gi", labels: { "topology.kubernetes.io/zone": `zone-${zone}`, "topology.kubernetes.io/region": "region-1" } }));
  // The flags the recorded control plane ran with.
  const cluster = scriptedCluster(nodes, [], { controllerFlags: { nodeMonitorGracePeriod: 8000, horizontalSyncPeriod: 3000 } });
  const from = cluster.revision;
  cluster.as("kubernetes-admin").create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const kubelet = new Imitation(cluster, namespace);
  kubelet.run(700);
  for (const input of inputs) {
    try {
      perform(cluster, namespace, input);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    kubelet.run((input.waitAfter ?? 0) * 1000);
  }
  kubelet.run(settleSeconds * 1000);
  return cluster.since(from);
}

function perform(cluster: Cluster, namespace: string, input: JournalInput): void {
  const admin = cluster.as("kubernetes-admin");
  const { op, name = "" } = input;
  const kind = kinds.get(input.kind ?? "") ?? unknown;
  const ref = { kind, namespace: resources.find((one) => one.kind === kind)?.namespaced === false ? "" : namespace, name };
  const setNode = (body: Json): void => void admin.patch({ kind: NODE, namespace: "", name }, { type: "merge", body });
  if (op === "create") {
    const object = input.object ?? {};
    const namespaced = resources.find((one) => one.kind === kindId(object["apiVersion"] as string, object["kind"] as string))?.namespaced !== false;
    admin.create(namespaced ? { ...object, metadata: { ...(object["metadata"] as JsonObject), namespace } } : object);
  } else if (op === "patch") admin.patch(ref, { type: input.patchType === "strategic" ? "strategic" : "merge", body: input.patch ?? {} });
  else if (op === "delete") {
    const { propagationPolicy, gracePeriodSeconds } = input.options ?? {};
    admin.delete(ref, { ...(propagationPolicy === undefined ? {} : { propagation: propagationPolicy }), ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) });
  } else if (op === "delete one pod") {
    const [pod] = admin.list<Pod>(POD, { namespace, ...(input.selector === undefined ? {} : { labelSelector: input.selector }) });
    if (pod) admin.delete({ kind: POD, namespace, name: pod.metadata.name });
  } else if (op === "node cordon" || op === "node uncordon") setNode({ spec: { unschedulable: op === "node cordon" ? true : null } });
  else if (op === "node taint" || op === "node untaint") setNode({ spec: { taints: op === "node taint" ? [input.body ?? {}] : null } });
  else if (op === "node add") addNode(cluster, name, input.body);
  else if (op === "node deletenode") admin.delete({ kind: NODE, namespace: "", name });
  else if (op === "set pod condition") setCondition(cluster, namespace, input);
}

function addNode(cluster: Cluster, name: string, body: JsonObject | undefined): void {
  const object = nodeObject({ name, cpu: "4", memory: "8Gi", labels: (body?.["labels"] ?? {}) as Readonly<Record<string, string>> });
  const admin = cluster.as("kubelet");
  const created = admin.create<Node>(object);
  admin.updateStatus<Node>({ ...created, status: object["status"] as NonNullable<Node["status"]> });
}

function setCondition(cluster: Cluster, namespace: string, { name = "", type = "", status = "True" }: JournalInput): void {
  const kubelet = cluster.as("kubelet");
  const pod = kubelet.get<Pod>(POD, { namespace, name });
  if (!pod) return;
  const ready = { type: "Ready", status } as const;
  const others = (pod.status?.conditions ?? []).filter((one) => one.type !== type && one.type !== "Ready");
  kubelet.updateStatus<Pod>({ ...pod, status: { ...pod.status, conditions: [...others, { type, status }, ready] } });
}

/** The recording's kubelet, as far as controllers can see it: pods become ready, or end, after a while. */
class Imitation {
  private readonly due = new Map<string, number>();
  private free = 0;
  private addresses = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly namespace: string,
  ) {}

  run(duration: number): void {
    for (let passed = 0; passed < duration; passed += STEP) {
      this.cluster.advance(millis(0));
      this.look();
      this.cluster.advance(millis(STEP));
    }
    this.cluster.advance(millis(0));
  }

  private look(): void {
    for (const pod of podsIn(this.cluster, this.namespace)) {
      if ((pod.spec.nodeName ?? "") === "") continue;
      const annotations = pod.metadata.annotations ?? {};
      if (pod.metadata.deletionTimestamp !== undefined) this.stop(pod, annotations);
      else if (!isFinished(pod)) this.start(pod, annotations);
    }
  }

  private start(pod: Pod, annotations: Readonly<Record<string, string>>): void {
    const now = this.cluster.now;
    const key = `start/${pod.metadata.uid}`;
    if (!this.due.has(key)) {
      this.free = Math.max(this.free, now) + 150;
      this.due.set(key, this.free - 150 + Number(annotations["fake/ready-ms"] ?? START));
    }
    if (annotations["fake/never-ready"] !== undefined || now < (this.due.get(key) ?? 0)) return;
    const wanted = annotations["fake/ready"] !== "false" && (pod.spec.readinessGates ?? []).length === 0;
    if (isReady(pod) === wanted && pod.status?.podIP !== undefined) return;
    if ((pod.spec.readinessGates ?? []).length > 0 && pod.status?.podIP !== undefined) return;
    this.addresses += pod.status?.podIP === undefined ? 1 : 0;
    play(this.cluster, pod, wanted ? "ready" : "unready", pod.status?.podIP ?? `10.244.1.${this.addresses}`);
  }

  private stop(pod: Pod, annotations: Readonly<Record<string, string>>): void {
    const key = `stop/${pod.metadata.uid}`;
    const wait = annotations["fake/ignore-term"] === undefined ? STOP : (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
    if (!this.due.has(key)) this.due.set(key, this.cluster.now + wait);
    if (this.cluster.now < (this.due.get(key) ?? 0)) return;
    if (!isFinished(pod)) play(this.cluster, pod, "succeeded");
    this.cluster.advance(millis(0));
    play(this.cluster, pod, "gone");
  }
}
