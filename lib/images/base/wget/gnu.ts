import { instantOf, timestamp, type PacketTrace } from "@/lib/engine";
import { reasonOf, resolvePath } from "@/lib/shell";
import { phrase } from "../http-phrase";
import { connectedTo, type Caller, type NetworkCommand } from "../network-command";
import { byteLength, parseUrl, redirected, type Url } from "../url";
import { ask, fileOf, headerLines, timeoutOf } from "./ask";
import { dots, scaled } from "./progress";
import { lastOf, readWget, type WgetCall, type WgetOptions } from "./options";

const VERSION = "1.25.0";
const OPTIONS: WgetOptions = {
  flags: { q: "quiet", v: "verbose", S: "server-response", N: "timestamping", c: "continue", V: "version", h: "help", "4": "inet4-only", "6": "inet6-only", r: "recursive", k: "convert-links", p: "page-requisites", b: "background", x: "force-directories", E: "adjust-extension", K: "backup-converted", m: "mirror", L: "relative", H: "span-hosts", d: "debug", F: "force-html" },
  values: { O: "output-document", o: "output-file", a: "append-output", P: "directory-prefix", T: "timeout", t: "tries", U: "user-agent", i: "input-file", e: "execute", w: "wait", Q: "quota", l: "level", A: "accept", R: "reject", D: "domains", X: "exclude-directories", I: "include-directories", B: "base" },
  pairs: { nv: "no-verbose", nc: "no-clobber", nd: "no-directories", nH: "no-host-directories", np: "no-parent" },
  longFlags: new Set([
    "quiet", "verbose", "no-verbose", "no-clobber", "server-response", "timestamping", "continue", "version", "help", "inet4-only", "inet6-only", "spider", "no-check-certificate", "content-on-error", "retry-connrefused", "no-proxy", "no-dns-cache", "no-cache", "no-cookies", "no-http-keep-alive", "no-directories", "no-host-directories", "no-parent", "recursive", "convert-links", "page-requisites", "background", "force-directories", "adjust-extension",
    "backup-converted", "mirror", "relative", "span-hosts", "debug", "force-html", "show-progress", "no-hsts", "trust-server-names", "content-disposition", "auth-no-challenge", "https-only", "no-use-server-timestamps", "ignore-length", "save-headers", "retry-on-host-error", "random-wait",
  ]),
  longValues: new Set([
    "output-document", "output-file", "append-output", "directory-prefix", "timeout", "connect-timeout", "read-timeout", "dns-timeout", "tries", "user-agent", "input-file", "execute", "wait", "waitretry", "quota", "level", "accept", "reject", "domains", "exclude-directories", "include-directories", "base", "header", "post-data", "post-file", "method", "body-data", "body-file", "user", "password", "http-user", "http-password", "ca-certificate", "ca-directory", "certificate", "private-key",
    "max-redirect", "limit-rate", "progress", "referer", "load-cookies", "save-cookies", "secure-protocol", "bind-address", "retry-on-http-error", "local-encoding", "compression", "prefer-family", "default-page", "start-pos",
  ]),
};
const USAGE = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n";
/** Exit codes, the lowest of which counts when several URLs fail. */
const GENERIC = 1;
const FILES = 3;
const NETWORK = 4;
const TLS = 5;
const AUTH = 6;
const SERVER = 8;
/** How long the kernel tries to connect, and how often wget tries it all again. */
const CONNECTING = 127_000;
const TRIES = 20;
const LONGEST_PAUSE = 10;
const REDIRECTS = 20;

interface Session {
  readonly call: WgetCall;
  readonly process: Caller;
  readonly cwd: string;
  readonly stdin: string;
  /** Everything it has said, unless `-q`. */
  said: string;
  stdout: string;
  takes: number;
  status: number;
}

