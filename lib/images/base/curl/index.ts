import { encodeBase64, type PacketTrace } from "@/lib/engine";
import { parentOf, resolvePath } from "@/lib/shell";
import type { Caller, NetworkCommand, Waited } from "../network-command";
import { filled, headOf, story, type Transfer } from "./answer";
import { readCurl, type CurlCall } from "./options";
import { byteLength, parseUrl, redirected, type Url } from "../url";
import { draftOf, outbound, VERSION } from "./request";

/** Most redirects followed unless said, and most tries. */
const REDIRECTS = 50;
const MOST_TRIES = 20;
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const CERTIFICATES = "\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the webpage mentioned above.";

/**
 * `curl [options] URL…`: HTTP and HTTPS.
 *
 * @simplified Tries of `--retry` all ask at the same instant, so only what changes at once can help; there is no proxy, no cookie jar and no progress meter.
 */
export const curl: NetworkCommand = (command, process) => {
  const call = readCurl(command.argv);
  if ("misuse" in call) return { takes: 0, result: { status: 2, stderr: call.misuse } };
  if (call.flags.has("version")) return { takes: 0, result: { status: 0, stdout: `curl ${VERSION} (x86_64-pc-linux-gnu) libcurl/${VERSION} OpenSSL/3.5.1 zlib/1.3.1\nRelease-Date: 2025-06-04\nProtocols: http https\nFeatures: alt-svc AsynchDNS HTTPS-proxy IPv6 Largefile libz SSL\n` } };
  if (call.values.has("help")) return { takes: 0, result: { status: 0, stdout: "Usage: curl [options...] <url>\n -d, --data <data>           HTTP POST data\n -f, --fail                  Fail fast with no output on HTTP errors\n -h, --help <subject>        Get help for commands\n -i, --include               Include response headers in output\n -o, --output <file>         Write to file instead of stdout\n -O, --remote-name           Write output to file named as remote file\n -s, --silent                Silent mode\n -T, --upload-file <file>    Transfer local FILE to destination\n -u, --user <user:password>  Server user and password\n -A, --user-agent <name>     Send User-Agent <name> to server\n -v, --verbose               Make the operation more talkative\n -V, --version               Show version number and quit\n" } };
  if (call.urls.length === 0) return { takes: 0, result: { status: 2, stderr: "curl: (2) no URL specified\n" } };
  const session = { stdout: "", stderr: "", status: 0, takes: 0 };
  call.urls.forEach((text, i) => {
    if (session.status !== 0 && call.flags.has("fail-early")) return;
    const done = transferOf(text, i, call, command, process);
    session.stdout += done.result.stdout ?? "";
    session.stderr += done.result.stderr ?? "";
    session.status = done.result.status;
    session.takes += done.takes;
  });
  return { takes: session.takes, result: { status: session.status, stdout: session.stdout, stderr: session.stderr } };
};

type Command = Parameters<NetworkCommand>[0];

