import { reasonOf, resolvePath } from "@/lib/shell";
import { phrase } from "../http-phrase";
import { connectedTo, type NetworkCommand, type Waited } from "../network-command";
import { byteLength, parseUrl, redirected, type Url } from "../url";
import { ask, fileOf, headerLines, timeoutOf } from "./ask";
import { lastOf, readWget, type WgetCall, type WgetOptions } from "./options";

const OPTIONS: WgetOptions = {
  flags: { c: "continue", q: "quiet", S: "server-response" },
  values: { O: "output-document", o: "output-file", P: "directory-prefix", T: "timeout", U: "user-agent", Y: "proxy", t: "tries" },
  longFlags: new Set(["continue", "quiet", "server-response", "spider", "no-check-certificate", "passive-ftp", "no-verbose", "no-clobber", "no-host-directories", "no-parent", "no-cache"]),
  longValues: new Set(["output-document", "output-file", "directory-prefix", "timeout", "user-agent", "proxy", "header", "post-data", "post-file", "tries"]),
  pairs: { nv: "no-verbose", nc: "no-clobber", nH: "no-host-directories", np: "no-parent" },
};
const USAGE = `BusyBox v1.37.0 () multi-call binary.

Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...
`;
const MOST_REDIRECTS = 5;
/** How long the kernel tries to connect. */
const CONNECTING = 127_000;

interface Got {
  readonly error?: string;
  readonly body: string;
  readonly url: Url;
  /** What has been said on the way. */
  readonly said: string;
  readonly takes: number;
}

/** `wget [-cqS] [--spider] [-O FILE] [-o LOG] [--header LINE] [--post-data TEXT] [-P DIR] [-U AGENT] [-T SECONDS] URL…`, as busybox has it: it checks no certificates, and says so. */
export const busyboxWget: NetworkCommand = (command, process) => {
  const call = readWget(command.argv, OPTIONS);
  if ("misuse" in call) return { takes: 0, result: { status: 1, stderr: `wget: ${call.misuse}\n${USAGE}` } };
  if (call.urls.length === 0) return { takes: 0, result: { status: 1, stderr: USAGE } };
  const session = { stdout: "", stderr: "", takes: 0, status: 0 };
  for (const text of call.urls) {
    const url = parseUrl(text);
    if (!url) return { takes: session.takes, result: { ...session, status: 1, stderr: `${session.stderr}wget: not an http or ftp url: ${text}\n` } };
    const done = download(url, text, call, command, process);
    session.stdout += done.result.stdout ?? "";
    session.stderr += done.result.stderr ?? "";
    session.takes += done.takes;
    session.status = done.result.status;
    if (session.status !== 0) break;
  }
  const log = lastOf(call, "output-file");
  if (log !== undefined && log !== "-") {
    process.files.write(resolvePath(command.cwd, log), session.stderr);
    session.stderr = "";
  }
  return { takes: session.takes, result: { status: session.status, stdout: session.stdout, stderr: session.stderr } };
};

function download(first: Url, text: string, call: WgetCall, command: Parameters<NetworkCommand>[0], process: Parameters<NetworkCommand>[1]): Waited {
  const isQuiet = call.flags.has("quiet");
  const output = lastOf(call, "output-document");
  const folder = lastOf(call, "directory-prefix");
  const name = output ?? (folder === undefined ? fileOf(first) : `${folder.replace(/\/$/, "")}/${fileOf(first)}`);
  const path = resolvePath(command.cwd, name);
  const got = fetch(first, text, call, process, (file) => process.files.read(resolvePath(command.cwd, file)) ?? "");
  const fails = (message: string): Waited => ({ takes: got.takes, result: { status: 1, stderr: `${got.said}wget: ${message}\n` } });
  if (got.error !== undefined) return fails(got.error);
  if (call.flags.has("spider")) return { takes: got.takes, result: { status: 0, stderr: isQuiet ? "" : `${got.said}remote file exists\n` } };
  const meter = (file: string): string => `${file.slice(0, 20).padEnd(20)} 100% |${"*".repeat(32)}| ${sized(byteLength(got.body))}  0:00:00 ETA\n`;
  if (output === "-" || path === "/dev/stdout") return { takes: got.takes, result: { status: 0, stdout: got.body, stderr: isQuiet ? got.said : `${got.said}writing to stdout\n${meter("-")}written to stdout\n` } };
  // Without `-O` nothing is overwritten; with `-c` a file already here is taken as begun, and what is missing is added.
  if (output === undefined && !call.flags.has("continue") && process.files.stat(path)) return fails(`can't open '${name}': File exists`);
  const problem = path === "/dev/null" ? undefined : process.files.write(path, got.body);
  if (problem !== undefined) return fails(`can't open '${name}': ${reasonOf(problem)}`);
  return { takes: got.takes, result: { status: 0, stderr: isQuiet ? got.said : `${got.said}saving to '${name}'\n${meter(name.split("/").at(-1) ?? "")}'${name}' saved\n` } };
}

