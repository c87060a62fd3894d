import { setCondition, type Condition } from "../apimachinery/conditions";
import { fingerprint } from "../apimachinery/canonical";
import { LEASE, NAMESPACE, NODE, POD } from "../apimachinery/kinds";
import { compareStrings } from "../apimachinery/compare";
import { microTimestamp, timestamp } from "../apimachinery/time";
import type { Lease } from "../resources/coordination/lease/lease";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { NodeOptions } from "../options";
import { aboutNode, type Kubelet, type Pressure } from "./kubelet-pod";
import { PRESSURE_CONDITION, SCARCE, type Scarce } from "./shortage";
import { TIMERS } from "../sim/timers";

const LEASE_SECONDS = TIMERS.nodes.lease.ms / 1000;

/** How a shortage is told: the end of its reasons and Events, and its message, while there is none and while there is one. */
const TOLD: Readonly<Record<Scarce, { readonly fine: readonly [reason: string, message: string]; readonly short: readonly [reason: string, message: string] }>> = {
  memory: { fine: ["HasSufficientMemory", "kubelet has sufficient memory available"], short: ["HasInsufficientMemory", "kubelet has insufficient memory available"] },
  disk: { fine: ["HasNoDiskPressure", "kubelet has no disk pressure"], short: ["HasDiskPressure", "kubelet has disk pressure"] },
  pid: { fine: ["HasSufficientPID", "kubelet has sufficient PID available"], short: ["HasInsufficientPID", "kubelet has insufficient PID available"] },
};

/** Makes a machine known to the API, as its kubelet does when it first starts. */
export function registerNode(kubelet: Kubelet, name: string): void {
  const options = kubelet.optionsOf(name);
  if (!options || kubelet.client.get<Node>(NODE, { namespace: "", name })) return;
  const cidr = kubelet.addresses.find((one) => one.name === name)?.podCIDR ?? "";
  const created = kubelet.client.create<Node>({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", ...options.labels },
    },
    spec: { podCIDR: cidr, podCIDRs: [cidr], ...(options.taints ? { taints: options.taints } : {}) },
  });
  kubelet.client.updateStatus<Node>({ ...created, status: nodeStatus(kubelet, options, undefined) });
  renewLease(kubelet, name);
  const event = kubelet.event(name);
  const about = aboutNode(name);
  event(about, "Normal", "Starting", "Starting kubelet.");
  for (const what of SCARCE.map((one) => `Node${TOLD[one].fine[0]}`)) event(about, "Normal", what, `Node ${name} status is now: ${what}`);
  event(about, "Normal", "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
  event(about, "Normal", "NodeReady", `Node ${name} status is now: NodeReady`);
}

