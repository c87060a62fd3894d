import { isArray, type Reply } from "./reply";

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x07": "\\a", "\b": "\\b", '"': '\\"', "\\": "\\\\" };

/** Bytes in quotes, as redis-cli shows them on a terminal. */
export function quoted(bytes: string): string {
  return `"${[...bytes].map((char) => NAMED[char] ?? (char >= " " && char <= "~" ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)).join("")}"`;
}

/** A reply as a terminal shows it. */
export function forTerminal(reply: Reply, prefix = ""): string {
  if (reply === null) return "(nil)\n";
  if (isArray(reply)) {
    if (reply.length === 0) return "(empty array)\n";
    const width = String(reply.length).length;
    const inner = prefix + " ".repeat(width + 2);
    return reply.map((item, i) => `${i === 0 ? "" : prefix}${String(i + 1).padStart(width)}) ${forTerminal(item, inner)}`).join("");
  }
  if ("status" in reply) return `${reply.status}\n`;
  if ("error" in reply) return `(error) ${reply.error}\n`;
  if ("number" in reply) return `(integer) ${reply.number}\n`;
  return "bulk" in reply ? `${quoted(reply.bulk)}\n` : "(nil)\n";
}

/** A reply for another program: nothing but what it says. */
export function raw(reply: Reply): string {
  if (reply === null) return "";
  if (isArray(reply)) return reply.map(raw).join("\n");
  if ("status" in reply) return reply.status;
  if ("error" in reply) return `${reply.error}\n`;
  if ("number" in reply) return reply.number;
  return "bulk" in reply ? reply.bulk : "";
}

/** A reply as a line of a table. */
export function csv(reply: Reply): string {
  if (reply === null) return "NULL";
  if (isArray(reply)) return reply.map(csv).join(",");
  if ("status" in reply) return quoted(reply.status);
  if ("error" in reply) return `ERROR,${quoted(reply.error)}`;
  if ("number" in reply) return reply.number;
  return "bulk" in reply ? quoted(reply.bulk) : "NULL";
}
