import type { DnsRecord, DnsReply, DnsType } from "../machine/dns-records";

export type { DnsRecord, DnsReply, DnsType };

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
