import type { PacketTrace } from "@/lib/engine";
import type { NetworkCommand, Waited } from "../base/network-command";
import { toBytes, toScreen, toText } from "../byte-text";
import { csv, forTerminal, raw } from "./cli-format";
import { askedOf, type Asked } from "./cli-options";
import { decode, encodeCommand, isArray, readCommands, splitLine, type Reply } from "./reply";
import type { Version } from "./version";

const EXPOSED = "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n";

/** Answers that are text for people, shown as they are even on a terminal. */
const PLAIN = /^(info|lolwut|client (list|info)|memory doctor|latency doctor|cluster (info|nodes))$/i;

/** Lines of a script: commands, and what could not be read. */
function linesOf(text: string): readonly (readonly string[] | undefined)[] {
  const lines: (readonly string[] | undefined)[] = [];
  for (const line of toBytes(text).split("\n")) {
    const words = splitLine(line);
    if (words && /^(quit|exit)$/i.test(words[0] ?? "")) break;
    const times = words && /^\d{1,4}$/.test(words[0] ?? "") && words.length > 1 ? Number(words[0]) : undefined;
    if (!words) lines.push(undefined);
    else if (times !== undefined) for (let i = 0; i < times; i += 1) lines.push(words.slice(1));
    else if (words.length > 0) lines.push(words);
  }
  return lines;
}

/** Why there is no conversation; undefined when there is. */
function obstacle(trace: PacketTrace, { host, port }: Asked): string | undefined {
  const failed = (why: string): string => `Could not connect to Redis at ${host}:${port}: ${why}\n`;
  if (trace.outcome === "no-such-host") return failed("Name or service not known");
  if (trace.reset) return "Error: Connection reset by peer\n";
  if (trace.outcome === "refused") return failed("Connection refused");
  if (trace.outcome === "unreachable") return failed("No route to host");
  return trace.response ? undefined : failed("Connection timed out");
}

function shown(reply: Reply, { output }: Asked, words: readonly string[] | undefined): string {
  if (output === "csv") return `${csv(reply)}\n`;
  if (output === "raw") return `${raw(reply)}\n`;
  const isPlain = PLAIN.test((words ?? []).slice(0, /^info$/i.test(words?.[0] ?? "") ? 1 : 2).join(" "));
  return isPlain && reply !== null && "bulk" in reply ? `${reply.bulk}\n` : forTerminal(reply);
}

/** All replies of a conversation, and whether the bytes were replies at all. */
function repliesOf(body: string): { readonly replies: readonly Reply[]; readonly odd: string | undefined } {
  const bytes = toBytes(body);
  const replies: Reply[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = decode(bytes, at);
    if (!found) return { replies, odd: bytes.charAt(at) };
    replies.push(found.reply);
    at = found.next;
  }
  return { replies, odd: undefined };
}

const errorOf = (reply: Reply | undefined): string | undefined => (reply !== null && reply !== undefined && "error" in reply ? reply.error : undefined);

/** What a conversation opens with: the password, and the database. */
function opening({ user, password, db }: Asked): readonly (readonly string[])[] {
  const auth = password === undefined ? [] : [["AUTH", ...(user === "" ? [] : [user]), toBytes(password)]];
  return [...auth, ...(db === 0 ? [] : [["SELECT", String(db)]])];
}

/** What is asked, line by line: lines nobody can read are undefined. */
function commandsOf(asked: Asked, stdin: string): readonly (readonly string[] | undefined)[] {
  if (asked.flags.has("--scan")) return [["SCAN", "0", "COUNT", "1000000", ...(asked.pattern === undefined ? [] : ["MATCH", toBytes(asked.pattern)])]];
  if (asked.flags.has("--pipe")) return readCommands(toBytes(stdin)).commands;
  if (asked.words.length === 0) return linesOf(stdin);
  const words = [...asked.words.map(toBytes), ...(asked.flags.has("-x") ? [toBytes(stdin)] : [])];
  return Array.from({ length: asked.repeat }, () => words);
}

/**
 * `redis-cli [-h HOST] [-p PORT] [-a PASSWORD] [-n DB] [-r TIMES] [-i SECONDS] [--raw|--no-raw|--csv] [COMMAND…]`, or commands on standard
 * input. A script is one conversation, so that MULTI and SELECT hold in it.
 *
 * @simplified Nobody knows here whether a terminal looks on: output is raw, as in a pipe or under `kubectl exec` without `-t`, unless
 * `--no-raw` is given. Repetitions are asked for at once, and shown when their time is over; an endless one is a hundred.
 */
