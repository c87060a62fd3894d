import { POD } from "../apimachinery/kinds";
import type { ObjectRef } from "../apimachinery/meta";
import { reason } from "../reason";
import type { Pod } from "../resources/core/pod/pod";
import { towards, withHop, type Flight } from "./flight";
import type { NodeAddresses } from "./ipam";
import type { NetworkParts } from "./parts";
import { isOwn } from "./service-nat";

/**
 * The host ports of one machine: what comes to one of its own addresses, on a port a pod there asked for, goes to the pod's own port.
 *
 * Asked after the Services, whose rules come first. Upstream: containernetworking/plugins portmap.
 * @simplified The rules are not shown by `iptables-save`.
 */
export function hostPort(parts: NetworkParts, node: NodeAddresses, flight: Flight): Flight {
  const { destination, protocol } = flight.packet;
  const fromItself = "node" in flight.from && destination.ip.startsWith("127.");
  if (!fromItself && !isOwn(node, destination.ip)) return flight;
  for (const pod of parts.client.onNode<Pod>(POD, node.name)) {
    if (pod.spec.hostNetwork === true || pod.metadata.deletionTimestamp !== undefined) continue;
    const ports = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap((container) => container.ports ?? []);
    const port = ports.find((one) => one.hostPort === destination.port && (one.protocol ?? "TCP") === protocol && isHeard(one.hostIP, destination.ip));
    const key = { namespace: pod.metadata.namespace ?? "", name: pod.metadata.name };
    const sandbox = port && parts.sockets.addressOf(key);
    if (!sandbox || sandbox.node !== node.name || sandbox.ip === "") continue;
    const by: ObjectRef = { kind: POD, ...key };
    const because = reason("host-port.forwarded", { pod: key.name, port: destination.port, endpoint: `${sandbox.ip}:${port.containerPort}`, node: node.name }, [by]);
    return withHop(flight, { stage: "service-nat", by, verdict: "rewrite", after: towards(flight.packet, { ip: sandbox.ip, port: port.containerPort }), because });
  }
  return flight;
}

const isHeard = (hostIP: string | undefined, ip: string): boolean => hostIP === undefined || hostIP === "" || hostIP === "0.0.0.0" || hostIP === ip;
