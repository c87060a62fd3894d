/** Addresses and networks. Upstream: apiserver/pkg/cel/library/{ip,cidr}.go. */
import { CelError, Opaque, type Value } from "../values";
import { noOverload, text, type Fn, type Functions } from "./function";

interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

interface Network {
  readonly address: Address;
  readonly length: number;
}

function readV4(value: string): Address | undefined {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(value);
  if (!found) return undefined;
  const parts = found.slice(1);
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) return undefined;
  return { family: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) };
}

function readV6(value: string): Address | undefined {
  if (!value.includes(":") || value.includes("%")) return undefined;
  const halves = value.split("::");
  if (halves.length > 2) return undefined;
  const groups = (half: string): readonly string[] | undefined => {
    if (half === "") return [];
    const parts = half.split(":");
    return parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part)) ? parts : undefined;
  };
  const left = groups(halves[0] ?? "");
  const right = halves.length === 2 ? groups(halves[1] ?? "") : [];
  if (!left || !right) return undefined;
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array.from({ length: Math.max(0, missing) }, () => "0"), ...right];
  return { family: 6, bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n) };
}

const readAddress = (value: string): Address | undefined => readV4(value) ?? readV6(value);

function addressText({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_group, i) => (bits >> BigInt((7 - i) * 16)) & 0xffffn);
  let best: readonly [number, number] = [0, 0];
  for (let i = 0; i < 8; i += 1) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0n) length += 1;
    if (length > best[1] && length > 1) best = [i, length];
  }
  const words = groups.map((group) => group.toString(16));
  if (best[1] === 0) return words.join(":");
  return `${words.slice(0, best[0]).join(":")}::${words.slice(best[0] + best[1]).join(":")}`;
}

function readNetwork(value: string): Network | undefined {
  const slash = value.indexOf("/");
  const address = slash < 0 ? undefined : readAddress(value.slice(0, slash));
  const length = value.slice(slash + 1);
  if (!address || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > widthOf(address)) return undefined;
  return { address, length: Number(length) };
}

const widthOf = ({ family }: Address): number => (family === 4 ? 32 : 128);

function maskedBits({ address, length }: Network): bigint {
  const free = BigInt(widthOf(address) - length);
  return (address.bits >> free) << free;
}

const ipValue = (address: Address): Opaque => new Opaque("net.IP", address, addressText(address));
const cidrValue = (network: Network): Opaque => new Opaque("net.CIDR", network, `${addressText(network.address)}/${network.length}`);

function addressArgument(value: Value | undefined): Address {
  if (value instanceof Opaque && value.name === "net.IP") return value.inside as Address;
  return typeof value === "string" ? parsedAddress(value) : noOverload();
}

function networkArgument(value: Value | undefined): Network {
  if (value instanceof Opaque && value.name === "net.CIDR") return value.inside as Network;
  return typeof value === "string" ? parsedNetwork(value) : noOverload();
}

function parsedAddress(value: string): Address {
  const found = readAddress(value);
  if (!found) throw new CelError(`IP Address ${JSON.stringify(value)} parse error during conversion from string: ParseAddr(${JSON.stringify(value)}): unable to parse IP`);
  return found;
}

function parsedNetwork(value: string): Network {
  const found = readNetwork(value);
  if (!found) throw new CelError(`network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(value)}): no '/'`);
  return found;
}

/** Is an address inside a network given by its bits? */
function within({ family, bits }: Address, of: 4 | 6, prefix: bigint, length: number): boolean {
  return family === of && bits >> BigInt((of === 4 ? 32 : 128) - length) === prefix;
}

const isLoopback = (address: Address): boolean => within(address, 4, 127n, 8) || (address.family === 6 && address.bits === 1n);
const isMulticast = (address: Address): boolean => within(address, 4, 14n, 4) || within(address, 6, 0xffn, 8);
const isLinkLocal = (address: Address): boolean => within(address, 4, 0xa9fen, 16) || within(address, 6, 0x3fan, 10);
const isLinkLocalMulticast = (address: Address): boolean => within(address, 4, 0xe00000n, 24) || (address.family === 6 && ((address.bits >> 112n) & 0xff0fn) === 0xff02n);

const contains: Fn = ([network, other]) => {
  const outer = networkArgument(network);
  const inner = addressArgument(other);
  return inner.family === outer.address.family && maskedBits({ address: inner, length: outer.length }) === maskedBits(outer);
};

const containsNetwork: Fn = ([network, other]) => {
  const outer = networkArgument(network);
  const inner = networkArgument(other);
  return inner.address.family === outer.address.family && inner.length >= outer.length && maskedBits({ address: inner.address, length: outer.length }) === maskedBits(outer);
};

/** Functions over addresses and networks. */
export const addresses: Functions = {
  ip: ([value]) => (value instanceof Opaque && value.name === "net.CIDR" ? ipValue((value.inside as Network).address) : ipValue(parsedAddress(text(value)))),
  isIP: ([value]) => readAddress(text(value)) !== undefined,
  "ip.isCanonical": ([value]) => addressText(parsedAddress(text(value))) === text(value),
  family: ([value]) => BigInt(addressArgument(value).family),
  isUnspecified: ([value]) => addressArgument(value).bits === 0n,
  isLoopback: ([value]) => isLoopback(addressArgument(value)),
  isLinkLocalMulticast: ([value]) => isLinkLocalMulticast(addressArgument(value)),
  isLinkLocalUnicast: ([value]) => isLinkLocal(addressArgument(value)),
  isGlobalUnicast: ([value]) => {
    const address = addressArgument(value);
    const broadcast = address.family === 4 && address.bits === 0xffffffffn;
    return address.bits !== 0n && !broadcast && !isLoopback(address) && !isMulticast(address) && !isLinkLocal(address);
  },
  cidr: ([value]) => cidrValue(parsedNetwork(text(value))),
  isCIDR: ([value]) => readNetwork(text(value)) !== undefined,
  containsIP: contains,
  containsCIDR: containsNetwork,
  masked: ([value]) => {
    const network = networkArgument(value);
    return cidrValue({ ...network, address: { ...network.address, bits: maskedBits(network) } });
  },
  prefixLength: ([value]) => BigInt(networkArgument(value).length),
};