/** `wget [OPTION]… [URL]…`, GNU's. @simplified No recursion, proxies, cookies or ranges; what the server sends arrives at once. */
export const wget: NetworkCommand = (command, process) => {
  const call = readWget(command.argv, OPTIONS);
  if ("misuse" in call) return { takes: 0, result: { status: 2, stderr: `wget: ${call.misuse}\n${USAGE}` } };
  if (call.flags.has("version")) return { takes: 0, result: { status: 0, stdout: `GNU Wget ${VERSION} built on linux-gnu.\n` } };
  if (call.flags.has("help")) return { takes: 0, result: { status: 0, stdout: `GNU Wget ${VERSION}, a non-interactive network retriever.\nUsage: wget [OPTION]... [URL]...\n` } };
  const listed = lastOf(call, "input-file");
  const session: Session = { call, process, cwd: command.cwd, stdin: command.stdin ?? "", said: "", stdout: "", takes: 0, status: 0 };
  const list = listed === undefined ? [] : readIn(session, listed).split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  if (listed !== undefined && list.length === 0) session.said += `No URLs found in ${listed}.\n`;
  const urls = [...call.urls, ...list];
  if (urls.length === 0 && listed === undefined) return { takes: 0, result: { status: 1, stderr: `wget: missing URL\n${USAGE}` } };
  const output = lastOf(call, "output-document");
  if (output !== undefined && output !== "-" && urls.length > 0 && !call.flags.has("spider")) {
    const problem = output.startsWith("/dev/") ? undefined : process.files.write(resolvePath(command.cwd, output), "");
    if (problem !== undefined) return { takes: 0, result: { status: 1, stderr: `${output}: ${reasonOf(problem)}\n` } };
  }
  for (const text of urls) retrieve(session, text);
  const log = lastOf(call, "output-file", "append-output");
  if (log !== undefined && log !== "-") {
    const path = resolvePath(command.cwd, log);
    process.files.write(path, (call.values.has("append-output") ? (process.files.read(path) ?? "") : "") + session.said);
    session.said = "";
  }
  return { takes: session.takes, result: { status: session.status, stdout: session.stdout, stderr: session.said } };
};

/** The name a URL's page is saved under; undefined when it goes to the output. A redirect changes nothing about it. */
function savedAs({ call }: Session, url: Url): string | undefined {
  const output = lastOf(call, "output-document");
  if (output === "-" || output === "/dev/stdout") return undefined;
  if (output !== undefined) return output;
  const folder = lastOf(call, "directory-prefix");
  const query = /\?.*$/.exec(url.path)?.[0] ?? "";
  return `${folder === undefined ? "" : `${folder.replace(/\/$/, "")}/`}${fileOf(url)}${query}`;
}

const readIn = ({ cwd, process, stdin }: Session, path: string): string => (path === "-" ? stdin : (process.files.read(resolvePath(cwd, path)) ?? ""));

/** A bad end: the lowest code of all counts, but no success hides one. */
function fail(session: Session, code: number): void {
  session.status = session.status === 0 ? code : Math.min(session.status, code);
}

function say(session: Session, text: string): void {
  if (!session.call.flags.has("quiet") && !session.call.flags.has("no-verbose")) session.said += text;
}

/** What even `-nv` is told. */
function tell(session: Session, text: string): void {
  if (!session.call.flags.has("quiet")) session.said += text;
}

const clock = (session: Session): string => {
  const at = timestamp((instantOf(session.process.timestamp) ?? 0) + session.takes);
  return `${at.slice(0, 10)} ${at.slice(11, 19)}`;
};

function retrieve(session: Session, text: string): void {
  const { call } = session;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(text)?.[1];
  const first = parseUrl(text);
  if (!first) {
    tell(session, scheme !== undefined && !/^https?$/.test(scheme) ? `${text}: Unsupported scheme '${scheme}'.\n` : `${text}: Invalid host name.\n`);
    return fail(session, GENERIC);
  }
  if (call.flags.has("spider")) say(session, "Spider mode enabled. Check if remote file exists.\n");
  const most = Math.trunc(Number(lastOf(call, "tries") ?? TRIES));
  const tries = Number.isNaN(most) || most <= 0 ? TRIES : Math.min(TRIES, most);
  for (let count = 1; ; count += 1) {
    const ended = attempt(session, first, count);
    if (ended !== "again") return;
    if (count >= tries) {
      tell(session, tries > 1 ? "Giving up.\n\n" : "");
      return fail(session, NETWORK);
    }
    say(session, "Retrying.\n\n");
    session.takes += Math.min(LONGEST_PAUSE, count) * 1000;
  }
}

