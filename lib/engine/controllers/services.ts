import { selectorOfMap, matches, type Selector } from "../apimachinery/labels";
import { SERVICE } from "../apimachinery/kinds";
import { keyOf, type KubeObject, type ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { Service } from "../resources/core/service/service";

/** The Services of a pod's namespace that choose it, as it is labelled now. */
export function servicesOf(pod: KubeObject, client: Client): readonly ObjectKey[] {
  const choosers = choosersIn(client, pod.metadata.namespace ?? "");
  let found: ObjectKey[] | undefined;
  for (let i = 0; i < choosers.length; i += 1) {
    const { key, selector } = choosers[i] as Chooser;
    if (matches(selector, pod.metadata.labels)) (found ??= []).push(key);
  }
  return found ?? NONE;
}

const NONE: readonly ObjectKey[] = [];

interface Chooser {
  readonly key: ObjectKey;
  readonly selector: Selector;
}

/** The choosers among the Services of a namespace; a list is the same one until a Service of it changes. */
const known = new WeakMap<readonly Service[], readonly Chooser[]>();

function choosersIn(client: Client, namespace: string): readonly Chooser[] {
  const services = client.list<Service>(SERVICE, { namespace });
  let choosers = known.get(services);
  if (!choosers) {
    choosers = services.filter(({ spec }) => Object.keys(spec.selector ?? {}).length > 0).map((service) => ({ key: keyOf(service), selector: selectorOfMap(service.spec.selector) }));
    known.set(services, choosers);
  }
  return choosers;
}
