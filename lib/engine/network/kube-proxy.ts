import { ENDPOINT_SLICE, SERVICE } from "../apimachinery/kinds";
import { compareStrings } from "../apimachinery/compare";
import { keyText, parseKey, type ObjectKey } from "../apimachinery/meta";
import { workQueue, type Component } from "../client/component";
import type { Service } from "../resources/core/service/service";
import type { StateTree } from "../sim/state";
import { compileService, type ServiceRule } from "./rules";

const CURRENT = "netfilter";
const FROZEN = "netfilter-frozen";
/** Destination (`ip:port`, `*:nodePort`, `ip`) → keys of the Services that answer for it. */
const BY_ADDRESS = "netfilter-by-address";

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
    index(context.state, key, rules.get(key) ?? [], compiled);
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

/** The rules of a machine that may answer for a destination; `*` stands for the machine's own addresses. */
export function ruleFor(state: StateTree, node: string, ip: string, port: number): readonly ServiceRule[] {
  const frozen = state.table<readonly ServiceRule[]>(FROZEN).get(node);
  if (frozen) return frozen.filter((rule) => rule.matches.some((match) => match.port === port && (match.type === "node-port" ? ip === "*" : match.ip === ip)));
  return known(state, `${ip}:${port}`);
}

/** The rules of a machine whose Service has this address, whatever the port. */
export function rulesOf(state: StateTree, node: string, ip: string): readonly ServiceRule[] {
  const frozen = state.table<readonly ServiceRule[]>(FROZEN).get(node);
  return frozen ? frozen.filter((rule) => rule.matches.some((match) => match.type === "cluster-ip" && match.ip === ip)) : known(state, ip);
}

/** The rules of one Service on a machine. */
export function rulesOfService(state: StateTree, node: string, service: ObjectKey): readonly ServiceRule[] {
  const frozen = state.table<readonly ServiceRule[]>(FROZEN).get(node);
  const key = keyText(service);
  return frozen ? frozen.filter((rule) => keyText(rule.service) === key) : (state.table<readonly ServiceRule[]>(CURRENT).get(key) ?? []);
}

function known(state: StateTree, address: string): readonly ServiceRule[] {
  const keys = state.table<readonly string[]>(BY_ADDRESS).get(address) ?? [];
  const rules = state.table<readonly ServiceRule[]>(CURRENT);
  return keys.length === 1 ? (rules.get(keys[0] ?? "") ?? []) : keys.flatMap((key) => rules.get(key) ?? []);
}

function addressesOf(rules: readonly ServiceRule[]): ReadonlySet<string> {
  return new Set(rules.flatMap(({ matches, healthCheckNodePort }) => [...(healthCheckNodePort === undefined ? [] : [`health:${healthCheckNodePort}`]), ...matches.flatMap((match) => (match.type === "node-port" ? [`*:${match.port}`] : match.type === "cluster-ip" ? [match.ip, `${match.ip}:${match.port}`] : [`${match.ip}:${match.port}`]))]));
}

/** Keeps the index true to a Service whose rules change. Keys of one address stay in order. */
function index(state: StateTree, key: string, before: readonly ServiceRule[], after: readonly ServiceRule[]): void {
  const table = state.table<readonly string[]>(BY_ADDRESS);
  const [old, now] = [addressesOf(before), addressesOf(after)];
  for (const address of old) {
    if (now.has(address)) continue;
    const left = (table.get(address) ?? []).filter((other) => other !== key);
    if (left.length > 0) table.set(address, left);
    else table.delete(address);
  }
  for (const address of now) {
    const keys = table.get(address) ?? [];
    if (!keys.includes(key)) table.set(address, [...keys, key].sort(compareStrings));
  }
}

/** The rule whose health check a port of the machine answers. */
export function healthRule(state: StateTree, node: string, port: number): ServiceRule | undefined {
  const frozen = state.table<readonly ServiceRule[]>(FROZEN).get(node);
  return (frozen ?? known(state, `health:${port}`)).find((rule) => rule.healthCheckNodePort === port);
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
