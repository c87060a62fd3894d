import type { DnsRecord, DnsReply, DnsType } from "@/lib/engine";
import type { Caller } from "./network-command";

/** How a machine looks names up, from its /etc/resolv.conf. */
export interface Resolv {
  readonly server: string;
  readonly search: readonly string[];
  readonly ndots: number;
}

/** Reads /etc/resolv.conf; what is missing is as the cluster's DNS would have it. */
export function resolvOf(process: Caller): Resolv {
  const text = process.files.read("/etc/resolv.conf") ?? "";
  return { server: /^nameserver\s+(\S+)/m.exec(text)?.[1] ?? "10.96.0.10", search: /^search\s+(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [], ndots: Number(/ndots:(\d+)/.exec(text)?.[1] ?? 1) };
}

/** The name whose PTR record tells whose an address is. */
export const reversed = (ip: string): string => `${ip.split(".").reverse().join(".")}.in-addr.arpa`;

export const isAddress = (text: string): boolean => /^\d+(\.\d+){3}$/.test(text);

/** The names a resolver tries for one, in order. */
export function candidates(name: string, { search, ndots }: Resolv): readonly string[] {
  if (name.endsWith(".")) return [name];
  const below = search.map((domain) => `${name}.${domain}`);
  return name.split(".").length - 1 >= ndots ? [name, ...below] : [...below, name];
}

/** The names asked in turn until one is there. */
export function searched(process: Caller, name: string, type: DnsType, names: readonly string[], server: string | undefined): { readonly name: string; readonly reply: DnsReply | undefined } {
  let last: { readonly name: string; readonly reply: DnsReply | undefined } = { name, reply: undefined };
  for (const candidate of names) {
    last = { name: candidate, reply: process.query?.(candidate, type, server) };
    if (!last.reply || last.reply.answer.length > 0) return last;
  }
  return last;
}

/** What nslookup says of a record that is no address. bind's writes names with their final dot, busybox's without. */
export function nslookupLine({ name, type, data }: DnsRecord, dotted: boolean): string {
  const bare = (text: string): string => (dotted ? text : text.replace(/\.$/, ""));
  const owner = name.replace(/\.$/, "");
  switch (type) {
    case "CNAME":
      return `${owner}\tcanonical name = ${bare(data)}`;
    case "PTR":
      return `${owner}\tname = ${bare(data)}`;
    case "SRV":
      return `${owner}\tservice = ${bare(data)}`;
    case "NS":
      return `${owner}\tnameserver = ${bare(data)}`;
    case "MX":
      return `${owner}\tmail exchanger = ${bare(data)}`;
    case "TXT":
      return `${owner}\ttext = ${data.startsWith('"') ? data : `"${data}"`}`;
    case "SOA": {
      const [origin = "", mail = "", serial = "", refresh = "", retry = "", expire = "", minimum = ""] = data.split(/\s+/);
      return `${owner}\n\torigin = ${bare(origin)}\n\tmail addr = ${bare(mail)}\n\tserial = ${serial}\n\trefresh = ${refresh}\n\tretry = ${retry}\n\texpire = ${expire}\n\tminimum = ${minimum}`;
    }
    default:
      return `Name:\t${owner}\nAddress: ${data}`;
  }
}
