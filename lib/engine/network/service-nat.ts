import { SERVICE } from "../apimachinery/kinds";
import { keyText, type ObjectRef } from "../apimachinery/meta";
import type { Endpoint } from "../machine/wire";
import { reason } from "../reason";
import type { Random } from "../sim/random";
import type { StateTree } from "../sim/state";
import { inCidr } from "../world/ipv6";
import { coming, refused, timedOut, towards, withHop, type Flight, type Landing } from "./flight";
import type { NodeAddresses } from "./ipam";
import { ruleFor, rulesOf } from "./kube-proxy";
import { hasZones, usableOn, type Backend, type Match, type ServiceRule } from "./rules";

/** What the kernel of one machine knows. */
export interface Kernel {
  readonly state: StateTree;
  readonly random: Random;
  readonly now: number;
  /** The zone a machine stands in. */
  readonly zoneOf: (node: string) => string | undefined;
  readonly mode: "iptables" | "nftables" | "ipvs";
  /** Is this a pod's address? */
  readonly isPod: (ip: string) => boolean;
}

/** Either the packet goes on (rewritten or not), or its journey is over. */
export type Passage = { readonly flight: Flight; readonly rule?: ServiceRule } | { readonly landing: Landing };

interface Hit {
  readonly rule: ServiceRule;
  readonly match: Match;
}

/**
 * The nat table of one machine: rewrites a destination that is a Service's to one of its endpoints.
 *
 * The choice is made once a connection, at random with equal chances, as kube-proxy's iptables and
 * nftables rules do. Without endpoints the packet is rejected; a `Local` policy without local
 * endpoints drops it, except for what comes from pods and from the machine itself when the policy is the external one.
 * Upstream: pkg/proxy/iptables, KUBE-SERVICES, KUBE-EXT, KUBE-SVC, KUBE-SVL, KUBE-FW, KUBE-MARK-MASQ.
 */
export function serviceNat(kernel: Kernel, node: NodeAddresses, flight: Flight): Passage {
  const { destination, source } = flight.packet;
  const hit = find(kernel, node, destination);
  if (!hit) return unknownPort(kernel, node, flight);
  const { rule, match } = hit;
  const by: ObjectRef = { kind: SERVICE, ...rule.service };
  const params = (): { readonly service: string; readonly ip: string; readonly port: number } => ({ service: keyText(rule.service), ip: destination.ip, port: destination.port });
  const usable = usableOn(rule, { node: node.name, zone: hasZones(rule) ? kernel.zoneOf(node.name) : undefined });
  if (!usable.any) return { landing: refused(withHop(flight, { stage: "service-nat", by, verdict: "reject", because: reason("service.no-endpoints", params(), [by]) })) };
  if (match.type === "load-balancer" && rule.sourceRanges && !rule.sourceRanges.some((range) => inCidr(source.ip, range))) {
    return { landing: timedOut(withHop(flight, { stage: "service-nat", by, verdict: "drop", because: reason("service.source-refused", { ...params(), from: source.ip }, [by]) })) };
  }
  // Pods and the machine itself are spared the external policy, as if they had gone out and come back in.
  const inside = kernel.isPod(source.ip) || isOwn(node, source.ip);
  const local = match.type === "cluster-ip" ? rule.internalLocal : rule.externalLocal && !inside;
  const backends = local ? usable.local : usable.cluster;
  if (backends.length === 0) {
    const because = reason(match.type === "cluster-ip" ? "service.internal-local" : "service.local-without-endpoints", { ...params(), node: node.name }, [by]);
    return { landing: timedOut(withHop(flight, { stage: "service-nat", by, verdict: "drop", because })) };
  }
  const { backend: chosen, kept } = choose(kernel, node.name, rule, backends, flight);
  const after = towards(flight.packet, { ip: chosen.ip, port: chosen.port });
  const why = kept ?? (match.type === "node-port" ? "service.node-port" : "service.picked-endpoint");
  const rewritten = flight.quiet === true ? { ...flight, packet: after } : withHop(flight, { stage: "service-nat", by, verdict: "rewrite", after, because: reason(why, { ...params(), endpoint: text(chosen), of: backends.length }, [by]) });
  const lends = match.type === "cluster-ip" ? !inside : !rule.externalLocal || (!kernel.isPod(source.ip) && inside);
  return { flight: masquerade(rewritten, node, chosen, lends), rule };
}