function transferOf(text: string, index: number, call: CurlCall, command: Command, process: Caller): Waited {
  const url = parseUrl(text);
  const isQuiet = call.flags.has("silent") && !call.flags.has("show-error");
  if (!url) {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(text)?.[1];
    const why = scheme !== undefined && scheme !== "http" && scheme !== "https" ? `(1) Protocol "${scheme}" not supported` : "(3) URL rejected: Malformed input to a URL function";
    return { takes: 0, result: { status: scheme !== undefined && !/^https?$/.test(scheme) ? 1 : 3, stderr: isQuiet ? "" : `curl: ${why}\n` } };
  }
  const read = (path: string): string => (path === "-" ? (command.stdin ?? "") : (process.files.read(resolvePath(command.cwd, path)) ?? ""));
  const fetched = fetchAll(url, call, process, read);
  const { transfer } = fetched;
  const body = transfer.trace.response?.body ?? "";
  const keepsBody = transfer.failure === undefined || (transfer.failure.code === 22 && call.flags.has("fail-with-body"));
  const isHead = call.flags.has("head");
  const heads = isHead || call.flags.has("include") ? fetched.heads : "";
  const shown = keepsBody ? heads + (isHead || transfer.draft.method === "HEAD" ? "" : body) : "";
  const bytes = keepsBody && !isHead ? byteLength(body) : 0;
  const kept = save(shown, url, index, call, command, process);
  const dump = call.values.get("dump-header")?.at(-1);
  if (dump !== undefined && dump !== "-") process.files.write(resolvePath(command.cwd, dump), fetched.heads);
  const format = call.values.get("write-out")?.at(-1) ?? "";
  const written = filled(format.startsWith("@") ? read(format.slice(1)) : format, transfer, bytes, kept.file);
  const failure = kept.failure ?? transfer.failure;
  const talk = call.flags.has("verbose") ? fetched.talk : "";
  return {
    takes: transfer.takes,
    result: { status: failure?.code ?? 0, stdout: (dump === "-" ? fetched.heads : "") + kept.stdout + written, stderr: talk + (isQuiet ? "" : fetched.warnings) + (failure && !isQuiet ? `curl: (${failure.code}) ${failure.text}\n` : "") },
  };
}

/** Where the answer goes: to the output, or to a file. */
function save(text: string, url: Url, index: number, call: CurlCall, command: Command, process: Caller): { readonly stdout: string; readonly file: string; readonly failure?: Transfer["failure"] } {
  const given = call.outputs[index] ?? (call.flags.has("remote-name-all") ? "" : undefined);
  if (given === undefined || given === "-") return { stdout: text, file: "" };
  const name = given === "" ? (url.path.split("?")[0]?.split("/").at(-1) ?? "") : given;
  if (name === "") return { stdout: "", file: "", failure: { code: 23, text: "Failed to extract a filename to use for storage" } };
  const folder = call.values.get("output-dir")?.at(-1);
  const path = resolvePath(command.cwd, folder === undefined ? name : `${folder}/${name}`);
  if (path === "/dev/null") return { stdout: "", file: name };
  const hasRoom = call.flags.has("create-dirs") || process.files.stat(parentOf(path))?.type === "directory";
  const problem = hasRoom ? process.files.write(path, text) : "ENOENT";
  return problem === undefined ? { stdout: "", file: name } : { stdout: "", file: name, failure: { code: 23, text: "client returned ERROR on write, 0 bytes remain" } };
}

interface Fetched {
  readonly transfer: Transfer;
  /** Heads of every answer on the way. */
  readonly heads: string;
  readonly talk: string;
  readonly warnings: string;
}

/** One URL with its redirects, tried again when asked to. */
function fetchAll(first: Url, call: CurlCall, process: Caller, read: (path: string) => string): Fetched {
  const retries = Math.min(MOST_TRIES, Number(call.values.get("retry")?.at(-1) ?? 0) || 0);
  const delay = Number(call.values.get("retry-delay")?.at(-1) ?? 0) || 0;
  let warnings = "";
  let waited = 0;
  for (let left = retries; ; left -= 1) {
    const fetched = follow(first, call, process, read, waited);
    const why = left > 0 ? worthAnotherTry(fetched.transfer, call) : undefined;
    if (why === undefined) return { ...fetched, warnings };
    const pause = delay > 0 ? delay : Math.min(600, 1 << (retries - left));
    warnings += `Warning: Problem: ${why}. Will retry in ${pause} second${pause === 1 ? "" : "s"}. ${left} ${left === 1 ? "retry" : "retries"} left.\n`;
    waited = fetched.transfer.takes + pause * 1000;
  }
}

function worthAnotherTry({ trace, failure }: Transfer, { flags }: CurlCall): string | undefined {
  const status = trace.response?.status ?? 0;
  if (failure?.code === 28) return "timeout";
  if (failure?.code === 7 && flags.has("retry-connrefused")) return "connection refused";
  if (TRANSIENT.has(status)) return `HTTP error`;
  return failure && flags.has("retry-all-errors") ? "(retrying all errors)" : undefined;
}

