/** A cluster on the network: HTTP or HTTPS, watch streams, exec, attach and port-forward. */
import { randomUUID } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { constants, gzip } from "node:zlib";
import { failure, onlyReads, tokenVerdict, type RestAnswer, type RestRequest, type UserInfo } from "@/lib/rest";
import { userOf, type Access, type TokenReader } from "./access";
import type { Identity } from "./certificates";
import type { LiveCluster } from "./live-cluster";
import { bytesOf } from "./raw-bytes";
import { readBody, MAX_BODY } from "./request-body";
import { serveExec } from "./serve-exec";
import { servePortForward } from "./serve-port-forward";
import { serveLog, serveWatch } from "./stream-response";

/** A cluster behind the gateway, and who may enter. */
export interface Tenant {
  readonly live: LiveCluster;
  readonly access: Access;
  /** Answers paths that are no Kubernetes API, such as the control API; `undefined` when the path is none of its. */
  control?(path: string, method: string, query: string, body: string): RestAnswer | undefined;
}

/** The cluster a path belongs to, and the part of the path before the cluster's own. */
export interface Found {
  readonly tenant: Tenant;
  readonly prefix: string;
}

/** There is no such cluster: 404, or 401 when telling that there is none would help a stranger to look for one. */
export type Nobody = undefined | "unauthorized";

/** How a gateway is set up. */
export interface GatewayOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Present: HTTPS. */
  readonly identity?: Identity;
  /** A cluster that sleeps may take a moment to wake. */
  find(path: string): Found | Nobody | Promise<Found | Nobody>;
  /** Milliseconds a client of a stream may take nothing before it is cut off; a minute unless said. */
  readonly patience?: number;
  /** Told of our own mistakes. */
  onError(error: unknown): void;
}

/** A gateway at work. */
export interface Gateway {
  readonly port: number;
  /** Stops taking requests, ends streams, and resolves when the port is free. */
  close(): Promise<void>;
}

const HEADERS_WITHIN = 20_000;
/** A request that takes longer than this to arrive is given up; streams of answers may last. */
const REQUEST_WITHIN = 60_000;
/** Upstream: defaultGzipThresholdBytes. */
const COMPRESSED_FROM = 128 * 1024;
const UPGRADED_MOST = 256;
/** A refused peer may take this long to read why. */
const LINGER = 1_000;

/** Starts serving. Rejects when the port is taken. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    serve(options, request, response).catch((error: unknown) => {
      options.onError(error);
      if (response.headersSent) response.destroy();
      else write(response, jsonOf(failure(500, "InternalError", `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`), 500));
    });
  };
  const server: Server = options.identity
    ? createHttpsServer({ cert: options.identity.certificate, key: options.identity.key }, onRequest)
    : createHttpServer(onRequest);
  server.headersTimeout = HEADERS_WITHIN;
  server.keepAliveTimeout = 90_000;
  server.requestTimeout = REQUEST_WITHIN;
  // A peer that is gone without a word is noticed.
  server.on("connection", (socket) => socket.setKeepAlive(true, 30_000));
  const upgraded = new Set<Duplex>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (upgraded.size >= UPGRADED_MOST) return void refuseUpgrade(socket, jsonOf(failure(429, "TooManyRequests", "too many open connections"), 429));
    upgraded.add(socket);
    socket.on("close", () => upgraded.delete(socket));
    upgrade(options, request, socket, head).catch((error: unknown) => {
      options.onError(error);
      socket.destroy();
    });
  });
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of upgraded) socket.destroy();
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

interface Addressed {
  readonly tenant: Tenant;
  readonly request: Omit<RestRequest, "body" | "user">;
}

/** The cluster a request is for, and the request as that cluster sees it. */
async function addressed({ find }: GatewayOptions, request: IncomingMessage): Promise<Addressed | Nobody> {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const found = await find(path);
  if (found === undefined || found === "unauthorized") return found;
  return {
    tenant: found.tenant,
    request: {
      method: request.method ?? "GET",
      path: path.slice(found.prefix.length),
      query: mark < 0 ? "" : url.slice(mark + 1),
      headers: headersOf(request),
      prefix: found.prefix,
    },
  };
}

/** Headers as the API reads them: those of impersonation keep each of their values, one a line. */
function headersOf({ headers, headersDistinct }: IncomingMessage): Readonly<Record<string, string>> {
  const named = Object.keys(headers).filter((name) => name.startsWith("impersonate-"));
  const several = Object.fromEntries(named.map((name) => [name, (headersDistinct[name] ?? []).join("\n")]));
  return { ...(headers as Readonly<Record<string, string>>), ...several };
}

/** Tokens of the cluster's own service accounts. */
function reader({ live }: Tenant): TokenReader {
  return (token) => {
    const verdict = tokenVerdict(live.cluster, token);
    return "user" in verdict ? verdict.user : undefined;
  };
}

const NOT_FOUND: RestAnswer = { type: "body", status: 404, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: "404 page not found\n" };

