/** HTTP/1.1 as bytes, for connections that are forwarded into simulated processes. */
import { bytesOf, textOf } from "./raw-bytes";

/** A request read from bytes. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly keepAlive: boolean;
}

const MOST_HEAD = 64 * 1024;
const METHODS = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT) /;

/** Could these bytes be the beginning of an HTTP request? */
export function looksLikeHttp(bytes: Buffer): boolean {
  return METHODS.test(bytes.subarray(0, 8).toString("latin1"));
}

function chunked(bytes: Buffer): { readonly body: Buffer; readonly used: number } | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\r\n", at, "latin1");
    if (end < 0) return undefined;
    const size = parseInt(bytes.subarray(at, end).toString("latin1"), 16);
    if (Number.isNaN(size) || bytes.length < end + 2 + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), used: end + 4 };
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

/** The first request in some bytes and how many of them it took; `undefined` while it is not whole. */
export function readRequest(bytes: Buffer): { readonly request: WireRequest; readonly used: number } | { readonly error: string } | undefined {
  const end = bytes.indexOf("\r\n\r\n", 0, "latin1");
  if (end < 0) return bytes.length > MOST_HEAD ? { error: "head too large" } : undefined;
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const [method = "GET", path = "/", version = "HTTP/1.1"] = first.split(" ");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const rest = bytes.subarray(end + 4);
  const length = Number(headers["content-length"] ?? "0");
  const content = headers["transfer-encoding"]?.toLowerCase() === "chunked" ? chunked(rest) : rest.length >= length ? { body: rest.subarray(0, length), used: length } : undefined;
  if (!content) return undefined;
  const keepAlive = version === "HTTP/1.0" ? headers["connection"]?.toLowerCase() === "keep-alive" : headers["connection"]?.toLowerCase() !== "close";
  return { request: { method, path, headers, body: textOf(content.body), keepAlive }, used: end + 4 + content.used };
}

const REASONS: Readonly<Record<number, string>> = { 200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout" };

/** A response as bytes. One to HEAD tells the length of what it leaves out. */
export function writeResponse(status: number, headers: Readonly<Record<string, string>>, body: string, keepAlive: boolean): Buffer {
  const content = bytesOf(body);
  const told = content.length > 0 ? undefined : Object.entries(headers).find(([name]) => name.toLowerCase() === "content-length")?.[1];
  const kept = Object.entries(headers).filter(([name]) => !["content-length", "connection", "transfer-encoding"].includes(name.toLowerCase()));
  const lines = [...kept, ["Content-Length", told ?? String(content.length)], ["Connection", keepAlive ? "keep-alive" : "close"]].map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}\r\n${lines.join("\r\n")}\r\n\r\n`, "utf8"), content]);
}