/** One try at a URL, redirects included. */
function attempt(session: Session, first: Url, count: number): "over" | "again" {
  const { call, process } = session;
  const kept = savedAs(session, first);
  if (kept !== undefined && call.flags.has("no-clobber") && process.files.stat(resolvePath(session.cwd, kept))) {
    tell(session, `File '${kept}' already there; not retrieving.\n\n`);
    return "over";
  }
  let open: Url | undefined;
  const limit = Number(lastOf(call, "max-redirect") ?? REDIRECTS);
  const posted = lastOf(call, "post-data", "body-data") ?? (lastOf(call, "post-file", "body-file") === undefined ? undefined : readIn(session, lastOf(call, "post-file", "body-file") as string));
  let method = lastOf(call, "method") ?? (call.flags.has("spider") ? "HEAD" : posted === undefined ? "GET" : "POST");
  let body = posted;
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    say(session, `--${clock(session)}--  ${count > 1 && redirects === 0 ? `(try: ${String(count).padStart(2)})  ` : ""}${url.text}\n`);
    const trace = ask(call, url, process, { agent: `Wget/${VERSION}`, checks: !call.flags.has("no-check-certificate"), method, ...(body === undefined ? {} : { body }) });
    const reached = connect(session, url, trace, { open, isKnown: count > 1 });
    open = url;
    if (reached !== "answered") return reached;
    const { status, headers = {} } = trace.response ?? { status: 0 };
    if (call.flags.has("server-response")) {
      say(session, "\n");
      session.said += [`  HTTP/1.1 ${status} ${phrase(status)}`, ...headerLines(trace)].join("\n").concat("\n");
    } else say(session, `${status} ${phrase(status)}\n`);
    const next = status >= 300 && status < 400 && headers["location"] !== undefined ? redirected(url, headers["location"]) : undefined;
    if (!next) {
      settle(session, url, trace, kept);
      return "over";
    }
    if (redirects >= limit) {
      tell(session, `${limit} redirections exceeded.\n`);
      fail(session, SERVER);
      return "over";
    }
    say(session, `Location: ${headers["location"] ?? ""} [following]\n`);
    if (status < 307 && method === "POST") [method, body] = ["GET", undefined];
    url = next;
  }
}

/** Tells of the connection as it is made. */
function connect(session: Session, url: Url, trace: PacketTrace, { open, isKnown }: { readonly open: Url | undefined; readonly isKnown: boolean }): "answered" | "over" | "again" {
  const { call } = session;
  const isReused = open?.host === url.host && open.port === url.port;
  const isName = !/^[\d.]+$/.test(url.host);
  const ip = connectedTo(trace, url.host);
  const ends = (text: string, code: number): "over" => {
    tell(session, text);
    fail(session, code);
    return "over";
  };
  if (trace.outcome === "no-such-host") {
    session.takes += trace.latency;
    say(session, `Resolving ${url.host} (${url.host})... failed: Name or service not known.\n`);
    return ends(`wget: unable to resolve host address '${url.host}'\n`, NETWORK);
  }
  say(session, isReused ? `Reusing existing connection to ${url.host}:${url.port}.\n` : `${isName && !isKnown ? `Resolving ${url.host} (${url.host})... ${ip}\n` : ""}Connecting to ${isName ? `${url.host} (${url.host})|${ip}|` : url.host}:${url.port}... `);
  const patience = timeoutOf(call, "timeout", "connect-timeout") ?? CONNECTING;
  if (trace.outcome === "timed-out" && !trace.response) {
    session.takes += Math.min(patience, CONNECTING);
    say(session, "failed: Connection timed out.\n");
    return "again";
  }
  session.takes += trace.latency;
  if (trace.outcome === "refused") {
    say(session, "failed: Connection refused.\n");
    if (call.flags.has("retry-connrefused")) return "again";
    fail(session, NETWORK);
    return "over";
  }
  if (!isReused) say(session, "connected.\n");
  if (trace.tlsProblem !== undefined) {
    const why = trace.tlsProblem === "name-mismatch" ? `ERROR: no certificate subject alternative name matches\n\trequested host name '${url.host}'.\n` : `ERROR: cannot verify ${url.host}'s certificate:\n  ${trace.tlsProblem === "self-signed" ? "Self-signed certificate encountered." : "Unable to locally verify the issuer's authority."}\n`;
    return ends(`${why}To connect to ${url.host} insecurely, use \`--no-check-certificate'.\n`, TLS);
  }
  say(session, "HTTP request sent, awaiting response... ");
  if (trace.reset) {
    say(session, "Read error (Connection reset by peer) in headers.\n");
    return "again";
  }
  if (!trace.response) {
    say(session, "No data received.\n");
    return "again";
  }
  return "answered";
}

