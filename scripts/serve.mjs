// The production server: Next's request handler inside our own process, so that a signal reaches it directly, and a
// content security policy that names each page's inline scripts by hash (static pages) or by nonce (rendered ones).
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import next from "next";
import { portProblem } from "./port.mjs";
import { root } from "./steps.mjs";

const LOOSE = "script-src 'self' 'unsafe-inline'";
const SHUTDOWN_MILLIS = 5_000;

/** Serves the built site until SIGINT or SIGTERM, finishing the requests under way. Resolves once it listens. */
export async function serve({ port, hostname }) {
  const app = next({ dev: false, dir: root, port, ...(hostname ? { hostname } : {}) });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer((request, response) => {
    tightenPolicy(request, response);
    handle(request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.keepAliveTimeout = 5_000;
  await new Promise((resolve, reject) => {
    server.once("error", (error) => reject(portProblem(error, port, hostname)));
    server.listen({ port, ...(hostname ? { host: hostname } : {}) }, resolve);
  });
  stopOnSignal(server, app);
}

function stopOnSignal(server, app) {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(0), SHUTDOWN_MILLIS).unref();
    server.close(async () => {
      await app.close().catch(() => {});
      process.exit(0);
    });
    server.closeIdleConnections();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/**
 * Next writes the policy of next.config.mjs, whose script-src admits inline scripts because a configuration cannot know
 * them. Here they are known: a static page's file gives their hashes, and Next stamps a rendered page's with the nonce
 * it reads from the request's own policy header.
 */
function tightenPolicy(request, response) {
  const nonce = randomBytes(16).toString("base64");
  request.headers["content-security-policy"] = `script-src 'self' 'nonce-${nonce}'`;
  const writeHead = response.writeHead;
  response.writeHead = function (...args) {
    const policy = response.getHeader("content-security-policy");
    if (typeof policy === "string" && policy.includes(LOOSE)) {
      const page = inlineHashes(response.statusCode === 404 ? "/_not-found" : pathOf(request.url));
      const hashes = page.length > 0 ? page : constantHashes();
      response.setHeader("content-security-policy", policy.replace(LOOSE, ["script-src 'self'", `'nonce-${nonce}'`, ...hashes].join(" ")));
    }
    return writeHead.apply(this, args);
  };
}

const known = new Map();

/** Hashes of the inline scripts in the static file of this path; none when the page is rendered on request. */
function inlineHashes(path) {
  const kept = known.get(path);
  if (kept) return kept;
  const file = join(root, ".next/server/app", path === "/" ? "index.html" : `${path}.html`);
  if (!file.startsWith(join(root, ".next/server/app")) || !existsSync(file)) return [];
  const scripts = readFileSync(file, "utf8").matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g);
  const hashes = [...new Set([...scripts].map(([, code]) => `'sha256-${createHash("sha256").update(code).digest("base64")}'`))];
  known.set(path, hashes);
  return hashes;
}

/** Hashes of the scripts every page has, whatever it shows: the layout's own, which Next gives no nonce. */
function constantHashes() {
  const english = new Set(inlineHashes("/en"));
  return inlineHashes("/es").filter((hash) => english.has(hash));
}

function pathOf(url = "/") {
  try {
    return decodeURIComponent(new URL(url, "http://localhost").pathname).replace(/\/+$/, "") || "/";
  } catch {
    return "/";
  }
}
