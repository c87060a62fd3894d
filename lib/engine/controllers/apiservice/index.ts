import { setCondition, type Condition } from "../../apimachinery/conditions";
import { API_SERVICE, ENDPOINT_SLICE, SERVICE } from "../../apimachinery/kinds";
import { keyOf, type KubeObject, type ObjectKey } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";
import type { Client } from "../../client/client";
import type { EndpointSlice } from "../../resources/discovery/endpointslice/endpointslice";
import { localCondition } from "../../resources/apiregistration/bootstrap";
import type { Service } from "../../resources/core/service/service";
import type { Controller } from "../controller";

interface ApiService extends KubeObject {
  readonly spec?: { readonly service?: { readonly namespace?: string; readonly name?: string; readonly port?: number } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

const SERVICE_NAME = "kubernetes.io/service-name";

/** The APIServices behind a Service. Most clusters store none. */
function behind(service: ObjectKey, client: Client): readonly ObjectKey[] {
  if (client.count(API_SERVICE) === 0) return [];
  return client
    .list<ApiService>(API_SERVICE)
    .filter(({ spec }) => spec?.service?.name === service.name && spec.service.namespace === service.namespace)
    .map(keyOf);
}

interface Found {
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

const no = (reason: string, message: string): Found => ({ status: "False", reason, message });

/** Is somebody there who answers for the version? */
function availability({ spec }: ApiService, client: Client): Found | undefined {
  if (!spec?.service) return undefined;
  const { namespace = "", name = "", port = 443 } = spec.service;
  const where = `service/${name} in ${JSON.stringify(namespace)}`;
  const service = client.get<Service>(SERVICE, { namespace, name });
  if (!service) return no("ServiceNotFound", `${where} is not present`);
  if (service.spec.type !== "ExternalName") {
    const open = (service.spec.ports ?? []).find((one) => one.port === port);
    if (!open) return no("ServicePortError", `${where} is not listening on port ${port}`);
    const slices = client.list<EndpointSlice>(ENDPOINT_SLICE, { namespace, labelSelector: `${SERVICE_NAME}=${name}` });
    if (slices.length === 0) return no("EndpointsNotFound", `cannot find endpointslices for ${where}`);
    const ready = slices.some(({ endpoints, ports }) => (ports ?? []).some((one) => (one.name ?? "") === (open.name ?? "")) && (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false));
    if (!ready) return no("MissingEndpoints", `endpointslices for ${where} have no addresses with port name ${JSON.stringify(open.name ?? "")}`);
  }
  return { status: "True", reason: "Passed", message: "all checks passed" };
}

/** Says of each APIService whether it can be used. Upstream: kube-aggregator/pkg/controllers/status. */
export const apiServiceAvailability: Controller = {
  name: "apiservice-availability",
  reconciles: API_SERVICE,
  watches: [
    { kind: SERVICE, wakes: (service, client) => behind(keyOf(service), client) },
    { kind: ENDPOINT_SLICE, wakes: ({ metadata }, client) => behind({ namespace: metadata.namespace ?? "", name: metadata.labels?.[SERVICE_NAME] ?? "" }, client) },
  ],
  reconcile(key, { client, now }) {
    const service = client.get<ApiService>(API_SERVICE, key);
    if (!service || service.metadata.deletionTimestamp !== undefined) return;
    const stamp = timestamp(now);
    const found = availability(service, client);
    const condition: Condition = found ? { type: "Available", status: found.status, lastTransitionTime: stamp, reason: found.reason, message: found.message } : localCondition(stamp);
    client.updateStatus<ApiService>({ ...service, status: { ...service.status, conditions: setCondition(service.status?.conditions, condition) } });
  },
};