/** What becomes of the last answer. */
function settle(session: Session, url: Url, trace: PacketTrace, wanted: string | undefined): void {
  const { call, process, cwd } = session;
  const { status, headers = {}, body } = trace.response ?? { status: 0, body: "" };
  const isSpider = call.flags.has("spider");
  if (status === 401) {
    tell(session, "\nUsername/Password Authentication Failed.\n");
    return fail(session, AUTH);
  }
  const output = lastOf(call, "output-document");
  if (status >= 400) {
    if (isSpider) say(session, "Remote file does not exist -- broken link!!!\n\n");
    else tell(session, `${call.flags.has("no-verbose") ? `${url.text}:\n` : ""}${clock(session)} ERROR ${status}: ${phrase(status)}.\n\n`);
    fail(session, SERVER);
    if (isSpider || !call.flags.has("content-on-error")) return;
  }
  const bytes = byteLength(body);
  const type = headers["content-type"]?.split(";")[0];
  if (status === 204 && !isSpider) {
    if (wanted !== undefined) process.files.write(resolvePath(cwd, wanted), "");
    return say(session, `${clock(session)} (0.00 B/s) - '${wanted ?? "-"}' saved [0]\n\n`);
  }
  const length = isSpider ? (headers["content-length"] === undefined ? undefined : Number(headers["content-length"])) : bytes;
  if (status < 400) say(session, `Length: ${length === undefined ? "unspecified" : `${length}${length >= 1024 ? ` (${scaled(length)})` : ""}`}${type === undefined ? "" : ` [${type}]`}\n`);
  if (isSpider) {
    if (call.flags.has("no-verbose")) tell(session, `${clock(session)} URL: ${url.text} ${status} ${phrase(status)}\n`);
    return say(session, "Remote file exists.\n\n");
  }
  const speed = bytes * 125_000;
  const rate = `${scaled(speed, 2).replace(/[KMG]$/, (unit) => ` ${unit}`)}B/s`;
  if (wanted === undefined) {
    say(session, "Saving to: 'STDOUT'\n");
    session.stdout += body;
    say(session, `\n${dots(bytes, speed)}\n${clock(session)} (${rate}) - written to stdout [${bytes}/${bytes}]\n\n`);
    return note(session, url, bytes, "-");
  }
  const replaces = output !== undefined || call.flags.has("timestamping") || call.flags.has("continue");
  const name = replaces ? wanted : free(session, wanted);
  say(session, `Saving to: '${name}'\n`);
  const path = resolvePath(cwd, name);
  const problem = path.startsWith("/dev/") ? undefined : process.files.write(path, output === undefined ? body : (process.files.read(path) ?? "") + body);
  if (problem !== undefined) {
    tell(session, `${name}: ${reasonOf(problem)}

Cannot write to '${name}' (${problem === "ENOSPC" ? reasonOf(problem) : "Success"}).
`);
    return fail(session, FILES);
  }
  say(session, `\n${dots(bytes, speed)}\n${clock(session)} (${rate}) - '${name}' saved [${bytes}/${bytes}]\n\n`);
  note(session, url, bytes, name);
}

/** The one line of `-nv`. */
function note(session: Session, url: Url, bytes: number, name: string): void {
  if (session.call.flags.has("no-verbose")) tell(session, `${clock(session)} URL:${url.text} [${bytes}/${bytes}] -> "${name}" [1]\n`);
}

/** `index.html`, `index.html.1`, and on until a name is free. */
function free({ process, cwd }: Session, name: string): string {
  let found = name;
  for (let i = 1; process.files.stat(resolvePath(cwd, found)) !== undefined; i += 1) found = `${name}.${i}`;
  return found;
}
