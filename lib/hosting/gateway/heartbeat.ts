import type { WebSocket } from "ws";

const EVERY = 20_000;

/** Pings a client every 20 s and cuts it off when nothing at all came back in the meantime: a connection whose other end is gone says nothing. */
export function heartbeat(client: WebSocket): void {
  let heard = true;
  const timer = setInterval(() => {
    if (!heard) return client.terminate();
    heard = false;
    client.ping();
  }, EVERY);
  const hear = (): void => {
    heard = true;
  };
  client.on("pong", hear);
  client.on("ping", hear);
  client.on("message", hear);
  client.on("close", () => clearInterval(timer));
}
