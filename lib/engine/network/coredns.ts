import { ipNumber } from "../world/addresses";
import { addressOfReverse } from "../world/ipv6";
import type { Directive, ServerBlock } from "./corefile";
import { answerKubernetes, type DnsSource, type KubernetesZone } from "./dns-kubernetes";
import { emptyReply, fqdn, inZone, zoneOf, type DnsRecord, type DnsReply, type DnsType } from "./dns-records";
import { findPattern, safePattern } from "./safe-pattern";

/** What a CoreDNS needs around it. */
export interface CoreDnsParts {
  readonly blocks: readonly ServerBlock[];
  readonly source: DnsSource;
  /** Asks another server: an address, or the machine's own (`/etc/resolv.conf`). Undefined when it does not answer. */
  readonly forward: (server: string, name: string, type: DnsType) => DnsReply | undefined;
  /** Counts up, for turns. */
  readonly turn: () => number;
  /** Answers kept from before. */
  readonly cache?: { readonly get: (key: string) => DnsReply | undefined; readonly put: (key: string, reply: DnsReply, seconds: number) => void };
}

/** Servers of one forward that are tried. */
const MOST_SERVERS = 8;

/**
 * A CoreDNS of a cluster: picks the server block with the longest zone and lets its plugins answer, in CoreDNS's own order
 * whatever the order written: rewrite, cache, hosts, kubernetes, forward.
 * Upstream: coredns plugin.cfg and the plugins named.
 *
 * @simplified template, file, autopath and the rest answer nothing; their questions go on to the next plugin.
 */
export function answerCoreDns(parts: CoreDnsParts, qname: string, type: DnsType): DnsReply {
  const name = fqdn(qname);
  const zone = zoneOf(name, parts.blocks.flatMap((block) => block.zones));
  const block = zone === undefined ? undefined : parts.blocks.find((candidate) => candidate.zones.includes(zone));
  if (!block) return emptyReply("REFUSED");
  const asked = rewritten(block.directives, name);
  const reply = plugins(parts, block.directives, asked, type);
  const restored = asked === name ? reply : { ...reply, answer: reply.answer.map((record) => (record.name.toLowerCase() === asked.toLowerCase() ? { ...record, name } : record)) };
  return block.directives.some((directive) => directive.name === "loadbalance") ? balanced(restored, parts.turn) : restored;
}

function plugins(parts: CoreDnsParts, directives: readonly Directive[], name: string, type: DnsType): DnsReply {
  const cache = directives.find((directive) => directive.name === "cache");
  const key = `${name.toLowerCase()}|${type}`;
  const known = cache && parts.cache?.get(key);
  if (known) return known;
  const reply = chain(parts, directives, name, type);
  if (cache && (reply.code === "NOERROR" || reply.code === "NXDOMAIN") && isCached(cache, name, reply)) {
    const most = Number(cache.args.find((arg) => /^\d+$/.test(arg)) ?? 3600);
    parts.cache?.put(key, reply, Math.min(most, ...[...reply.answer, ...reply.authority].map((record) => record.ttl)));
  }
  return reply;
}

/** `disable success|denial ZONE…` leaves names of those zones out of the cache. */
function isCached(cache: Directive, name: string, reply: DnsReply): boolean {
  const kind = reply.answer.length > 0 ? "success" : "denial";
  return !cache.block.some(([first, what, ...zones]) => first === "disable" && what === kind && (zones.length === 0 || zones.some((zone) => inZone(name, zone))));
}

function chain(parts: CoreDnsParts, directives: readonly Directive[], name: string, type: DnsType): DnsReply {
  for (const directive of directives.filter((one) => one.name === "hosts")) {
    const reply = hosts(directive, name, type);
    if (reply) return reply;
  }
  for (const directive of directives.filter((one) => one.name === "kubernetes")) {
    const reply = kubernetes(parts, directives, directive, name, type);
    if (reply) return reply;
  }
  return forwarded(parts, directives, name, type);
}

/** `rewrite [stop|continue] name [exact|prefix|suffix|substring|regex] FROM TO [answer …]`. */
function rewritten(directives: readonly Directive[], name: string): string {
  let current = name;
  for (const { args } of directives.filter((directive) => directive.name === "rewrite").slice(0, 64)) {
    const rest = args[0] === "stop" || args[0] === "continue" ? args.slice(1) : args;
    if (rest[0] !== "name") continue;
    const next = rewriteName(current, rest.slice(1));
    const changed = next !== current;
    // No name is longer; rewrites that go on could double it time and again.
    if (next.length > 255) break;
    current = next;
    if (changed && args[0] !== "continue") break;
  }
  return current;
}

function rewriteName(name: string, args: readonly string[]): string {
  const how = ["exact", "prefix", "suffix", "substring", "regex"].includes(args[0] ?? "") ? args[0] : "exact";
  const [from = "", to = ""] = how === args[0] ? args.slice(1) : args;
  if (how === "exact") return name.toLowerCase() === fqdn(from).toLowerCase() ? fqdn(to) : name;
  if (how === "prefix") return name.startsWith(from) ? to + name.slice(from.length) : name;
  if (how === "suffix") return name.endsWith(fqdn(from)) ? name.slice(0, -fqdn(from).length) + fqdn(to) : name;
  if (how === "substring") return name.replaceAll(from, to);
  return matchPattern(name, from, to);
}

