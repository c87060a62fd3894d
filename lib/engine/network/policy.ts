import { compileLabelSelector, matches, nothing, type LabelSelector, type Selector } from "../apimachinery/labels";
import type { ObjectKey } from "../apimachinery/meta";
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from "../resources/networking/networkpolicy/networkpolicy";
import { blockOf, ipNumber } from "../world/addresses";
import { inCidr } from "../world/ipv6";

/** Which way a connection goes, seen from the pod a policy protects. Replies are never judged. */
export type Direction = "ingress" | "egress";
/** What a policy port may speak. */
export type PolicyProtocol = "TCP" | "UDP" | "SCTP" | "ICMP";

type Labels = Readonly<Record<string, string>>;

/** A pod as policies see it. */
export interface PolicyPod {
  readonly key: ObjectKey;
  readonly labels: Labels;
  /** Labels of its namespace. */
  readonly namespaceLabels: Labels;
  readonly ip: string;
  /** Shares its machine's network: no policy protects it, none recognises it by its labels. */
  readonly hostNetwork?: boolean;
  readonly ports: readonly { readonly name?: string; readonly port: number; readonly protocol: string }[];
}

/** A CIDR; with its bounds where it is of IPv4. */
interface Range {
  readonly cidr: string;
  readonly first?: number;
  readonly last?: number;
}

/** A part of the address space: a CIDR less its exceptions. */
export interface CompiledBlock extends Range {
  readonly except: readonly Range[];
}

/** Whom a rule names. */
export type CompiledPeer = { readonly block: CompiledBlock } | { readonly pods: Selector; readonly namespace: string } | { readonly pods: Selector; readonly namespaces: Selector };

/** A rule: whom (everybody when absent) on which ports (all when absent). */
export interface CompiledRule {
  readonly peers?: readonly CompiledPeer[];
  readonly ports?: readonly (NetworkPolicyPort & { readonly protocol: PolicyProtocol })[];
}

/** A policy made ready for judging. A direction it does not cover is absent; one it covers without rules is empty. */
export interface CompiledPolicy {
  readonly key: ObjectKey;
  readonly pods: Selector;
  readonly ingress?: readonly CompiledRule[];
  readonly egress?: readonly CompiledRule[];
}

/** One end of a connection: a pod of the cluster, or just an address. */
export interface PolicyPeer {
  readonly ip: string;
  readonly pod?: PolicyPod;
}

/**
 * What the policies say about one direction of a connection.
 * `selecting` are the policies that protect the pod; none means it is open. `by` is the first that lets the connection through.
 */
export interface PolicyVerdict {
  readonly allowed: boolean;
  readonly selecting: readonly ObjectKey[];
  readonly by?: ObjectKey;
}

function selectorOf(selector: LabelSelector | undefined): Selector {
  const compiled = compileLabelSelector(selector);
  return "selector" in compiled ? compiled.selector : nothing;
}

function peerOf(peer: NetworkPolicyPeer, namespace: string): CompiledPeer {
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock;
    return { block: { cidr, except: except.map((hole) => ({ cidr: hole, ...blockOf(hole) })), ...blockOf(cidr) } };
  }
  const pods = selectorOf(peer.podSelector ?? {});
  return peer.namespaceSelector ? { pods, namespaces: selectorOf(peer.namespaceSelector) } : { pods, namespace };
}

function ruleOf(peers: readonly NetworkPolicyPeer[] | undefined, ports: readonly NetworkPolicyPort[] | undefined, namespace: string): CompiledRule {
  return {
    ...(peers && peers.length > 0 ? { peers: peers.map((peer) => peerOf(peer, namespace)) } : {}),
    ...(ports && ports.length > 0 ? { ports: ports.map((port) => ({ ...port, protocol: port.protocol ?? "TCP" })) } : {}),
  };
}

