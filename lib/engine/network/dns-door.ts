import type { Origin } from "../machine/wire";
import { reason, type Reason } from "../reason";
import { rulesOfService } from "./kube-proxy";
import type { NetworkParts } from "./parts";
import type { PolicyPod } from "./policy";

const DNS_PORT = 53;

/**
 * Why a pod's questions do not reach the cluster's DNS: no server alive behind its Service, or a NetworkPolicy in between.
 * Where a fixture runs no DNS pods the add-on is taken as given, with the labels it always carries, so that policies can name it.
 */
export function dnsObstacle(parts: NetworkParts, from: Origin): Reason | undefined {
  if (!("pod" in from)) return undefined;
  const address = parts.sockets.addressOf(from.pod);
  const rule = rulesOfService(parts.state, address?.node ?? "", { namespace: "kube-system", name: "kube-dns" })[0];
  const alive = rule?.backends.filter((backend) => parts.sockets.isUp(backend.node));
  if (alive && alive.length === 0) return reason("dns.no-server", { name: parts.dnsIP });
  if (address?.hostNetwork === true) return undefined;
  const servers = alive?.map((backend) => ({ ip: backend.ip, port: backend.port, ...(backend.pod === undefined ? {} : { pod: { namespace: "kube-system", name: backend.pod } }) })) ?? [{ ip: parts.dnsIP, port: DNS_PORT, as: imagined(parts.dnsIP) }];
  const refusals = servers.map((server) => refusal(parts, from.pod, address?.ip ?? "", server));
  return refusals.every((refused) => refused !== undefined) ? refusals[0] : undefined;
}

type Server = { readonly ip: string; readonly port: number; readonly pod?: { readonly namespace: string; readonly name: string }; readonly as?: PolicyPod };

function refusal({ gate }: NetworkParts, pod: { readonly namespace: string; readonly name: string }, ip: string, server: Server): Reason | undefined {
  const { port, ...other } = server;
  const out = gate.verdict({ direction: "egress", subject: pod, other, port, protocol: "UDP" });
  const policies = out.selecting.map(({ name }) => name).join(", ");
  if (!out.allowed) return reason("dns.blocked", { pod: `${pod.namespace}/${pod.name}`, policies });
  if (!server.pod) return undefined;
  const inward = gate.verdict({ direction: "ingress", subject: server.pod, other: { ip, pod }, port, protocol: "UDP" });
  return inward.allowed ? undefined : reason("dns.blocked", { pod: `${pod.namespace}/${pod.name}`, policies: inward.selecting.map(({ name }) => name).join(", ") });
}

function imagined(ip: string): PolicyPod {
  const ports = [{ name: "dns", port: DNS_PORT, protocol: "UDP" }, { name: "dns-tcp", port: DNS_PORT, protocol: "TCP" }];
  return { key: { namespace: "kube-system", name: "coredns" }, labels: { "k8s-app": "kube-dns" }, namespaceLabels: { "kubernetes.io/metadata.name": "kube-system" }, ip, ports };
}
