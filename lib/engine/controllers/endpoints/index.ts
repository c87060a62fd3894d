import { compareNumbers, compareStrings, deepEqual } from "../../apimachinery/compare";
import { ENDPOINTS, POD, SERVICE } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { keyOf, keyText, refOf } from "../../apimachinery/meta";
import type { EndpointAddress, Endpoints } from "../../resources/core/endpoints/index";
import type { Pod } from "../../resources/core/pod/pod";
import type { Service } from "../../resources/core/service/service";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { targetPort } from "../endpointslice/endpoints";
import { triggerTime, withTriggerTime, type KnownPods } from "../endpointslice/trigger-time";
import { isFinished, isReady } from "../pod-state";
import { servicesOf } from "../services";

const MANAGED_BY = "endpoints.kubernetes.io/managed-by";
const MANAGER = "endpoint-controller";
const HEADLESS = "service.kubernetes.io/headless";
const OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
/** Most addresses of one object; the rest is left out. */
const MOST = 1000;

/** An object of so many addresses is written once in so many milliseconds. */
const LARGE = 100;
const PACE = 1000;

type Subset = NonNullable<Endpoints["subsets"]>[number];
type Port = NonNullable<Subset["ports"]>[number];

/**
 * Writes, beside EndpointSlices, the one Endpoints object a Service had before there were slices: addresses that are
 * ready and addresses that are not, without pods on their way out. Upstream: pkg/controller/endpoint.
 *
 * @simplified one of a hundred addresses or more is written once a second at most.
 */
export const endpointsController: Controller = {
  name: "endpoints",
  eventSource: "endpoint-controller",
  reconciles: SERVICE,
  watches: [
    { kind: POD, wakes: servicesOf },
    { kind: ENDPOINTS, wakes: (object) => (object.metadata.labels?.[MANAGED_BY] === MANAGER ? [keyOf(object)] : []) },
  ],
  reconcile,
};

function reconcile(key: ObjectKey, { client, now, state }: ControllerContext): ReconcileResult {
  const service = client.get<Service>(SERVICE, key);
  const present = client.get<Endpoints>(ENDPOINTS, key);
  const written = state.table<number>("endpoints:written");
  if (!service) {
    written.delete(keyText(key));
    // What somebody wrote by hand for a Service that is no more goes with it too, as upstream has it.
    if (present) client.delete(refOf(present), { preconditions: { uid: present.metadata.uid } });
    return;
  }
  if (service.metadata.deletionTimestamp !== undefined || service.spec.type === "ExternalName" || Object.keys(service.spec.selector ?? {}).length === 0) return;
  // Hundreds of pods that become ready one by one are not worth hundreds of objects of hundreds of addresses.
  const rest = isLarge(present) ? (written.get(keyText(key)) ?? -PACE) + PACE - now : 0;
  if (rest > 0) return { requeueAfter: millis(rest) };
  const pods = client.selected<Pod>(POD, key.namespace, { matchLabels: service.spec.selector ?? {} });
  const { subsets, over } = capped(subsetsOf(service, pods));
  const labels = labelsOf(service);
  if (present && deepEqual(present.subsets ?? [], subsets) && deepEqual(present.metadata.labels, labels) && over === (present.metadata.annotations?.[OVER_CAPACITY] !== undefined)) return;
  const { [OVER_CAPACITY]: _over, ...kept } = present?.metadata.annotations ?? {};
  const annotations = withTriggerTime(over ? { ...kept, [OVER_CAPACITY]: "truncated" } : kept, triggerTime(service, pods, present && knownOf(present)));
  const told = { ...(Object.keys(annotations).length > 0 ? { annotations } : {}), labels };
  if (!present) {
    client.create({ apiVersion: "v1", kind: "Endpoints", metadata: { name: key.name, namespace: key.namespace, ...told }, ...(subsets.length > 0 ? { subsets } : {}) });
    return;
  }
  const { annotations: _annotations, ...metadata } = present.metadata;
  const { subsets: _subsets, ...others } = present;
  if (isLarge(present)) written.set(keyText(key), now);
  client.update<Endpoints>({ ...others, metadata: { ...metadata, ...told }, ...(subsets.length > 0 ? { subsets } : {}) });
}

