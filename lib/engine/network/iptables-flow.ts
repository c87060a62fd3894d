import { compareStrings } from "../apimachinery/compare";
import { inCidr } from "../world/ipv6";
import { backendText, type IptablesRule, type IptablesTable, type RulePart } from "./iptables";

/** A first packet as the tables meet it. */
export interface FlowPacket {
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** Every way a packet may go: the endpoints it may be sent to, or that it is dropped, rejected or let in to the machine itself; and whether its source is changed. */
export interface FlowVerdict {
  readonly endpoints: readonly string[];
  readonly verdict: "forward" | "ACCEPT" | "DROP" | "REJECT";
  readonly masquerade: boolean;
}

interface Trip {
  readonly nat: IptablesTable;
  readonly packet: FlowPacket;
  readonly own: readonly string[];
  readonly endpoints: Set<string>;
  masquerade: boolean;
}

/** Jumps deeper than this are a circle. */
const DEEPEST = 16;

/**
 * Follows a new connection's first packet through kube-proxy's tables. Choices by chance are all taken.
 * `own` are the machine's addresses.
 */
export function followPacket([filter, nat]: readonly [filter: IptablesTable, nat: IptablesTable], packet: FlowPacket, own: readonly string[]): FlowVerdict {
  const trip: Trip = { nat, packet, own, endpoints: new Set(), masquerade: false };
  walkChain(trip, "KUBE-SERVICES", 0);
  const endpoints = [...trip.endpoints].sort(compareStrings);
  if (endpoints.length > 0) return { endpoints, verdict: "forward", masquerade: trip.masquerade };
  for (const chain of ["KUBE-PROXY-FIREWALL", "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES"]) {
    const refusing = filter.rules.find((rule) => rule.chain === chain && rule.parts.every((part) => holds(trip, part)));
    if (refusing?.target === "DROP" || refusing?.target === "REJECT") return { endpoints, verdict: refusing.target, masquerade: trip.masquerade };
  }
  const admitted = own.includes(packet.destination) && filter.rules.some((rule) => rule.chain === "KUBE-NODEPORTS" && rule.target === "ACCEPT" && rule.parts.every((part) => holds(trip, part)));
  if (admitted) return { endpoints, verdict: "ACCEPT", masquerade: trip.masquerade };
  return { endpoints: [backendText({ ip: packet.destination, port: packet.port })], verdict: "forward", masquerade: trip.masquerade };
}

/** True when the packet's fate in the nat table is decided. */
function walkChain(trip: Trip, chain: string, depth: number): boolean {
  if (depth > DEEPEST) return true;
  for (const rule of trip.nat.rules.filter((candidate) => candidate.chain === chain)) {
    if (!rule.parts.every((part) => holds(trip, part))) continue;
    if (decides(trip, rule, depth)) return true;
  }
  return false;
}

function decides(trip: Trip, rule: IptablesRule, depth: number): boolean {
  if (rule.target === undefined) return false;
  if (rule.target === "KUBE-MARK-MASQ") {
    trip.masquerade = true;
    return false;
  }
  if (rule.target === "DNAT") {
    trip.endpoints.add(rule.argument ?? "");
    return true;
  }
  const decided = walkChain(trip, rule.target, depth + 1);
  // A choice by chance leaves the other choices open; so does a client's affinity, which a new client does not have.
  return decided && !rule.parts.some((part) => part.k === "chance");
}

function holds({ packet, own }: Trip, part: RulePart): boolean {
  const yes = test(packet, own, part);
  return "not" in part && part.not === true ? !yes : yes;
}

function test(packet: FlowPacket, own: readonly string[], part: RulePart): boolean {
  switch (part.k) {
    case "protocol":
      return part.name === packet.protocol.toLowerCase();
    case "source":
      return matches(packet.source, part.cidr);
    case "destination":
      return matches(packet.destination, part.cidr);
    case "port":
      return part.port === packet.port;
    case "local": {
      const ip = part.side === "src" ? packet.source : packet.destination;
      return own.includes(ip) || ip.startsWith("127.");
    }
    case "recent":
      return part.seconds === undefined;
    default:
      return true;
  }
}

function matches(ip: string, cidr: string): boolean {
  return cidr.includes("/") ? inCidr(ip, cidr) : ip === cidr;
}
