import { millis, seconds, type Json, type JsonObject, type Millis, type Origin, type OutboundRequest } from "@/lib/engine";
import type { Input, WorldChange } from "./input";

/**
 * Inputs as people write them, in scenes, solutions and scenarios.
 *
 * A text is a terminal line. An object has one member that says what is done:
 * `{advance: 60s}`, `{power-off: node-2}` (also `power-on`, `disconnect`, `reconnect`),
 * `{send: {from: laptop, url: "http://web/", …}}`, `{respond: {question: value}}`,
 * `{save: {path: text}}`, `{delete-file: path}`, `{set-dns: {name: address}}`,
 * `{set-balancer: {host, port, backends: ["ip:port"], health: "port/path"}}`, `{interrupt: true}`.
 */
export function readInputs(items: readonly Json[]): readonly Input[] {
  return items.flatMap((item) => (typeof item === "string" ? [{ type: "run" as const, line: item }] : readOne(item)));
}

/** Thrown for notation nobody understands: an author's mistake, found when content is checked. */
export class NotationError extends Error {
  override readonly name = "NotationError";
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

function readOne(item: Json): readonly Input[] {
  if (!isObject(item)) throw new NotationError(`an input is a text or an object, not ${JSON.stringify(item)}`);
  return Object.entries(item).flatMap(([verb, value]) => read(verb, value ?? null));
}

function read(verb: string, value: Json): readonly Input[] {
  switch (verb) {
    case "run":
      return [{ type: "run", line: String(value) }];
    case "advance":
      return [{ type: "advance", millis: duration(value) }];
    case "power-off":
    case "power-on":
    case "disconnect":
    case "reconnect":
      return [{ type: "machine", name: String(value), do: verb }];
    case "interrupt":
      return [{ type: "interrupt" }];
    case "save":
      return members(verb, value).map(([path, text]) => ({ type: "save-file", path, text: String(text) }));
    case "delete-file":
      return [{ type: "delete-file", path: String(value) }];
    case "respond":
      return members(verb, value).map(([question, answer]) => ({ type: "respond", question, value: answer }));
    case "send":
      return [sendInput(value)];
    case "set-dns":
      return members(verb, value).map(([name, address]) => ({ type: "world", change: { do: "set-dns", name, address: address === null ? null : String(address) } }));
    case "set-balancer":
      return [{ type: "world", change: balancer(value) }];
    default:
      throw new NotationError(`unknown input "${verb}"`);
  }
}

function members(verb: string, value: Json): readonly (readonly [string, Json])[] {
  if (!isObject(value)) throw new NotationError(`"${verb}" takes an object`);
  return Object.entries(value).map(([name, item]) => [name, item ?? null] as const);
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `5m30s`, `2h`, or a number of seconds. */
export function duration(value: Json): Millis {
  if (typeof value === "number") return seconds(value);
  const parts = [...String(value).matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== String(value)) throw new NotationError(`"${String(value)}" is not a length of time`);
  return millis(parts.reduce((sum, part) => sum + Math.round(Number(part[1]) * (UNITS[part[2] ?? "s"] ?? 1) * 1000), 0));
}

/** Who sends: `pod:namespace/name`, `node:name`, or a host of the world. */
export function origin(text: string): Origin {
  if (text.startsWith("pod:")) {
    const [namespace, name] = text.includes("/") ? text.slice(4).split("/") : ["default", text.slice(4)];
    return { pod: { namespace: namespace ?? "default", name: name ?? "" } };
  }
  return text.startsWith("node:") ? { node: text.slice(5) } : { host: text };
}

/** The request a URL stands for: `http://host:port/path`, `mysql://host`, `redis://host`, `tcp://host:port`. */
export function requestTo(url: string, more: Partial<OutboundRequest> = {}): OutboundRequest {
  const match = /^(http|mysql|redis|tcp):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(url);
  if (!match) throw new NotationError(`"${url}" is not an address a request can be sent to`);
  const protocol = match[1] as OutboundRequest["protocol"];
  const usual = { http: 80, mysql: 3306, redis: 6379, tcp: 80 }[protocol];
  return { protocol, host: match[2] ?? "", port: match[3] === undefined ? usual : Number(match[3]), ...(match[4] === undefined ? {} : { path: match[4] }), ...more };
}

function sendInput(value: Json): Input {
  if (!isObject(value)) throw new NotationError('"send" takes an object');
  const { from, url, host, method, body, headers, connection } = value;
  const more: Partial<OutboundRequest> = {
    ...(host === undefined ? {} : { hostHeader: String(host) }),
    ...(method === undefined ? {} : { method: String(method) }),
    ...(body === undefined ? {} : { body: String(body) }),
    ...(connection === undefined ? {} : { connection: String(connection) }),
    ...(isObject(headers) ? { headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])) } : {}),
  };
  return { type: "send", from: origin(String(from ?? "laptop")), request: requestTo(String(url), more) };
}

function balancer(value: Json): WorldChange {
  if (!isObject(value)) throw new NotationError('"set-balancer" takes an object');
  const backends = Array.isArray(value["backends"]) ? value["backends"].map((item: Json) => String(item).split(":")) : [];
  const health = value["health"] === undefined ? undefined : /^(\d+)(\/.*)?$/.exec(String(value["health"]));
  return {
    do: "set-balancer",
    host: String(value["host"] ?? "balanceador"),
    port: Number(value["port"] ?? 80),
    backends: backends.map(([ip = "", port = "80"]) => ({ ip, port: Number(port) })),
    ...(health ? { healthCheck: { port: Number(health[1]), ...(health[2] === undefined ? {} : { path: health[2] }) } } : {}),
  };
}
