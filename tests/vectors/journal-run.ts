import { ApiError } from "@/lib/engine/apimachinery/api-error";
import type { Condition } from "@/lib/engine/apimachinery/conditions";
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
const START = 750;
const STOP = 600;
const STEP = 100;
/** How long a container runs that is to end by itself. */
const LIFE = 600;

const unknown = kindId("v1", "Unknown");
const kinds = new Map<string, KindId>();
for (const { kind, plural, singular, shortNames } of resources) for (const name of [plural, singular, ...shortNames, kind.slice(kind.lastIndexOf("/") + 1)]) kinds.set(name, kind);

/** Plays a recorded case against the engine and returns every write of its namespace and of the cluster. */
export function playJournal(namespace: string, inputs: readonly JournalInput[], settleSeconds: number, secondsToMinute = 60): readonly StoreEvent[] {
  const nodes = ["a", "b", "c"].map((zone, i) => ({ name: `node-${i + 1}`, cpu: "4", memory: "8Gi", labels: { "topology.kubernetes.io/zone": `zone-${zone}`, "topology.kubernetes.io/region": "region-1" } }));
  // The flags the recorded control plane ran with.
  const cluster = scriptedCluster(nodes, [], { controllerFlags: { nodeMonitorGracePeriod: 8000, horizontalSyncPeriod: 3000 } });
  const from = cluster.revision;
  cluster.as("kubernetes-admin").create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const kubelet = new Imitation(cluster, namespace);
  kubelet.run(700);
  // Schedules depend on how far the minute had gone when the recording began.
  kubelet.run(Math.floor((60_000 - (cluster.now % 60_000) - secondsToMinute * 1000) / STEP) * STEP);
  for (const input of inputs) {
    try {
      if (input.op === "node off") kubelet.silent.add(input.name ?? "");
      if (input.op === "node on") kubelet.silent.delete(input.name ?? "");
      perform(cluster, namespace, input);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    kubelet.run((input.waitAfter ?? 0) * 1000);
  }
  kubelet.run(settleSeconds * 1000);
  tidy(cluster, inputs);
  kubelet.run(1000);
  return cluster.since(from);
}

/** The recorder took away what it had made outside the namespace. */
function tidy(cluster: Cluster, inputs: readonly JournalInput[]): void {
  const admin = cluster.as("kubernetes-admin");
  for (const { op, object } of inputs) {
    const definition = resources.find((one) => op === "create" && one.kind === kindId(String(object?.["apiVersion"]), String(object?.["kind"])));
    if (definition?.namespaced !== false) continue;
    const ref = { kind: definition.kind, namespace: "", name: String((object?.["metadata"] as JsonObject | undefined)?.["name"]) };
    if (admin.get(ref.kind, ref)) admin.delete(ref);
  }
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
  else if (op === "node off") cluster.machines.powerOff(name);
  else if (op === "node on") heard(cluster, name);
  else if (op === "set pod condition") setCondition(cluster, namespace, input);
}

function good(): readonly Condition[] {
  const one = (type: string, reason: string, message: string): Condition => ({ type, status: type === "Ready" ? "True" : "False", reason, message });
  return [
    one("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    one("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    one("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    one("Ready", "KubeletReady", "kubelet is posting ready status"),
  ];
}

/** A kubelet of the recording makes its machine known, and reports it a moment later. */
function addNode(cluster: Cluster, name: string, body: JsonObject | undefined): void {
  const labels = { "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", ...((body?.["labels"] ?? {}) as Readonly<Record<string, string>>) };
  const object = nodeObject({ name, cpu: "4", memory: "8Gi", labels });
  const kubelet = cluster.as("kubelet");
  const { status: _status, ...bare } = object;
  kubelet.create<Node>(bare);
  cluster.advance(millis(0));
  const created = kubelet.get<Node>(NODE, { namespace: "", name });
  if (!created) return;
  const room = { cpu: "4", memory: "8Gi", pods: "110", "ephemeral-storage": "100Gi", "hugepages-2Mi": "0" };
  const addresses = [{ type: "InternalIP", address: `172.18.0.${Number(body?.["i"] ?? 0) + 1}` }, { type: "Hostname", address: name }];
  kubelet.updateStatus<Node>({ ...created, status: { ...created.status, capacity: room, allocatable: room, conditions: good(), addresses, daemonEndpoints: { kubeletEndpoint: { Port: 10250 } } } as NonNullable<Node["status"]> });
}

/** A kubelet that was silent reports again. */
function heard(cluster: Cluster, name: string): void {
  cluster.machines.powerOn(name);
  const kubelet = cluster.as("kubelet");
  const node = kubelet.get<Node>(NODE, { namespace: "", name });
  if (node) kubelet.updateStatus<Node>({ ...node, status: { ...node.status, conditions: good() } as NonNullable<Node["status"]> });
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
  /** Nodes whose kubelet does nothing. */
  readonly silent = new Set<string>();
  private readonly due = new Map<string, number>();
  private readonly pods = new Map<string, readonly string[]>();
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
      if ((pod.spec.nodeName ?? "") === "" || this.silent.has(pod.spec.nodeName ?? "")) continue;
      const annotations = pod.metadata.annotations ?? {};
      if (pod.metadata.deletionTimestamp !== undefined) this.stop(pod, annotations);
      else if (!isFinished(pod)) this.start(pod, annotations);
    }
  }

  private start(pod: Pod, annotations: Readonly<Record<string, string>>): void {
    if (pod.spec.containers.some(({ image = "" }) => /doesnotexist|bad|typo/.test(image))) return;
    const now = this.cluster.now;
    const key = `start/${pod.metadata.uid}`;
    if (!this.due.has(key)) {
      this.free = Math.max(this.free, now) + 150;
      this.due.set(key, this.free - 150 + Number(annotations["fake/start-ms"] ?? START));
    }
    const runs = this.due.get(key) ?? 0;
    if (now < runs) return;
    const due = annotations["fake/never-ready"] === undefined && now >= runs + Number(annotations["fake/ready-ms"] ?? 0);
    const gated = (pod.spec.readinessGates ?? []).length > 0;
    const wanted = due && annotations["fake/ready"] !== "false" && !gated;
    const running = pod.status?.podIP !== undefined;
    const code = this.codeOf(pod, annotations);
    if (running && code !== undefined && now >= runs + LIFE) return this.exit(pod, code);
    if (running && (gated || isReady(pod) === wanted)) return;
    this.addresses += running ? 0 : 1;
    play(this.cluster, pod, wanted ? "ready" : "unready", pod.status?.podIP ?? `10.244.1.${this.addresses}`);
  }

  /** The exit code a pod's annotations or its command ask for; undefined when it runs for ever. */
  private codeOf(pod: Pod, annotations: Readonly<Record<string, string>>): number | undefined {
    const given = annotations["fake/exit-code"];
    if (given !== undefined) return Number(given);
    const list = annotations["fake/exit-codes"]?.split(",");
    if (list) {
      const owner = pod.metadata.ownerReferences?.[0]?.uid ?? "";
      const order = this.pods.get(owner) ?? [];
      if (!order.includes(pod.metadata.uid)) this.pods.set(owner, [...order, pod.metadata.uid]);
      const place = (this.pods.get(owner) ?? []).indexOf(pod.metadata.uid);
      return Number(list[Math.min(place, list.length - 1)]);
    }
    const failing = annotations["fake/fail-indexes"]?.split(",");
    if (failing) return failing.includes(pod.metadata.annotations?.["batch.kubernetes.io/job-completion-index"] ?? "") ? 1 : 0;
    const [container] = pod.spec.containers;
    const written = /\bexit ([0-9]+)/.exec([...(container?.command ?? []), ...(container?.args ?? [])].join(" "))?.[1];
    return written === undefined ? undefined : Number(written);
  }

  /** Ends a pod's containers, or lets them start again where its restart policy says so. */
  private exit(pod: Pod, code: number): void {
    const again = pod.spec.restartPolicy === "OnFailure" && code !== 0;
    const restarts = pod.status?.containerStatuses?.[0]?.restartCount ?? 0;
    if (again && restarts > 0) return;
    play(this.cluster, pod, again ? "unready" : code === 0 ? "succeeded" : "failed");
    const kubelet = this.cluster.as("kubelet");
    const current = kubelet.get<Pod>(POD, { namespace: this.namespace, name: pod.metadata.name });
    if (!current) return;
    const containerStatuses = (current.status?.containerStatuses ?? []).map((status) => ({ ...status, ...(again ? { restartCount: restarts + 1 } : { state: { terminated: { exitCode: code, reason: code === 0 ? "Completed" : "Error" } } }) }));
    kubelet.updateStatus<Pod>({ ...current, status: { ...current.status, containerStatuses } });
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
