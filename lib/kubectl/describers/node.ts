import { addQuantities, bytesOf, cpuMilli, formatQuantity, LEASE, podLimits, podRequests, POD, quantityMilli, quantityOf, quantityFrom, type Lease, type Node, type Pod, type Quantity } from "@/lib/engine";
import { ageOf } from "../output/table";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { longTime, objectOf, sortedKeys, type Paper } from "./paper";

const ROLE = "node-role.kubernetes.io/";

/** Describes a Node. Upstream: describeNode. */
export function describeNode(scene: Scene<Node>): void {
  const { object: node, paper } = scene;
  const { metadata, spec, status } = node;
  const roles = sortedKeys(metadata.labels).filter((key) => key.startsWith(ROLE) && key !== ROLE).map((key) => key.slice(ROLE.length));
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Roles:\t${roles.length === 0 ? "<none>" : roles.join(",")}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`);
  const taints = (spec.taints ?? []).map((taint) => `${taint.key}${taint.value ? `=${taint.value}` : ""}:${taint.effect}`);
  if (taints.length === 0) paper.line(0, "Taints:\t<none>");
  [...taints].sort((a, b) => (a < b ? -1 : 1)).forEach((taint, i) => paper.line(0, `${i === 0 ? "Taints:" : ""}\t${taint}`));
  paper.line(0, `Unschedulable:\t${String(spec.unschedulable ?? false)}`);
  writeLease(scene);
  writeStatus(paper, status);
  if (spec.podCIDR) {
    paper.line(0, `PodCIDR:\t${spec.podCIDR}`);
    paper.line(0, `PodCIDRs:\t${(spec.podCIDRs ?? [spec.podCIDR]).join(",")}`);
  }
  if (spec.providerID) paper.line(0, `ProviderID:\t${spec.providerID}`);
  writePods(scene);
  writeEvents(scene as Scene);
}

function writeLease({ object, client, paper }: Scene<Node>): void {
  const lease = client.get<Lease>(LEASE, { namespace: "kube-node-lease", name: object.metadata.name });
  const spec = objectOf((lease as unknown as { readonly spec?: unknown } | undefined)?.spec);
  paper.line(0, "Lease:");
  paper.line(1, `HolderIdentity:\t${typeof spec["holderIdentity"] === "string" ? spec["holderIdentity"] : "<unset>"}`);
  paper.line(1, `AcquireTime:\t${typeof spec["acquireTime"] === "string" ? longTime(spec["acquireTime"]) : "<unset>"}`);
  paper.line(1, `RenewTime:\t${typeof spec["renewTime"] === "string" ? longTime(spec["renewTime"]) : "<unset>"}`);
}

function writeStatus(paper: Paper, status: Node["status"]): void {
  if ((status?.conditions ?? []).length > 0) {
    paper.line(0, "Conditions:");
    paper.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage");
    paper.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for (const c of status?.conditions ?? []) paper.line(1, `${c.type} \t${c.status} \t${longTime(c.lastHeartbeatTime)} \t${longTime(c.lastTransitionTime)} \t${c.reason ?? ""} \t${c.message ?? ""}`);
  }
  paper.line(0, "Addresses:");
  for (const { type, address } of status?.addresses ?? []) paper.line(1, `${type}:\t${address}`);
  for (const [title, list] of [["Capacity", status?.capacity], ["Allocatable", status?.allocatable]] as const) {
    paper.line(0, `${title}:`);
    for (const key of sortedKeys(list)) paper.line(1, `${key}:\t${list?.[key] ?? ""}`);
  }
  const info = objectOf(status?.nodeInfo);
  paper.line(0, "System Info:");
  for (const [title, key] of INFO) paper.line(1, `${title}:\t${String(info[key] ?? "")}`);
}

const INFO = [
  ["Machine ID", "machineID"],
  ["System UUID", "systemUUID"],
  ["Boot ID", "bootID"],
  ["Kernel Version", "kernelVersion"],
  ["OS Image", "osImage"],
  ["Operating System", "operatingSystem"],
  ["Architecture", "architecture"],
  ["Container Runtime Version", "containerRuntimeVersion"],
  ["Kubelet Version", "kubeletVersion"],
] as const;

function share(used: number, of: number): string {
  return `${of === 0 ? 0 : Math.floor((used * 100) / of)}%`;
}

function writePods({ object: node, client, paper, now }: Scene<Node>): void {
  const pods = client.onNode<Pod>(POD, node.metadata.name).filter((pod) => pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed");
  const cpu = cpuMilli(node.status?.allocatable?.["cpu"] ?? "0");
  const memory = bytesOf(node.status?.allocatable?.["memory"] ?? "0");
  const zero = quantityOf(0);
  paper.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  paper.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
  paper.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---");
  const sums = { requests: new Map<string, Quantity>(), limits: new Map<string, Quantity>() };
  for (const pod of pods) {
    const [requests, limits] = [podRequests(pod), podLimits(pod)];
    for (const [key, value] of requests) sums.requests.set(key, addQuantities(sums.requests.get(key) ?? zero, value));
    for (const [key, value] of limits) sums.limits.set(key, addQuantities(sums.limits.get(key) ?? zero, value));
    const cell = (list: ReadonlyMap<string, Quantity>, key: "cpu" | "memory"): string => shareOf(list.get(key) ?? zero, key === "cpu" ? cpu : memory, key);
    paper.line(1, [pod.metadata.namespace ?? "", pod.metadata.name, "", cell(requests, "cpu"), cell(limits, "cpu"), cell(requests, "memory"), cell(limits, "memory"), ageOf(pod.metadata.creationTimestamp, now)].join("\t"));
  }
  paper.line(0, "Allocated resources:");
  paper.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)");
  paper.line(1, "Resource\tRequests\tLimits");
  paper.line(1, "--------\t--------\t------");
  for (const key of allocatedKeys(node)) {
    const of = key === "cpu" ? cpu : bytesOf(node.status?.allocatable?.[key] ?? "0");
    paper.line(1, `${key}\t${shareOf(sums.requests.get(key) ?? zero, of, key)}\t${shareOf(sums.limits.get(key) ?? zero, of, key)}`);
  }
}

function allocatedKeys(node: Node): readonly string[] {
  const huge = sortedKeys(node.status?.allocatable).filter((key) => key.startsWith("hugepages-"));
  return ["cpu", "memory", "ephemeral-storage", ...huge];
}

function shareOf(quantity: Quantity, of: number, key: string): string {
  const used = key === "cpu" ? Number(quantityMilli(quantity)) : bytesOf(formatQuantity(quantity));
  return `${formatQuantity(quantityFrom(formatQuantity(quantity)))} (${share(used, of)})`;
}
