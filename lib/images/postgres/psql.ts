import { millis, type PacketTrace } from "@/lib/engine";
import type { Caller, NetworkCommand, Waited } from "../base/network-command";
import { drawn } from "./draw";
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
  readonly separator: string;
  readonly table: string | undefined;
  readonly words: readonly string[];
}

const LONG: Readonly<Record<string, string>> = { "--host": "-h", "--port": "-p", "--username": "-U", "--dbname": "-d", "--command": "-c", "--file": "-f", "--set": "-v", "--variable": "-v", "--tuples-only": "-t", "--no-align": "-A", "--list": "-l", "--quiet": "-q", "--expanded": "-x", "--field-separator": "-F", "--table": "-t", "--schema-only": "-s", "--data-only": "-a" };

/** Letters that take a value. */
const VALUED = "hpUdcfvoFP";

function connectionOf(argv: readonly string[], env: Readonly<Record<string, string>>, valued = VALUED): Connection {
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
      if (valued.includes(name.slice(1)) && name.length === 2) keep(name, given ?? argv[(i += 1)] ?? "");
      else flags.add(name);
    } else if (arg.startsWith("-") && arg.length > 1) {
      // Letters may share a dash; one that takes a value ends them.
      const at = [...arg.slice(1)].findIndex((letter) => valued.includes(letter));
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
    separator: values["-F"] ?? "|",
    table: values["-t"],
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

/** `\\i FILE` is the client's own: the file's text takes its place. */
function included(script: string, process: Caller, cwd: string): string {
  return script.replace(/^\s*\\ir?\s+(\S+)\s*$/gm, (_, name: string) => process.files.read(name.startsWith("/") ? name : `${cwd}/${name}`) ?? "");
}

/** `psql [-h HOST] [-U USER] [-d DATABASE] [-tAqx] [-F SEPARATOR] [-l] [-c SQL | -f FILE]`, or SQL on standard input. */
export const psql: NetworkCommand = (command, process): Waited => {
  const to = connectionOf(command.argv, command.env);
  if (to.flags.has("-V") || to.flags.has("--version")) return { takes: 0, result: { status: 0, stdout: `psql (PostgreSQL) ${command.env["PG_MAJOR"] ?? "17"}.6\n` } };
  const file = to.file === undefined || to.file === "-" ? undefined : process.files.read(to.file.startsWith("/") ? to.file : `${command.cwd}/${to.file}`);
  if (to.file !== undefined && to.file !== "-" && file === undefined) return { takes: 0, result: { status: 1, stderr: `psql: error: ${to.file}: No such file or directory\n` } };
  const scripts = to.flags.has("-l") ? ["\\l"] : to.commands.length > 0 ? to.commands : [file ?? command.stdin ?? ""];
  const strict = to.flags.has("-v ON_ERROR_STOP=1") || to.flags.has("-v ON_ERROR_STOP=on");
  const stops = to.commands.length > 0 || strict;
  const trace = ask(process, to, { sql: scripts.map((script) => included(script, process, command.cwd)), stops });
  const problem = obstacle(to, trace);
  if (problem !== undefined) return { takes: trace.latency, result: { status: 2, stderr: `psql: error: ${problem}\n` } };
  const outcomes = JSON.parse(trace.response?.body ?? "[]") as readonly SqlOutcome[];
  const flags = new Set(to.flags);
  let stdout = "";
  let stderr = "";
  let status = 0;
  for (const outcome of outcomes) {
    if ("toggle" in outcome) {
      if (flags.has(`-${outcome.toggle}`)) flags.delete(`-${outcome.toggle}`);
      else flags.add(`-${outcome.toggle}`);
      if (outcome.toggle === "x" && !flags.has("-q")) stdout += `Expanded display is ${flags.has("-x") ? "on" : "off"}.\n`;
    } else if ("said" in outcome && outcome.said.startsWith("Did not find")) stderr += outcome.said;
    else stdout += drawn(outcome, { flags, separator: to.separator });
    if ("notices" in outcome) stderr += (outcome.notices ?? []).map((notice) => `${notice}\n`).join("");
    if (!("error" in outcome)) continue;
    stderr += `${outcome.error.startsWith("invalid command") ? "" : `${to.file === undefined || to.file === "-" ? "" : `psql:${to.file}: `}ERROR:  `}${outcome.error}\n${outcome.rest}`;
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

/** `pg_dump [-h HOST] [-U USER] [-s | -a] [-t TABLE] [-f FILE] DATABASE` */
export const pgDump: NetworkCommand = (command, process) => {
  const to = connectionOf(command.argv, command.env, "hpUdftFjn");
  const trace = ask(process, to, { dump: { data: !to.flags.has("-s") && !to.flags.has("--schema-only"), schema: !to.flags.has("-a") && !to.flags.has("--data-only"), tables: to.table === undefined ? [] : [to.table] } });
  const problem = obstacle(to, trace);
  if (problem !== undefined) return { takes: trace.latency, result: { status: 1, stderr: `pg_dump: error: ${problem}\n` } };
  const text = trace.response?.body ?? "";
  if (to.file === undefined) return { takes: trace.latency, result: { status: 0, stdout: text } };
  const failed = process.files.write(to.file.startsWith("/") ? to.file : `${command.cwd}/${to.file}`, text);
  return { takes: trace.latency, result: failed === undefined ? { status: 0 } : { status: 1, stderr: `pg_dump: error: could not open output file "${to.file}": ${failed === "EROFS" ? "Read-only file system" : "No such file or directory"}\n` } };
};

/** `pg_dumpall`: the roles and every database. */
export const pgDumpAll: NetworkCommand = (command, process) => {
  const to = { ...connectionOf(command.argv, command.env), database: "postgres" };
  const trace = ask(process, to, { dumpAll: true });
  const problem = obstacle(to, trace);
  return { takes: trace.latency, result: problem === undefined ? { status: 0, stdout: trace.response?.body ?? "" } : { status: 1, stderr: `pg_dumpall: error: ${problem}\n` } };
};

/** `pg_restore` reads archives only; what `pg_dump` writes here is plain. */
export const pgRestore: NetworkCommand = () => ({ takes: 0, result: { status: 1, stderr: "pg_restore: error: input file appears to be a text format dump. Please use psql.\n" } });