function nodeStatus(kubelet: Kubelet, options: NodeOptions, before: Node["status"]): NonNullable<Node["status"]> {
  const now = timestamp(kubelet.clock.now());
  const resources = { cpu: options.cpu, "ephemeral-storage": options.disk ?? "100Gi", "hugepages-1Gi": "0", "hugepages-2Mi": "0", memory: options.memory, pods: String(options.pods ?? 110) };
  const fine = (type: string, reason: string, message: string, status: Condition["status"] = "False"): Condition => ({ type, status, lastHeartbeatTime: now, lastTransitionTime: now, reason, message });
  const pressure = kubelet.pressure.get(options.name);
  const own = [
    ...SCARCE.map((what) => {
      const isShort = pressure?.[what] !== undefined;
      const [reason, message] = TOLD[what][isShort ? "short" : "fine"];
      return fine(PRESSURE_CONDITION[what], `Kubelet${reason}`, message, isShort ? "True" : "False");
    }),
    fine("Ready", "KubeletReady", "kubelet is posting ready status", "True"),
  ];
  const id = fingerprint(options.name);
  const ips = kubelet.machines.machine(options.name)?.ips ?? [];
  return {
    ...before,
    capacity: resources,
    allocatable: resources,
    conditions: own.reduce<readonly Condition[]>((list, condition) => setCondition(list, condition), before?.conditions ?? []),
    addresses: [...ips.map((address) => ({ type: "InternalIP", address })), { type: "Hostname", address: options.name }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: id,
      systemUUID: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`,
      bootID: `${id.slice(8, 16)}-${id.slice(0, 4)}-4${id.slice(5, 8)}-8${id.slice(9, 12)}-${id.slice(16, 28)}`,
      kernelVersion: "6.8.0-60-generic",
      osImage: "Ubuntu 24.04.3 LTS",
      containerRuntimeVersion: "containerd://2.1.4",
      kubeletVersion: kubelet.kubernetesVersion.startsWith("v") ? kubelet.kubernetesVersion : `v${kubelet.kubernetesVersion}`,
      kubeProxyVersion: "",
      operatingSystem: "linux",
      architecture: "amd64",
    },
  };
}

/**
 * A heartbeat that is written down: one at registration, one when a machine falls silent, one when it is back.
 *
 * @simplified Between those a kubelet's beats leave no trace; `kubelet:heartbeat` tells since when a machine is silent.
 */
export function renewLease(kubelet: Kubelet, name: string): void {
  if (!kubelet.client.get(NAMESPACE, { namespace: "", name: "kube-node-lease" })) return;
  const key = { namespace: "kube-node-lease", name };
  const renewTime = microTimestamp(kubelet.clock.now());
  const lease = kubelet.client.get<Lease>(LEASE, key);
  if (lease) kubelet.client.update<Lease>({ ...lease, spec: { ...lease.spec, renewTime } });
  else {
    const node = kubelet.client.get<Node>(NODE, { namespace: "", name });
    const owner = node ? [{ apiVersion: "v1", kind: "Node", name, uid: node.metadata.uid }] : [];
    kubelet.client.create({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { ...key, ownerReferences: owner }, spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime } });
  }
}

/** The kubelet of a machine is back and says so: it is ready again, whatever was said of it meanwhile. */
export function reportNode(kubelet: Kubelet, name: string): void {
  const options = kubelet.optionsOf(name);
  const node = kubelet.client.get<Node>(NODE, { namespace: "", name });
  if (!options || !node) return registerNode(kubelet, name);
  const wasReady = node.status?.conditions?.find((condition) => condition.type === "Ready")?.status === "True";
  kubelet.client.updateStatus<Node>({ ...node, status: nodeStatus(kubelet, options, node.status) });
  if (!wasReady) kubelet.event(name)(aboutNode(name), "Normal", "NodeReady", `Node ${name} status is now: NodeReady`);
}

/** Says that a machine has become short of something, or is so no more. */
export function reportPressure(kubelet: Kubelet, name: string, before: Pressure, after: Pressure): void {
  const changed = SCARCE.filter((what) => (before[what] === undefined) !== (after[what] === undefined)).map((what) => `Node${TOLD[what][after[what] === undefined ? "fine" : "short"][0]}`);
  const options = kubelet.optionsOf(name);
  const node = kubelet.client.get<Node>(NODE, { namespace: "", name });
  if (changed.length === 0 || !options || !node || !kubelet.machines.isUp(name)) return;
  kubelet.client.updateStatus<Node>({ ...node, status: nodeStatus(kubelet, options, node.status) });
  for (const what of changed) kubelet.event(name)(aboutNode(name), "Normal", what, `Node ${name} status is now: ${what}`);
}

/** Keeps what the kubelet of a machine cut off knows of its pods. */
export function keepLastSeen(kubelet: Kubelet, name: string): void {
  for (const pod of kubelet.client.onNode<Pod>(POD, name)) if (kubelet.pods.has(pod.metadata.uid)) kubelet.lastSeen.set(pod.metadata.uid, pod);
}

/** Tells the API which attachable volumes a machine's pods use. */
export function reportVolumesInUse(kubelet: Kubelet, name: string): void {
  const node = kubelet.client.get<Node>(NODE, { namespace: "", name });
  if (!node || !kubelet.machines.isUp(name)) return;
  const used = new Set<string>();
  for (const pod of kubelet.podsOn(name)) for (const volume of pod.volumes ?? []) if (volume.attached !== undefined) used.add(volume.attached);
  const before = node.status?.volumesInUse ?? [];
  const volumesInUse = [...used].sort(compareStrings);
  if (before.join("\n") === volumesInUse.join("\n")) return;
  const { volumesInUse: _old, ...rest } = node.status ?? {};
  kubelet.client.updateStatus<Node>({ ...node, status: volumesInUse.length > 0 ? { ...rest, volumesInUse } : rest });
}