/** Go's regular expressions and `{1}` groups; a pattern that is none changes nothing. */
function matchPattern(name: string, pattern: string, to: string): string {
  const found = findPattern(safePattern(pattern), name);
  return found ? fqdn(to.replace(/\{(\d+)\}/g, (_, group: string) => found[Number(group)] ?? "")) : name;
}

/** `hosts [FILE] { ADDRESS NAME… fallthrough }`: addresses and reverse names of the lines within. */
function hosts(directive: Directive, name: string, type: DnsType): DnsReply | undefined {
  const lines = directive.block.filter(([first = ""]) => ipNumber(first) !== undefined || first.includes(":"));
  const ttl = Number(directive.block.find(([first]) => first === "ttl")?.[1] ?? 3600);
  const falls = directive.block.find(([first]) => first === "fallthrough");
  const reverse = type === "PTR" ? addressOfReverse(name) : undefined;
  const answer =
    reverse === undefined
      ? lines.filter(([ip = "", ...names]) => names.some((own) => fqdn(own).toLowerCase() === name.toLowerCase()) && (ip.includes(":") ? "AAAA" : "A") === type).map(([ip = ""]): DnsRecord => ({ name, ttl, type, data: ip }))
      : lines.filter(([ip]) => ip === reverse).flatMap(([, ...names]) => names.map((own): DnsRecord => ({ name, ttl, type, data: fqdn(own) })));
  if (answer.length > 0) return { code: "NOERROR", answer, authority: [], additional: [] };
  const known = lines.some(([, ...names]) => names.some((own) => fqdn(own).toLowerCase() === name.toLowerCase()));
  if (known) return emptyReply("NOERROR");
  if (falls) return falls.length === 1 || falls.slice(1).some((zone) => inZone(name, zone)) ? undefined : emptyReply("NXDOMAIN");
  return lines.length === 0 ? undefined : emptyReply("NXDOMAIN");
}

/** The plugin's settings as its lines give them. */
export function kubernetesZone(directive: Directive): KubernetesZone {
  const line = (name: string): readonly string[] | undefined => directive.block.find(([first]) => first === name)?.slice(1);
  const ttl = line("ttl")?.[0];
  const pods = line("pods")?.[0];
  const namespaces = line("namespaces");
  return {
    zones: directive.args.length === 0 ? ["cluster.local"] : directive.args,
    ...(ttl === undefined ? {} : { ttl: Number(ttl) }),
    ...(pods === "insecure" || pods === "verified" || pods === "disabled" ? { pods } : {}),
    ...(namespaces && namespaces.length > 0 ? { namespaces } : {}),
    endpointPodNames: line("endpoint_pod_names") !== undefined,
    ignoreEmptyService: line("ignore")?.[0] === "empty_service",
  };
}

function kubernetes(parts: CoreDnsParts, directives: readonly Directive[], directive: Directive, name: string, type: DnsType): DnsReply | undefined {
  const elsewhere = (target: string, wanted: DnsType): DnsReply => forwarded(parts, directives, target, wanted);
  const reply = answerKubernetes(kubernetesZone(directive), { ...parts.source, elsewhere }, name, type);
  const falls = directive.block.find(([first]) => first === "fallthrough");
  const through = reply?.code === "NXDOMAIN" && falls !== undefined && (falls.length === 1 || falls.slice(1).some((zone) => inZone(name, zone)));
  return through ? undefined : reply;
}

/** `forward FROM TO…`: the first server that answers. Names no forward takes end in SERVFAIL. */
function forwarded(parts: CoreDnsParts, directives: readonly Directive[], name: string, type: DnsType): DnsReply {
  const all = directives.filter((directive) => directive.name === "forward" && inZone(name, directive.args[0] ?? "."));
  const usable = all.filter((directive) => !(directive.block.find(([first]) => first === "except")?.slice(1) ?? []).some((zone) => inZone(name, zone)));
  const chosen = [...usable].sort((a, b) => fqdn(b.args[0] ?? ".").length - fqdn(a.args[0] ?? ".").length)[0];
  for (const server of (chosen?.args.slice(1) ?? []).slice(0, MOST_SERVERS)) {
    const reply = parts.forward(server.replace(/^(dns|tls):\/\//, "").replace(/:\d+$/, ""), name, type);
    if (reply) return reply;
  }
  return emptyReply("SERVFAIL");
}

/** Addresses take turns at being first; CNAMEs stay in front. */
function balanced(reply: DnsReply, turn: () => number): DnsReply {
  const addresses = reply.answer.filter((record) => record.type === "A" || record.type === "AAAA");
  if (addresses.length < 2) return reply;
  const shift = turn() % addresses.length;
  const others = reply.answer.filter((record) => record.type !== "A" && record.type !== "AAAA");
  return { ...reply, answer: [...others, ...addresses.slice(shift), ...addresses.slice(0, shift)] };
}
