/** Port-forward: bytes of real connections into simulated processes. Upstream: k8s.io/kubelet/pkg/cri/streaming/portforward. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { ObjectKey } from "@/lib/engine";
import { heartbeat } from "./heartbeat";
import { looksLikeHttp, readRequest, writeResponse } from "./http-wire";
import type { LiveCluster } from "./live-cluster";
import { bytesOf, textOf } from "./raw-bytes";
import { spdyConnection, type SpdyConnection } from "./spdy";

const TUNNEL = "SPDY/3.1+portforward.k8s.io";
const MOST_STREAMS = 512;
const MOST_PENDING = 8 * 1024 * 1024;

const tunnels = new WebSocketServer({ noServer: true, maxPayload: 4 * 1024 * 1024 });
// The name of the protocol is no token, so the library neither reads nor writes it.
tunnels.on("headers", (headers, request) => {
  if ((request as IncomingMessage & { timonelTunnel?: boolean }).timonelTunnel) headers.push(`Sec-WebSocket-Protocol: ${TUNNEL}`);
});
const channels = new WebSocketServer({ noServer: true, maxPayload: 4 * 1024 * 1024, handleProtocols: (offered) => (offered.has("v4.channel.k8s.io") ? "v4.channel.k8s.io" : false) });

/** One forwarded connection: bytes in, bytes out. */
interface Connection {
  receive(bytes: Buffer): void;
}

interface Way {
  reply(bytes: Buffer): void;
  end(): void;
  fail(message: string): void;
}

function refusal(pod: ObjectKey, port: number): string {
  return `error forwarding port ${port} to pod ${pod.name}, uid : failed to execute portforward in network namespace: failed to connect to localhost:${port} inside namespace, IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `;
}

function connect(live: LiveCluster, pod: ObjectKey, port: number, way: Way): Connection {
  let pending: Buffer = Buffer.alloc(0);
  let over = false;
  const fail = (message: string): void => {
    over = true;
    way.fail(message);
  };
  const http = (): void => {
    while (!over) {
      const read = readRequest(pending);
      if (read === undefined) return;
      if ("error" in read) return fail(read.error);
      pending = pending.subarray(read.used);
      const { method, path, headers, body, keepAlive } = read.request;
      const trace = live.deliver(pod, { protocol: "http", port, method, path, headers, body, ...(headers["host"] === undefined ? {} : { hostHeader: headers["host"] }) });
      if (trace.outcome !== "delivered" || !trace.response) return fail(refusal(pod, port));
      const { status, headers: answered = {}, body: content } = trace.response;
      way.reply(writeResponse(status, answered, method === "HEAD" ? "" : content, keepAlive));
      if (keepAlive) continue;
      over = true;
      way.end();
    }
  };
  const raw = (): void => {
    const trace = live.deliver(pod, { protocol: "tcp", port, body: textOf(pending) });
    pending = Buffer.alloc(0);
    if (trace.outcome !== "delivered") return fail(refusal(pod, port));
    if (trace.response) way.reply(bytesOf(trace.response.body));
  };
  return {
    receive(bytes) {
      if (over || bytes.length === 0) return;
      pending = Buffer.concat([pending, bytes]);
      if (pending.length > MOST_PENDING) return fail("too much at once");
      if (looksLikeHttp(pending)) http();
      else raw();
    },
  };
}

interface Pair {
  error?: number;
  data?: number;
  port: number;
  connection?: Connection;
}

/** The streams of a tunnel: two a connection, one for data and one for what goes wrong. */
function openTunnel(live: LiveCluster, pod: ObjectKey, socket: WebSocket): SpdyConnection {
  const pairs = new Map<string, Pair>();
  const byData = new Map<number, Pair>();
  const done = (id: string, pair: Pair): void => {
    pairs.delete(id);
    if (pair.data !== undefined) byData.delete(pair.data);
  };
  const spdy: SpdyConnection = spdyConnection(
    (bytes) => {
      if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: true });
    },
    {
      opened(stream, headers) {
        if (byData.size >= MOST_STREAMS) return socket.close(1008);
        const id = headers["requestid"] ?? "";
        const pair = pairs.get(id) ?? { port: Number(headers["port"] ?? "0") };
        pairs.set(id, pair);
        spdy.reply(stream);
        if (headers["streamtype"] === "error") pair.error = stream;
        else {
          pair.data = stream;
          byData.set(stream, pair);
          const finish = (message: string): void => {
            spdy.send(stream, Buffer.alloc(0), true);
            if (pair.error !== undefined) spdy.send(pair.error, Buffer.from(message), true);
            done(id, pair);
          };
          pair.connection = connect(live, pod, pair.port, { reply: (bytes) => spdy.send(stream, bytes, false), end: () => finish(""), fail: finish });
        }
      },
      data(stream, content, last) {
        const pair = byData.get(stream);
        pair?.connection?.receive(content);
        if (!last || !pair) return;
        const id = [...pairs].find(([, candidate]) => candidate === pair)?.[0];
        if (id === undefined) return;
        spdy.send(stream, Buffer.alloc(0), true);
        if (pair.error !== undefined) spdy.send(pair.error, Buffer.alloc(0), true);
        done(id, pair);
      },
      reset: (stream) => void byData.delete(stream),
      broken: () => socket.close(1002),
    },
  );
  return spdy;
}

function keepOpen(live: LiveCluster, socket: WebSocket, closed: () => void): void {
  heartbeat(socket);
  const unend = live.onEnd(() => socket.close(1001));
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    unend();
    closed();
  });
}

/** Takes a connection over for forwarding into a pod. */
export function servePortForward(live: LiveCluster, pod: ObjectKey, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (!offered.includes(TUNNEL)) return serveChannels(live, pod, request, socket, head);
  delete request.headers["sec-websocket-protocol"];
  (request as IncomingMessage & { timonelTunnel?: boolean }).timonelTunnel = true;
  tunnels.handleUpgrade(request, socket, head, (client) => {
    const spdy = openTunnel(live, pod, client);
    client.on("message", (data: Buffer) => spdy.receive(data));
    keepOpen(live, client, () => spdy.close());
  });
}

/** The older way: two channels a port, each of which first names its port. */
function serveChannels(live: LiveCluster, pod: ObjectKey, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const query = new URLSearchParams((request.url ?? "").split("?")[1] ?? "");
  const ports = query.getAll("ports").flatMap((text) => text.split(",")).map(Number).filter((port) => port > 0 && port < 65_536);
  channels.handleUpgrade(request, socket, head, (client) => {
    const send = (channel: number, bytes: Buffer): void => {
      if (client.readyState === client.OPEN) client.send(Buffer.concat([Buffer.from([channel]), bytes]), { binary: true });
    };
    const connections = ports.map((port, index) => {
      const named = Buffer.from([port & 0xff, port >> 8]);
      send(index * 2, named);
      send(index * 2 + 1, named);
      return connect(live, pod, port, { reply: (bytes) => send(index * 2, bytes), end: () => client.close(1000), fail: (message) => send(index * 2 + 1, Buffer.from(message)) });
    });
    client.on("message", (data: Buffer) => connections[(data[0] ?? 0) >> 1]?.receive(data.subarray(1)));
    keepOpen(live, client, () => undefined);
  });
}
