import { selectorOfMap, matches } from "../apimachinery/labels";
import { SERVICE } from "../apimachinery/kinds";
import { keyOf, type KubeObject, type ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { Service } from "../resources/core/service/service";

/** The Services of a pod's namespace that choose it, as it is labelled now. */
export function servicesOf(pod: KubeObject, client: Client): readonly ObjectKey[] {
  return client
    .list<Service>(SERVICE, { namespace: pod.metadata.namespace ?? "" })
    .filter(({ spec }) => matches(selectorOfMap(spec.selector), pod.metadata.labels))
    .map(keyOf);
}