export function cliOf(version: Version): NetworkCommand {
  return (command, process): Waited => {
    const asked = askedOf(command.argv, command.env);
    const { flags } = asked;
    if (flags.has("-v") || flags.has("--version")) return { takes: 0, result: { status: 0, stdout: `redis-cli ${version.full}\n` } };
    if (asked.unknown !== undefined) return { takes: 0, result: { status: 1, stderr: `Unrecognized option or bad number of args for: '${asked.unknown}'\n` } };
    const warning = asked.isExposed && !flags.has("--no-auth-warning") ? EXPOSED : "";
    const lines = commandsOf(asked, command.stdin ?? "");
    const first = opening(asked);
    const real = lines.filter((line) => line !== undefined);
    const body = toText([...first, ...real].map(encodeCommand).join(""));
    const trace = process.request({ protocol: "redis", host: asked.host, port: asked.port, body });
    const problem = obstacle(trace, asked);
    if (problem !== undefined) return { takes: trace.latency, result: { status: 1, stderr: warning + problem } };
    const { replies, odd } = repliesOf(trace.response?.body ?? "");
    const takes = trace.latency + asked.interval * (asked.words.length === 0 ? 0 : asked.repeat);
    return { takes, result: told(asked, { first, lines, replies, odd, warning }) };
  };
}

interface Heard {
  readonly first: readonly (readonly string[])[];
  readonly lines: readonly (readonly string[] | undefined)[];
  readonly replies: readonly Reply[];
  readonly odd: string | undefined;
  readonly warning: string;
}

/** What is printed of a conversation. */
function told(asked: Asked, { first, lines, replies, odd, warning }: Heard): Waited["result"] {
  let stderr = warning;
  first.forEach((words, i) => {
    const problem = errorOf(replies[i]);
    if (problem !== undefined) stderr += words[0] === "AUTH" ? `AUTH failed: ${problem}\n` : `SELECT ${asked.db} failed: ${problem}\n`;
  });
  const rest = replies.slice(first.length);
  const failed = rest.filter((reply) => errorOf(reply) !== undefined).length;
  if (odd !== undefined) return { status: 1, stdout: "", stderr: `${stderr}Error: Protocol error, got ${JSON.stringify(odd)} as reply type byte\n` };
  if (asked.flags.has("--pipe")) return { status: failed > 0 ? 1 : 0, stderr, stdout: `All data transferred. Waiting for the last reply...\nLast reply received from server.\nerrors: ${failed}, replies: ${rest.length}\n` };
  if (asked.flags.has("--scan")) {
    const found = rest[0] !== undefined && isArray(rest[0]) ? rest[0][1] : undefined;
    return { status: 0, stderr, stdout: toScreen(found !== undefined && isArray(found) ? found.map((key) => `${raw(key)}\n`).join("") : "") };
  }
  let stdout = "";
  let at = 0;
  // A subscription answers more than once: whatever is left belongs to the last line.
  for (const [i, words] of lines.entries()) {
    if (!words) stdout += "Invalid argument(s)\n";
    else for (const reply of rest.slice(at, (at = i === lines.length - 1 ? rest.length : at + 1))) stdout += shown(reply, asked, words);
  }
  return { status: failed > 0 && asked.flags.has("-e") ? 1 : 0, stdout: toScreen(stdout), stderr };
}

/** About what a small machine does in a second. */
const RATES: readonly (readonly [string, number])[] = [["PING_INLINE", 118_203.31], ["PING_MBULK", 120_481.93], ["SET", 116_959.06], ["GET", 121_065.38], ["INCR", 119_760.48], ["LPUSH", 114_942.53], ["RPUSH", 115_740.73], ["LPOP", 113_895.21], ["RPOP", 114_416.48], ["SADD", 118_764.84], ["HSET", 114_285.71], ["SPOP", 120_918.98], ["ZADD", 113_636.37], ["MSET (10 keys)", 92_165.9]];

/**
 * `redis-benchmark [-h HOST] [-p PORT] [-n REQUESTS] [-t TESTS] -q`
 *
 * @simplified Nothing is measured: who reaches the server is told the numbers of a small machine.
 */
export const benchmark: NetworkCommand = ({ argv }, process) => {
  const value = (name: string): string | undefined => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : undefined);
  const [host, port] = [value("-h") ?? "127.0.0.1", Number(value("-p") ?? 6379)];
  const trace = process.request({ protocol: "redis", host, port, body: "PING\r\n" });
  const problem = obstacle(trace, askedOf(["redis-cli", "-h", host, "-p", String(port)], {}));
  if (problem !== undefined) return { takes: trace.latency, result: { status: 1, stderr: problem } };
  const wanted = value("-t")?.toLowerCase().split(",");
  const chosen = RATES.filter(([name]) => wanted === undefined || wanted.some((test) => name.toLowerCase().startsWith(test)));
  const requests = Math.max(1, Number(value("-n") ?? 100_000) || 100_000);
  const takes = chosen.reduce<number>((sum, [, rate]) => sum + Math.ceil((requests / rate) * 1000), trace.latency);
  return { takes, result: { status: 0, stdout: chosen.map(([name, rate]) => `${name}: ${rate.toFixed(2)} requests per second, p50=0.215 msec\n`).join("") } };
};
