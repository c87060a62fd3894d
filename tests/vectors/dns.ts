import type { EndpointSlice, Service } from "@/lib/engine";
import { answerKubernetes, type DnsSource, type KubernetesZone } from "@/lib/engine/network/dns-kubernetes";
import { inZone, recordText, type DnsRecord } from "@/lib/engine/network/dns-records";
import { fixedServer, parseResolvConf, searchName } from "@/lib/engine/network/resolver";
import { compare, type Adapter, type VectorCase, type Verdict } from "./adapter";

type Input = VectorCase["input"];

/** CoreDNS's own tests keep Services and endpoints in its own shapes. */
interface CoreService {
  readonly Name: string;
  readonly Namespace: string;
  readonly Type?: Service["spec"]["type"];
  readonly ClusterIPs?: readonly string[];
  readonly ExternalName?: string;
  readonly Ports?: readonly { readonly Name: string; readonly Port: number; readonly Protocol: string }[];
}

interface CoreEndpoints {
  readonly Index: { readonly args: readonly [string, string] };
  readonly Namespace: string;
  readonly Subsets?: readonly {
    readonly Addresses: readonly { readonly IP: string; readonly Hostname?: string; readonly TargetRefName?: string }[] | null;
    readonly Ports?: readonly { readonly Name?: string; readonly Port: number | string; readonly Protocol?: string }[] | null;
  }[];
}

const meta = { uid: "", resourceVersion: "", creationTimestamp: "" };

function serviceOf(core: CoreService): Service {
  const ips = (core.ClusterIPs ?? []).map((ip) => (ip === "ClusterIPNone" ? "None" : ip));
  const ports = (core.Ports ?? []).map(({ Name, Port, Protocol }) => ({ name: Name, port: Port, protocol: Protocol }));
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...meta, name: core.Name, namespace: core.Namespace },
    spec: { type: core.Type ?? "ClusterIP", ports, ...(ips[0] === undefined ? {} : { clusterIP: ips[0], clusterIPs: ips }), ...(core.ExternalName === undefined ? {} : { externalName: core.ExternalName }) },
  } as Service;
}

function slicesOf(core: CoreEndpoints): readonly EndpointSlice[] {
  return (core.Subsets ?? []).map(
    (subset) =>
      ({
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { ...meta, name: core.Index.args[0], namespace: core.Namespace, labels: { "kubernetes.io/service-name": core.Index.args[0] } },
        addressType: "IPv4",
        endpoints: (subset.Addresses ?? []).map(({ IP, Hostname, TargetRefName }) => ({ addresses: [IP], ...(Hostname === undefined ? {} : { hostname: Hostname }), ...(TargetRefName === undefined ? {} : { targetRef: { kind: "Pod", name: TargetRefName } }) })),
        ports: (subset.Ports ?? []).map((port) => ({ port: Number(port.Port), ...(port.Name === undefined ? {} : { name: port.Name }), ...(port.Protocol === undefined ? {} : { protocol: port.Protocol }) })),
      }) as unknown as EndpointSlice,
  );
}

/** The objects of a test as functions of its fake API gave them: under a key, or in a named function's table. */
function objects(input: Input): { readonly services: readonly Service[]; readonly slices: readonly EndpointSlice[] } {
  const tables = (input["objects"] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const listed = <T>(value: unknown): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : value === undefined ? [] : [value as T]);
  const all = <T>(direct: unknown, pattern: RegExp): readonly T[] => [...Object.values((direct ?? {}) as object), ...Object.entries(tables).flatMap(([name, table]) => (pattern.test(name) ? Object.values(table) : []))].flatMap((value) => listed<T>(value));
  return { services: all<CoreService>(input["services"], /SvcIndex\b/).map(serviceOf), slices: all<CoreEndpoints>(input["endpoints"], /EpIndex/).flatMap(slicesOf) };
}