/** Makes a policy ready. A selector that cannot be read selects nothing. Upstream: networking/v1 NetworkPolicySpec. */
export function compilePolicy(policy: NetworkPolicy): CompiledPolicy {
  const { spec, metadata } = policy;
  const namespace = metadata.namespace ?? "";
  const types = spec.policyTypes ?? (spec.egress && spec.egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"]);
  return {
    key: { namespace, name: metadata.name },
    pods: selectorOf(spec.podSelector ?? {}),
    ...(types.includes("Ingress") ? { ingress: (spec.ingress ?? []).map((rule) => ruleOf(rule.from, rule.ports, namespace)) } : {}),
    ...(types.includes("Egress") ? { egress: (spec.egress ?? []).map((rule) => ruleOf(rule.to, rule.ports, namespace)) } : {}),
  };
}

/** Does the policy protect the pod? */
export function selects(policy: CompiledPolicy, pod: PolicyPod): boolean {
  return pod.hostNetwork !== true && policy.key.namespace === pod.key.namespace && matches(policy.pods, pod.labels);
}

/** Is the address in the block and in none of its exceptions? `value` is the address as a number, where the caller has it. */
export function blockHolds(block: CompiledBlock, ip: string, value = ipNumber(ip)): boolean {
  return inRange(block, ip, value) && !block.except.some((hole) => inRange(hole, ip, value));
}

function inRange({ cidr, first, last }: Range, ip: string, value: number | undefined): boolean {
  return value !== undefined && first !== undefined && last !== undefined ? value >= first && value <= last : inCidr(ip, cidr);
}

/** Does a rule's peer mean this pod? */
export function peerIsPod(peer: CompiledPeer, pod: PolicyPod, value?: number): boolean {
  if ("block" in peer) return blockHolds(peer.block, pod.ip, value ?? ipNumber(pod.ip));
  if (pod.hostNetwork === true) return false;
  const here = "namespace" in peer ? peer.namespace === pod.key.namespace : matches(peer.namespaces, pod.namespaceLabels);
  return here && matches(peer.pods, pod.labels);
}

function peerHolds(peer: CompiledPeer, other: PolicyPeer): boolean {
  if (other.pod) return peerIsPod(peer, { ...other.pod, ip: other.ip });
  return "block" in peer && blockHolds(peer.block, other.ip);
}

/** Do the rule's ports cover the asked one? A named port means whatever number the destination pod gives that name. */
export function portsCover(rule: CompiledRule, port: number, protocol: PolicyProtocol, destination: PolicyPod | undefined): boolean {
  return (
    rule.ports?.some((wanted) => {
      if (wanted.protocol !== protocol) return false;
      if (wanted.port === undefined) return true;
      if (typeof wanted.port === "string") return destination?.ports.some((own) => own.name === wanted.port && own.protocol === protocol && own.port === port) ?? false;
      return wanted.endPort === undefined ? wanted.port === port : port >= wanted.port && port <= wanted.endPort;
    }) ?? true
  );
}

/**
 * Judges one direction of a connection: `subject` is the pod protected, `other` the far end.
 *
 * A pod no policy selects is open. One that is selected is reached, or gets out, only where some rule of some policy says so:
 * rules add up, and none can forbid what another allows.
 */
export function judge(policies: readonly CompiledPolicy[], direction: Direction, subject: PolicyPod, other: PolicyPeer, port: number, protocol: PolicyProtocol): PolicyVerdict {
  const selecting: ObjectKey[] = [];
  const destination = direction === "ingress" ? subject : other.pod;
  let by: ObjectKey | undefined;
  for (const policy of policies) {
    const rules = policy[direction];
    if (!rules || !selects(policy, subject)) continue;
    selecting.push(policy.key);
    if (!by && rules.some((rule) => portsCover(rule, port, protocol, destination) && (rule.peers?.some((peer) => peerHolds(peer, other)) ?? true))) by = policy.key;
  }
  return { allowed: selecting.length === 0 || by !== undefined, selecting, ...(by ? { by } : {}) };
}
