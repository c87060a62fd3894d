import { SERVICE } from "../apimachinery/kinds";
import { keyText, type ObjectRef } from "../apimachinery/meta";
import type { Endpoint } from "../machine/wire";
import { reason } from "../reason";
import type { Random } from "../sim/random";
import type { StateTree } from "../sim/state";
import { coming, refused, timedOut, towards, withHop, type Flight, type Landing } from "./flight";
import type { NodeAddresses } from "./ipam";
import { rulesOn } from "./kube-proxy";
import type { Backend, Match, ServiceRule } from "./rules";

/** What the kernel of one machine knows. */
export interface Kernel {
  readonly state: StateTree;
  readonly random: Random;
  readonly now: number;
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
 * endpoints drops it. Upstream: pkg/proxy/iptables, KUBE-SERVICES, KUBE-SVC, KUBE-SVL, KUBE-MARK-MASQ.
 */
export function serviceNat(kernel: Kernel, node: NodeAddresses, flight: Flight): Passage {
  const rules = rulesOn(kernel.state, node.name);
  const { destination } = flight.packet;
  const hit = find(rules, node, destination);
  if (!hit) return unknownPort(rules, flight);
  const by: ObjectRef = { kind: SERVICE, ...hit.rule.service };
  const outside = hit.match.type !== "cluster-ip" && flight.arrived;
  const local = outside ? hit.rule.externalLocal : hit.match.type === "cluster-ip" && hit.rule.internalLocal;
  const usable = local ? hit.rule.backends.filter((backend) => backend.node === node.name) : hit.rule.backends;
  const params = { service: keyText(hit.rule.service), ip: destination.ip, port: destination.port };
  if (hit.rule.backends.length === 0) {
    return { landing: refused(withHop(flight, { stage: "service-nat", by, verdict: "reject", because: reason("service.no-endpoints", params, [by]) })) };
  }
  if (usable.length === 0) {
    return { landing: timedOut(withHop(flight, { stage: "service-nat", by, verdict: "drop", because: reason("service.local-without-endpoints", { ...params, node: node.name }, [by]) })) };
  }
  const chosen = choose(kernel, node.name, hit.rule, usable, flight);
  const because = reason(hit.match.type === "node-port" ? "service.node-port" : "service.picked-endpoint", { ...params, endpoint: `${chosen.ip}:${chosen.port}`, of: usable.length }, [by]);
  const rewritten = withHop(flight, { stage: "service-nat", by, verdict: "rewrite", after: towards(flight.packet, { ip: chosen.ip, port: chosen.port }), because });
  return { flight: masquerade(rewritten, node, hit, chosen, outside), rule: hit.rule };
}

function find(rules: readonly ServiceRule[], node: NodeAddresses, destination: Endpoint): Hit | undefined {
  for (const rule of rules) {
    for (const match of rule.matches) {
      const mine = match.type === "node-port" ? isOwn(node, destination.ip) : match.ip === destination.ip;
      if (mine && match.port === destination.port) return { rule, match };
    }
  }
  return undefined;
}

/** Is this address the machine's own? */
export function isOwn(node: NodeAddresses, ip: string): boolean {
  return ip === node.ip || ip === node.internalIP;
}

/** A Service's address with a port it does not have: nobody owns that address, so nobody answers. */
function unknownPort(rules: readonly ServiceRule[], flight: Flight): Passage {
  const { destination } = flight.packet;
  const owner = rules.find((rule) => rule.matches.some((match) => match.type === "cluster-ip" && match.ip === destination.ip));
  if (!owner) return { flight };
  const by: ObjectRef = { kind: SERVICE, ...owner.service };
  const because = reason("service.no-such-port", { service: keyText(owner.service), port: destination.port }, [by]);
  return { landing: timedOut(withHop(flight, { stage: "service-nat", by, verdict: "drop", because })) };
}

function choose(kernel: Kernel, node: string, rule: ServiceRule, usable: readonly Backend[], flight: Flight): Backend {
  const text = (backend: Backend): string => `${backend.ip}:${backend.port}`;
  const { connection } = flight.request;
  const tracked = kernel.state.table<string>("conntrack");
  const connectionKey = `${connection ?? ""}|${node}|${keyText(rule.service)}/${rule.portName}`;
  if (connection !== undefined) {
    // An open connection stays with its backend even when that backend has left the Service.
    const known = tracked.get(connectionKey);
    const [ip = "", port = "0"] = (known ?? "").split(":");
    if (known !== undefined) return rule.backends.find((backend) => text(backend) === known) ?? { ip, port: Number(port), node: "" };
  }
  const affinity = kernel.state.table<{ readonly backend: string; readonly until: number }>("affinity");
  const affinityKey = `${node}|${keyText(rule.service)}/${rule.portName}|${flight.packet.source.ip}`;
  const remembered = rule.affinitySeconds === undefined ? undefined : affinity.get(affinityKey);
  const kept = remembered && remembered.until > kernel.now ? usable.find((backend) => text(backend) === remembered.backend) : undefined;
  const chosen = kept ?? (usable[kernel.random.fork(`netfilter/${node}`).below(usable.length)] as Backend);
  if (rule.affinitySeconds !== undefined) affinity.set(affinityKey, { backend: text(chosen), until: kernel.now + rule.affinitySeconds * 1000 });
  if (connection !== undefined) tracked.set(connectionKey, text(chosen));
  return chosen;
}

/** The source becomes the machine's when the answer must come back through it. */
function masquerade(flight: Flight, node: NodeAddresses, hit: Hit, chosen: Backend, outside: boolean): Flight {
  const hairpin = chosen.ip === flight.packet.source.ip;
  const needed = (outside && !hit.rule.externalLocal) || hairpin;
  if (!needed) return flight;
  const source = { ip: node.ip, port: flight.packet.source.port };
  const because = reason("service.masquerade", { node: node.name, from: flight.packet.source.ip, to: node.ip, hairpin });
  return withHop(flight, { stage: "masquerade", verdict: "rewrite", after: coming(flight.packet, source), because });
}