/** Five characters for an amount: as it is up to 99999, scaled by 1024 above. */
function sized(bytes: number): string {
  if (bytes <= 99_999) return String(bytes).padStart(5);
  let value = bytes;
  let unit = -1;
  while (value >= 1024) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 100 ? value.toFixed(1) : String(Math.trunc(value))}${"KMGT"[unit] ?? ""}`.padStart(5);
}

function fetch(first: Url, text: string, call: WgetCall, process: Parameters<NetworkCommand>[1], read: (path: string) => string): Got {
  const isQuiet = call.flags.has("quiet");
  const posted = lastOf(call, "post-data") ?? (lastOf(call, "post-file") === undefined ? undefined : read(lastOf(call, "post-file") as string));
  const limit = timeoutOf(call, "timeout");
  let url = first;
  let shown = text.replace(/^https?:\/\//, "").replace(/^[^@/]*@/, "").replace(/[/?#].*$/, "");
  let said = "";
  let takes = 0;
  for (let redirects = 0; ; redirects += 1) {
    const trace = ask(call, url, process, { agent: "Wget", checks: false, method: call.flags.has("spider") ? "HEAD" : posted !== undefined && redirects === 0 ? "POST" : "GET", ...(posted !== undefined && redirects === 0 ? { body: posted } : {}) });
    const isLate = limit !== undefined && trace.latency > limit;
    takes += isLate ? limit : trace.outcome === "timed-out" ? CONNECTING : trace.latency;
    const ends = (error?: string): Got => ({ url, said, takes, body: trace.response?.body ?? "", ...(error === undefined ? {} : { error }) });
    if (trace.outcome === "no-such-host") return ends(`bad address '${shown}'`);
    const ip = connectedTo(trace, url.host);
    if (!isQuiet) said += `Connecting to ${shown} (${ip}:${url.port})\n`;
    if (trace.outcome === "refused") return ends(`can't connect to remote host (${ip}): Connection refused`);
    if (trace.reset) return ends("error getting response: Connection reset by peer");
    if (isLate) return ends("download timed out");
    if (url.secure && redirects === 0 && !call.flags.has("no-check-certificate") && !isQuiet) said += "wget: note: TLS certificate validation not implemented\n";
    if (!trace.response) return ends(`can't connect to remote host (${ip}): Connection timed out`);
    const { status, headers = {} } = trace.response;
    if (call.flags.has("server-response")) said += [`  HTTP/1.1 ${status} ${phrase(status)}`, ...headerLines(trace), "  "].join("\n").concat("\n");
    const location = headers["location"];
    if (status >= 300 && status < 400 && location !== undefined) {
      const next = redirected(url, location);
      if (redirects >= MOST_REDIRECTS) return ends("too many redirections");
      if (!next) return ends(`not an http or ftp url: ${location}`);
      shown = next.host === url.host && !/^https?:/.test(location) ? shown : `${next.host}${next.port === (next.secure ? 443 : 80) ? "" : `:${next.port}`}`;
      url = next;
      continue;
    }
    return ends(status >= 400 ? `server returned error: HTTP/1.1 ${status} ${phrase(status)}` : undefined);
  }
}
