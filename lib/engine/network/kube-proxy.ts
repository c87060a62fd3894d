import { ENDPOINT_SLICE, SERVICE } from "../apimachinery/kinds";
import { keyText, parseKey } from "../apimachinery/meta";
import { workQueue, type Component } from "../client/component";
import type { Service } from "../resources/core/service/service";
import type { StateTree } from "../sim/state";
import { compileService, type ServiceRule } from "./rules";

const CURRENT = "netfilter";
const FROZEN = "netfilter-frozen";

/**
 * kube-proxy, one on each machine: keeps the kernel's rules true to Services and EndpointSlices.
 *
 * All machines that can hear the API hold the same rules, so they are kept once; a machine whose
 * kube-proxy stopped, or that lost the API, keeps the rules it had then.
 */
export const kubeProxy: Component = {
  name: "kube-proxy",
  watches: [SERVICE, ENDPOINT_SLICE],
  observe(event, context) {
    const queue = workQueue(context.state, "kube-proxy");
    const namespace = event.object.metadata.namespace ?? "";
    if (event.kind === SERVICE) {
      queue.add(keyText({ namespace, name: event.object.metadata.name }));
      return;
    }
    const service = event.object.metadata.labels?.["kubernetes.io/service-name"];
    if (service !== undefined) queue.add(keyText({ namespace, name: service }));
  },
  work(context) {
    const key = workQueue(context.state, "kube-proxy").take();
    if (key === undefined) return false;
    const rules = context.state.table<readonly ServiceRule[]>(CURRENT);
    const service = context.client.get<Service>(SERVICE, parseKey(key));
    const compiled = service ? compileService(service, context.client) : [];
    if (compiled.length > 0) rules.set(key, compiled);
    else rules.delete(key);
    return true;
  },
};

/** The rules in force on a machine, in Service order. */
export function rulesOn(state: StateTree, node: string): readonly ServiceRule[] {
  const frozen = state.table<readonly ServiceRule[]>(FROZEN).get(node);
  return frozen ?? state.table<readonly ServiceRule[]>(CURRENT).values().flat();
}

/** Stops a machine's kube-proxy: its rules stay as they are. */
export function freezeRules(state: StateTree, node: string): void {
  const frozen = state.table<readonly ServiceRule[]>(FROZEN);
  if (!frozen.has(node)) frozen.set(node, rulesOn(state, node));
}

/** Starts it again: it catches up at once. */
export function thawRules(state: StateTree, node: string): void {
  state.table<readonly ServiceRule[]>(FROZEN).delete(node);
}
