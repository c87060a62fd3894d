import type { StateTree } from "../sim/state";
import type { HandMadeBalancer, LinkCondition, WorldHost, WorldOptions } from "./world";

/** What happens outside the cluster, as state: hosts, company DNS, hand-made balancers and the cloud's. */
export interface World {
  readonly options: WorldOptions;
  host(name: string): WorldHost | undefined;
  hostAt(ip: string): WorldHost | undefined;
  hosts(): readonly WorldHost[];
  /** The company DNS: an address for a name, exact, or by a `*.` wildcard. */
  lookup(name: string): string | undefined;
  records(): readonly { readonly name: string; readonly address: string }[];
  setRecord(name: string, address: string | null): void;
  balancer(host: string, port: number): HandMadeBalancer | undefined;
  balancers(): readonly HandMadeBalancer[];
  setBalancer(balancer: HandMadeBalancer): void;
  /** Counts up and returns the count before: the turn of a balancer. */
  turn(balancer: string): number;
  /** Backends of the cloud's balancers, by their address: written by the cloud controller. */
  cloudBalancer(ip: string): CloudBalancer | undefined;
  setCloudBalancer(ip: string, balancer: CloudBalancer | null): void;
  /** What ails the wire between two machines or hosts; undefined when it is healthy. */
  link(a: string, b: string): LinkCondition | undefined;
  setLink(a: string, b: string, condition: LinkCondition | null): void;
  /** Cuts every wire between the two groups; {@link World.heal} mends it. */
  partition(one: readonly string[], other: readonly string[]): void;
  /** Makes every wire healthy again. */
  heal(): void;
}

/** A balancer the cloud made for a Service. */
export interface CloudBalancer {
  readonly service: string;
  /** Listener port → node port. */
  readonly ports: readonly { readonly port: number; readonly nodePort: number }[];
  /** Asked on every node; only nodes that answer 200 get traffic. */
  readonly healthCheckNodePort?: number;
}

/** The world of a cluster, over its state tree. The options fill it once, when the cluster is born. */
export function createWorld(state: StateTree, options: WorldOptions = {}): World {
  const hosts = state.table<WorldHost>("world:hosts");
  const dns = state.table<string>("world:dns");
  const balancers = state.table<HandMadeBalancer>("world:balancers");
  const turns = state.table<number>("world:turns");
  const cloud = state.table<CloudBalancer>("world:cloud");
  const links = state.table<LinkCondition>("world:links");
  const wire = (a: string, b: string): string => (a < b ? `${a}|${b}` : `${b}|${a}`);
  const born = state.cell<boolean>("world:born", false);
  if (!born.get()) {
    born.set(true);
    for (const host of options.hosts ?? []) hosts.set(host.name, host);
    for (const [name, address] of Object.entries(options.dns ?? {})) dns.set(name.toLowerCase(), address);
    for (const balancer of options.balancers ?? []) balancers.set(`${balancer.host}:${balancer.port}`, balancer);
  }
  return {
    options,
    host: (name) => hosts.get(name),
    hostAt: (ip) => hosts.values().find((host) => host.ip === ip),
    hosts: () => hosts.values(),
    lookup: (name) => dns.get(name.toLowerCase()) ?? dns.get(name.toLowerCase().replace(/^[^.]+/, "*")),
    records: () => dns.keys().map((name) => ({ name, address: dns.get(name) ?? "" })),
    setRecord: (name, address) => (address === null ? dns.delete(name.toLowerCase()) : dns.set(name.toLowerCase(), address)),
    balancer: (host, port) => balancers.get(`${host}:${port}`),
    balancers: () => balancers.values(),
    setBalancer: (balancer) => balancers.set(`${balancer.host}:${balancer.port}`, balancer),
    turn(balancer) {
      const count = turns.get(balancer) ?? 0;
      turns.set(balancer, count + 1);
      return count;
    },
    cloudBalancer: (ip) => cloud.get(ip),
    setCloudBalancer: (ip, balancer) => (balancer === null ? cloud.delete(ip) : cloud.set(ip, balancer)),
    link: (a, b) => (links.size === 0 ? undefined : links.get(wire(a, b))),
    setLink: (a, b, condition) => (condition === null ? links.delete(wire(a, b)) : links.set(wire(a, b), condition)),
    partition(one, other) {
      for (const a of one) for (const b of other) if (a !== b) links.set(wire(a, b), { cut: true });
    },
    heal() {
      for (const key of links.keys()) links.delete(key);
    },
  };
}
