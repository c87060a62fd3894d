/** Is anybody there who serves metrics.k8s.io? Upstream: kube-aggregator's availability controller. */
import { API_SERVICE, ENDPOINT_SLICE } from "../apimachinery/kinds";
import type { KindId, KubeObject, ObjectKey } from "../apimachinery/meta";

const NAME = "v1beta1.metrics.k8s.io";

interface ApiService extends KubeObject {
  readonly spec?: { readonly service?: { readonly namespace?: string; readonly name?: string } };
}
interface Slice extends KubeObject {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

/** What is read to find out: any client will do. */
interface Reader {
  get<T extends KubeObject>(kind: KindId, key: ObjectKey): T | undefined;
  list<T extends KubeObject>(kind: KindId, options?: { readonly namespace?: string; readonly labelSelector?: string }): readonly T[];
}

/** `absent`: nobody registered it. `unavailable`: it is registered, and nobody answers. */
export type MetricsService = "absent" | "unavailable" | "available";

/**
 * How it stands with metrics.k8s.io. It is registered by an APIService, and answers while the Service that names has a
 * ready endpoint; an APIService that names no Service always answers.
 */
export function metricsService(client: Reader): MetricsService {
  const registered = client.get<ApiService>(API_SERVICE, { namespace: "", name: NAME });
  if (!registered) return "absent";
  const service = registered.spec?.service;
  if (!service) return "available";
  const slices = client.list<Slice>(ENDPOINT_SLICE, { namespace: service.namespace ?? "kube-system", labelSelector: `kubernetes.io/service-name=${service.name ?? ""}` });
  return slices.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready !== false) === true) ? "available" : "unavailable";
}
