import type { Cluster, Json, Origin, PacketTrace } from "@/lib/engine";
import type { CommandResult, HostCommand } from "@/lib/shell";
import type { Answered, Job, TerminalProgram } from "../terminal";

/** A web address in its parts. Only http is spoken here; https addresses are asked on their port. */
function parseUrl(text: string): { readonly host: string; readonly port: number; readonly path: string } | undefined {
  const match = /^(?:(https?):\/\/)?([^/:\s]+)(?::(\d{1,5}))?(\/\S*)?$/.exec(text);
  if (!match) return undefined;
  return { host: match[2] ?? "", port: match[3] === undefined ? (match[1] === "https" ? 443 : 80) : Number(match[3]), path: match[4] ?? "/" };
}

/** The result now, or when the trip's time has passed. */
function after(cluster: Cluster, trace: PacketTrace, limit: number | undefined, result: CommandResult, given: CommandResult): Answered {
  const spent = limit === undefined ? trace.latency : Math.min(trace.latency, limit);
  const out = limit !== undefined && trace.latency > limit ? given : result;
  return { job: { program: "finish", state: out as unknown as Json, at: cluster.now + spent, endless: false } };
}

/** Ends a command whose answer was known when it began. */
export const finish: TerminalProgram = {
  name: "finish",
  start: () => ({ result: { status: 127 } }),
  resume: (job: Job) => ({ result: job.state as unknown as CommandResult }),
};

interface CurlOptions {
  readonly url: string | undefined;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly silent: boolean;
  readonly showHeaders: boolean;
  readonly headOnly: boolean;
  readonly maxTime: number | undefined;
  readonly writeOut: string | undefined;
  readonly discard: boolean;
  readonly unknown: string | undefined;
}

const WITH_VALUE: Readonly<Record<string, string>> = { "-H": "header", "--header": "header", "-X": "method", "--request": "method", "-d": "data", "--data": "data", "--data-binary": "data", "-m": "max", "--max-time": "max", "--connect-timeout": "max", "-w": "write", "--write-out": "write", "-o": "output", "--output": "output", "--resolve": "ignore", "-u": "ignore" };
const PLAIN: Readonly<Record<string, string>> = { "-s": "silent", "--silent": "silent", "-S": "ignore", "--show-error": "ignore", "-i": "include", "--include": "include", "-I": "head", "--head": "head", "-L": "ignore", "--location": "ignore", "-k": "ignore", "--insecure": "ignore", "-v": "ignore", "--verbose": "ignore", "-f": "ignore", "--fail": "ignore", "-sS": "silent", "-si": "silent-include", "-sI": "silent-head" };

function curlOptions(args: readonly string[]): CurlOptions {
  const values: Record<string, string[]> = {};
  const flags = new Set<string>();
  let unknown: string | undefined;
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    const valued = WITH_VALUE[arg];
    if (valued !== undefined) (values[valued] ??= []).push(args[(i += 1)] ?? "");
    else if (PLAIN[arg] !== undefined) for (const name of (PLAIN[arg] ?? "").split("-")) flags.add(name);
    else if (arg.startsWith("-") && arg !== "-") unknown ??= arg;
    else (values["url"] ??= []).push(arg);
  }
  const headers = Object.fromEntries((values["header"] ?? []).map((line) => [line.split(":")[0]?.trim().toLowerCase() ?? "", line.slice(line.indexOf(":") + 1).trim()]));
  return {
    url: values["url"]?.[0],
    method: values["method"]?.[0],
    headers,
    body: values["data"]?.join("&"),
    silent: flags.has("silent"),
    showHeaders: flags.has("include"),
    headOnly: flags.has("head"),
    maxTime: values["max"]?.[0] === undefined ? undefined : Math.trunc(Number(values["max"][0]) * 1000),
    writeOut: values["write"]?.[0],
    discard: values["output"]?.[0] === "/dev/null",
    unknown,
  };
}

/** curl from the student's machine. Exit codes and messages as curl 8 gives them. */
export function curlProgram(cluster: Cluster, from: Origin): TerminalProgram {
  return { name: "curl", start: (command) => curl(cluster, from, command) };
}

function curl(cluster: Cluster, from: Origin, command: HostCommand): Answered {
  const options = curlOptions(command.argv.slice(1));
  if (options.unknown !== undefined) return { result: { status: 2, stderr: `curl: option ${options.unknown}: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n` } };
  if (options.url === undefined) return { result: { status: 2, stderr: "curl: (2) no URL specified\n" } };
  const url = parseUrl(options.url);
  if (!url) return { result: { status: 3, stderr: "curl: (3) URL rejected: Malformed input to a URL function\n" } };
  const body = options.body?.startsWith("@") === true ? (command.stdin ?? "") : options.body;
  const { host: hostHeader, ...headers } = options.headers;
  const method = options.method ?? (options.headOnly ? "HEAD" : body === undefined ? "GET" : "POST");
  const trace = cluster.send(from, { protocol: "http", host: url.host, port: url.port, path: url.path, method, headers, ...(body === undefined ? {} : { body }), ...(hostHeader === undefined ? {} : { hostHeader }) });
  const timeout: CommandResult = { status: 28, stderr: `curl: (28) Connection timed out after ${options.maxTime ?? trace.latency} milliseconds\n` };
  return after(cluster, trace, options.maxTime, curlResult(trace, url, options), timeout);
}

const REASONS: Readonly<Record<number, string>> = { 200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out" };

function curlResult(trace: PacketTrace, url: { readonly host: string; readonly port: number }, options: CurlOptions): CommandResult {
  const failed = (status: number, text: string): CommandResult => ({ status, stdout: writeOut(options, 0), stderr: options.silent ? "" : `curl: (${status}) ${text}\n` });
  if (trace.outcome === "no-such-host") return failed(6, `Could not resolve host: ${url.host}`);
  if (trace.outcome === "timed-out" || trace.outcome === "unreachable") return failed(28, `Failed to connect to ${url.host} port ${url.port} after ${trace.latency} ms: Could not connect to server`);
  if (trace.outcome === "refused" || !trace.response) return failed(7, `Failed to connect to ${url.host} port ${url.port} after ${trace.latency} ms: Could not connect to server`);
  const { status, headers = {}, body } = trace.response;
  const head = [`HTTP/1.1 ${status} ${REASONS[status] ?? ""}`.trimEnd(), ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
  const shown = options.discard ? "" : options.headOnly ? head : options.showHeaders ? head + body : body;
  return { status: 0, stdout: shown + writeOut(options, status) };
}

function writeOut(options: CurlOptions, status: number): string {
  return (options.writeOut ?? "").replaceAll("%{http_code}", String(status).padStart(3, "0")).replaceAll("\\n", "\n");
}

/** nslookup from the student's machine, which asks the company's DNS. */
export function nslookupProgram(cluster: Cluster, from: Origin): TerminalProgram {
  return {
    name: "nslookup",
    start(command) {
      const name = command.argv[1];
      if (name === undefined) return { result: { status: 1, stderr: "usage: nslookup NAME\n" } };
      const answer = cluster.resolve(from, name);
      const server = cluster.world.host("dns-empresa")?.ip ?? "192.168.1.3";
      const head = `Server:\t\t${server}\nAddress:\t${server}#53\n\n`;
      if (answer.addresses.length === 0) return { result: { status: 1, stdout: `${head}** server can't find ${name}: NXDOMAIN\n\n` } };
      return { result: { status: 0, stdout: `${head}Name:\t${name}\n${answer.addresses.map((address) => `Address: ${address}`).join("\n")}\n\n` } };
    },
  };
}
