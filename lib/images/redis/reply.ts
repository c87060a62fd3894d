/** Replies and requests as they cross the wire: RESP 2, and lines typed by hand. */

/** What the server answers to one command. Bulk strings are bytes. */
export type Reply = { readonly status: string } | { readonly error: string } | { readonly number: string } | { readonly bulk: string } | null | { readonly noArray: true } | readonly Reply[];

/** A command refused; `message` is what the client reads, code first. */
export class Refused extends Error {}

export const OK: Reply = { status: "OK" };
export const NO_ARRAY: Reply = { noArray: true };
export const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

/** An integer reply. */
export const integer = (value: number | bigint | boolean): Reply => ({ number: typeof value === "boolean" ? (value ? "1" : "0") : String(value) });
/** A bulk reply, nil when there is nothing. */
export const bulk = (value: string | undefined): Reply => (value === undefined ? null : { bulk: value });
/** An array of bulk strings. */
export const bulks = (values: readonly (string | undefined)[]): Reply => values.map(bulk);
export const isArray = (reply: Reply): reply is readonly Reply[] => Array.isArray(reply);

/** A reply as bytes. */
export function encode(reply: Reply): string {
  if (reply === null) return "$-1\r\n";
  if (isArray(reply)) return `*${reply.length}\r\n${reply.map(encode).join("")}`;
  if ("status" in reply) return `+${reply.status}\r\n`;
  if ("error" in reply) return `-${reply.error}\r\n`;
  if ("number" in reply) return `:${reply.number}\r\n`;
  return "bulk" in reply ? `$${reply.bulk.length}\r\n${reply.bulk}\r\n` : "*-1\r\n";
}

/** A command as bytes. */
export const encodeCommand = (words: readonly string[]): string => encode(bulks(words));

/** How deep arrays may lie in arrays. */
const DEEPEST = 8;

/** Reads one reply; undefined when the bytes end too soon or are something else. */
export function decode(bytes: string, at: number, depth = 0): { readonly reply: Reply; readonly next: number } | undefined {
  const end = bytes.indexOf("\r\n", at);
  if (end < 0) return undefined;
  const line = bytes.slice(at + 1, end);
  const next = end + 2;
  switch (bytes.charAt(at)) {
    case "+":
      return { reply: { status: line }, next };
    case "-":
      return { reply: { error: line }, next };
    case ":":
      return { reply: { number: line }, next };
    case "$": {
      const length = Number(line);
      return length < 0 ? { reply: null, next } : { reply: { bulk: bytes.slice(next, next + length) }, next: next + length + 2 };
    }
    case "*":
      return depth < DEEPEST ? decodeArray(bytes, next, Number(line), depth + 1) : undefined;
    default:
      return undefined;
  }
}

function decodeArray(bytes: string, begin: number, length: number, depth: number): { readonly reply: Reply; readonly next: number } | undefined {
  if (length < 0) return { reply: NO_ARRAY, next: begin };
  const items: Reply[] = [];
  let next = begin;
  for (let i = 0; i < length; i += 1) {
    const item = decode(bytes, next, depth);
    if (!item) return undefined;
    items.push(item.reply);
    next = item.next;
  }
  return { reply: items, next };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };

/** The words of a line, with quotes as redis-cli and inline commands read them; undefined when a quote stays open. */
export function splitLine(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(line.charAt(at))) at += 1;
    if (at >= line.length) return words;
    let word = "";
    while (at < line.length && !/\s/.test(line.charAt(at))) {
      const quote = line.charAt(at);
      if (quote !== '"' && quote !== "'") {
        word += quote;
        at += 1;
        continue;
      }
      const quoted = quotedFrom(line, at + 1, quote);
      if (!quoted) return undefined;
      word += quoted.word;
      at = quoted.next;
      if (at < line.length && !/\s/.test(line.charAt(at))) return undefined;
    }
    words.push(word);
  }
}

function quotedFrom(line: string, begin: number, quote: string): { readonly word: string; readonly next: number } | undefined {
  let word = "";
  for (let at = begin; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === quote) return { word, next: at + 1 };
    const after = line.charAt(at + 1);
    const hex = quote === '"' ? /^\\x([0-9a-f]{2})/i.exec(line.slice(at, at + 4)) : null;
    if (hex) {
      word += String.fromCharCode(Number.parseInt(hex[1] ?? "0", 16));
      at += 3;
    } else if (char === "\\" && after !== "" && (quote === '"' || after === "'")) {
      word += ESCAPES[after] ?? after;
      at += 1;
    } else word += char;
  }
  return undefined;
}

/** What a client sent: commands in order, and the protocol error that ended them, if one did. */
export function readCommands(bytes: string): { readonly commands: readonly (readonly string[])[]; readonly error?: string } {
  const commands: (readonly string[])[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.charAt(at) === "*") {
      const found = decode(bytes, at);
      if (!found || !isArray(found.reply)) return { commands };
      const words = found.reply.flatMap((item) => (item !== null && "bulk" in item ? [item.bulk] : []));
      if (words.length > 0) commands.push(words);
      at = found.next;
      continue;
    }
    const end = bytes.indexOf("\n", at);
    const words = splitLine(bytes.slice(at, end < 0 ? undefined : end));
    if (!words) return { commands, error: "ERR Protocol error: unbalanced quotes in request" };
    if (words.length > 0) commands.push(words);
    at = end < 0 ? bytes.length : end + 1;
  }
  return { commands };
}