function knownOf({ subsets = [] }: Endpoints): KnownPods {
  const entries = (list: readonly EndpointAddress[] | undefined, ready: boolean) => (list ?? []).map(({ targetRef }) => [targetRef?.uid ?? "", ready] as const);
  return new Map(subsets.flatMap(({ addresses, notReadyAddresses }) => [...entries(addresses, true), ...entries(notReadyAddresses, false)]));
}

function isLarge(endpoints: Endpoints | undefined): boolean {
  return (endpoints?.subsets ?? []).some(({ addresses = [], notReadyAddresses = [] }) => addresses.length + notReadyAddresses.length >= LARGE);
}

function labelsOf({ metadata, spec }: Service): Readonly<Record<string, string>> {
  const headless = spec.clusterIP === "None" || (spec.clusterIP ?? "") === "";
  const { [HEADLESS]: _headless, ...own } = metadata.labels ?? {};
  return { ...own, ...(headless ? { [HEADLESS]: "" } : {}), [MANAGED_BY]: MANAGER };
}

interface Backend {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const unready = service.spec.publishNotReadyAddresses === true;
  const groups = new Map<string, { readonly ports: readonly Port[]; readonly backends: Backend[] }>();
  for (const pod of pods) {
    const ip = pod.status?.podIP ?? "";
    if (ip === "" || isFinished(pod) || (pod.metadata.deletionTimestamp !== undefined && !unready)) continue;
    const ports = portsOf(service, pod);
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue;
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, backends: [] };
    groups.set(key, group);
    group.backends.push({ address: addressOf(service, pod, ip), ready: unready || isReady(pod) });
  }
  return [...groups.values()].map(({ ports, backends }) => subsetOf(ports, backends));
}

function subsetOf(ports: readonly Port[], backends: readonly Backend[]): Subset {
  const inOrder = (ready: boolean): readonly EndpointAddress[] => backends.filter((one) => one.ready === ready).map(({ address }) => address).sort((a, b) => compareStrings(a.ip, b.ip) || compareStrings(a.targetRef?.uid ?? "", b.targetRef?.uid ?? ""));
  const [addresses, notReadyAddresses] = [inOrder(true), inOrder(false)];
  return { ...(addresses.length > 0 ? { addresses } : {}), ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}), ...(ports.length > 0 ? { ports } : {}) };
}

function portsOf(service: Service, pod: Pod): readonly Port[] {
  const found = (service.spec.ports ?? []).flatMap((port): readonly Port[] => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    return [{ ...(port.name === undefined || port.name === "" ? {} : { name: port.name }), port: number, protocol: port.protocol ?? "TCP", ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) }];
  });
  return found.sort((a, b) => compareStrings(a.name ?? "", b.name ?? "") || compareNumbers(a.port, b.port));
}

function addressOf(service: Service, pod: Pod, ip: string): EndpointAddress {
  const { hostname = "", subdomain, nodeName = "" } = pod.spec;
  const { namespace = "", name, uid } = pod.metadata;
  return {
    ip,
    ...(hostname !== "" && subdomain === service.metadata.name ? { hostname } : {}),
    ...(nodeName === "" ? {} : { nodeName }),
    targetRef: { kind: "Pod", namespace, name, uid },
  };
}

/** At most a thousand addresses; those that are ready first. */
function capped(subsets: readonly Subset[]): { readonly subsets: readonly Subset[]; readonly over: boolean } {
  const total = subsets.reduce((sum, { addresses = [], notReadyAddresses = [] }) => sum + addresses.length + notReadyAddresses.length, 0);
  if (total <= MOST) return { subsets, over: false };
  let ready = MOST;
  const first = subsets.map((subset) => {
    const addresses = (subset.addresses ?? []).slice(0, ready);
    ready -= addresses.length;
    return { ...subset, addresses };
  });
  const cut = first.map(({ addresses, notReadyAddresses = [], ports }): Subset => {
    const rest = notReadyAddresses.slice(0, ready);
    ready -= rest.length;
    return { ...(addresses.length > 0 ? { addresses } : {}), ...(rest.length > 0 ? { notReadyAddresses: rest } : {}), ...(ports === undefined ? {} : { ports }) };
  });
  return { subsets: cut.filter(({ addresses, notReadyAddresses }) => addresses !== undefined || notReadyAddresses !== undefined), over: true };
}
