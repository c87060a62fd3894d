import { SERVICE } from "../apimachinery/kinds";
import type { ObjectKey } from "../apimachinery/meta";
import type { Client } from "../client/client";
import type { DnsAnswer, Origin } from "../machine/wire";
import { reason } from "../reason";
import type { Service } from "../resources/core/service/service";
import type { World } from "../world/state";
import { compareIPs, ipNumber } from "../world/addresses";
import { slicesOf } from "./rules";

/** One record set: addresses, or a name to ask instead. */
type Record = { readonly addresses: readonly string[] } | { readonly cname: string };
type Query = DnsAnswer["queries"][number];

/** Where names are answered. */
export interface NameServers {
  readonly client: Client;
  readonly world: World;
  readonly domain: string;
  /** Can the asking pod reach a DNS server of the cluster? */
  readonly reachable: (from: Origin) => boolean;
}

/**
 * Resolves a name as a process would: a pod through its search domains and the cluster's DNS, which
 * forwards what is not its own; anybody else through the company's DNS.
 *
 * Upstream: kubernetes/dns specification; glibc's search order (ndots 5); coredns kubernetes and forward plugins.
 * @simplified Addresses come back in a fixed order: CoreDNS's random rotation of A records is not imitated.
 */
export function resolveName(servers: NameServers, from: Origin, name: string): DnsAnswer {
  if (ipNumber(name) !== undefined) return { name, resolved: name, addresses: [name], because: reason("dns.answered", { name, address: name }), queries: [] };
  if (!("pod" in from)) return askCompany(servers, name);
  if (!servers.reachable(from)) return { name, addresses: [], because: reason("dns.no-server", { name }), queries: [{ name, code: "TIMEOUT" }] };
  const queries: Query[] = [];
  for (const candidate of candidates(name, from.pod.namespace, servers.domain)) {
    const found = askCluster(servers, candidate, 0);
    queries.push({ name: candidate, code: found ? "NOERROR" : "NXDOMAIN" });
    if (!found || found.addresses.length === 0) {
      // A name that exists without addresses ends the search, as NODATA does.
      if (found) return { name, resolved: candidate, addresses: [], ...(found.cname === undefined ? {} : { cname: found.cname }), because: reason("dns.no-such-name", { name, tried: queries.length }), queries };
      continue;
    }
    const first = found.addresses[0] ?? "";
    return { name, resolved: candidate, addresses: found.addresses, ...(found.cname === undefined ? {} : { cname: found.cname }), server: "cluster", because: reason("dns.answered", { name: candidate, address: first }), queries };
  }
  return { name, addresses: [], because: reason("dns.no-such-name", { name, tried: queries.length }), queries };
}

function candidates(name: string, namespace: string, domain: string): readonly string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const search = [`${namespace}.svc.${domain}`, `svc.${domain}`, domain].map((suffix) => `${name}.${suffix}`);
  const dots = name.split(".").length - 1;
  return dots >= 5 ? [name, ...search] : [...search, name];
}

function askCompany(servers: NameServers, name: string): DnsAnswer {
  const address = servers.world.lookup(name.endsWith(".") ? name.slice(0, -1) : name) ?? servers.world.host(name)?.ip;
  const queries: Query[] = [{ name, code: address === undefined ? "NXDOMAIN" : "NOERROR" }];
  if (address === undefined) return { name, addresses: [], server: "company", because: reason("dns.no-such-name", { name, tried: 1 }), queries };
  return { name, resolved: name, addresses: [address], server: "company", because: reason("dns.answered", { name, address }), queries };
}

function askCluster(servers: NameServers, name: string, depth: number): { readonly addresses: readonly string[]; readonly cname?: string } | undefined {
  if (depth > 8) return undefined;
  const own = name.endsWith(`.${servers.domain}`);
  const record = own ? clusterRecord(servers, name.slice(0, -servers.domain.length - 1)) : companyRecord(servers, name);
  if (!record) return undefined;
  if ("addresses" in record) return record;
  const target = askCluster(servers, record.cname, depth + 1);
  return { addresses: target?.addresses ?? [], cname: record.cname };
}

function companyRecord(servers: NameServers, name: string): Record | undefined {
  const address = servers.world.lookup(name);
  return address === undefined ? undefined : { addresses: [address] };
}

/** `[hostname.]service.namespace.svc` and `a-b-c-d.namespace.pod`. */
function clusterRecord(servers: NameServers, name: string): Record | undefined {
  const parts = name.split(".");
  const type = parts.pop();
  const namespace = parts.pop();
  const subject = parts.pop();
  if (namespace === undefined || subject === undefined) return undefined;
  if (type === "pod") return { addresses: [subject.split("-").join(".")] };
  if (type !== "svc" || parts.length > 1) return undefined;
  const key: ObjectKey = { namespace, name: subject };
  const service = servers.client.get<Service>(SERVICE, key);
  if (!service) return undefined;
  const host = parts[0];
  if (host !== undefined) return hostRecord(servers, key, host);
  if (service.spec.type === "ExternalName") return { cname: service.spec.externalName ?? "" };
  if (service.spec.clusterIP !== "None") return { addresses: service.spec.clusterIP ? [service.spec.clusterIP] : [] };
  return { addresses: readyAddresses(servers.client, key) };
}

function readyAddresses(client: Client, key: ObjectKey, hostname?: string): readonly string[] {
  return slicesOf(client, key)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => (endpoint.conditions?.ready ?? true) && (hostname === undefined || endpoint.hostname === hostname))
    .flatMap((endpoint) => endpoint.addresses)
    .sort(compareIPs);
}

function hostRecord(servers: NameServers, key: ObjectKey, host: string): Record | undefined {
  const addresses = readyAddresses(servers.client, key, host);
  return addresses.length === 0 ? undefined : { addresses };
}