function find({ state, mode }: Kernel, node: NodeAddresses, destination: Endpoint): Hit | undefined {
  // nftables opens node ports on the machine's first address only.
  const door = mode === "nftables" ? destination.ip === node.ip : isOwn(node, destination.ip);
  const own = ruleFor(state, node.name, destination.ip, destination.port);
  const candidates = door ? [...own, ...ruleFor(state, node.name, "*", destination.port)] : own;
  for (const rule of candidates) {
    const match = rule.matches.find((one) => one.port === destination.port && (one.type === "node-port" ? door : one.ip === destination.ip));
    if (match) return { rule, match };
  }
  return undefined;
}

/** Is this address the machine's own? */
export function isOwn(node: NodeAddresses, ip: string): boolean {
  return ip === node.ip || ip === node.internalIP;
}

/**
 * A Service's address with a port it does not have. With iptables nobody owns that address, so nobody answers; nftables and ipvs
 * reject it at once.
 */
function unknownPort({ state, mode }: Kernel, node: NodeAddresses, flight: Flight): Passage {
  const { destination } = flight.packet;
  const owner = rulesOf(state, node.name, destination.ip)[0];
  if (!owner) return { flight };
  const by: ObjectRef = { kind: SERVICE, ...owner.service };
  const because = reason("service.no-such-port", { service: keyText(owner.service), port: destination.port }, [by]);
  if (mode !== "iptables") return { landing: refused(withHop(flight, { stage: "service-nat", by, verdict: "reject", because })) };
  return { landing: timedOut(withHop(flight, { stage: "service-nat", by, verdict: "drop", because })) };
}

/** The endpoint chosen, and why when it was not chance: the connection was open already, or the client has been here. */
interface Choice {
  readonly backend: Backend;
  readonly kept?: "service.kept-connection" | "service.kept-client";
}

const text = ({ ip, port }: Backend): string => `${ip}:${port}`;

function choose(kernel: Kernel, node: string, rule: ServiceRule, usable: readonly Backend[], flight: Flight): Choice {
  const { connection } = flight.request;
  if (connection === undefined) return chosenFor(kernel, node, rule, usable, flight);
  const tracked = kernel.state.table<string>("conntrack");
  const key = `${connection}|${portOf(node, rule)}`;
  // An open connection stays with its backend even when that backend has left the Service.
  const known = tracked.get(key);
  const [ip = "", port = "0"] = (known ?? "").split(":");
  if (known !== undefined) return { backend: rule.backends.find((backend) => text(backend) === known) ?? { ip, port: Number(port), node: "" }, kept: "service.kept-connection" };
  const choice = chosenFor(kernel, node, rule, usable, flight);
  tracked.set(key, text(choice.backend));
  return choice;
}

/** One port of a Service on one machine. */
const portOf = (node: string, rule: ServiceRule): string => `${node}|${keyText(rule.service)}/${rule.portName}`;

/** The endpoint of a new connection: the client's own when the Service remembers clients. */
function chosenFor(kernel: Kernel, node: string, rule: ServiceRule, usable: readonly Backend[], flight: Flight): Choice {
  if (rule.affinitySeconds === undefined) return { backend: drawn(kernel, node, rule, usable) };
  const affinity = kernel.state.table<{ readonly backend: string; readonly until: number }>("affinity");
  const key = `${portOf(node, rule)}|${flight.packet.source.ip}`;
  const remembered = affinity.get(key);
  const kept = remembered && remembered.until > kernel.now ? usable.find((backend) => text(backend) === remembered.backend) : undefined;
  const backend = kept ?? drawn(kernel, node, rule, usable);
  affinity.set(key, { backend: text(backend), until: kernel.now + rule.affinitySeconds * 1000 });
  return { backend, ...(kept ? { kept: "service.kept-client" as const } : {}) };
}

function drawn({ mode, state, random }: Kernel, node: string, rule: ServiceRule, usable: readonly Backend[]): Backend {
  return usable[mode === "ipvs" ? turn(state, portOf(node, rule), usable.length) : random.fork(`netfilter/${node}`).below(usable.length)] as Backend;
}

/** ipvs takes endpoints in turn. */
function turn(state: StateTree, key: string, of: number): number {
  const turns = state.table<number>("ipvs:turn");
  const count = turns.get(key) ?? 0;
  turns.set(key, (count + 1) % 1_000_000);
  return count % of;
}

/** The source becomes the machine's when the answer must come back through it. */
function masquerade(flight: Flight, node: NodeAddresses, chosen: Backend, lends: boolean): Flight {
  const { source } = flight.packet;
  const hairpin = chosen.ip === source.ip;
  if ((!lends && !hairpin) || isOwn(node, source.ip)) return flight;
  const because = reason("service.masquerade", { node: node.name, from: source.ip, to: node.ip, hairpin });
  return withHop(flight, { stage: "masquerade", verdict: "rewrite", after: coming(flight.packet, { ip: node.ip, port: source.port }), because });
}
