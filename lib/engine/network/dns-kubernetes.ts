import type { Service } from "../resources/core/service/service";
import type { EndpointSlice } from "../resources/discovery/endpointslice/endpointslice";
import { ipNumber } from "../world/addresses";
import { addressOfReverse, ipv6Groups } from "../world/ipv6";
import { distinct, fqdn, inZone, zoneOf, type DnsRecord, type DnsReply, type DnsType } from "./dns-records";

/** What the server reads of the cluster. Names are lower case. */
export interface DnsSource {
  service(namespace: string, name: string): Service | undefined;
  services(): readonly Service[];
  /** Slices of a Service; every slice when no name is given. */
  slices(service?: { readonly namespace: string; readonly name: string }): readonly EndpointSlice[];
  hasNamespace(name: string): boolean;
  /** Is there a pod with this address in the namespace? */
  hasPod(namespace: string, ip: string): boolean;
  /** A name outside the zone, for CNAME targets. */
  elsewhere(name: string, type: DnsType): DnsReply | undefined;
}

/** CoreDNS's `kubernetes` plugin, as its Corefile sets it. */
export interface KubernetesZone {
  readonly zones: readonly string[];
  readonly ttl?: number;
  readonly pods?: "disabled" | "insecure" | "verified";
  /** Namespaces shown; all unless said. */
  readonly namespaces?: readonly string[];
  readonly endpointPodNames?: boolean;
  readonly ignoreEmptyService?: boolean;
}

/** A host behind a name: an address or another name, its port, and the name it can be asked by. */
interface Found {
  readonly host: string;
  readonly port: number;
  readonly target: string;
}

/** `undefined` is NXDOMAIN, an empty list NODATA. */
type Lookup = readonly Found[] | undefined;

const SCHEMA_VERSION = "1.1.0";
/** Links of a CNAME chain that are followed. */
const LONGEST_CHAIN = 8;

interface Question {
  readonly zone: string;
  readonly config: KubernetesZone;
  readonly source: DnsSource;
  readonly name: string;
  readonly ttl: number;
}

/**
 * Answers one question about the cluster's zone. A name that exists without records of the asked type is NOERROR with the zone's
 * SOA, one that does not exist NXDOMAIN; the letter case of the question is kept.
 * Upstream: kubernetes/dns specification 1.1.0; coredns plugin/kubernetes and plugin/backend_lookup.go.
 * Returns undefined when the name belongs to none of the zones.
 */
export function answerKubernetes(config: KubernetesZone, source: DnsSource, qname: string, type: DnsType): DnsReply | undefined {
  const name = fqdn(qname);
  const matched = zoneOf(name, config.zones);
  if (matched === undefined) return undefined;
  const zone = name.slice(name.length - fqdn(matched).length);
  const question: Question = { zone, config, source, name, ttl: config.ttl ?? 5 };
  const found = sections(question, type);
  if (!found || found.answer.length === 0) return { code: found ? "NOERROR" : "NXDOMAIN", answer: [], authority: [soa(question)], additional: [] };
  return { code: "NOERROR", authority: [], ...found };
}

type Sections = { readonly answer: readonly DnsRecord[]; readonly additional: readonly DnsRecord[] };

function sections(question: Question, type: DnsType): Sections | undefined {
  const { name, zone } = question;
  const apex = name.toLowerCase() === zone.toLowerCase();
  const only = (answer: readonly DnsRecord[] | undefined): Sections | undefined => answer && { answer, additional: [] };
  if (type === "SOA" && apex) return only([soa(question)]);
  if (type === "NS" && apex) return nameServers(question);
  if (type === "TXT") return only(text(question));
  if (type === "PTR") return only(pointers(question));
  if (type === "SRV") return services(question);
  if (type === "CNAME") {
    const first = lookup(question)?.[0];
    if (!first) return only(lookup(question) && []);
    return only(isAddress(first.host) ? [] : [record(question, "CNAME", fqdn(first.host))]);
  }
  const addresses = addressRecords(question, type === "AAAA" ? "AAAA" : "A", []);
  // A type the plugin knows nothing of is asked as an address, to tell a name without records from no name at all.
  return only(type === "A" || type === "AAAA" ? addresses : addresses && []);
}

function record({ name, ttl }: Question, type: DnsType, data: string): DnsRecord {
  return { name, ttl, type, data };
}

/** @simplified The serial is a constant: nobody transfers the zone. */
function soa({ zone, ttl }: Question): DnsRecord {
  return { name: zone, ttl, type: "SOA", data: `ns.dns.${zone} hostmaster.${zone} 1499347823 7200 1800 86400 ${ttl}` };
}

function text(question: Question): readonly DnsRecord[] | undefined {
  const label = question.name.slice(0, -question.zone.length - 1).toLowerCase();
  if (label === "dns-version") return [{ name: question.name, ttl: 28800, type: "TXT", data: `"${SCHEMA_VERSION}"` }];
  const found = lookup(question);
  return found && found.length > 0 ? [] : undefined;
}

