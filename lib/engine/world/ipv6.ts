import { ipNumber, ipText, within } from "./addresses";

/** An IPv6 address as eight groups of 16 bits; undefined when the text is not one. */
export function ipv6Groups(text: string): readonly number[] | undefined {
  if (!text.includes(":")) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = (half: string): readonly number[] | undefined => {
    if (half === "") return [];
    const found: number[] = [];
    for (const part of half.split(":")) {
      if (part.includes(".")) {
        const low = ipNumber(part);
        if (low === undefined) return undefined;
        found.push(low >>> 16, low & 0xffff);
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) found.push(Number.parseInt(part, 16));
      else return undefined;
    }
    return found;
  };
  const head = groups(halves[0] ?? "");
  const tail = groups(halves[1] ?? "");
  if (!head || !tail) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...Array<number>(missing).fill(0), ...tail];
}

/** The shortest usual form of an IPv6 address (RFC 5952): the longest run of zero groups is left out. */
export function ipv6Text(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < groups.length; at += 1) {
    let length = 0;
    while (groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  return best.at < 0 ? text(groups) : `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.length))}`;
}

/** Is the address, of either family, in the CIDR? */
export function inCidr(ip: string, cidr: string): boolean {
  if (!cidr.includes(":")) return within(ip, cidr);
  const [base = "", bits = ""] = cidr.split("/");
  const block = ipv6Groups(base);
  const address = ipv6Groups(ip);
  if (!block || !address || !/^[0-9]{1,3}$/.test(bits)) return false;
  const prefix = Number(bits);
  for (let i = 0; i < 8; i += 1) {
    const left = Math.min(16, Math.max(0, prefix - 16 * i));
    const mask = left === 0 ? 0 : (0xffff << (16 - left)) & 0xffff;
    if (((block[i] ?? 0) & mask) !== ((address[i] ?? 0) & mask)) return false;
  }
  return true;
}

/** The address a reverse name (`4.3.2.1.in-addr.arpa`, 32 nibbles `.ip6.arpa`) stands for; undefined when it is none. */
export function addressOfReverse(name: string): string | undefined {
  const v4 = /^(.+)\.in-addr\.arpa\.?$/.exec(name.toLowerCase());
  if (v4) {
    const value = ipNumber((v4[1] ?? "").split(".").reverse().join("."));
    return value === undefined ? undefined : ipText(value);
  }
  const v6 = /^(.+)\.ip6\.arpa\.?$/.exec(name.toLowerCase());
  const nibbles = (v6?.[1] ?? "").split(".").reverse();
  if (!v6 || nibbles.length !== 32 || !nibbles.every((nibble) => /^[0-9a-f]$/.test(nibble))) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => Number.parseInt(nibbles.slice(4 * i, 4 * i + 4).join(""), 16));
  return ipv6Text(groups);
}