/** What another server answers in the test: the records written into the upstream's case. */
function upstream(input: Input): readonly DnsRecord[] {
  return [...String(input["upstream"] ?? "").matchAll(/'([^'\s]+)\\t(\d+)\\tIN\\t(A|AAAA)\\t([^']+)'/g)].map(([, name = "", ttl, type = "A", data = ""]) => ({ name, ttl: Number(ttl), type, data }));
}

/** Namespaces that the suite's fake API says do not exist; every other one does. */
const UNKNOWN_NAMESPACES = ["pod-nons", "nsnoexist"];

function sourceOf(input: Input): DnsSource {
  const { services, slices } = objects(input);
  const exposed = input["podMode"] === undefined ? ((input["exposedNamespaces"] ?? []) as readonly string[]) : [];
  // The suite's fake API knows one pod.
  const pods = (input["pods"] ?? [{ namespace: "podns", ip: "10.240.0.1" }]) as readonly { readonly namespace?: string; readonly Namespace?: string; readonly ip?: string; readonly PodIP?: string }[];
  const records = upstream(input);
  return {
    service: (namespace, name) => services.find((service) => service.metadata.namespace === namespace && service.metadata.name === name),
    services: () => services,
    slices: (key) => slices.filter((slice) => !key || (slice.metadata.namespace === key.namespace && slice.metadata.labels?.["kubernetes.io/service-name"] === key.name)),
    hasNamespace: (name) => !UNKNOWN_NAMESPACES.includes(name) && (exposed.length === 0 || exposed.includes(name)),
    hasPod: (namespace, ip) => pods.some((pod) => (pod.namespace ?? pod.Namespace) === namespace && (pod.ip ?? pod.PodIP) === ip),
    elsewhere: (name, type) => ({ code: "NOERROR", answer: records.filter((record) => record.name === name && record.type === type), authority: [], additional: [] }),
  };
}

/** Records as text to compare: owners and types only for SOA, names without their final dot, text without quotes. */
function texts(records: readonly string[]): readonly string[] {
  return records.map((line) => line.replace(/^(\S+) \d+ IN SOA .*$/, "$1 SOA").replaceAll('"', "").replace(/\.(?=\s|$)/g, "")).sort();
}

function query({ input, expected }: VectorCase): Verdict {
  const given = (input["zones"] ?? [input["zone"]]) as readonly string[];
  const qname = String(input["qname"]);
  // Reverse zones are those of the usual Corefile where the case does not list the one it asks.
  const zones = given.some((zone) => inZone(qname, zone)) ? given : [...given, "in-addr.arpa.", "ip6.arpa."];
  const config: KubernetesZone = { zones, pods: (input["podMode"] ?? "disabled") as "insecure", ignoreEmptyService: input["ignoreEmptyService"] === true };
  const reply = answerKubernetes(config, sourceOf(input), qname, String(input["qtype"]));
  const codes = { NOERROR: "Success", NXDOMAIN: "NameError", SERVFAIL: "ServerFailure", REFUSED: "Refused" };
  const section = (records: readonly DnsRecord[] | undefined): readonly string[] => texts((records ?? []).map(recordText));
  const wanted = (name: string): readonly string[] => texts(expected[name] as readonly string[]);
  return compare(
    { rcode: codes[reply?.code ?? "REFUSED"], answer: section(reply?.answer), authority: section(reply?.authority), additional: section(reply?.additional) },
    { rcode: expected["rcode"], answer: wanted("answer"), authority: wanted("authority"), additional: wanted("additional") },
  );
}

function resolverSearch({ input, expected }: VectorCase): Verdict {
  const { steps, found } = searchName(parseResolvConf(String(input["resolvConf"])), String(input["name"]), "glibc", fixedServer(input["records"] as Readonly<Record<string, string>>));
  return compare({ queries: steps.map(({ name }) => name), address: found?.reply.answer[0]?.data ?? null }, expected);
}

/** behaviour/dns: CoreDNS's answers and glibc's search. */
export const dns: Adapter = (vector) => {
  if (vector.input["op"] === "query") return query(vector);
  return vector.input["op"] === "resolverSearch" ? resolverSearch(vector) : { skip: "no adapter for this op" };
};