function dnsService({ source }: Question): Service | undefined {
  return source.service("kube-system", "kube-dns") ?? source.services().find((service) => service.metadata.labels?.["k8s-app"] === "kube-dns");
}

function nameServers(question: Question): Sections {
  const service = dnsService(question);
  const host = service ? `${service.metadata.name}.${service.metadata.namespace}.svc.${question.zone}` : `ns.dns.${question.zone}`;
  const additional = ipsOf(service).map((ip): DnsRecord => ({ name: host, ttl: question.ttl, type: familyOf(ip), data: ip }));
  return { answer: [record(question, "NS", host)], additional };
}

function ipsOf(service: Service | undefined): readonly string[] {
  const { clusterIPs, clusterIP } = service?.spec ?? {};
  return (clusterIPs && clusterIPs.length > 0 ? clusterIPs : clusterIP === undefined || clusterIP === "" ? [] : [clusterIP]).filter((ip) => ip !== "None");
}

function isAddress(host: string): boolean {
  return ipNumber(host) !== undefined || ipv6Groups(host) !== undefined;
}

function familyOf(ip: string): "A" | "AAAA" {
  return ip.includes(":") ? "AAAA" : "A";
}

function addressRecords(question: Question, type: "A" | "AAAA", chain: readonly DnsRecord[]): readonly DnsRecord[] | undefined {
  const found = lookup(question);
  if (!found) return undefined;
  return distinct(found.flatMap((service) => (isAddress(service.host) ? (familyOf(service.host) === type ? [record(question, type, service.host)] : []) : follow(question, fqdn(service.host), type, chain))));
}

/** A name that stands for another: the CNAME and whatever that one is. Circles and dead ends give nothing. */
function follow(question: Question, target: string, type: "A" | "AAAA", chain: readonly DnsRecord[]): readonly DnsRecord[] {
  const link = record(question, "CNAME", target);
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  if (same(target, question.name) || chain.length >= LONGEST_CHAIN || chain.some((one) => same(one.name, question.name))) return [];
  if (inZone(target, question.zone)) {
    const next = addressRecords({ ...question, name: target }, type, [...chain, link]) ?? [];
    return next.length > 0 ? [link, ...next] : [];
  }
  const reply = question.source.elsewhere(target, type);
  return [link, ...(reply?.answer ?? [])];
}

/** SRV records and the addresses of their targets. Weights are shares of a hundred. */
function services(question: Question): Sections | undefined {
  const found = lookup(question);
  if (!found) return undefined;
  const weight = Math.max(1, Math.floor(100 / Math.max(1, found.length)));
  const named = found.filter(({ port }) => port !== -1);
  return {
    answer: distinct(named.map(({ host, port, target }) => record(question, "SRV", `0 ${weight} ${port} ${isAddress(host) ? target : fqdn(host)}`))),
    additional: distinct(named.flatMap(({ host, target }) => (isAddress(host) ? [{ name: target, ttl: question.ttl, type: familyOf(host), data: host }] : addressesOf(question, fqdn(host))))),
  };
}

/** The addresses of an SRV record's target that is another's name: of the zone, only IPv4. */
function addressesOf(question: Question, name: string): readonly DnsRecord[] {
  if (inZone(name, question.zone)) return addressRecords({ ...question, name }, "A", []) ?? [];
  const asked = (type: "A" | "AAAA"): readonly DnsRecord[] => question.source.elsewhere(name, type)?.answer ?? [];
  return [...asked("A"), ...asked("AAAA").filter(({ type }) => type !== "CNAME")];
}

function pointers(question: Question): readonly DnsRecord[] | undefined {
  const ip = addressOfReverse(question.name);
  if (ip === undefined) return lookup(question) && [];
  const { source, config } = question;
  const primary = fqdn(config.zones.find((zone) => !/\.arpa\.?$/.test(zone)) ?? "cluster.local");
  const owner = source.services().find((service) => ipsOf(service).includes(ip) && exposed(question, service.metadata.namespace ?? ""));
  if (owner) return [record(question, "PTR", `${owner.metadata.name}.${owner.metadata.namespace}.svc.${primary}`)];
  const names = source.slices().flatMap((slice) => {
    const service = slice.metadata.labels?.["kubernetes.io/service-name"];
    const namespace = slice.metadata.namespace ?? "";
    if (service === undefined || !exposed(question, namespace)) return [];
    return ready(slice).flatMap((endpoint) => (endpoint.addresses.includes(ip) ? [`${hostOf(config, endpoint, ip)}.${service}.${namespace}.svc.${primary}`] : []));
  });
  return names.length === 0 ? undefined : distinct(names.map((target) => record(question, "PTR", target)));
}

