import { NAMESPACE, NETWORK_POLICY, POD } from "../apimachinery/kinds";
import { keyText, type ObjectKey, type ObjectRef } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { Endpoint } from "../machine/wire";
import { reason, type NetworkReason } from "../reason";
import type { Namespace } from "../resources/core/namespace/namespace";
import type { Pod } from "../resources/core/pod/pod";
import type { NetworkPolicy } from "../resources/networking/networkpolicy/networkpolicy";
import type { StateTree } from "../sim/state";
import { enforcesPolicies, pluginOf, type NetworkPlugin } from "./cni";
import { timedOut, withHop, type Flight, type Landing } from "./flight";
import { reachabilityTable, type ReachabilityTable } from "./policy-table";
import { compilePolicy, judge, type CompiledPolicy, type Direction, type PolicyPeer, type PolicyPod, type PolicyProtocol, type PolicyVerdict } from "./policy";

/** What is asked at a pod's door. */
export interface Crossing {
  readonly direction: Direction;
  readonly subject: ObjectKey;
  /** The far end; `as` stands in for a pod that is only imagined. */
  readonly other: { readonly ip: string; readonly pod?: ObjectKey; readonly as?: PolicyPod };
  readonly port: number;
  readonly protocol: PolicyProtocol;
}

/** The doors of the pods: where NetworkPolicies are enforced, if the network plugin enforces them at all. */
export interface PolicyGate {
  /** Lets the packet through a pod's door, with a hop that says why, or ends its journey there. Pods of namespaces without policies have no door. */
  pass(flight: Flight, crossing: Crossing): { readonly flight: Flight } | { readonly landing: Landing };
  /** Would it pass? For questions that are not requests, as DNS. */
  verdict(crossing: Crossing): PolicyVerdict & { readonly enforced: boolean };
  /** A packet from the pod's own machine: always let in, so that probes work. */
  fromOwnNode(flight: Flight, subject: ObjectKey): Flight;
}

/** The gate over the cluster's objects. What it compiles it keeps by object, which never influences an answer. */
export function createPolicyGate(client: Client, state: StateTree, option: NetworkPlugin | undefined): PolicyGate {
  const compiled = new WeakMap<NetworkPolicy, CompiledPolicy>();
  const policiesOf = (namespace: string): readonly CompiledPolicy[] =>
    client.list<NetworkPolicy>(NETWORK_POLICY, { namespace }).map((policy) => {
      const known = compiled.get(policy) ?? compilePolicy(policy);
      compiled.set(policy, known);
      return known;
    });
  const ask = ({ direction, subject, other, port, protocol }: Crossing, policies: readonly CompiledPolicy[]): PolicyVerdict => {
    const pod = policyPodOf(client, subject);
    if (!pod) return { allowed: true, selecting: [] };
    const far = other.as ?? (other.pod && policyPodOf(client, other.pod));
    const peer: PolicyPeer = { ip: other.ip, ...(far ? { pod: far } : {}) };
    return judge(policies, direction, pod, peer, port, protocol);
  };
  return {
    verdict(crossing) {
      const policies = policiesOf(crossing.subject.namespace);
      if (policies.length === 0) return { allowed: true, selecting: [], enforced: false };
      const enforced = enforcesPolicies(pluginOf(client, option));
      const verdict = ask(crossing, policies);
      return { ...verdict, allowed: verdict.allowed || !enforced, enforced };
    },
    fromOwnNode(flight, subject) {
      const policies = policiesOf(subject.namespace);
      if (policies.length === 0) return flight;
      const pod = policyPodOf(client, subject);
      const selecting = pod ? judge(policies, "ingress", pod, { ip: "" }, 0, "TCP").selecting : [];
      if (selecting.length === 0) return flight;
      return withHop(flight, { stage: "ingress-policy", verdict: "forward", because: reason("policy.own-node", { pod: keyText(subject) }, [{ kind: POD, ...subject }]) });
    },
    pass(flight, crossing) {
      const policies = policiesOf(crossing.subject.namespace);
      if (policies.length === 0) return { flight };
      return through(flight, crossing, ask(crossing, policies), pluginOf(client, option), state);
    },
  };
}

