import { millis, type PacketTrace } from "@/lib/engine";
import type { Caller, NetworkCommand, Waited } from "../base/network-command";
import type { SqlOutcome } from "./sql";

const SOCKET = "/var/run/postgresql/.s.PGSQL.5432";

interface Connection {
  readonly host: string | undefined;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
  readonly flags: ReadonlySet<string>;
  readonly commands: readonly string[];
  readonly file: string | undefined;
  readonly words: readonly string[];
}

const LONG: Readonly<Record<string, string>> = { "--host": "-h", "--port": "-p", "--username": "-U", "--dbname": "-d", "--command": "-c", "--file": "-f", "--set": "-v", "--variable": "-v", "--tuples-only": "-t", "--no-align": "-A", "--list": "-l", "--quiet": "-q" };

/** Letters that take a value. */
const VALUED = "hpUdcfvo";

function connectionOf(argv: readonly string[], env: Readonly<Record<string, string>>): Connection {
  const values: Record<string, string> = {};
  const commands: string[] = [];
  const flags = new Set<string>();
  const words: string[] = [];
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] ?? "";
    const [long = "", given] = arg.split(/=(.*)/s);
    const keep = (name: string, value: string): void => {
      if (name === "-c") commands.push(value);
      else values[name] = value;
    };
    if (arg.startsWith("--")) {
      const name = LONG[long] ?? long;
      if (VALUED.includes(name.slice(1)) && name.length === 2) keep(name, given ?? argv[(i += 1)] ?? "");
      else flags.add(name);
    } else if (arg.startsWith("-") && arg.length > 1) {
      // Letters may share a dash; one that takes a value ends them.
      const at = [...arg.slice(1)].findIndex((letter) => VALUED.includes(letter));
      for (const letter of arg.slice(1, at < 0 ? arg.length : at + 1)) flags.add(`-${letter}`);
      if (at >= 0) keep(`-${arg[at + 1] ?? ""}`, arg.length > at + 2 ? arg.slice(at + 2) : (argv[(i += 1)] ?? ""));
    } else words.push(arg);
  }
  const url = /^postgres(?:ql)?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^:/]+)(?::(\d+))?(?:\/([^?]*))?/.exec(values["-d"] ?? words[0] ?? "");
  const user = url?.[1] ?? values["-U"] ?? words[1] ?? env["PGUSER"] ?? env["POSTGRES_USER"] ?? "postgres";
  const host = url?.[3] ?? values["-h"] ?? env["PGHOST"];
  return {
    host: host === undefined || host.startsWith("/") ? undefined : host,
    port: Number(url?.[4] ?? values["-p"] ?? env["PGPORT"] ?? 5432),
    user,
    database: url?.[5] ?? (url ? user : (values["-d"] ?? words[0] ?? env["PGDATABASE"] ?? user)),
    password: url?.[2] ?? env["PGPASSWORD"] ?? "",
    flags: new Set([...flags, ...(values["-v"] === undefined ? [] : [`-v ${values["-v"]}`])]),
    commands,
    file: values["-f"],
    words,
  };
}

function ask(process: Caller, to: Connection, body: object): PacketTrace {
  return process.request({ protocol: "tcp", host: to.host ?? "127.0.0.1", port: to.port, timeout: millis(130_000), body: JSON.stringify({ postgres: 3, user: to.user, database: to.database, password: to.password, ...body }) });
}

/** Why there is no conversation; undefined when there is. */
function obstacle(to: Connection, trace: PacketTrace): string | undefined {
  const ip = trace.hops.at(-1)?.before.destination.ip ?? to.host;
  if (trace.outcome === "no-such-host") return `could not translate host name "${to.host ?? ""}" to address: Name or service not known`;
  const where = to.host === undefined ? `connection to server on socket "${SOCKET}" failed: ` : `connection to server at "${to.host}" (${ip ?? ""}), port ${to.port} failed: `;
  if (trace.outcome === "refused") return to.host === undefined ? `${where}No such file or directory\n\tIs the server running locally and accepting connections on that socket?` : `${where}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?`;
  if (!trace.response) return `${where}Connection timed out\n\tIs the server running on that host and accepting TCP/IP connections?`;
  if (trace.response.status !== 0) return `${where}${trace.response.body}`;
  return trace.response.body.startsWith("[") || trace.response.body.startsWith("--") ? undefined : `${where}received invalid response to SSL negotiation`;
}

