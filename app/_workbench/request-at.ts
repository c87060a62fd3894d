import type { OutboundRequest } from "@/lib/engine";

const USUAL = { http: 80, mysql: 3306, redis: 6379, tcp: 80 } as const;

/** The request an address typed by a reader stands for; nothing when it is no address. `http://` may be left out. */
export function requestAt(address: string): OutboundRequest | null {
  const match = /^(?:(http|mysql|redis|tcp):\/\/)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?(\/\S*)?$/.exec(address.trim());
  if (!match) return null;
  const protocol = (match[1] ?? "http") as OutboundRequest["protocol"];
  const port = match[3] === undefined ? USUAL[protocol] : Number(match[3]);
  if (port < 1 || port > 65_535) return null;
  return { protocol, host: match[2] ?? "", port, ...(protocol === "http" ? { path: match[4] ?? "/" } : {}) };
}
