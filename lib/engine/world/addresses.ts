/** An IPv4 address as an unsigned 32-bit number; undefined when it is not one in dotted decimal without leading zeros. */
export function ipNumber(text: string): number | undefined {
  // Read letter by letter: every packet asks this several times.
  let value = 0;
  let byte = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i += 1) {
    const letter = text.charCodeAt(i);
    if (letter === 46) {
      if (digits === 0 || dots === 3) return undefined;
      value = value * 256 + byte;
      byte = 0;
      digits = 0;
      dots += 1;
    } else {
      if (letter < 48 || letter > 57 || (digits > 0 && byte === 0)) return undefined;
      byte = byte * 10 + letter - 48;
      digits += 1;
      if (byte > 255) return undefined;
    }
  }
  return dots === 3 && digits > 0 ? value * 256 + byte : undefined;
}

/** The dotted form of an unsigned 32-bit number. */
export function ipText(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join(".");
}

/** A block of addresses: first and last, both included. */
export interface Block {
  readonly first: number;
  readonly last: number;
}

/** The block of a CIDR (`10.0.3.0/24`) or of a range (`192.168.1.240-192.168.1.250`). */
export function blockOf(text: string): Block | undefined {
  const range = text.split("-").map((part) => ipNumber(part.trim()));
  if (range.length === 2) {
    const [first, last] = range;
    return first !== undefined && last !== undefined && first <= last ? { first, last } : undefined;
  }
  const [address = "", bits = ""] = text.split("/");
  const base = ipNumber(address);
  if (base === undefined || !/^([0-9]|[12][0-9]|3[0-2])$/.test(bits)) return undefined;
  const size = Number(bits) === 0 ? 4294967296 : (1 << (32 - Number(bits))) >>> 0;
  const first = base - (base % size);
  return { first, last: first + size - 1 };
}

/** Blocks read lately, by their text: a cluster has few, and asks for them with every packet. */
const blocks = new Map<string, Block | undefined>();
const MOST_BLOCKS = 4096;

function knownBlock(text: string): Block | undefined {
  const known = blocks.get(text);
  if (known !== undefined) return known;
  if (blocks.size >= MOST_BLOCKS) blocks.clear();
  const block = blockOf(text);
  blocks.set(text, block);
  return block;
}

/** Is the address in the block (CIDR or range)? */
export function within(ip: string, block: string): boolean {
  const value = ipNumber(ip);
  const bounds = knownBlock(block);
  return value !== undefined && bounds !== undefined && value >= bounds.first && value <= bounds.last;
}

/** The `n`-th address of a block, counting from 0; undefined past its end. */
export function nth(block: string, n: number): string | undefined {
  const bounds = blockOf(block);
  if (!bounds || bounds.first + n > bounds.last) return undefined;
  return ipText(bounds.first + n);
}

/** Orders addresses by their number; what is not an address comes last, by text. */
export function compareIPs(a: string, b: string): number {
  const left = ipNumber(a);
  const right = ipNumber(b);
  if (left === undefined || right === undefined) return left === right ? (a < b ? -1 : a > b ? 1 : 0) : left === undefined ? 1 : -1;
  return left - right;
}