function exposed({ config, source }: Question, namespace: string): boolean {
  return (config.namespaces === undefined || config.namespaces.includes(namespace)) && source.hasNamespace(namespace);
}

/** What an endpoint is called below its Service: its host name, the pod's where the Corefile says so, or its address with dashes. */
function hostOf(config: KubernetesZone, { hostname, targetRef }: NonNullable<EndpointSlice["endpoints"]>[number], ip: string): string {
  const pod = config.endpointPodNames === true ? targetRef?.name : undefined;
  return [hostname, pod].find((name) => name !== undefined && name !== "") ?? ip.replace(/[.:]/g, "-");
}

function ready(slice: EndpointSlice): NonNullable<EndpointSlice["endpoints"]> {
  return (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready ?? true);
}

/** Finds what a name of the zone stands for: `[_port._protocol.|host.]service.namespace.svc` or `a-b-c-d.namespace.pod`. */
function lookup(question: Question): Lookup {
  const { name, zone, config } = question;
  const base = name.slice(0, Math.max(0, name.length - zone.length - 1)).toLowerCase();
  if (base === "" || base === "svc" || base === "pod") return [];
  if (base === "ns.dns") return ipsOf(dnsService(question)).map((host) => ({ host, port: 53, target: name }));
  const labels = base.split(".");
  const kind = labels.pop();
  const namespace = labels.pop();
  const subject = labels.pop();
  if ((kind !== "svc" && kind !== "pod") || labels.length > 2 || /\.arpa\.$/i.test(zone)) return undefined;
  if (namespace === undefined) return [];
  if (!exposed(question, namespace)) return undefined;
  if (kind === "pod") return pod(question, namespace, subject);
  if (subject === undefined) return [];
  const [first = "", second = ""] = labels;
  const wanted = labels.length === 2 ? { endpoint: "", port: first.replace(/^_/, ""), protocol: second.replace(/^_/, "") } : { endpoint: first, port: "", protocol: "" };
  const service = question.source.service(namespace, subject);
  if (!service || (config.ignoreEmptyService === true && isEmpty(question, service))) return undefined;
  const found = hosts(question, service, wanted);
  return found.length === 0 ? undefined : found;
}

function pod({ config, source, name }: Question, namespace: string, subject: string | undefined): Lookup {
  const mode = config.pods ?? "disabled";
  if (mode === "disabled") return undefined;
  if (subject === undefined) return [];
  const ip = subject.split("-").length === 4 && !subject.includes("--") ? subject.replaceAll("-", ".") : subject.replaceAll("-", ":");
  const known = mode === "verified" ? source.hasPod(namespace, ip) : isAddress(ip);
  return known ? [{ host: ip, port: 0, target: name }] : undefined;
}

interface Wanted {
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

function isHeadless(service: Service): boolean {
  return service.spec.type !== "ExternalName" && ipsOf(service).length === 0;
}

function isEmpty({ source }: Question, service: Service): boolean {
  if (service.spec.type === "ExternalName" || isHeadless(service)) return false;
  return source.slices({ namespace: service.metadata.namespace ?? "", name: service.metadata.name }).every((slice) => ready(slice).length === 0);
}

function covers(wanted: Wanted, port: { readonly name?: string; readonly protocol?: string }): boolean {
  const same = (asked: string, own: string): boolean => asked === "" || asked === own.toLowerCase();
  return same(wanted.port, port.name ?? "") && same(wanted.protocol, port.protocol ?? "TCP");
}

function hosts(question: Question, service: Service, wanted: Wanted): readonly Found[] {
  const { zone, source, config } = question;
  const key = { namespace: service.metadata.namespace ?? "", name: service.metadata.name };
  const own = `${key.name}.${key.namespace}.svc.${zone}`;
  if (service.spec.type === "ExternalName") return wanted.endpoint === "" && wanted.port === "" && wanted.protocol === "" ? [{ host: service.spec.externalName ?? "", port: 0, target: own }] : [];
  if (!isHeadless(service) && wanted.endpoint === "") {
    return (service.spec.ports ?? []).filter((port) => covers(wanted, port)).flatMap(({ port }) => ipsOf(service).map((host) => ({ host, port, target: own })));
  }
  return source.slices(key).flatMap((slice) => {
    const ports = slice.ports && slice.ports.length > 0 ? slice.ports : [{ port: -1 }];
    return ready(slice).flatMap((endpoint) =>
      endpoint.addresses.flatMap((ip) => {
        const host = hostOf(config, endpoint, ip);
        if (wanted.endpoint !== "" && wanted.endpoint !== host.toLowerCase()) return [];
        return ports.filter((port) => covers(wanted, port)).map((port) => ({ host: ip, port: port.port ?? -1, target: `${host}.${own}` }));
      }),
    );
  });
}
