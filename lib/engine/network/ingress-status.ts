import { deepEqual } from "../apimachinery/compare";
import { INGRESS, INGRESS_CLASS, NODE, POD, SERVICE } from "../apimachinery/kinds";
import { isTrue } from "../apimachinery/conditions";
import { labelSelectorMatches } from "../apimachinery/labels";
import { refOf } from "../apimachinery/meta";
import type { Component, ComponentContext } from "../client/component";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { LoadBalancerStatus, Service } from "../resources/core/service/service";
import type { Ingress, IngressClass } from "../resources/networking/ingress/ingress";

const CONTROLLER = "k8s.io/ingress-nginx";

/**
 * The part of an ingress controller that reports: while one of its pods is ready, each Ingress of
 * its class says where it can be reached. Upstream: ingress-nginx internal/ingress/status.
 */
export const ingressStatus: Component = {
  name: "ingress-nginx",
  watches: [INGRESS, INGRESS_CLASS, SERVICE, POD],
  observe(event, context) {
    if (event.kind === POD && !isController(event.object as Pod)) return;
    if (event.kind === SERVICE && (event.object as Service).spec.selector === undefined) return;
    context.state.cell<boolean>("ingress-nginx:look", false).set(true);
  },
  work(context) {
    const look = context.state.cell<boolean>("ingress-nginx:look", false);
    if (!look.get()) return false;
    look.set(false);
    const pods = context.client.list<Ingress>(INGRESS).length === 0 ? [] : context.client.list<Pod>(POD).filter((pod) => isController(pod) && isTrue(pod.status?.conditions, "Ready"));
    if (pods.length === 0) return true;
    const status = reachableAt(pods, context);
    for (const ingress of context.client.list<Ingress>(INGRESS)) report(ingress, status, context);
    return true;
  },
};

function isController(pod: Pod): boolean {
  return pod.spec.containers.some((container) => /(^|\/)ingress-nginx\/controller(:|@|$)/.test(container.image ?? ""));
}

function reachableAt(pods: readonly Pod[], context: ComponentContext): LoadBalancerStatus {
  const services = context.client.list<Service>(SERVICE).filter((service) => pods.some((pod) => service.spec.selector !== undefined && service.metadata.namespace === pod.metadata.namespace && labelSelectorMatches({ matchLabels: service.spec.selector }, pod.metadata.labels)));
  const balanced = services.find((service) => service.spec.type === "LoadBalancer");
  if (balanced) return { ingress: (balanced.status?.loadBalancer?.ingress ?? []).map(({ ip }) => (ip === undefined ? {} : { ip })) };
  const nodes = pods.map((pod) => context.client.get<Node>(NODE, { namespace: "", name: pod.spec.nodeName ?? "" }));
  const ips = nodes.flatMap((node) => node?.status?.addresses?.filter((address) => address.type === "InternalIP").slice(0, 1).map((address) => address.address) ?? []);
  return services.some((service) => service.spec.type === "NodePort") ? { ingress: [...new Set(ips)].map((ip) => ({ ip })) } : {};
}

function report(ingress: Ingress, loadBalancer: LoadBalancerStatus, context: ComponentContext): void {
  const name = ingress.spec.ingressClassName;
  const ours = name !== undefined && context.client.get<IngressClass>(INGRESS_CLASS, { namespace: "", name })?.spec.controller === CONTROLLER;
  if (!ours || deepEqual(ingress.status?.loadBalancer ?? {}, loadBalancer)) return;
  context.client.updateStatus<Ingress>({ ...ingress, status: { loadBalancer } });
  context.event(refOf(ingress), "Normal", "Sync", "Scheduled for sync");
}
