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
