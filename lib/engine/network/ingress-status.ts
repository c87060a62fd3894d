import { deepEqual } from "../apimachinery/compare";
import { INGRESS, INGRESS_CLASS, NODE, POD, SERVICE } from "../apimachinery/kinds";
import { isTrue } from "../apimachinery/conditions";
import { labelSelectorMatches } from "../apimachinery/labels";
import { refOf } from "../apimachinery/meta";
import type { Component, ComponentContext } from "../client/component";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { LoadBalancerStatus, Service } from "../resources/core/service/service";
import type { Ingress } from "../resources/networking/ingress/ingress";
import { ingressesOf } from "./gateway";
import { proxyOfPod, type ProxyKind } from "./proxy-kinds";

/**
 * The part of ingress controllers that reports: while one of a controller's pods is ready, each Ingress of
 * its class says where it can be reached. Upstream: ingress-nginx internal/ingress/status.
 */
export const ingressStatus: Component = {
  name: "ingress-nginx",
  watches: [INGRESS, INGRESS_CLASS, SERVICE, { kind: POD, while: INGRESS }],
  observe(event, context) {
    if (event.kind === POD && !proxyOfPod(event.object as Pod)) return;
    if (event.kind === SERVICE && (event.object as Service).spec.selector === undefined) return;
    context.state.cell<boolean>("ingress-nginx:look", false).set(true);
  },
  work(context) {
    const look = context.state.cell<boolean>("ingress-nginx:look", false);
    if (!look.get()) return false;
    look.set(false);
    if (context.client.list<Ingress>(INGRESS).length === 0) return true;
    for (const [kind, pods] of readyProxies(context)) {
      if (kind.ingress === undefined) continue;
      const status = reachableAt(pods, context);
      for (const ingress of ingressesOf(context.client, kind)) report(ingress, status, context);
    }
    return true;
  },
};

/** The reverse proxies of the cluster that are ready, by kind. */
export function readyProxies(context: ComponentContext): ReadonlyMap<ProxyKind, readonly Pod[]> {
  const found = new Map<ProxyKind, Pod[]>();
  for (const pod of context.client.list<Pod>(POD)) {
    const kind = proxyOfPod(pod);
    if (!kind || !isTrue(pod.status?.conditions, "Ready")) continue;
    const pods = found.get(kind) ?? [];
    found.set(kind, pods);
    pods.push(pod);
  }
  return found;
}

/** Where the pods can be called from outside: their Service's balancer, else their machines where it opens node ports. */
export function reachableAt(pods: readonly Pod[], context: ComponentContext): LoadBalancerStatus {
  const services = context.client.list<Service>(SERVICE).filter((service) => pods.some((pod) => service.spec.selector !== undefined && service.metadata.namespace === pod.metadata.namespace && labelSelectorMatches({ matchLabels: service.spec.selector }, pod.metadata.labels)));
  const balanced = services.find((service) => service.spec.type === "LoadBalancer");
  if (balanced) return { ingress: (balanced.status?.loadBalancer?.ingress ?? []).map(({ ip }) => (ip === undefined ? {} : { ip })) };
  const nodes = pods.map((pod) => context.client.get<Node>(NODE, { namespace: "", name: pod.spec.nodeName ?? "" }));
  const ips = nodes.flatMap((node) => node?.status?.addresses?.filter((address) => address.type === "InternalIP").slice(0, 1).map((address) => address.address) ?? []);
  return services.some((service) => service.spec.type === "NodePort") ? { ingress: [...new Set(ips)].map((ip) => ({ ip })) } : {};
}

function report(ingress: Ingress, loadBalancer: LoadBalancerStatus, context: ComponentContext): void {
  if (deepEqual(ingress.status?.loadBalancer ?? {}, loadBalancer)) return;
  context.client.updateStatus<Ingress>({ ...ingress, status: { loadBalancer } });
  context.event(refOf(ingress), "Normal", "Sync", "Scheduled for sync");
}
