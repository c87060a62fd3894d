import { ipNumber } from "../world/addresses";
import { emptyReply, fqdn, type DnsReply } from "./dns-records";

/** What a process reads in `/etc/resolv.conf`. */
export interface ResolverConfig {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
  /** A name without a dot is never asked by itself. */
  readonly noTldQuery?: true;
}

/** The C library that resolves: glibc in Debian's and most images, musl in Alpine's. */
export type Libc = "glibc" | "musl";

/**
 * Reads `/etc/resolv.conf` as glibc does: keywords stand at the start of their line, `#` and `;` open a remark only there,
 * the last `search` or `domain` that names something counts, three servers at most, `ndots` at most 15. Never throws.
 * Upstream: glibc resolv/res_init.c.
 */
export function parseResolvConf(text: string): ResolverConfig {
  let search: readonly string[] = [];
  let ndots = 1;
  let tld = true;
  const servers: string[] = [];
  for (const line of text.split("\n")) {
    const [, word = "", given = ""] = /^(nameserver|search|domain|options)[ \t]+([^\n]*)$/.exec(line) ?? [];
    const rest = given.split(/[ \t]+/).filter((one) => one !== "");
    if (rest[0] === undefined) continue;
    if (word === "nameserver" && servers.length < 3) servers.push(rest[0].replace(/\r$/, ""));
    else if (word === "search") search = rest;
    else if (word === "domain") search = rest.slice(0, 1);
    else if (word === "options") {
      for (const [, digits = ""] of given.matchAll(/(?:^|[ \t])ndots:[ \t]*(-?\d*)/g)) ndots = digits.startsWith("-") ? Number(digits) & 15 : Math.min(15, Number(digits));
      if (rest.some((option) => option.startsWith("no-tld-query"))) tld = false;
    }
  }
  return { servers, search, ndots, ...(tld ? {} : { noTldQuery: true }) };
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
  // An address needs no server.
  if (ipNumber(name) !== undefined) return { steps: [], found: { name, reply: { ...emptyReply("NOERROR"), answer: [{ name, ttl: 0, type: "A", data: name }] } } };
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

function candidates({ search, ndots, noTldQuery }: ResolverConfig, name: string, libc: Libc): readonly string[] {
  if (libc === "glibc" && !/^(?!-)[\w.-]+$/.test(name)) return [];
  const absolute = fqdn(name);
  const alone = fits(absolute) ? [absolute] : [];
  if (name.endsWith(".")) return alone;
  const dots = name.split(".").length - 1;
  const searched = askable(search.map((domain) => (domain === "." ? absolute : `${name}.${fqdn(domain.replace(/^\./, ""))}`)));
  if (dots >= ndots) return libc === "musl" ? alone : [...alone, ...searched];
  // A root domain in the list has asked for the bare name already.
  return searched.includes(absolute) || (noTldQuery && dots === 0) ? searched : [...searched, ...alone];
}

/** A search ends at the first name no question can carry. */
function askable(names: readonly string[]): readonly string[] {
  const bad = names.findIndex((name) => !fits(name));
  return bad < 0 ? names : names.slice(0, bad);
}

/** Could a question carry the name? Labels of 1 to 63 characters, 255 bytes in all. */
function fits(name: string): boolean {
  return name === "." || (name.length <= 254 && name.slice(0, -1).split(".").every((label) => label.length > 0 && label.length <= 63));
}

/** A server of fixed records, for tests and teaching: name with final dot → address. */
export function fixedServer(records: Readonly<Record<string, string>>): (name: string) => DnsReply {
  const lower = new Map(Object.entries(records).map(([name, address]) => [name.toLowerCase(), address]));
  return (name) => {
    const address = lower.get(name.toLowerCase());
    return address === undefined ? emptyReply("NXDOMAIN") : { code: "NOERROR", answer: [{ name, ttl: 60, type: address.includes(":") ? "AAAA" : "A", data: address }], authority: [], additional: [] };
  };
}