function jsonOf(value: unknown, status: number): RestAnswer {
  return { type: "body", status, headers: { "Content-Type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}

const unauthorized = (): RestAnswer => jsonOf(failure(401, "Unauthorized", "Unauthorized"), 401);

async function serve(options: GatewayOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = await addressed(options, incoming);
  if (target === undefined || target === "unauthorized") return write(response, target ? unauthorized() : NOT_FOUND);
  const { tenant, request } = target;
  const visitor = userOf(incoming.headers, tenant.access, reader(tenant));
  if (!visitor) return write(response, unauthorized());
  const { user, owner } = visitor;
  const reading = onlyReads(request);
  const body = reading ? "" : await readBody(incoming);
  if (body === undefined) return tooLarge(response);
  if (response.destroyed) return;
  const control = !owner ? undefined : tenant.control?.(request.path, request.method, request.query, typeof body === "string" ? body : "");
  if (control) return write(response, control, request.method);
  const answer = tenant.live.answer({ ...request, body, user });
  if (!reading) tenant.live.touch();
  send(tenant, await compressed(answer, request), response, request.method, options.patience);
}

/** A large body made smaller for a client that can take it so. Upstream: responsewriters.WriteObjectNegotiated. */
function compressed(answer: RestAnswer, { headers, method }: Addressed["request"]): Promise<RestAnswer | Packed> | RestAnswer {
  if (answer.type !== "body" || answer.body.length < COMPRESSED_FROM || method === "HEAD" || !/(^|[\s,])gzip\s*(,|;(?!\s*q=0(\.0*)?\s*(,|$))|$)/.test(headers["accept-encoding"] ?? "")) return answer;
  return new Promise((resolve) => {
    gzip(bytesOf(answer.body), { level: constants.Z_BEST_SPEED }, (error, packed) => {
      resolve(error ? answer : { type: "packed", status: answer.status, headers: { ...answer.headers, "Content-Encoding": "gzip", Vary: "Accept-Encoding" }, packed });
    });
  });
}

/** A body as gzip. */
interface Packed {
  readonly type: "packed";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly packed: Buffer;
}

function tooLarge(response: ServerResponse): void {
  response.setHeader("Connection", "close");
  write(response, jsonOf(failure(413, "RequestEntityTooLarge", `Request entity too large: limit is ${MAX_BODY}`), 413));
}

function send({ live }: Tenant, answer: RestAnswer | Packed, response: ServerResponse, method: string, patience?: number): void {
  switch (answer.type) {
    case "body":
      return write(response, answer, method);
    case "packed":
      response.writeHead(answer.status, { ...withDefaults(answer.headers), "Content-Length": String(answer.packed.length) });
      return void response.end(answer.packed);
    case "watch":
      return serveWatch(live, response, withDefaults(answer.headers), answer.watch, answer.timeoutSeconds, patience);
    case "log":
      return serveLog(live, response, withDefaults(answer.headers), answer.log, patience);
    default:
      return write(response, jsonOf(failure(400, "BadRequest", "Upgrade request required"), 400));
  }
}

function withDefaults(headers: Readonly<Record<string, string>>): Record<string, string> {
  // A header is bytes: text beyond Latin goes as the UTF-8 it would be anywhere else.
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")]));
  return { "Audit-Id": randomUUID(), "Cache-Control": "no-cache, private", ...bytes };
}

function write(response: ServerResponse, answer: RestAnswer, method = "GET"): void {
  if (answer.type !== "body") return;
  const body = bytesOf(answer.body);
  response.writeHead(answer.status, { ...withDefaults(answer.headers), "Content-Length": String(body.length) });
  response.end(method === "HEAD" || answer.status === 304 ? undefined : body);
}

async function upgrade(options: GatewayOptions, incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const target = await addressed(options, incoming);
  if (target === undefined || target === "unauthorized") return refuseUpgrade(socket, target ? unauthorized() : NOT_FOUND);
  const { tenant, request } = target;
  const user: UserInfo | undefined = userOf(incoming.headers, tenant.access, reader(tenant))?.user;
  if (!user) return refuseUpgrade(socket, unauthorized());
  const answer = tenant.live.answer({ ...request, body: "", user });
  if (answer.type === "exec") return serveExec(tenant.live, answer.call, incoming, socket, head);
  if (answer.type === "port-forward") return servePortForward(tenant.live, answer.pod, incoming, socket, head);
  refuseUpgrade(socket, answer.type === "body" ? answer : jsonOf(failure(400, "BadRequest", "this request cannot be upgraded"), 400));
}

/** An ordinary answer to a request that wanted to take the connection over. Who does not close it then is cut off. */
function refuseUpgrade(socket: Duplex, answer: RestAnswer): void {
  if (answer.type !== "body") return;
  const body = Buffer.from(answer.body, "utf8");
  const headers = Object.entries({ ...withDefaults(answer.headers), "Content-Length": String(body.length), Connection: "close" });
  socket.write(`HTTP/1.1 ${answer.status} Refused\r\n${headers.map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n`);
  socket.end(body);
  const patience = setTimeout(() => socket.destroy(), LINGER);
  socket.on("close", () => clearTimeout(patience));
}
