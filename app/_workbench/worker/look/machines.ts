import { ENDPOINT_SLICE, NODE, SERVICE, type Cluster, type EndpointSlice, type Node, type Service, type ServicePort } from "@/lib/engine";
import type { HostView, MachinesView, MachineView, RulesView, ServiceView, Tone } from "../view-model";
import { isSystem, podCells } from "./pods";

/** The machines as rows with their pods, and the company's network outside the frame. */
export function machinesView(cluster: Cluster): MachinesView {
  const pods = podCells(cluster);
  const nodes = new Map(cluster.as("kubernetes-admin").list<Node>(NODE).map((node) => [node.metadata.name, node] as const));
  const addresses = new Map(cluster.addresses.map((address) => [address.name, address] as const));
  const machines = cluster.machines.list().map(({ name, ips, powered, connected }): MachineView => {
    const status = statusOf(nodes.get(name));
    const address = addresses.get(name);
    const shown = address ? [address.ip, ...(address.internalIP === undefined ? [] : [address.internalIP])] : ips;
    return { name, ips: shown, powered, connected, status, tone: toneOf(status, powered && connected), pods: pods.filter((pod) => pod.node === name) };
  });
  return { machines, hosts: hostViews(cluster), unplaced: pods.filter((pod) => pod.node === ""), services: serviceViews(cluster) };
}

function statusOf(node: Node | undefined): string {
  if (!node) return "";
  const ready = node.status?.conditions?.find((condition) => condition.type === "Ready")?.status === "True" ? "Ready" : "NotReady";
  return node.spec.unschedulable === true ? `${ready},SchedulingDisabled` : ready;
}

function toneOf(status: string, reachable: boolean): Tone {
  if (status.startsWith("NotReady")) return "bad";
  if (!reachable) return "waiting";
  return status === "Ready" ? "good" : "quiet";
}

function hostViews(cluster: Cluster): readonly HostView[] {
  const { world } = cluster;
  const balancers = world.balancers();
  return world.hosts().map((host): HostView => {
    const mine = balancers.filter((balancer) => balancer.host === host.name);
    if (mine.length > 0) return { name: host.name, ip: host.ip, role: "balancer", lines: mine.flatMap(({ port, backends }) => backends.map((backend) => `:${port} → ${backend.ip}:${backend.port}`)) };
    if (host.name.includes("dns")) return { name: host.name, ip: host.ip, role: "dns", lines: world.records().map(({ name, address }) => `${name} → ${address}`) };
    return { name: host.name, ip: host.ip, role: "client", lines: [] };
  });
}

function portText(port: ServicePort): string {
  const target = port.targetPort === undefined || port.targetPort === port.port ? "" : `→${port.targetPort}`;
  return `${port.port}${target}${port.nodePort === undefined ? "" : ` (nodePort ${port.nodePort})`}`;
}

/** Services with the addresses behind them; the API's own is left out. */
export function serviceViews(cluster: Cluster): readonly ServiceView[] {
  const client = cluster.as("kubernetes-admin");
  const slices = client.list<EndpointSlice>(ENDPOINT_SLICE);
  return client
    .list<Service>(SERVICE)
    .filter(({ metadata }) => !isSystem(metadata.namespace) && !(metadata.name === "kubernetes" && metadata.namespace === "default"))
    .map((service): ServiceView => {
      const { name, namespace = "default" } = service.metadata;
      const mine = slices.filter((slice) => slice.metadata.namespace === namespace && slice.metadata.labels?.["kubernetes.io/service-name"] === name);
      return {
        key: `${namespace}/${name}`,
        name,
        type: service.spec.type ?? "ClusterIP",
        address: service.spec.clusterIP ?? "",
        external: (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? "").join(", ") || (service.spec.externalName ?? ""),
        ports: (service.spec.ports ?? []).map(portText).join(", "),
        endpoints: mine.flatMap((slice) => (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses: ips, targetRef }) => ips.map((ip) => `${ip}:${slice.ports?.[0]?.port ?? ""}${targetRef ? ` (${targetRef.name})` : ""}`))),
      };
    });
}

/** The netfilter table of each machine, as the course draws it. */
export function rulesViews(cluster: Cluster): readonly RulesView[] {
  return cluster.machines.list().map(({ name, powered, connected }): RulesView => {
    const rules = cluster.rules(name).filter(({ service }) => !service.startsWith("kube-") && service !== "default/kubernetes");
    return { machine: name, up: powered && connected, rules: rules.map(({ match, backends, service, type }) => ({ match, backends, service: service.replace(/^default\//, ""), type })) };
  });
}
