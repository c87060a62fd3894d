import { deepEqual } from "../../apimachinery/compare";
import { ENDPOINTS, ENDPOINT_SLICE, SERVICE } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { keyOf } from "../../apimachinery/meta";
import { controllerRef } from "../../apimachinery/owner";
import type { Endpoints } from "../../resources/core/endpoints/index";
import type { Service } from "../../resources/core/service/service";
import type { Endpoint, EndpointSlice } from "../../resources/discovery/endpointslice/endpointslice";
import { remove } from "../claims";
import type { Controller, ControllerContext } from "../controller";

const SERVICE_NAME = "kubernetes.io/service-name";
const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const MANAGER = "endpointslicemirroring-controller.k8s.io";
const SKIP = "endpointslice.kubernetes.io/skip-mirror";
const HEADLESS = "service.kubernetes.io/headless";

/**
 * Mirrors hand-written Endpoints of a Service without selector into slices, which is what kube-proxy reads.
 * Upstream: pkg/controller/endpointslicemirroring.
 *
 * @simplified A subset becomes one slice an address family, however many addresses it has; upstream mirrors at most 1000.
 */
export const endpointSliceMirroring: Controller = {
  name: "endpointslicemirroring",
  eventSource: "endpoint-slice-mirroring-controller",
  reconciles: ENDPOINTS,
  watches: [
    { kind: SERVICE, wakes: (service) => [keyOf(service)] },
    {
      kind: ENDPOINT_SLICE,
      wakes: ({ metadata }) => (metadata.labels?.[MANAGED_BY] === MANAGER ? [{ namespace: metadata.namespace ?? "", name: metadata.labels[SERVICE_NAME] ?? "" }] : []),
    },
  ],
  reconcile,
};

function reconcile(key: ObjectKey, { client }: ControllerContext): void {
  const service = client.get<Service>(SERVICE, key);
  const endpoints = client.get<Endpoints>(ENDPOINTS, key);
  const slices = client.selected<EndpointSlice>(ENDPOINT_SLICE, key.namespace, { matchLabels: { [SERVICE_NAME]: key.name, [MANAGED_BY]: MANAGER } });
  const wanted = service && endpoints && mirrored(service, endpoints) ? slicesOf(endpoints) : [];
  const free = slices.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  for (const plan of wanted) {
    // What a slice's addresses are never changes.
    const alike = free.filter((slice) => slice.addressType === plan.addressType);
    const same = alike.find((slice) => deepEqual(slice.ports ?? [], plan.ports));
    const slice = same ?? alike[0];
    if (slice === undefined) {
      client.create({ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", ...plan });
      continue;
    }
    free.splice(free.indexOf(slice), 1);
    if (deepEqual(slice.endpoints, plan.endpoints) && same !== undefined && deepEqual(slice.metadata.labels, plan.metadata.labels)) continue;
    client.update<EndpointSlice>({ ...slice, metadata: { ...slice.metadata, labels: plan.metadata.labels }, endpoints: plan.endpoints, ports: plan.ports });
  }
  for (const slice of free) remove(client, slice);
}

function mirrored({ spec }: Service, { metadata }: Endpoints): boolean {
  if (metadata.labels?.[SKIP] === "true" || metadata.deletionTimestamp !== undefined) return false;
  return Object.keys(spec.selector ?? {}).length === 0;
}

function slicesOf(endpoints: Endpoints) {
  const { name, namespace = "", labels: given = {} } = endpoints.metadata;
  const { [HEADLESS]: _headless, ...kept } = given;
  const labels: Readonly<Record<string, string>> = { ...kept, [MANAGED_BY]: MANAGER, [SERVICE_NAME]: name };
  return (endpoints.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const listed = [...addresses.map((address) => endpointOf(address, true)), ...notReadyAddresses.map((address) => endpointOf(address, false))];
    return (["IPv4", "IPv6"] as const).flatMap((addressType) => {
      const own = listed.filter((endpoint) => (endpoint.addresses[0]?.includes(":") === true) === (addressType === "IPv6"));
      if (own.length === 0) return [];
      return [
        {
          metadata: { generateName: `${name}-`, namespace, labels, ownerReferences: [controllerRef(endpoints)] },
          addressType,
          endpoints: own,
          ports: ports.map(({ name: port = "", port: number, protocol = "TCP", appProtocol }) => ({ name: port, port: number, protocol: protocol as "TCP" | "UDP" | "SCTP", ...(appProtocol === undefined ? {} : { appProtocol }) })),
        },
      ];
    });
  });
}

function endpointOf({ ip, hostname, nodeName, targetRef }: NonNullable<NonNullable<Endpoints["subsets"]>[number]["addresses"]>[number], ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef: targetRef as NonNullable<Endpoint["targetRef"]> }),
  };
}
