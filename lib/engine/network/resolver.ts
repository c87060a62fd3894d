import { emptyReply, fqdn, type DnsReply } from "./dns-records";

/** What a process reads in `/etc/resolv.conf`. */
export interface ResolverConfig {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
}

/** The C library that resolves: glibc in Debian's and most images, musl in Alpine's. */
export type Libc = "glibc" | "musl";

/** Reads `/etc/resolv.conf`: the last `search` or `domain` counts, three servers at most, `ndots` at most 15. Never throws. */
export function parseResolvConf(text: string): ResolverConfig {
  let search: readonly string[] = [];
  let ndots = 1;
  const servers: string[] = [];
  for (const line of text.split("\n")) {
    const [word = "", ...rest] = line.replace(/[#;].*$/, "").trim().split(/\s+/);
    if (word === "nameserver" && rest[0] !== undefined && servers.length < 3) servers.push(rest[0]);
    else if (word === "search") search = rest;
    else if (word === "domain") search = rest.slice(0, 1);
    else if (word === "options") {
      for (const option of rest) {
        const found = /^ndots:(\d+)$/.exec(option);
        if (found) ndots = Math.min(15, Number(found[1]));
      }
    }
  }
  return { servers, search, ndots };
}

/** One question asked on the way, and how it was answered. */
export interface SearchStep {
  readonly name: string;
  readonly reply: DnsReply;
}

/**
 * The names a resolver asks for, in order, until one has an answer. Names end in a dot.
 *
 * glibc asks a name with at least `ndots` dots as it is first, and the search domains after; with fewer dots the other way round.
 * musl asks a name with enough dots only as it is, never with search domains, and takes a name without addresses for an answer.
 * Upstream: glibc resolv/res_query.c; musl src/network/lookup_name.c.
 */
export function searchName(config: ResolverConfig, name: string, libc: Libc, ask: (name: string) => DnsReply): { readonly steps: readonly SearchStep[]; readonly found?: SearchStep } {
  const steps: SearchStep[] = [];
  for (const candidate of candidates(config, name, libc)) {
    const step = { name: candidate, reply: ask(candidate) };
    steps.push(step);
    if (step.reply.answer.some((record) => record.type === "A" || record.type === "AAAA")) return { steps, found: step };
    if (libc === "musl" && step.reply.code === "NOERROR") return { steps, found: step };
    // A server that cannot answer ends musl's search; glibc tries the next name.
    if (libc === "musl" && step.reply.code === "SERVFAIL") return { steps };
  }
  return { steps };
}

function candidates({ search, ndots }: ResolverConfig, name: string, libc: Libc): readonly string[] {
  const absolute = fqdn(name);
  if (name.endsWith(".")) return [absolute];
  const dots = name.split(".").length - 1;
  const searched = search.map((domain) => (domain === "." ? absolute : `${name}.${fqdn(domain)}`));
  if (dots >= ndots) return libc === "musl" ? [absolute] : [absolute, ...searched];
  // A root domain in the list has asked for the bare name already.
  return searched.includes(absolute) ? searched : [...searched, absolute];
}

/** A server of fixed records, for tests and teaching: name with final dot → address. */
export function fixedServer(records: Readonly<Record<string, string>>): (name: string) => DnsReply {
  const lower = new Map(Object.entries(records).map(([name, address]) => [name.toLowerCase(), address]));
  return (name) => {
    const address = lower.get(name.toLowerCase());
    return address === undefined ? emptyReply("NXDOMAIN") : { code: "NOERROR", answer: [{ name, ttl: 60, type: address.includes(":") ? "AAAA" : "A", data: address }], authority: [], additional: [] };
  };
}
