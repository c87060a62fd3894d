import type { OutboundRequest, PacketTrace } from "@/lib/engine";
import type { CommandResult } from "@/lib/shell";
import { phrase } from "./http-phrase";
import type { Caller, NetworkCommand, Waited } from "./network-command";

const now = (result: CommandResult): Waited => ({ result, takes: 0 });

interface Url {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function parseUrl(text: string): Url | undefined {
  const match = /^(?:(https?):\/\/)?([^/:\s]+)(?::(\d{1,5}))?(\/\S*)?$/.exec(text);
  return match ? { secure: match[1] === "https", host: match[2] ?? "", port: match[3] === undefined ? (match[1] === "https" ? 443 : 80) : Number(match[3]), path: match[4] ?? "/" } : undefined;
}

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

const seconds = (text: string | undefined): number | undefined => (text === undefined ? undefined : Math.trunc(Number(text) * 1000));

function http(process: Caller, url: Url, more: Partial<OutboundRequest>): PacketTrace {
  return process.request({ protocol: "http", host: url.host, port: url.port, path: url.path, ...more });
}

/** busybox wget: `-q -O FILE -T SECONDS --post-data TEXT --header LINE --spider`. */
export const wget: NetworkCommand = (command, process) => {
  const { values, flags, words } = options(command.argv, ["-O", "-T", "--post-data", "--header", "--timeout", "-t"]);
  const quiet = flags.has("-q") || [...flags].some((flag) => /^-[a-zA-Z]*q/.test(flag));
  const toStdout = values["-O"] === "-" || [...flags].includes("-qO-") || values["-O"] === "/dev/stdout";
  const url = parseUrl(words[0] ?? "");
  if (!url) return now({ status: 1, stderr: "BusyBox v1.37.0 () multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-T SEC] URL...\n" });
  const header = values["--header"];
  const headers = header === undefined ? {} : { [header.split(":")[0]?.trim().toLowerCase() ?? ""]: header.slice(header.indexOf(":") + 1).trim() };
  const { host: hostHeader, ...others } = headers as Record<string, string>;
  const post = values["--post-data"];
  const trace = http(process, url, { method: post === undefined ? "GET" : "POST", headers: others, ...(post === undefined ? {} : { body: post }), ...(hostHeader === undefined ? {} : { hostHeader }) });
  const limit = seconds(values["-T"] ?? values["--timeout"]) ?? (trace.outcome === "timed-out" ? 127_000 : undefined);
  const takes = limit === undefined ? trace.latency : Math.min(limit, trace.latency);
  const address = trace.hops.at(-1)?.before.destination;
  const intro = quiet ? "" : `Connecting to ${url.host}${url.port === 80 ? "" : `:${url.port}`} (${address?.ip ?? url.host}:${url.port})\n`;
  if (trace.outcome === "no-such-host") return { takes, result: { status: 1, stderr: `wget: bad address '${url.host}'\n` } };
  if (trace.reset) return { takes, result: { status: 1, stderr: `${intro}wget: error getting response: Connection reset by peer\n` } };
  if (trace.outcome === "refused") return { takes, result: { status: 1, stderr: `${intro}wget: can't connect to remote host (${address?.ip ?? url.host}): Connection refused\n` } };
  if (!trace.response) return { takes, result: { status: 1, stderr: `${intro}wget: download timed out\n` } };
  if (trace.response.status >= 400) return { takes, result: { status: 1, stderr: `${intro}wget: server returned error: HTTP/1.1 ${trace.response.status} ${phrase(trace.response.status)}\n` } };
  if (flags.has("--spider")) return { takes, result: { status: 0, stderr: quiet ? "" : `${intro}remote file exists\n` } };
  if (toStdout) return { takes, result: { status: 0, stdout: trace.response.body, stderr: quiet ? "" : `${intro}writing to stdout\nwritten to stdout\n` } };
  const file = values["-O"] ?? (url.path.split("/").at(-1)?.split("?")[0] || "index.html");
  const path = file.startsWith("/") ? file : `${command.cwd === "/" ? "" : command.cwd}/${file}`;
  if (values["-O"] === undefined && process.files.stat(path)) return { takes, result: { status: 1, stderr: `${intro}wget: can't open '${file}': File exists\n` } };
  const problem = path === "/dev/null" ? undefined : process.files.write(path, trace.response.body);
  return { takes, result: problem === undefined ? { status: 0, stderr: quiet ? "" : `${intro}saving to '${file}'\n'${file}' saved\n` } : { status: 1, stderr: `wget: can't open '${file}': Read-only file system\n` } };
};

/** busybox nslookup NAME. */
export const nslookup: NetworkCommand = (command, process) => {
  const name = command.argv[1];
  if (name === undefined) return now({ status: 1, stderr: "BusyBox v1.37.0 () multi-call binary.\n\nUsage: nslookup HOST [DNS_SERVER]\n" });
  const answer = process.resolve(name);
  const server = /nameserver (\S+)/.exec(process.files.read("/etc/resolv.conf") ?? "")?.[1] ?? "10.96.0.10";
  const head = `Server:\t\t${server}\nAddress:\t${server}:53\n\n`;
  if (answer.queries.at(-1)?.code === "TIMEOUT") return { takes: 10_000, result: { status: 1, stderr: ";; connection timed out; no servers could be reached\n\n" } };
  if (answer.addresses.length === 0) return { takes: 1, result: { status: 1, stdout: `${head}** server can't find ${name}: ${answer.queries.at(-1)?.code === "SERVFAIL" ? "SERVFAIL" : "NXDOMAIN"}\n\n` } };
  const alias = answer.cname === undefined ? "" : `${answer.resolved ?? name}\tcanonical name = ${answer.cname}\n`;
  return { takes: 1, result: { status: 0, stdout: `${head}${alias}${answer.addresses.map((address) => `Name:\t${answer.cname ?? answer.resolved ?? name}\nAddress: ${address}`).join("\n")}\n\n` } };
};

/** nc [-z] [-v] [-w SECONDS] HOST PORT: what it is given on standard input is sent, and the answer printed. */
export const nc: NetworkCommand = (command, process) => {
  const { values, flags, words } = options(command.argv, ["-w"]);
  const [host, port] = words;
  if (host === undefined || port === undefined) return now({ status: 1, stderr: "nc: missing host or port\n" });
  const sends = ![...flags].some((flag) => flag.includes("z")) && (command.stdin ?? "") !== "";
  const http = sends ? /^([A-Z]+) (\S+) HTTP\//.exec(command.stdin ?? "") : null;
  const trace = process.request({ protocol: http ? "http" : "tcp", host, port: Number(port), ...(http ? { method: http[1] ?? "GET", path: http[2] ?? "/" } : sends ? { body: command.stdin ?? "" } : {}) });
  const limit = seconds(values["-w"]) ?? 127_000;
  const takes = Math.min(limit, trace.latency);
  const verbose = [...flags].some((flag) => flag.includes("v"));
  const ip = trace.hops.at(-1)?.before.destination.ip ?? host;
  const answer = sends && trace.response ? `${http ? `HTTP/1.1 ${trace.response.status} ${trace.response.status < 300 ? "OK" : phrase(trace.response.status)}\r\n\r\n` : ""}${trace.response.body}` : "";
  if (trace.outcome === "delivered") return { takes, result: { status: 0, stdout: answer, stderr: verbose ? `${host} (${ip}:${port}) open\n` : "" } };
  const why = trace.outcome === "no-such-host" ? `nc: bad address '${host}'` : trace.outcome === "refused" ? `nc: ${host} (${ip}:${port}): Connection refused` : `nc: ${host} (${ip}:${port}): Connection timed out`;
  return { takes, result: { status: 1, stderr: `${why}\n` } };
};

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
