import { compareStrings } from "../apimachinery/compare";
import { hash32 } from "../apimachinery/canonical";
import { ENDPOINT_SLICE, IP_ADDRESS_POOL, L2_ADVERTISEMENT, NODE, POD, SERVICE } from "../apimachinery/kinds";
import { keyText, parseKey, refOf, type ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import { workQueue, type Component, type ComponentContext } from "../client/component";
import { isTrue } from "../apimachinery/conditions";
import { labelSelectorMatches } from "../apimachinery/labels";
import type { Node } from "../resources/core/node/node";
import type { Pod } from "../resources/core/pod/pod";
import type { Service } from "../resources/core/service/service";
import type { IPAddressPool, L2Advertisement } from "../resources/metallb/ipaddresspool/ipaddresspool";
import { blockOf, ipText, within } from "../world/addresses";
import type { World } from "../world/state";
import { slicesOf } from "./rules";

interface Maker {
  readonly name: string;
  /** The address for a Service, or why there is none. */
  choose(service: Service, context: ComponentContext): string | undefined;
  changed(service: Service, ip: string | undefined, context: ComponentContext): void;
}

function wantsBalancer(service: Service): boolean {
  return service.spec.type === "LoadBalancer" && service.metadata.deletionTimestamp === undefined;
}

function currentIP(service: Service): string | undefined {
  return service.status?.loadBalancer?.ingress?.[0]?.ip;
}

/** Addresses given to other Services, so that none is given twice. */
function usedIPs(client: Client, except: Service): ReadonlySet<string> {
  const others = client.list<Service>(SERVICE).filter((other) => other.metadata.uid !== except.metadata.uid);
  return new Set(others.map(currentIP).filter((ip): ip is string => ip !== undefined));
}

function firstFree(blocks: readonly string[], used: ReadonlySet<string>, wanted: string | undefined): string | undefined {
  if (wanted !== undefined && wanted !== "") return blocks.some((block) => within(wanted, block)) && !used.has(wanted) ? wanted : undefined;
  for (const block of blocks) {
    const bounds = blockOf(block);
    if (!bounds) continue;
    for (let ip = bounds.first; ip <= bounds.last; ip += 1) if (!used.has(ipText(ip))) return ipText(ip);
  }
  return undefined;
}

function reconcile(maker: Maker, key: ObjectKey, context: ComponentContext): void {
  const service = context.client.get<Service>(SERVICE, key);
  if (!service) return;
  if (!wantsBalancer(service)) {
    if (currentIP(service) !== undefined) {
      context.client.updateStatus<Service>({ ...service, status: { ...service.status, loadBalancer: {} } });
      maker.changed(service, undefined, context);
    }
    return;
  }
  const held = currentIP(service);
  const ip = maker.choose(service, context);
  if (ip === held) return;
  const loadBalancer = ip === undefined ? {} : { ingress: [{ ip, ipMode: "VIP" }] };
  const stored = context.client.updateStatus<Service>({ ...service, status: { ...service.status, loadBalancer } });
  maker.changed(stored, ip, context);
}

function makerComponent(maker: Maker, alsoWakes: Component["watches"], isActive: (context: ComponentContext) => boolean): Component {
  const all = (context: ComponentContext): void => {
    for (const service of context.client.list<Service>(SERVICE)) if (service.spec.type === "LoadBalancer") workQueue(context.state, maker.name).add(keyText({ namespace: service.metadata.namespace ?? "", name: service.metadata.name }));
  };
  return {
    name: maker.name,
    watches: [SERVICE, ...alsoWakes],
    observe(event, context) {
      if (event.kind === SERVICE) {
        const spec = (event.object as Service).spec;
        const before = event.previous ? (event.previous as Service).spec.type : undefined;
        if (spec.type === "LoadBalancer" || before === "LoadBalancer") workQueue(context.state, maker.name).add(keyText({ namespace: event.object.metadata.namespace ?? "", name: event.object.metadata.name }));
        if (event.type === "DELETED" && spec.type === "LoadBalancer") all(context);
        return;
      }
      if (event.kind === POD && !isMetalLB(event.object as Pod)) return;
      all(context);
    },
    work(context) {
      const key = workQueue(context.state, maker.name).take();
      if (key === undefined) return false;
      if (isActive(context)) reconcile(maker, parseKey(key), context);
      return true;
    },
  };
}

/**
 * The cloud's service controller: gives each Service of type LoadBalancer an address of the cloud's
 * range and a balancer that sends to every machine's node port.
 * Upstream: k8s.io/cloud-provider/controllers/service.
 * @simplified No `service.kubernetes.io/load-balancer-cleanup` finalizer: deleting the Service frees the address at once.
 */
export function cloudController(world: World): Component {
  const range = world.options.cloud?.addresses;
  const maker: Maker = {
    name: "service-lb",
    choose(service, context) {
      if (range === undefined || service.spec.loadBalancerClass !== undefined) return currentIP(service);
      return currentIP(service) ?? firstFree([range], usedIPs(context.client, service), service.spec.loadBalancerIP);
    },
    changed(service, ip, context) {
      if (ip === undefined) return;
      const { spec, metadata } = service;
      const ports = (spec.ports ?? []).flatMap((port) => (port.nodePort === undefined ? [] : [{ port: port.port, nodePort: port.nodePort }]));
      world.setCloudBalancer(ip, {
        service: keyText({ namespace: metadata.namespace ?? "", name: metadata.name }),
        ports,
        ...(spec.healthCheckNodePort === undefined ? {} : { healthCheckNodePort: spec.healthCheckNodePort }),
      });
      context.event(refOf(service), "Normal", "EnsuringLoadBalancer", "Ensuring load balancer");
      context.event(refOf(service), "Normal", "EnsuredLoadBalancer", "Ensured load balancer");
    },
  };
  return makerComponent(maker, [], () => range !== undefined);
}

/** Is this pod part of MetalLB? Told by its image, as a process would tell by its program. */
export function isMetalLB(pod: Pod, part?: "controller" | "speaker"): boolean {
  const program = PROGRAMS[part ?? "any"];
  return pod.spec.containers.some(({ image }) => image !== undefined && image.includes("metallb/") && program.test(image));
}

const PROGRAMS = { controller: /(^|\/)metallb\/controller(:|$)/, speaker: /(^|\/)metallb\/speaker(:|$)/, any: /(^|\/)metallb\/(controller|speaker)(:|$)/ } as const;

const isReady = (pod: Pod): boolean => isTrue(pod.status?.conditions, "Ready") && pod.metadata.deletionTimestamp === undefined;

/**
 * MetalLB's controller: gives Services an address of the IPAddressPools, once its pod runs.
 *
 * Events and their wording follow metallb v0.14 (`IPAllocated`, `AllocationFailed`).
 */
export const metallbController: Component = makerComponent(
  {
    name: "metallb-controller",
    choose(service, context) {
      const pools = context.client.list<IPAddressPool>(IP_ADDRESS_POOL);
      const wantedPool = service.metadata.annotations?.["metallb.io/address-pool"] ?? service.metadata.annotations?.["metallb.universe.tf/address-pool"];
      const usable = pools.filter((pool) => (wantedPool === undefined ? pool.spec.autoAssign !== false : pool.metadata.name === wantedPool));
      const blocks = usable.flatMap((pool) => pool.spec.addresses);
      const wanted = service.metadata.annotations?.["metallb.io/loadBalancerIPs"] ?? service.spec.loadBalancerIP;
      const held = currentIP(service);
      if (held !== undefined && pools.some((pool) => pool.spec.addresses.some((block) => within(held, block)))) return held;
      const ip = firstFree(blocks, usedIPs(context.client, service), wanted);
      if (ip === undefined && pools.length > 0) {
        const name = keyText({ namespace: service.metadata.namespace ?? "", name: service.metadata.name });
        context.event(refOf(service), "Warning", "AllocationFailed", `Failed to allocate IP for "${name}": no available IPs`);
      }
      return ip;
    },
    changed(service, ip, context) {
      if (ip !== undefined) context.event(refOf(service), "Normal", "IPAllocated", `Assigned IP ["${ip}"]`);
    },
  },
  [IP_ADDRESS_POOL, { kind: POD, while: IP_ADDRESS_POOL }],
  (context) => runningPods(context.client, "controller").length > 0,
);

function runningPods(client: Client, part: "controller" | "speaker"): readonly Pod[] {
  return client.list<Pod>(POD).filter((pod) => isMetalLB(pod, part) && isReady(pod));
}

/**
 * The machine that answers ARP for a balancer address in layer 2 mode: one with a ready speaker,
 * chosen by hash of node and address; with `externalTrafficPolicy: Local`, one with a ready endpoint.
 * Undefined when no L2Advertisement covers the address's pool.
 * Upstream: metallb speaker/layer2_controller.go.
 */
export function announcer(client: Client, ip: string, isUp: (node: string) => boolean): string | undefined {
  const pool = client.list<IPAddressPool>(IP_ADDRESS_POOL).find((candidate) => candidate.spec.addresses.some((block) => within(ip, block)));
  if (!pool) return undefined;
  const covering = client.list<L2Advertisement>(L2_ADVERTISEMENT).filter((ad) => (ad.spec?.ipAddressPools ?? []).length === 0 || ad.spec?.ipAddressPools?.includes(pool.metadata.name));
  if (covering.length === 0) return undefined;
  const service = client.list<Service>(SERVICE).find((candidate) => candidate.spec.type === "LoadBalancer" && currentIP(candidate) === ip);
  if (!service) return undefined;
  const speakers = runningPods(client, "speaker").map((pod) => pod.spec.nodeName ?? "");
  const eligible = speakers.filter((node) => isUp(node) && covering.some((ad) => selectsNode(client, ad, node)) && hasEndpoint(client, service, node));
  return [...eligible].sort((a, b) => hash32(`${a}#${ip}`) - hash32(`${b}#${ip}`) || compareStrings(a, b))[0];
}

function selectsNode(client: Client, ad: L2Advertisement, name: string): boolean {
  const selectors = ad.spec?.nodeSelectors ?? [];
  if (selectors.length === 0) return true;
  const labels = client.get<Node>(NODE, { namespace: "", name })?.metadata.labels ?? {};
  return selectors.some((selector) => labelSelectorMatches(selector, labels));
}

function hasEndpoint(client: Client, service: Service, node: string): boolean {
  const key = { namespace: service.metadata.namespace ?? "", name: service.metadata.name };
  const ready = slicesOf(client, key).flatMap((slice) => slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready ?? true);
  return service.spec.externalTrafficPolicy === "Local" ? ready.some((endpoint) => endpoint.nodeName === node) : ready.length > 0;
}

/** MetalLB's speakers: tell in an Event which machine announces an address, each time that changes. */
export function metallbSpeaker(isUp: (node: string) => boolean): Component {
  return {
    name: "metallb-speaker",
    watches: [SERVICE, { kind: POD, while: L2_ADVERTISEMENT }, NODE, L2_ADVERTISEMENT, ENDPOINT_SLICE],
    observe(event, context) {
      if (event.kind === POD && !isMetalLB(event.object as Pod)) return;
      context.state.cell<boolean>("metallb-speaker:look", false).set(true);
    },
    work(context) {
      const look = context.state.cell<boolean>("metallb-speaker:look", false);
      if (!look.get()) return false;
      look.set(false);
      const known = context.state.table<string>("metallb-speaker:announced");
      for (const service of context.client.list<Service>(SERVICE)) {
        const ip = service.spec.type === "LoadBalancer" ? currentIP(service) : undefined;
        if (ip === undefined) continue;
        const node = announcer(context.client, ip, isUp);
        if (node === known.get(ip)) continue;
        if (node === undefined) known.delete(ip);
        else {
          known.set(ip, node);
          context.event(refOf(service), "Normal", "nodeAssigned", `announcing from node "${node}" with protocol "layer2"`);
        }
      }
      return true;
    },
  };
}
