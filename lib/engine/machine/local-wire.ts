import { reason } from "../reason";
import { millis } from "../sim/clock";
import type { AppRequest } from "./behaviour";
import type { Hop, Packet, PacketTrace, Sockets, Wire } from "./wire";

/** A network of one cable: packets to an address go straight to its socket. Serves until the network room is bound, and in tests. */
export function localWire(sockets: Sockets): Wire {
  const wire: Wire = {
    reach: (from, request) => wire.send(from, request),
    resolve: (_from, name) => ({ name, addresses: [], because: reason("dns.no-server"), queries: [] }),
    send(from, request): PacketTrace {
      const source = "pod" in from ? (sockets.addressOf(from.pod)?.ip ?? "0.0.0.0") : "0.0.0.0";
      const loopback = request.host === "localhost" || request.host.startsWith("127.");
      const ip = loopback ? source : request.host;
      const packet: Packet = { protocol: "TCP", source: { ip: source, port: 40000 }, destination: { ip, port: request.port } };
      const asked = `${request.host}:${request.port}`;
      const hop = (verdict: Hop["verdict"], because: Hop["because"]): Hop => ({ stage: "socket", at: ip, verdict, before: packet, after: packet, because });
      const socket = sockets.at({ ip, port: request.port });
      if (!socket) {
        const there = sockets.sandboxOf(ip);
        const refused = there !== undefined && sockets.isUp(there.node);
        return { from, asked, hops: [hop(refused ? "reject" : "drop", reason(refused ? "socket.nobody-listens" : "socket.host-down"))], outcome: refused ? "refused" : "timed-out", latency: millis(refused ? 1 : 1000) };
      }
      if (!sockets.isUp(socket.node)) return { from, asked, hops: [hop("drop", reason("socket.host-down"))], outcome: "timed-out", latency: millis(1000) };
      const received: AppRequest = {
        protocol: request.protocol,
        port: request.port,
        method: request.method ?? "GET",
        path: request.path ?? "/",
        headers: { host: request.hostHeader ?? request.host, ...request.headers },
        body: request.body ?? "",
        from: packet.source,
      };
      const response = sockets.deliver(socket, received);
      if (!response) return { from, asked, hops: [hop("drop", reason("socket.process-hung"))], outcome: "timed-out", latency: millis(60_000) };
      return {
        from,
        asked,
        hops: [hop("deliver", reason("socket.accepted"))],
        outcome: "delivered",
        latency: millis(1 + (response.took ?? 0)),
        response,
        ...(socket.pod ? { servedBy: socket.pod } : {}),
      };
    },
  };
  return wire;
}
