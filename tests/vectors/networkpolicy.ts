import { compilePolicy, type PolicyPod, type PolicyProtocol } from "@/lib/engine/network/policy";
import { reachabilityTable } from "@/lib/engine/network/policy-table";
import type { NetworkPolicy } from "@/lib/engine";
import type { Adapter } from "./adapter";

interface InputPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly hostNetwork?: boolean;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
}

interface Probe {
  readonly port: number;
  readonly protocol: PolicyProtocol;
}

type Table = Partial<Record<"allowed" | "ingress" | "egress", readonly string[]>>;

/** Pairs nobody probed do not count. */
function agrees(got: readonly string[], expected: readonly string[] | undefined): boolean {
  return expected?.every((row, i) => [...row].every((cell, j) => cell === "." || cell === "-" || cell === got[i]?.[j])) ?? true;
}

/** Fields that Go writes as null are unset. */
function withoutNulls<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_key, one: unknown) => (one === null ? undefined : one))) as T;
}

/** behaviour/networkpolicy: who reaches whom. */
export const networkPolicy: Adapter = ({ input, expected }) => {
  const namespaces = new Map((input["namespaces"] as readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[]).map(({ name, labels }) => [name, labels ?? {}]));
  const pods = withoutNulls(input["pods"] as readonly InputPod[]).map(
    ({ namespace, name, labels = {}, ip, hostNetwork = false, ports = [] }): PolicyPod => ({
      key: { namespace, name },
      labels,
      namespaceLabels: namespaces.get(namespace) ?? {},
      ip,
      hostNetwork,
      ports: ports.map((port) => ({ ...(port.name === undefined ? {} : { name: port.name }), port: port.containerPort, protocol: port.protocol ?? "TCP" })),
    }),
  );
  const policies = withoutNulls((input["policies"] ?? []) as readonly NetworkPolicy[]).map((policy) => compilePolicy({ ...policy, metadata: { ...policy.metadata, namespace: policy.metadata.namespace ?? "default" } }));
  const order = expected["order"] as readonly string[];
  const sorted = order.flatMap((key) => pods.filter((pod) => `${pod.key.namespace}/${pod.key.name}` === key));
  const asked = (expected["probes"] ?? [{ ...(input["probe"] as Probe), allowed: expected["allowed"] }]) as readonly (Probe & Table)[];
  const wrong = asked.flatMap((probe) => {
    const table = reachabilityTable(sorted, policies, probe.port, probe.protocol);
    return (["allowed", "ingress", "egress"] as const).some((way) => !agrees(table[way], probe[way])) ? [{ probe: `${probe.protocol} ${probe.port}`, ...table }] : [];
  });
  return wrong.length === 0 ? { pass: true } : { pass: false, got: wrong };
};