function follow(first: Url, call: CurlCall, process: Caller, read: (path: string) => string, waited: number): Omit<Fetched, "warnings"> {
  const follows = call.flags.has("location") || call.flags.has("location-trusted");
  const most = Number(call.values.get("max-redirs")?.at(-1) ?? REDIRECTS);
  let url = first;
  let takes = waited;
  let heads = "";
  let talk = "";
  let plain = call;
  for (let redirects = 0; ; redirects += 1) {
    const draft = draftOf(plain, url, read, encodeBase64);
    const trace = process.request(outbound(plain, url, draft, process.files));
    const limit = limitOf(call, trace);
    takes += limit === undefined ? trace.latency : Math.min(limit, trace.latency);
    const failure = failureOf(url, trace, takes - waited, limit, call);
    const transfer: Transfer = { url, draft, trace, takes, redirects, ...(failure ? { failure } : {}) };
    heads += headOf(trace);
    talk += story(transfer, byteLength(trace.response?.body ?? ""));
    const status = trace.response?.status ?? 0;
    const location = trace.response?.headers?.["location"];
    if (failure || !follows || location === undefined || status < 300 || status >= 400) return { transfer, heads, talk };
    if (redirects >= most) return { transfer: { ...transfer, failure: { code: 47, text: `Maximum (${most}) redirects followed` } }, heads, talk };
    const next = redirected(url, location);
    if (!next) return { transfer, heads, talk };
    // What was posted is asked for with GET, as browsers began it.
    if (status < 307 && draft.method !== "HEAD") plain = { ...call, data: [], values: new Map([...call.values].filter(([name]) => name !== "form" && name !== "upload-file")) };
    url = next;
  }
}

const milliseconds = (text: string | undefined): number | undefined => (text === undefined || Number.isNaN(Number(text)) ? undefined : Math.trunc(Number(text) * 1000));

/** How long it may take: all of it, or the connection alone. */
function limitOf({ values }: CurlCall, trace: PacketTrace): number | undefined {
  const whole = milliseconds(values.get("max-time")?.at(-1));
  const connection = trace.outcome === "timed-out" && !trace.response ? milliseconds(values.get("connect-timeout")?.at(-1)) : undefined;
  return whole === undefined ? connection : connection === undefined ? whole : Math.min(whole, connection);
}

function failureOf(url: Url, trace: PacketTrace, takes: number, limit: number | undefined, call: CurlCall): Transfer["failure"] {
  if (trace.outcome === "no-such-host") return { code: 6, text: `Could not resolve host: ${url.host}` };
  if (trace.tlsProblem === "self-signed") return { code: 60, text: `SSL certificate problem: self-signed certificate${CERTIFICATES}` };
  if (trace.tlsProblem === "unknown-authority") return { code: 60, text: `SSL certificate problem: unable to get local issuer certificate${CERTIFICATES}` };
  if (trace.tlsProblem === "name-mismatch") return { code: 60, text: `SSL: no alternative certificate subject name matches target host name '${url.host}'${CERTIFICATES}` };
  if (trace.reset) return { code: 56, text: "Recv failure: Connection reset by peer" };
  if (trace.outcome === "refused") return { code: 7, text: `Failed to connect to ${url.host} port ${url.port} after ${takes} ms: Could not connect to server` };
  if (!trace.response || (limit !== undefined && trace.latency > limit)) {
    if (limit === undefined) return { code: 28, text: `Failed to connect to ${url.host} port ${url.port} after ${takes} ms: Could not connect to server` };
    return call.values.has("max-time") ? { code: 28, text: `Connection timed out after ${limit} milliseconds` } : { code: 28, text: `Failed to connect to ${url.host} port ${url.port} after ${limit} ms: Timeout was reached` };
  }
  const { status } = trace.response;
  return (call.flags.has("fail") || call.flags.has("fail-with-body")) && status >= 400 ? { code: 22, text: `The requested URL returned error: ${status}` } : undefined;
}
