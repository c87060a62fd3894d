import { deepEqual } from "../../apimachinery/compare";
import { ENDPOINT_SLICE, POD, SERVICE } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { controllerRef } from "../../apimachinery/owner";
import type { Pod } from "../../resources/core/pod/pod";
import type { Service } from "../../resources/core/service/service";
import type { Endpoint, EndpointSlice } from "../../resources/discovery/endpointslice/endpointslice";
import { remove } from "../claims";
import type { Controller, ControllerContext } from "../controller";
import { servicesOf } from "../services";
import { triggerTime, withTriggerTime, type KnownPods } from "./trigger-time";
import { desiredGroups, portsKey, type Group, type SlicePorts } from "./endpoints";

/** The label that ties a slice to its Service. */
export const SERVICE_NAME = "kubernetes.io/service-name";
const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const MANAGER = "endpointslice-controller.k8s.io";
/** Says of a slice that its Service has no address of its own; a Service's own word for it does not count. */
const HEADLESS = "service.kubernetes.io/headless";
/** Most endpoints of one slice, as `--max-endpoints-per-slice`. */
const MOST = 100;

/**
 * Writes down which pods stand behind each Service with a selector, ready or not, in slices of up to 100.
 * A pod stays in, marked terminating, until it is gone. Upstream: pkg/controller/endpointslice.
 */
export const endpointSliceController: Controller = {
  name: "endpointslice",
  eventSource: "endpoint-slice-controller",
  reconciles: SERVICE,
  watches: [
    { kind: POD, wakes: servicesOf },
    {
      kind: ENDPOINT_SLICE,
      wakes: (slice) => {
        const name = slice.metadata.labels?.[SERVICE_NAME];
        return name === undefined || slice.metadata.labels?.[MANAGED_BY] !== MANAGER ? [] : [{ namespace: slice.metadata.namespace ?? "", name }];
      },
    },
  ],
  reconcile,
};

function reconcile(key: ObjectKey, context: ControllerContext): void {
  const { client } = context;
  const service = client.get<Service>(SERVICE, key);
  if (!service || service.metadata.deletionTimestamp !== undefined) return;
  if (service.spec.type === "ExternalName" || Object.keys(service.spec.selector ?? {}).length === 0) return;
  const pods = client.selected<Pod>(POD, key.namespace, { matchLabels: service.spec.selector ?? {} });
  const groups = desiredGroups(service, pods, client);
  const slices = client
    .selected<EndpointSlice>(ENDPOINT_SLICE, key.namespace, { matchLabels: { [SERVICE_NAME]: key.name, [MANAGED_BY]: MANAGER } })
    .filter((slice) => slice.metadata.deletionTimestamp === undefined);
  settle(service, groups, slices, { client, time: () => triggerTime(service, pods, slices.length === 0 ? undefined : knownOf(slices)) });
}

function knownOf(slices: readonly EndpointSlice[]): KnownPods {
  return new Map(slices.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef, conditions }) => [targetRef?.uid ?? "", conditions?.serving === true] as const)));
}

/** What writing takes, and the moment that explains it. */
interface Pen {
  readonly client: ControllerContext["client"];
  readonly time: () => string | undefined;
}

/** A slice as it should be: an existing one to write, or a new one. */
interface Plan {
  slice: EndpointSlice | undefined;
  readonly ports: SlicePorts | null;
  readonly endpoints: Endpoint[];
}

function settle(service: Service, groups: readonly Group[], slices: readonly EndpointSlice[], pen: Pen): void {
  const free = [...slices];
  const plans: Plan[] = [];
  for (const group of groups) plans.push(...planGroup(group, free));
  // A Service without endpoints keeps one empty slice, so that readers know it has been seen.
  if (plans.length === 0) plans.push({ slice: free.shift(), ports: null, endpoints: [] });
  for (const plan of plans) {
    // Slices nobody needs any more are put to new use before new ones are made.
    plan.slice ??= free.shift();
    write(service, plan, pen);
  }
  for (const slice of free) remove(pen.client, slice);
}

/** Spreads a group over the slices that have its ports already; takes those out of `free`. */
function planGroup(group: Group, free: EndpointSlice[]): readonly Plan[] {
  const key = portsKey(group.ports);
  const wanted = new Map(group.endpoints.map((endpoint) => [endpoint.targetRef?.uid ?? "", endpoint]));
  const plans: Plan[] = [];
  for (const slice of free.filter((one) => one.ports && portsKey(one.ports) === key)) {
    const kept = (slice.endpoints ?? []).flatMap((old) => {
      const uid = old.targetRef?.uid ?? "";
      const endpoint = wanted.get(uid);
      if (!endpoint) return [];
      wanted.delete(uid);
      return [endpoint];
    });
    if (kept.length === 0) continue;
    free.splice(free.indexOf(slice), 1);
    plans.push({ slice, ports: group.ports, endpoints: kept });
  }
  for (const endpoint of wanted.values()) {
    let room = plans.find((plan) => plan.endpoints.length < MOST);
    if (!room) plans.push((room = { slice: undefined, ports: group.ports, endpoints: [] }));
    room.endpoints.push(endpoint);
  }
  return plans;
}

function write(service: Service, { slice, ports, endpoints }: Plan, { client, time }: Pen): void {
  const labels = labelsOf(service);
  if (!slice) {
    client.create({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { generateName: `${service.metadata.name}-`, namespace: service.metadata.namespace ?? "", annotations: withTriggerTime({}, time()), labels, ownerReferences: [controllerRef(service)] },
      addressType: "IPv4",
      endpoints,
      ports,
    });
    return;
  }
  if (deepEqual(slice.endpoints ?? [], endpoints) && deepEqual(slice.ports ?? null, ports) && deepEqual(slice.metadata.labels, labels)) return;
  const { annotations: before, ...metadata } = slice.metadata;
  const annotations = withTriggerTime(before, time());
  client.update<EndpointSlice>({ ...slice, metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }), labels }, endpoints, ports });
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const headless = service.spec.clusterIP === "None" || service.spec.clusterIP === undefined || service.spec.clusterIP === "";
  const { [HEADLESS]: _claimed, ...own } = service.metadata.labels ?? {};
  return { ...own, [MANAGED_BY]: MANAGER, [SERVICE_NAME]: service.metadata.name, ...(headless ? { [HEADLESS]: "" } : {}) };
}
