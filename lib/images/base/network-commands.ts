import type { PacketTrace } from "@/lib/engine";
import type { CommandResult } from "@/lib/shell";
import type { NetworkCommand, Waited } from "./network-command";

const now = (result: CommandResult): Waited => ({ result, takes: 0 });

/** Values of options that take one, by their letter or name; the rest are words. */
export function options(argv: readonly string[], valued: readonly string[]): { readonly values: Readonly<Record<string, string>>; readonly flags: ReadonlySet<string>; readonly words: readonly string[] } {
  const values: Record<string, string> = {};
  const flags = new Set<string>();
  const words: string[] = [];
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] ?? "";
    const glued = valued.find((name) => (name.startsWith("--") ? arg.startsWith(`${name}=`) : arg.startsWith(name) && arg.length > name.length));
    if (valued.includes(arg)) values[arg] = argv[(i += 1)] ?? "";
    else if (glued !== undefined) values[glued] = glued.startsWith("--") ? arg.slice(glued.length + 1) : arg.slice(glued.length);
    else if (arg.startsWith("-") && arg.length > 1) flags.add(arg);
    else words.push(arg);
  }
  return { values, flags, words };
}

/** mariadb/mysql client: `-h HOST -P PORT -u USER -pPASSWORD -e SQL [DATABASE]`, or SQL on standard input. */
export const mysql: NetworkCommand = (command, process) => {
  const { values, flags, words } = options(command.argv, ["-h", "-P", "-u", "-p", "-e", "-D", "--host", "--port", "--user", "--password", "--execute", "--database"]);
  const host = values["-h"] ?? values["--host"] ?? "127.0.0.1";
  const user = values["-u"] ?? values["--user"] ?? "root";
  const sql = values["-e"] ?? values["--execute"] ?? command.stdin ?? "";
  const database = values["-D"] ?? values["--database"] ?? words[0] ?? "";
  const plain = [...flags].some((flag) => /^-[a-zA-Z]*N/.test(flag) || flag === "--skip-column-names");
  const trace = process.request({ protocol: "mysql", host, port: Number(values["-P"] ?? values["--port"] ?? 3306), body: sql, headers: { user, password: values["-p"] ?? values["--password"] ?? command.env["MYSQL_PWD"] ?? "", database, "skip-column-names": String(plain) } });
  return { takes: trace.latency, result: sqlResult(trace, host, user) };
};

/** mariadb-dump/mysqldump: `-h HOST -u USER -pPASSWORD [--all-databases | DATABASE…]`. */
export const mysqldump: NetworkCommand = (command, process) => {
  const { values, flags, words } = options(command.argv, ["-h", "-P", "-u", "-p", "--host", "--port", "--user", "--password"]);
  const host = values["-h"] ?? values["--host"] ?? "127.0.0.1";
  const user = values["-u"] ?? values["--user"] ?? "root";
  const all = flags.has("--all-databases") || flags.has("-A");
  const name = command.argv[0] ?? "mariadb-dump";
  if (words.length === 0 && !all) return now({ status: 1, stderr: `Usage: ${name} [OPTIONS] database [tables]\nOR     ${name} [OPTIONS] --databases DB1 [DB2 DB3...]\nOR     ${name} [OPTIONS] --all-databases\n` });
  const trace = process.request({ protocol: "mysql", host, port: Number(values["-P"] ?? values["--port"] ?? 3306), body: "", headers: { user, password: values["-p"] ?? values["--password"] ?? command.env["MYSQL_PWD"] ?? "", dump: all ? "" : words.join(" ") } });
  return { takes: trace.latency, result: sqlResult(trace, host, user) };
};

function sqlResult(trace: PacketTrace, host: string, user: string): CommandResult {
  if (trace.outcome === "no-such-host") return { status: 1, stderr: `ERROR 2005 (HY000): Unknown server host '${host}' (-2)\n` };
  if (trace.reset) return { status: 1, stderr: "ERROR 2013 (HY000): Lost connection to server at 'reading initial communication packet', system error: 104\n" };
  if (trace.outcome === "refused") return { status: 1, stderr: `ERROR 2002 (HY000): Can't connect to server on '${host}' (111)\n` };
  if (!trace.response) return { status: 1, stderr: `ERROR 2002 (HY000): Can't connect to server on '${host}' (110)\n` };
  if (trace.response.status !== 0) return { status: 1, stderr: `${trace.response.body.replaceAll("{user}", user)}\n` };
  return { status: 0, stdout: trace.response.body };
}

/** mariadb-admin ping. */
export const mysqladmin: NetworkCommand = (command, process) => {
  const { values, words } = options(command.argv, ["-h", "-P", "-u", "-p"]);
  if (words[0] !== "ping") return now({ status: 1, stderr: `mariadb-admin: Unknown command: '${words[0] ?? ""}'\n` });
  const host = values["-h"] ?? "127.0.0.1";
  const trace = process.request({ protocol: "mysql", host, port: Number(values["-P"] ?? 3306), body: "SELECT 1", headers: { user: values["-u"] ?? "root", password: values["-p"] ?? "" } });
  const alive = trace.outcome === "delivered";
  return { takes: trace.latency, result: alive ? { status: 0, stdout: "mysqld is alive\n" } : { status: 1, stderr: `mariadb-admin: connect to server at '${host}' failed\n` } };
};

/** redis-cli -h HOST COMMAND… */
export const redisCli: NetworkCommand = (command, process) => {
  const { values, words } = options(command.argv, ["-h", "-p"]);
  const trace = process.request({ protocol: "redis", host: values["-h"] ?? "127.0.0.1", port: Number(values["-p"] ?? 6379), body: words.join(" ") });
  if (!trace.response) return { takes: trace.latency, result: { status: 1, stderr: `Could not connect to Redis at ${values["-h"] ?? "127.0.0.1"}:${values["-p"] ?? 6379}: Connection refused\n` } };
  return { takes: trace.latency, result: { status: 0, stdout: `${trace.response.body}\n` } };
};
