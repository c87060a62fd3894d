import { encodeBase64, type PacketTrace } from "@/lib/engine";
import type { Caller } from "../network-command";
import { byteLength, type Url } from "../url";
import { lastOf, type WgetCall } from "./options";

/** Sends what a command line asks of a URL. `trusts` decides whether certificates are checked. */
export function ask(call: WgetCall, url: Url, process: Caller, { agent, body, checks, method }: { readonly agent: string; readonly body?: string; readonly checks: boolean; readonly method: string }): PacketTrace {
  const headers: Record<string, string> = { "user-agent": lastOf(call, "user-agent") ?? agent, accept: "*/*" };
  const user = lastOf(call, "http-user", "user") ?? url.user?.split(":")[0];
  if (user !== undefined) headers["authorization"] = `Basic ${encodeBase64(`${user}:${lastOf(call, "http-password", "password") ?? url.user?.slice(user.length + 1) ?? ""}`)}`;
  if (body !== undefined) Object.assign(headers, { "content-type": "application/x-www-form-urlencoded", "content-length": String(byteLength(body)) });
  let hostHeader: string | undefined;
  for (const line of call.values.get("header") ?? []) {
    const at = line.indexOf(":");
    const [name, value] = [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    if (at <= 0) continue;
    if (name === "host") hostHeader = value;
    else headers[name] = value;
  }
  const authority = lastOf(call, "ca-certificate");
  const trusted = authority === undefined ? undefined : process.files.read(authority);
  return process.request({
    protocol: "http",
    host: url.host,
    port: url.port,
    path: url.path,
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(hostHeader === undefined ? {} : { hostHeader }),
    ...(url.secure ? { tls: { serverName: url.host, insecure: !checks, ...(trusted === undefined ? {} : { trusted }) } } : {}),
  });
}

const spelled = (name: string): string => name.split("-").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("-");

/** An answer's headers, as `-S` shows them. */
export const headerLines = (trace: PacketTrace): readonly string[] => Object.entries(trace.response?.headers ?? {}).map(([name, value]) => `  ${spelled(name)}: ${value}`);

/** The name a page is saved under. */
export const fileOf = (url: Url): string => url.path.split("?")[0]?.split("/").at(-1) || "index.html";

/** `-T`, in milliseconds. */
export function timeoutOf(call: WgetCall, ...names: readonly string[]): number | undefined {
  const given = lastOf(call, ...names);
  const value = given === undefined ? NaN : Number(given);
  return Number.isNaN(value) || value <= 0 ? undefined : Math.trunc(value * 1000);
}