/** The truth table of the cluster's running pods, in key order. */
export function clusterReachability(client: Client, port: number, protocol: PolicyProtocol): ReachabilityTable {
  const labels = new Map(client.list<Namespace>(NAMESPACE).map((namespace) => [namespace.metadata.name, namespace.metadata.labels ?? {}]));
  const pods = client.list<Pod>(POD).filter((pod) => pod.status?.podIP !== undefined && pod.status.phase !== "Succeeded" && pod.status.phase !== "Failed");
  return reachabilityTable(pods.map((pod) => podForPolicies(pod, labels.get(pod.metadata.namespace ?? "") ?? {})), client.list<NetworkPolicy>(NETWORK_POLICY).map(compilePolicy), port, protocol);
}

/** A pod as policies see it. */
export function policyPodOf(client: Client, key: ObjectKey): PolicyPod | undefined {
  const pod = client.get<Pod>(POD, key);
  return pod && podForPolicies(pod, client.get<Namespace>(NAMESPACE, { namespace: "", name: key.namespace })?.metadata.labels ?? {});
}

/** A Pod object and its namespace's labels, as policies see them. */
export function podForPolicies(pod: Pod, namespaceLabels: Readonly<Record<string, string>>): PolicyPod {
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  return {
    key: { namespace: pod.metadata.namespace ?? "", name: pod.metadata.name },
    labels: pod.metadata.labels ?? {},
    namespaceLabels,
    ip: pod.status?.podIP ?? "",
    hostNetwork: pod.spec.hostNetwork === true,
    ports: [...pod.spec.containers, ...sidecars].flatMap((container) => (container.ports ?? []).map(({ name, containerPort, protocol = "TCP" }) => ({ ...(name === undefined ? {} : { name }), port: containerPort, protocol }))),
  };
}

const CODES: Readonly<Record<Direction, Readonly<Record<"allowed" | "denied", NetworkReason>>>> = {
  ingress: { allowed: "policy.ingress-allowed", denied: "policy.ingress-denied" },
  egress: { allowed: "policy.egress-allowed", denied: "policy.egress-denied" },
};

function through(flight: Flight, crossing: Crossing, verdict: PolicyVerdict, plugin: NetworkPlugin, state: StateTree): { readonly flight: Flight } | { readonly landing: Landing } {
  const { direction, subject, other, port, protocol } = crossing;
  const stage = direction === "ingress" ? "ingress-policy" : "egress-policy";
  const params = { pod: keyText(subject), peer: other.pod ? keyText(other.pod) : other.ip, port, protocol, direction };
  const refs = verdict.selecting.map((key): ObjectRef => ({ kind: NETWORK_POLICY, ...key }));
  const about = [...refs, { kind: POD, ...subject }];
  const policies = verdict.selecting.map(({ name }) => name).join(", ");
  const open = (code: NetworkReason, more: Readonly<Record<string, string>> = {}, by?: ObjectRef): { readonly flight: Flight } => ({
    flight: withHop(flight, { stage, ...(by ? { by } : {}), verdict: "forward", because: reason(code, { ...params, ...more }, about) }),
  });
  if (verdict.selecting.length === 0) return open("policy.not-selected");
  if (!enforcesPolicies(plugin)) return open("policy.not-enforced", { policies, plugin });
  if (verdict.allowed) {
    remember(flight, crossing, state);
    const by = verdict.by && { kind: NETWORK_POLICY, ...verdict.by };
    return open(CODES[direction].allowed, { policy: verdict.by?.name ?? "" }, by);
  }
  // A connection already open lives on: the kernel judges only the first packet.
  if (state.table<boolean>("policy:open").has(connectionKey(flight, crossing))) return open("policy.established", { policies });
  const because = reason(CODES[direction].denied, { ...params, policies }, about);
  return { landing: timedOut(withHop(flight, { stage, ...(refs[0] ? { by: refs[0] } : {}), verdict: "drop", because })) };
}

function connectionKey(flight: Flight, { direction, subject, other, port }: Crossing): string {
  const end: Endpoint = { ip: other.ip, port };
  return `${flight.request.connection ?? ""}|${direction}|${keyText(subject)}|${end.ip}:${end.port}`;
}

function remember(flight: Flight, crossing: Crossing, state: StateTree): void {
  if (flight.request.connection === undefined) return;
  const table = state.table<boolean>("policy:open");
  const key = connectionKey(flight, crossing);
  if (!table.has(key)) table.set(key, true);
}
