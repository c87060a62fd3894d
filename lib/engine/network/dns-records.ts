/** The record types the simulated servers know. Anything else is asked as what it is and answered with NODATA. */
export type DnsType = "A" | "AAAA" | "CNAME" | "SRV" | "PTR" | "TXT" | "NS" | "SOA" | "MX" | "ANY" | (string & { readonly other?: never });

/** One record: owner with its final dot, and its data as a zone file writes it. */
export interface DnsRecord {
  readonly name: string;
  readonly ttl: number;
  readonly type: DnsType;
  readonly data: string;
}

/** How a server answers: a code and three sections. */
export interface DnsReply {
  readonly code: "NOERROR" | "NXDOMAIN" | "SERVFAIL" | "REFUSED";
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
}

/** A record as one line: `web.default.svc.cluster.local. 30 IN A 10.96.0.10`. */
export function recordText({ name, ttl, type, data }: DnsRecord): string {
  return `${name} ${ttl} IN ${type} ${data}`;
}

/** An answer of only a code. */
export function emptyReply(code: DnsReply["code"]): DnsReply {
  return { code, answer: [], authority: [], additional: [] };
}

/** The name with a final dot. */
export function fqdn(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}

/** Is the name the zone or below it? Both may lack the final dot; case does not count. */
export function inZone(name: string, zone: string): boolean {
  const whole = fqdn(name).toLowerCase();
  const suffix = fqdn(zone).toLowerCase();
  return suffix === "." || whole === suffix || whole.endsWith(`.${suffix}`);
}

/** The longest of the zones that holds the name. */
export function zoneOf(name: string, zones: readonly string[]): string | undefined {
  return zones.filter((zone) => inZone(name, zone)).sort((a, b) => fqdn(b).length - fqdn(a).length)[0];
}

/** The same records once each, in the order they came. */
export function distinct(records: readonly DnsRecord[]): readonly DnsRecord[] {
  const seen = new Set<string>();
  return records.filter((record) => {
    const text = recordText(record);
    return !seen.has(text) && seen.add(text);
  });
}
