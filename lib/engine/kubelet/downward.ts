import { sortedEntries } from "../apimachinery/compare";
import { bytesOf, cpuMilli } from "../apimachinery/quantity";
import type { Container, Pod } from "../resources/core/pod/pod";
import type { Kubelet, KubeletPod } from "./kubelet-pod";

/** `key="value"` lines, as the downward API writes labels and annotations. Upstream: pkg/fieldpath FormatMap. */
export function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return sortedEntries(map ?? {}).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join("\n");
}

/** Addresses a pod may ask for. */
interface Addresses {
  readonly podIP: string;
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
}

/** The first address of each family, IPv4 before IPv6. */
function byFamily(ips: readonly string[]): readonly string[] {
  const first = [ips.find((ip) => /^[0-9.]+$/.test(ip)), ips.find((ip) => ip.includes(":"))];
  return first.filter((ip) => ip !== undefined);
}

/** Every field a `fieldRef` may name, labels and annotations by key aside. Upstream: podFieldSelectorRuntimeValue and pkg/fieldpath. */
export function podFields(pod: Pod, { podIP, podIPs, hostIPs }: Addresses): Readonly<Record<string, string | undefined>> {
  return {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "metadata.labels": formatMap(pod.metadata.labels),
    "metadata.annotations": formatMap(pod.metadata.annotations),
    "spec.nodeName": pod.spec.nodeName,
    "spec.serviceAccountName": pod.spec.serviceAccountName,
    "spec.schedulerName": pod.spec.schedulerName,
    "spec.restartPolicy": pod.spec.restartPolicy,
    "status.podIP": podIP,
    "status.podIPs": byFamily(podIPs).join(","),
    "status.hostIP": hostIPs[0] ?? "",
    "status.hostIPs": byFamily(hostIPs).join(","),
  };
}

/** The value of one field of a pod, labels and annotations by key among them; empty where there is none. */
export function podField(pod: Pod, addresses: Addresses, path: string): string {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) return (subscript[1] === "labels" ? pod.metadata.labels : pod.metadata.annotations)?.[subscript[2] ?? ""] ?? "";
  return podFields(pod, addresses)[path] ?? "";
}

/** The value of a `fieldRef` of a pod on a machine. */
export function fieldValue(kubelet: Kubelet, record: KubeletPod, pod: Pod, path: string): string {
  const ip = record.ip ?? "";
  return podField(pod, { podIP: ip, podIPs: [ip], hostIPs: (kubelet.machines.machine(record.node)?.ips ?? []).slice(0, 1) }, path);
}

/** The value of a `resourceFieldRef`, in units of its divisor, rounded up. A limit not set is the pod's as a whole, else the machine's own. Upstream: pkg/api/v1/resource. */
export function resourceValue(kubelet: Kubelet, record: KubeletPod, pod: Pod, container: Container, resource: string, divisor: string | undefined): string {
  const [list, name = ""] = resource.split(".");
  const quantity = (list === "limits" ? container.resources?.limits : container.resources?.requests)?.[name];
  const machine = kubelet.optionsOf(record.node);
  const own = name === "cpu" ? machine?.cpu : name === "memory" ? machine?.memory : undefined;
  const fallback = list === "limits" ? (set(pod.spec.resources?.limits?.[name]) ?? own) : undefined;
  const value = (list === "limits" ? set(quantity) : quantity) ?? fallback ?? "0";
  if (name === "cpu") {
    const unit = divisor === undefined || divisor === "0" ? 1000 : Math.max(1, cpuMilli(divisor));
    return String(Math.ceil(cpuMilli(value) / unit));
  }
  const unit = divisor === undefined || divisor === "0" ? 1 : Math.max(1, bytesOf(divisor));
  return String(Math.ceil(bytesOf(value) / unit));
}

/** A limit of nought is none. */
function set(limit: string | undefined): string | undefined {
  return limit === undefined || cpuMilli(limit) === 0 ? undefined : limit;
}