const numeric = (values: readonly string[]): boolean => values.length > 0 && values.every((value) => /^-?\d+(\.\d+)?$/.test(value) || value === "NULL");

/** A result as psql draws it. */
function drawn(outcome: SqlOutcome, to: Connection): string {
  if ("tag" in outcome) return to.flags.has("-q") ? "" : `${outcome.tag}\n`;
  if ("error" in outcome) return "";
  const rows = outcome.rows.map((row) => row.map((value) => (value === "NULL" ? "" : value)));
  const bare = to.flags.has("-t");
  const count = `(${rows.length} row${rows.length === 1 ? "" : "s"})\n`;
  if (to.flags.has("-A")) return `${bare ? "" : `${outcome.columns.join("|")}\n`}${rows.map((row) => `${row.join("|")}\n`).join("")}${bare ? "" : count}`;
  const widths = outcome.columns.map((name, i) => Math.max(bare ? 0 : name.length, ...rows.map((row) => (row[i] ?? "").length)));
  const right = outcome.columns.map((_, i) => numeric(outcome.rows.map((row) => row[i] ?? "")));
  const cell = (text: string, i: number): string => (right[i] === true ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0));
  const head = outcome.columns.map((name, i) => {
    const gap = (widths[i] ?? 0) - name.length;
    return `${" ".repeat(gap >> 1)}${name}${" ".repeat(gap - (gap >> 1))}`;
  });
  const body = rows.map((row) => ` ${row.map(cell).join(" | ")}`.trimEnd() + "\n").join("");
  return bare ? `${body}\n` : ` ${head.join(" | ")} \n${widths.map((width) => "-".repeat(width + 2)).join("+")}\n${body}${count}\n`;
}

/** `psql [-h HOST] [-U USER] [-d DATABASE] [-tAq] [-l] [-c SQL | -f FILE]`, or SQL on standard input. */
export const psql: NetworkCommand = (command, process): Waited => {
  const to = connectionOf(command.argv, command.env);
  const file = to.file === undefined || to.file === "-" ? undefined : process.files.read(to.file.startsWith("/") ? to.file : `${command.cwd}/${to.file}`);
  if (to.file !== undefined && to.file !== "-" && file === undefined) return { takes: 0, result: { status: 1, stderr: `${to.file}: No such file or directory\n` } };
  const scripts = to.flags.has("-l") ? ["\\l"] : to.commands.length > 0 ? to.commands : [file ?? command.stdin ?? ""];
  const trace = ask(process, to, { sql: scripts });
  const problem = obstacle(to, trace);
  if (problem !== undefined) return { takes: trace.latency, result: { status: 2, stderr: `psql: error: ${problem}\n` } };
  const outcomes = JSON.parse(trace.response?.body ?? "[]") as readonly SqlOutcome[];
  const stops = to.commands.length > 0 || to.flags.has("-v ON_ERROR_STOP=1") || to.flags.has("-v ON_ERROR_STOP=on");
  let stdout = "";
  let stderr = "";
  let status = 0;
  for (const outcome of outcomes) {
    stdout += drawn(outcome, to);
    if (!("error" in outcome)) continue;
    stderr += `ERROR:  ${outcome.error}\n`;
    if (stops) status = to.commands.length > 0 ? 1 : 3;
    if (stops) break;
  }
  return { takes: trace.latency, result: { status, stdout, stderr } };
};

/** `pg_isready [-h HOST] [-p PORT]` */
export const pgIsReady: NetworkCommand = (command, process) => {
  const to = connectionOf(command.argv, command.env);
  const trace = ask(process, to, { ping: true });
  const where = `${to.host ?? "/var/run/postgresql"}:${to.port}`;
  if (trace.response?.body.startsWith("[") === true) return { takes: trace.latency, result: { status: 0, stdout: `${where} - accepting connections\n` } };
  if (trace.response && trace.response.status !== 0) return { takes: trace.latency, result: { status: 1, stdout: `${where} - rejecting connections\n` } };
  return { takes: Math.min(trace.latency, 3_000), result: { status: 2, stdout: `${where} - no response\n` } };
};

/** `pg_dump [-h HOST] [-U USER] DATABASE` */
export const pgDump: NetworkCommand = (command, process) => {
  const to = connectionOf(command.argv, command.env);
  const trace = ask(process, to, { dump: true });
  const problem = obstacle(to, trace);
  return { takes: trace.latency, result: problem === undefined ? { status: 0, stdout: trace.response?.body ?? "" } : { status: 1, stderr: `pg_dump: error: ${problem}\n` } };
};
