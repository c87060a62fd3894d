import { CONFIG_MAP, ENDPOINT_SLICE, NAMESPACE, POD, SERVICE } from "../apimachinery/kinds";
import type { ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { DnsAnswer, Origin } from "../machine/wire";
import { reason, type Reason } from "../reason";
import type { ConfigMap } from "../resources/core/configmap/configmap";
import type { Pod } from "../resources/core/pod/pod";
import type { Service } from "../resources/core/service/service";
import type { EndpointSlice } from "../resources/discovery/endpointslice/endpointslice";
import type { Clock } from "../sim/clock";
import type { StateTree } from "../sim/state";
import type { World } from "../world/state";
import { compareIPs, ipNumber } from "../world/addresses";
import { DEFAULT_COREFILE, parseCorefile, type CorefileResult, type ServerBlock } from "./corefile";
import { answerCoreDns, type CoreDnsParts } from "./coredns";
import type { DnsSource } from "./dns-kubernetes";
import { emptyReply, fqdn, type DnsRecord, type DnsReply, type DnsType } from "./dns-records";
import { parseResolvConf, searchName, type Libc, type ResolverConfig, type SearchStep } from "./resolver";
import { slicesOf } from "./rules";

type Query = DnsAnswer["queries"][number];

/** Where names are answered. */
export interface NameServers {
  readonly client: Client;
  readonly world: World;
  readonly state: StateTree;
  readonly clock: Clock;
  readonly domain: string;
  /** The address pods are told to ask. */
  readonly dnsIP: string;
  /** Why the asking pod cannot reach the cluster's DNS; undefined when it can. */
  readonly obstacle: (from: Origin) => Reason | undefined;
  /** Corefiles read before, by their text. */
  readonly corefiles: Map<string, CorefileResult>;
  /** `/etc/hosts` and `/etc/resolv.conf` of a pod. */
  readonly files: (pod: ObjectKey) => { readonly hosts: string; readonly resolvConf: string } | undefined;
}

/**
 * Resolves a name as a process would: `/etc/hosts`, then the servers and search domains of its `/etc/resolv.conf`. Machines and
 * hosts outside ask the company's DNS. The first server that answers has the last word, even to say no.
 *
 * @simplified Only IPv4 addresses are asked for. Where no ConfigMap kube-system/coredns exists, the usual Corefile is taken as given, and neither its cache nor the turns of its addresses show; a changed ConfigMap counts at once.
 */
export function resolveName(servers: NameServers, from: Origin, name: string): DnsAnswer {
  const literal = ipNumber(name) !== undefined ? name : "pod" in from ? fromHosts(servers, from.pod, name) : undefined;
  if (literal !== undefined) return { name, resolved: name, addresses: [literal], because: reason("dns.answered", { name, address: literal }), queries: [] };
  if (!("pod" in from)) return askCompany(servers, name);
  const config = parseResolvConf(servers.files(from.pod)?.resolvConf ?? "");
  const failures: Query[] = [];
  let why: Reason | undefined;
  for (const server of config.servers.length === 0 ? [""] : config.servers) {
    const route = reach(servers, from, server);
    if ("because" in route) {
      failures.push({ name: fqdn(name).slice(0, -1), code: "TIMEOUT" });
      why ??= route.because;
      continue;
    }
    return answerOf(name, searchName(config, name, libcOf(servers.client, from.pod), (candidate) => route.ask(candidate, "A")), route.server, failures, config);
  }
  return { name, addresses: [], because: why ?? reason("dns.no-server", { name }), queries: failures };
}

/** One question to one server, as `dig` asks it: no search domains. Undefined when nobody answers. */
export function queryName(servers: NameServers, from: Origin, name: string, type: DnsType, server?: string): DnsReply | undefined {
  const told = "pod" in from ? parseResolvConf(servers.files(from.pod)?.resolvConf ?? "").servers[0] : undefined;
  const route = reach(servers, from, server ?? told ?? "");
  return "ask" in route ? route.ask(fqdn(name), type) : undefined;
}

type Route = { readonly server: string; readonly ask: (name: string, type: DnsType) => DnsReply } | { readonly because: Reason };

/** The way to a server: the cluster's by its address, the company's by one of its hosts', nobody otherwise. */
function reach(servers: NameServers, from: Origin, server: string): Route {
  if (server === "" || servers.world.hostAt(server) !== undefined) return { server: "company", ask: (name, type) => companyReply(servers.world, name, type) };
  if (server !== servers.dnsIP && server !== servers.client.get<Service>(SERVICE, { namespace: "kube-system", name: "kube-dns" })?.spec.clusterIP) return { because: reason("dns.no-server", { name: server }) };
  const because = "pod" in from ? servers.obstacle(from) : undefined;
  if (because) return { because };
  const parts = coreDns(servers);
  return { server: "cluster", ask: (name, type) => answerCoreDns(parts, name, type) };
}

function answerOf(name: string, searched: { readonly steps: readonly SearchStep[]; readonly found?: SearchStep }, server: string, failures: readonly Query[], config: ResolverConfig): DnsAnswer {
  const queries = [...failures, ...searched.steps.map((step): Query => ({ name: step.name.slice(0, -1), code: step.reply.code === "REFUSED" ? "SERVFAIL" : step.reply.code }))];
  const aliased = searched.found ?? searched.steps.find((step) => step.reply.answer.some((record) => record.type === "CNAME"));
  const cname = aliased?.reply.answer.findLast((record) => record.type === "CNAME")?.data.slice(0, -1);
  const addresses = (searched.found?.reply.answer ?? []).filter((record) => record.type === "A").map((record) => record.data);
  const resolved = aliased?.name.slice(0, -1);
  const about = { ...(resolved === undefined ? {} : { resolved }), ...(cname === undefined ? {} : { cname }), queries };
  const [address] = addresses;
  if (address !== undefined && resolved !== undefined) return { name, addresses, server, because: reason("dns.answered", { name: resolved, address }), ...about };
  if (queries.some(({ code }) => code === "SERVFAIL")) return { name, addresses: [], server, because: reason("dns.server-failed", { name, server }), ...about };
  const enough = name.split(".").length - 1 >= config.ndots;
  return { name, addresses: [], because: reason("dns.no-such-name", { name, tried: queries.length, ...(enough ? { ndots: config.ndots } : {}) }), ...about };
}

function fromHosts(servers: NameServers, pod: ObjectKey, name: string): string | undefined {
  const wanted = name.replace(/\.$/, "").toLowerCase();
  const hosts = servers.files(pod)?.hosts ?? "";
  if (!hosts.toLowerCase().includes(wanted)) return undefined;
  for (const line of hosts.split("\n")) {
    const [ip = "", ...names] = line.replace(/#.*$/, "").trim().split(/\s+/);
    if (ipNumber(ip) !== undefined && names.some((own) => own.toLowerCase() === wanted)) return ip;
  }
  return undefined;
}

/** Alpine's images resolve with musl, all others with glibc. */
function libcOf(client: Client, pod: ObjectKey): Libc {
  return client.get<Pod>(POD, pod)?.spec.containers.some((container) => /alpine/.test(container.image ?? "")) === true ? "musl" : "glibc";
}

function askCompany(servers: NameServers, name: string): DnsAnswer {
  const address = companyReply(servers.world, fqdn(name), "A").answer.find((record) => record.type === "A")?.data ?? servers.world.host(name)?.ip;
  const queries: Query[] = [{ name, code: address === undefined ? "NXDOMAIN" : "NOERROR" }];
  if (address === undefined) return { name, addresses: [], server: "company", because: reason("dns.no-such-name", { name, tried: 1 }), queries };
  return { name, resolved: name, addresses: [address], server: "company", because: reason("dns.answered", { name, address }), queries };
}

const COMPANY_TTL = 300;
/** Links of a chain of aliases that are followed. */
const LONGEST_CHAIN = 8;

/** The company's DNS: its zone, where a value that is no address is an alias. A circle of aliases is a failure of the server. */
export function companyReply(world: World, name: string, type: DnsType): DnsReply {
  const answer: DnsRecord[] = [];
  let current = fqdn(name);
  for (let link = 0; link <= LONGEST_CHAIN; link += 1) {
    const value = world.lookup(current.slice(0, -1));
    if (value === undefined) return answer.length > 0 ? { ...emptyReply("NOERROR"), answer } : emptyReply("NXDOMAIN");
    const family = value.includes(":") ? "AAAA" : ipNumber(value) === undefined ? "CNAME" : "A";
    if (family !== "CNAME") return { ...emptyReply("NOERROR"), answer: family === type ? [...answer, { name: current, ttl: COMPANY_TTL, type: family, data: value }] : answer };
    answer.push({ name: current, ttl: COMPANY_TTL, type: "CNAME", data: fqdn(value) });
    if (type === "CNAME") return { ...emptyReply("NOERROR"), answer };
    current = fqdn(value);
  }
  return emptyReply("SERVFAIL");
}

/** The Corefile in force: the ConfigMap's, or the last one that could be read. */
function corefile({ client, state, domain, corefiles }: NameServers): { readonly blocks: readonly ServerBlock[]; readonly own: boolean } {
  const text = client.get<ConfigMap>(CONFIG_MAP, { namespace: "kube-system", name: "coredns" })?.data?.["Corefile"];
  const usual = DEFAULT_COREFILE.replaceAll("cluster.local", domain);
  const good = state.cell<string>("coredns:corefile", usual);
  for (const candidate of text === undefined ? [usual] : [text, good.get(), usual]) {
    const read = corefiles.get(candidate) ?? parseCorefile(candidate);
    if (corefiles.size > 8) corefiles.clear();
    corefiles.set(candidate, read);
    if ("error" in read) continue;
    if (text !== undefined && good.get() !== candidate) good.set(candidate);
    return { blocks: read.blocks, own: text !== undefined };
  }
  return { blocks: [], own: true };
}

function coreDns(servers: NameServers): CoreDnsParts {
  const { client, state, clock, world } = servers;
  const { blocks, own } = corefile(servers);
  const turns = state.cell<number>("coredns:turn", 0);
  const kept = state.table<{ readonly until: number; readonly reply: DnsReply }>("coredns:cache");
  return {
    blocks: own ? blocks : blocks.map((block) => ({ ...block, directives: block.directives.filter(({ name }) => name !== "cache" && name !== "loadbalance") })),
    source: sourceOf(client),
    // The machine's own servers are the company's; so is any host of its network that is asked by address.
    forward: (server, name, type) => (server.startsWith("/") || world.hostAt(server) !== undefined ? companyReply(world, name, type) : undefined),
    turn() {
      const turn = turns.get();
      turns.set(turn + 1);
      return turn;
    },
    cache: {
      get(key) {
        const entry = kept.get(key);
        return entry && entry.until > clock.now() ? entry.reply : undefined;
      },
      put: (key, reply, seconds) => kept.set(key, { until: clock.now() + seconds * 1000, reply }),
    },
  };
}

/** The cluster's objects as CoreDNS sees them, addresses of a Service in order. */
function sourceOf(client: Client): DnsSource {
  return {
    service: (namespace, name) => client.get<Service>(SERVICE, { namespace, name }),
    services: () => client.list<Service>(SERVICE),
    slices: (key) => (key ? [...slicesOf(client, key)].map(inOrder) : client.list<EndpointSlice>(ENDPOINT_SLICE)),
    hasNamespace: (name) => client.get(NAMESPACE, { namespace: "", name }) !== undefined,
    hasPod: (namespace, ip) => client.list<Pod>(POD, { namespace }).some((pod) => pod.status?.podIP === ip),
    elsewhere: () => undefined,
  };
}

function inOrder(slice: EndpointSlice): EndpointSlice {
  return { ...slice, endpoints: [...(slice.endpoints ?? [])].sort((a, b) => compareIPs(a.addresses[0] ?? "", b.addresses[0] ?? "")) };
}
