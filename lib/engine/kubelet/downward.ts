import { sortedEntries } from "../apimachinery/compare";
import { bytesOf, cpuMilli } from "../apimachinery/quantity";
import type { Container, Pod } from "../resources/core/pod/pod";
import type { Kubelet, KubeletPod } from "./kubelet-pod";

/** `key="value"` lines, as the downward API writes labels and annotations. Upstream: pkg/fieldpath FormatMap. */
export function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return sortedEntries(map ?? {}).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join("\n");
}

/** The value of a `fieldRef`. Upstream: podFieldSelectorRuntimeValue and pkg/fieldpath. */
export function fieldValue(kubelet: Kubelet, record: KubeletPod, pod: Pod, path: string): string {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) return (subscript[1] === "labels" ? pod.metadata.labels : pod.metadata.annotations)?.[subscript[2] ?? ""] ?? "";
  const host = kubelet.machines.machine(record.node)?.ips[0] ?? "";
  const values: Readonly<Record<string, string | undefined>> = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "metadata.labels": formatMap(pod.metadata.labels),
    "metadata.annotations": formatMap(pod.metadata.annotations),
    "spec.nodeName": pod.spec.nodeName,
    "spec.serviceAccountName": pod.spec.serviceAccountName,
    "spec.schedulerName": pod.spec.schedulerName,
    "spec.restartPolicy": pod.spec.restartPolicy,
    "status.podIP": record.ip,
    "status.podIPs": record.ip,
    "status.hostIP": host,
    "status.hostIPs": host,
  };
  return values[path] ?? "";
}

/** The value of a `resourceFieldRef`, in units of its divisor, rounded up. A limit not set is the machine's own. Upstream: pkg/api/v1/resource. */
export function resourceValue(kubelet: Kubelet, record: KubeletPod, container: Container, resource: string, divisor: string | undefined): string {
  const [list, name = ""] = resource.split(".");
  const quantity = (list === "limits" ? container.resources?.limits : container.resources?.requests)?.[name];
  const machine = kubelet.nodes.find((node) => node.name === record.node);
  const fallback = list === "limits" ? (name === "cpu" ? machine?.cpu : name === "memory" ? machine?.memory : undefined) : undefined;
  const value = quantity ?? fallback ?? "0";
  if (name === "cpu") {
    const unit = divisor === undefined || divisor === "0" ? 1000 : Math.max(1, cpuMilli(divisor));
    return String(Math.ceil(cpuMilli(value) / unit));
  }
  const unit = divisor === undefined || divisor === "0" ? 1 : Math.max(1, bytesOf(divisor));
  return String(Math.ceil(bytesOf(value) / unit));
}
