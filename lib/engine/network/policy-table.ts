import { keyText } from "../apimachinery/meta";
import { ipNumber } from "../world/addresses";
import { peerIsPod, portsCover, selects, type CompiledPolicy, type CompiledRule, type PolicyPod, type PolicyProtocol } from "./policy";

/** Who reaches whom on one port: a row a source, a column a destination; `1` yes, `0` no, `-` the pod itself. */
export interface ReachabilityTable {
  readonly order: readonly string[];
  readonly allowed: readonly string[];
  /** What the destinations' policies alone would say. */
  readonly ingress: readonly string[];
  /** What the sources' policies alone would say. */
  readonly egress: readonly string[];
}

/** A set of pods by their place in the list. */
type Bits = Uint32Array;

/**
 * The truth table of a set of pods under a set of policies.
 *
 * Sets of peers are computed once a rule and merged by words of 32 pods, so hundreds of pods under hundreds of policies take
 * milliseconds.
 */
export function reachabilityTable(pods: readonly PolicyPod[], policies: readonly CompiledPolicy[], port: number, protocol: PolicyProtocol): ReachabilityTable {
  const words = Math.ceil(pods.length / 32);
  const full = bitsOf(pods, words, () => true);
  const values = pods.map(({ ip }) => ipNumber(ip));
  const memory = new Map<string, Bits>();
  const byRule = new Map<CompiledRule, Bits>();
  const peersOf = (rule: CompiledRule): Bits => {
    const { peers } = rule;
    if (!peers) return full;
    const known = byRule.get(rule);
    if (known) return known;
    const bits = new Uint32Array(words);
    for (const peer of peers) {
      // Policies often name the same peers: what one found out serves the others.
      const key = JSON.stringify(peer);
      const found = memory.get(key) ?? bitsOf(pods, words, (pod, i) => peerIsPod(peer, pod, values[i]));
      memory.set(key, found);
      merge(bits, found);
    }
    byRule.set(rule, bits);
    return bits;
  };
  const protecting = new Map<string, CompiledPolicy[]>();
  for (const policy of policies) protecting.set(policy.key.namespace, [...(protecting.get(policy.key.namespace) ?? []), policy]);
  const own = pods.map((pod) => (protecting.get(pod.key.namespace) ?? []).filter((policy) => selects(policy, pod)));
  const sources = pods.map((pod, i) => ingressOf(pod, own[i] ?? [], { peersOf, full, words, port, protocol }));
  const destinations = pods.map((_, i) => egressOf(pods, own[i] ?? [], { peersOf, full, words, port, protocol }));
  // Destinations' sets are turned round, so that each source's row is words, too.
  const enters = pods.map(() => new Uint32Array(words));
  sources.forEach((from, to) => {
    for (let i = 0; i < pods.length; i += 1) if (has(from, i)) set(enters[i] as Bits, to);
  });
  const both = destinations.map((leaves, i) => leaves.map((word, at) => word & (enters[i]?.[at] ?? 0)));
  return { order: pods.map((pod) => keyText(pod.key)), allowed: texts(both, pods.length), ingress: texts(enters, pods.length), egress: texts(destinations, pods.length) };
}

/** Rows of sets as text; a pod's own place is a dash. */
function texts(rows: readonly Bits[], size: number): readonly string[] {
  return rows.map((bits, row) => {
    const cells: string[] = [];
    for (let i = 0; i < size; i += 1) cells.push(i === row ? "-" : has(bits, i) ? "1" : "0");
    return cells.join("");
  });
}

interface Question {
  readonly peersOf: (rule: CompiledRule) => Bits;
  readonly full: Bits;
  readonly words: number;
  readonly port: number;
  readonly protocol: PolicyProtocol;
}

/** The pods that may call this one. */
function ingressOf(pod: PolicyPod, policies: readonly CompiledPolicy[], { peersOf, full, words, port, protocol }: Question): Bits {
  const covering = policies.filter((policy) => policy.ingress);
  if (covering.length === 0) return full;
  const allowed = new Uint32Array(words);
  for (const policy of covering) for (const rule of policy.ingress ?? []) if (portsCover(rule, port, protocol, pod)) merge(allowed, peersOf(rule));
  return allowed;
}

/** The pods this one may call; a rule with named ports asks each destination for its number. */
function egressOf(pods: readonly PolicyPod[], policies: readonly CompiledPolicy[], { peersOf, full, words, port, protocol }: Question): Bits {
  const covering = policies.filter((policy) => policy.egress);
  if (covering.length === 0) return full;
  const allowed = new Uint32Array(words);
  for (const policy of covering) {
    for (const rule of policy.egress ?? []) {
      const peers = peersOf(rule);
      if (portsCover(rule, port, protocol, undefined)) merge(allowed, peers);
      else if (rule.ports?.some((wanted) => typeof wanted.port === "string") === true) {
        pods.forEach((pod, i) => {
          if (has(peers, i) && portsCover(rule, port, protocol, pod)) set(allowed, i);
        });
      }
    }
  }
  return allowed;
}

function bitsOf(pods: readonly PolicyPod[], words: number, holds: (pod: PolicyPod, i: number) => boolean): Bits {
  const bits = new Uint32Array(words);
  pods.forEach((pod, i) => {
    if (holds(pod, i)) set(bits, i);
  });
  return bits;
}

function set(bits: Bits, i: number): void {
  bits[i >>> 5] = (bits[i >>> 5] ?? 0) | (1 << (i & 31));
}

function has(bits: Bits, i: number): boolean {
  return ((bits[i >>> 5] ?? 0) & (1 << (i & 31))) !== 0;
}

function merge(into: Bits, from: Bits): void {
  for (let i = 0; i < into.length; i += 1) into[i] = (into[i] ?? 0) | (from[i] ?? 0);
}
