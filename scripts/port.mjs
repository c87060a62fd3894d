// Where to listen, and the sentences for when that cannot be.
import { createServer } from "node:net";
import { hostname } from "node:os";
import { Problem } from "./say.mjs";

/** PORT, or 3000; anything that is no port is refused. */
export function wantedPort() {
  const text = process.env.PORT ?? "3000";
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Problem(`PORT debe ser un número del 1 al 65535, no «${text}».`, `PORT must be a number from 1 to 65535, not "${text}".`);
}

/** HOSTNAME, unless it is only the machine's own name, which shells and containers export without meaning anything by it. */
export function wantedHostname() {
  const named = process.env.HOSTNAME;
  return named && named !== hostname() ? named : undefined;
}

/** Refuses a port that is taken before the long steps begin, not after them. */
export function refuseBusyPort(port, host) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => reject(portProblem(error, port, host)));
    probe.listen({ port, ...(host ? { host } : {}) }, () => probe.close(resolve));
  });
}

/** The sentence for an address that cannot be listened on. */
export function portProblem(error, port, host) {
  if (error.code === "EADDRINUSE") {
    return new Problem(
      `El puerto ${port} está ocupado: para el otro programa o elige otro con PORT=${port + 1} npm start.`,
      `Port ${port} is in use: stop the other program or choose another with PORT=${port + 1} npm start.`,
    );
  }
  if (error.code === "EACCES") {
    return new Problem(`No hay permiso para escuchar en el puerto ${port}: elige uno desde el 1024.`, `No permission to listen on port ${port}: choose one from 1024 up.`);
  }
  return new Problem(`No se puede escuchar en ${host ?? "*"}:${port} (${error.code}).`, `Cannot listen on ${host ?? "*"}:${port} (${error.code}).`);
}
