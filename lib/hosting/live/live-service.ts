import "server-only";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { dirname, join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { expose, wrap } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import { createServerIdentity, type ServerIdentity } from "../gateway/certificates";
import type { LiveKeeper, LiveThread } from "./messages";

/** Live clusters, and where a client finds them. */
export interface LiveService {
  readonly thread: Pick<LiveThread, "open" | "ask" | "close" | "stop">;
  /** Where clients find the gateway. */
  readonly address: string;
  /** PEM of the authority that vouches for the gateway. */
  readonly authority: string;
}

const MEMORY_MB = 1024;
const DEFAULT_PORT = 6443;

/** The host of the site's own address, as `new URL` writes it. */
function siteHost(): string {
  return process.env.NEXTAUTH_URL ? new URL(process.env.NEXTAUTH_URL).hostname : "localhost";
}

/** Host names the certificate is good for besides this machine's own: `TIMONEL_GATEWAY_HOST`, and the site's own name. */
function hostNames(): readonly string[] {
  const named = process.env.TIMONEL_GATEWAY_HOST;
  return [...new Set(["localhost", "127.0.0.1", "::1", siteHost().replace(/^\[(.*)\]$/, "$1"), ...(named ? [named] : [])])];
}

/** Where students' clients find the gateway: at `TIMONEL_GATEWAY_HOST`, or where they find the site. */
export function gatewayAddress(port: number): string {
  const named = process.env.TIMONEL_GATEWAY_HOST;
  return `https://${named ? (isIPv6(named) ? `[${named}]` : named) : siteHost()}:${port}`;
}

interface KeptIdentity extends ServerIdentity {
  readonly hosts: readonly string[];
}

/** The gateway's certificate, kept beside the database so that kubeconfigs outlive a restart. New when the host names change. */
function identity(): ServerIdentity {
  const hosts = hostNames();
  const path = process.env.TIMONEL_GATEWAY_IDENTITY ?? join(/* turbopackIgnore: true */ process.cwd(), "data", "gateway.json");
  if (existsSync(path)) {
    try {
      const kept = JSON.parse(readFileSync(path, "utf8")) as KeptIdentity;
      if (hosts.every((host) => kept.hosts.includes(host))) return kept;
    } catch {
      console.error(`live: ${path} cannot be read; a new certificate takes its place, and kubeconfigs given before stop working`);
    }
  }
  const made: KeptIdentity = { ...createServerIdentity(hosts), hosts };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(made), { mode: 0o600 });
  return made;
}

function gatewayPort(): number {
  const named = process.env.TIMONEL_GATEWAY_PORT;
  const port = named ? Number(named) : DEFAULT_PORT;
  return Number.isInteger(port) && port >= 0 && port < 65_536 ? port : DEFAULT_PORT;
}

/**
 * Starts the thread and its gateway; `ended` is told when a thread that had started ends without being asked to. Rejects,
 * and leaves no thread behind, when the worker is missing or the port is taken.
 */
export async function startLive(keeper: LiveKeeper, ended: () => void): Promise<LiveService> {
  const file = process.env.TIMONEL_LIVE_WORKER ?? join(/* turbopackIgnore: true */ process.cwd(), "dist-workers", "live.mjs");
  if (!existsSync(file)) throw new Error(`the worker of live clusters is missing: ${file}. Build it with: node scripts/workers.mjs`);
  const { certificate, key, authority } = identity();
  const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  worker.unref();
  worker.on("error", (error) => console.error("live: the thread ended", error));
  const died = new Promise<never>((_, reject) => worker.once("exit", () => reject(new Error("the thread of live clusters ended"))));
  died.catch(() => undefined);
  const orDead = <T>(work: Promise<T>): Promise<T> => Promise.race([work, died]);
  try {
    const thread = await orDead(channelsTo(worker, keeper));
    let wanted = true;
    const { port } = await orDead(thread.start({ host: process.env.TIMONEL_GATEWAY_BIND || "0.0.0.0", port: gatewayPort(), certificate, key }));
    worker.once("exit", () => {
      if (wanted) ended();
    });
    return {
      authority,
      address: gatewayAddress(port),
      thread: {
        open: (record) => orDead(thread.open(record)),
        ask: (id, question) => orDead(thread.ask(id, question)),
        close: (id) => orDead(thread.close(id)),
        async stop() {
          wanted = false;
          await orDead(thread.stop());
          await worker.terminate();
        },
      },
    };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

/** Opens the two channels: on one the site asks the thread, on the other the thread asks the keeper. */
async function channelsTo(worker: Worker, keeper: LiveKeeper): Promise<LiveThread> {
  const toKeeper = new MessageChannel();
  const toSite = new MessageChannel();
  expose(keeper, nodeEndpoint(toKeeper.port1));
  await new Promise<void>((resolve) => {
    worker.once("message", () => resolve());
    worker.postMessage({ keeper: toKeeper.port2, site: toSite.port2 }, [toKeeper.port2, toSite.port2]);
  });
  toKeeper.port1.unref();
  toSite.port1.unref();
  // A proxy answers to any name, `then` included: awaited as it is, it would never come.
  const thread = wrap<LiveThread>(nodeEndpoint(toSite.port1)) as unknown as LiveThread;
  return { start: (place) => thread.start(place), open: (record) => thread.open(record), ask: (id, question) => thread.ask(id, question), close: (id) => thread.close(id), stop: () => thread.stop() };
}
