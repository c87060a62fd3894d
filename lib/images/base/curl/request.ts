import type { OutboundRequest } from "@/lib/engine";
import type { Caller } from "../network-command";
import { byteLength, type Url } from "../url";
import type { CurlCall } from "./options";

/** The version our curl says it is. */
export const VERSION = "8.14.1";

/** The request a command line makes of a URL, and how it would look on the wire. */
export interface Draft {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly hostHeader?: string;
  readonly body?: string;
}

const last = (call: CurlCall, name: string): string | undefined => call.values.get(name)?.at(-1);

/** Text of `-d`: what it says, or what a file holds. */
function dataOf([option, text]: CurlCall["data"][number], read: (path: string) => string): string {
  if (option === "data-urlencode") {
    const at = text.indexOf("=");
    const [name, value] = at >= 0 ? [text.slice(0, at), text.slice(at + 1)] : ["", text];
    return `${name === "" ? "" : `${name}=`}${encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)}`;
  }
  if (option === "data-raw" || !text.startsWith("@")) return text;
  const content = read(text.slice(1));
  return option === "data" || option === "data-ascii" ? content.replace(/[\r\n]/g, "") : content;
}

/** Puts a request together. */
export function draftOf(call: CurlCall, url: Url, read: (path: string) => string, encode: (text: string) => string): Draft {
  const { flags } = call;
  const pieces = call.data.map((one) => dataOf(one, read));
  const isJson = call.data.some(([option]) => option === "json");
  const form = call.values.get("form");
  const upload = last(call, "upload-file");
  const asQuery = flags.has("get") && pieces.length > 0;
  const body = upload !== undefined ? read(upload) : form ? formBody(form, read) : pieces.length > 0 && !asQuery ? pieces.join(isJson ? "" : "&") : undefined;
  const method = last(call, "request") ?? (flags.has("head") ? "HEAD" : upload !== undefined ? "PUT" : body !== undefined ? "POST" : "GET");
  const path = asQuery ? `${url.path}${url.path.includes("?") ? "&" : "?"}${pieces.join("&")}` : upload !== undefined && url.path.endsWith("/") ? `${url.path}${upload.split("/").at(-1) ?? ""}` : url.path;
  const headers: Record<string, string> = { "user-agent": last(call, "user-agent") ?? `curl/${VERSION}`, accept: isJson ? "application/json" : "*/*" };
  const user = last(call, "user") ?? url.user;
  const bearer = last(call, "oauth2-bearer");
  if (user !== undefined) headers["authorization"] = `Basic ${encode(user.includes(":") ? user : `${user}:`)}`;
  if (bearer !== undefined) headers["authorization"] = `Bearer ${bearer}`;
  if (flags.has("compressed")) headers["accept-encoding"] = "deflate, gzip";
  for (const [option, name] of [["referer", "referer"], ["cookie", "cookie"]] as const) {
    const value = last(call, option);
    if (value !== undefined && (option === "referer" || value.includes("="))) headers[name] = value;
  }
  if (last(call, "range") !== undefined) headers["range"] = `bytes=${last(call, "range") ?? ""}`;
  if (form) headers["content-type"] = `multipart/form-data; boundary=${BOUNDARY}`;
  else if (pieces.length > 0 && !asQuery) headers["content-type"] = isJson ? "application/json" : "application/x-www-form-urlencoded";
  if (body !== undefined) headers["content-length"] = String(byteLength(body));
  const hostHeader = ownHeaders(call, headers);
  return { method, path, headers, ...(hostHeader === undefined ? {} : { hostHeader }), ...(body === undefined ? {} : { body }) };
}

/** `-H`: adds, replaces, with nothing behind the colon takes away. Answers the Host asked for. */
function ownHeaders(call: CurlCall, headers: Record<string, string>): string | undefined {
  let host: string | undefined;
  for (const line of call.values.get("header") ?? []) {
    const at = line.search(/[:;]/);
    const name = (at < 0 ? line : line.slice(0, at)).trim().toLowerCase();
    const value = at < 0 ? "" : line.slice(at + 1).trim();
    if (at < 0 || name === "") continue;
    if (name === "host") host = value;
    else if (line[at] === ":" && value === "") delete headers[name];
    else headers[name] = value;
  }
  return host;
}

const BOUNDARY = "------------------------d74496d66958873e";

function formBody(fields: readonly string[], read: (path: string) => string): string {
  const parts = fields.map((field) => {
    const at = field.indexOf("=");
    const [name, value] = [field.slice(0, at), field.slice(at + 1)];
    const file = value.startsWith("@") ? value.slice(1).split(";")[0] : undefined;
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`;
    return file === undefined ? `${head}\r\n\r\n${value.startsWith("<") ? read(value.slice(1)) : value}\r\n` : `${head}; filename="${file.split("/").at(-1) ?? ""}"\r\nContent-Type: application/octet-stream\r\n\r\n${read(file)}\r\n`;
  });
  return `${parts.join("")}--${BOUNDARY}--\r\n`;
}

/** What of a draft the network is asked, with the names and certificates the command line settles. */
export function outbound(call: CurlCall, url: Url, draft: Draft, files: Caller["files"]): OutboundRequest {
  const cacert = last(call, "cacert");
  const trusted = cacert === undefined ? undefined : files.read(cacert);
  // `--resolve NAME:PORT:ADDRESS` goes to the address and still asks for the name; so does `--connect-to`.
  const resolved = (call.values.get("resolve") ?? []).map((entry) => entry.split(":")).find(([name, port]) => (name === url.host || name === "*") && Number(port) === url.port)?.[2]?.split(",")[0];
  const [, , toHost, toPort] = (call.values.get("connect-to") ?? []).map((entry) => entry.split(":")).find(([name, port]) => (name === "" || name === url.host) && (port === "" || Number(port) === url.port)) ?? [];
  const host = toHost === undefined || toHost === "" ? (resolved ?? url.host) : toHost;
  const renamed = draft.hostHeader ?? (host === url.host ? undefined : url.host);
  return {
    protocol: "http",
    host,
    port: toPort === undefined || toPort === "" ? url.port : Number(toPort),
    path: draft.path,
    method: draft.method,
    headers: draft.headers,
    ...(draft.body === undefined ? {} : { body: draft.body }),
    ...(renamed === undefined ? {} : { hostHeader: renamed }),
    ...(url.secure ? { tls: { serverName: url.host, insecure: call.flags.has("insecure"), ...(trusted === undefined ? {} : { trusted }) } } : {}),
  };
}
