import type { PacketTrace } from "@/lib/engine";
import { phrase } from "../http-phrase";
import { connectedTo } from "../network-command";
import type { Url } from "../url";
import { VERSION, type Draft } from "./request";

/** What one transfer came to. */
export interface Transfer {
  readonly url: Url;
  readonly draft: Draft;
  readonly trace: PacketTrace;
  /** Milliseconds until it was over, waits for other tries included. */
  readonly takes: number;
  readonly redirects: number;
  /** curl's own exit code, and its words. */
  readonly failure?: { readonly code: number; readonly text: string };
}

/** An answer's head as it came. */
export function headOf({ response }: PacketTrace): string {
  if (!response) return "";
  return [`HTTP/1.1 ${response.status} ${phrase(response.status)}`, ...Object.entries(response.headers ?? {}).map(([name, text]) => `${name}: ${text}`), "", ""].join("\r\n");
}

const wireName = (name: string): string => name.split("-").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("-");

/** What `-v` tells, in curl's order. */
export function story({ url, draft, trace, failure }: Transfer, bytes: number): string {
  const ip = connectedTo(trace, url.host);
  const lines: string[] = [];
  if (trace.outcome === "no-such-host") return `* Could not resolve host: ${url.host}\n* closing connection #0\n`;
  if (!/^\d+(?:\.\d+){3}$/.test(url.host)) lines.push(`* Host ${url.host}:${url.port} was resolved.`, "* IPv6: (none)", `* IPv4: ${ip}`);
  lines.push(`*   Trying ${ip}:${url.port}...`);
  if (!trace.response && !trace.reset && trace.tlsProblem === undefined) {
    if (trace.outcome === "refused") lines.push(`* connect to ${ip} port ${url.port} from 0.0.0.0 port 0 failed: Connection refused`);
    lines.push(`* ${failure?.text.split("\n")[0] ?? "Connection timed out"}`, "* closing connection #0");
    return `${lines.join("\n")}\n`;
  }
  if (url.secure) lines.push("* ALPN: curl offers h2,http/1.1");
  if (trace.tlsProblem !== undefined) return `${[...lines, `* ${failure?.text.split("\n")[0] ?? ""}`, "* closing connection #0"].join("\n")}\n`;
  if (url.secure) lines.push("* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519MLKEM768 / RSASSA-PSS");
  lines.push(`* Connected to ${url.host} (${ip}) port ${url.port}`);
  const host = draft.hostHeader ?? `${url.host}${url.port === (url.secure ? 443 : 80) ? "" : `:${url.port}`}`;
  lines.push(`> ${draft.method} ${draft.path} HTTP/1.1`, `> Host: ${host}`, ...Object.entries(draft.headers).map(([name, value]) => `> ${wireName(name)}: ${value}`), "> ");
  if (draft.body !== undefined) lines.push(`} [${draft.headers["content-length"] ?? "0"} bytes data]`);
  if (trace.reset || !trace.response) return `${[...lines, `* ${failure?.text ?? ""}`, "* closing connection #0"].join("\n")}\n`;
  lines.push("* Request completely sent off", ...headOf(trace).split("\r\n").slice(0, -1).map((line) => `< ${line}`));
  if (bytes > 0 && draft.method !== "HEAD") lines.push(`{ [${bytes} bytes data]`);
  lines.push(`* Connection #0 to host ${url.host} left intact`);
  return `${lines.join("\n")}\n`;
}

/** Fills in `-w`. What it does not know stands for nothing, as curl has it. */
export function filled(format: string, transfer: Transfer, bytes: number, file: string): string {
  const { url, draft, trace, takes, redirects, failure } = transfer;
  const headers = trace.response?.headers ?? {};
  const status = trace.response?.status ?? 0;
  const reached = trace.response !== undefined;
  const time = (share: number): string => ((reached ? takes * share : 0) / 1000).toFixed(6);
  const values: Readonly<Record<string, string>> = {
    http_code: String(status).padStart(3, "0"),
    response_code: String(status).padStart(3, "0"),
    time_total: (takes / 1000).toFixed(6),
    time_namelookup: time(0.25),
    time_connect: time(0.5),
    time_appconnect: url.secure ? time(0.6) : "0.000000",
    time_pretransfer: time(0.6),
    time_starttransfer: time(0.95),
    time_redirect: "0.000000",
    size_download: String(bytes),
    size_upload: draft.headers["content-length"] ?? "0",
    size_header: String(headOf(trace).length),
    size_request: "0",
    speed_download: String(takes > 0 ? Math.round((bytes * 1000) / takes) : 0),
    speed_upload: "0",
    remote_ip: reached ? connectedTo(trace, url.host) : "",
    remote_port: reached ? String(url.port) : "0",
    url: url.text,
    url_effective: url.text,
    num_redirects: String(redirects),
    num_connects: reached ? "1" : "0",
    redirect_url: status >= 300 && status < 400 ? (headers["location"] ?? "") : "",
    content_type: headers["content-type"] ?? "",
    method: draft.method,
    scheme: url.secure ? "https" : "http",
    http_version: reached ? "1.1" : "0",
    ssl_verify_result: "0",
    exitcode: String(failure?.code ?? 0),
    errormsg: failure?.text.split("\n")[0] ?? "",
    filename_effective: file,
    num_headers: String(Object.keys(headers).length),
    curl_version: `libcurl/${VERSION}`,
  };
  return format.replace(/%%|%\{([^}]*)\}|\\([nrt\\])/g, (whole: string, name?: string, escape?: string) => {
    if (whole === "%%") return "%";
    if (escape !== undefined) return { n: "\n", r: "\r", t: "\t" }[escape] ?? "\\";
    const header = /^header\{(.*)$/.exec(name ?? "")?.[1];
    return header === undefined ? (values[name ?? ""] ?? "") : (headers[header.toLowerCase()] ?? "");
  });
}
