// Bundles what the server runs in threads: the grader, and the clusters on the network. Each must be one file: a thread gets no bundler of its own.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await build({
  absWorkingDir: root,
  entryPoints: { grade: "lib/hosting/grade-worker.ts", live: "lib/hosting/live-worker.ts" },
  outdir: "dist-workers",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minifySyntax: true,
  sourcemap: "linked",
  logLevel: "warning",
  // `server-only` throws unless a bundler names this file, as Next's does.
  alias: { "server-only": join(root, "node_modules/server-only/empty.js") },
  // Bundled CommonJS still calls require() for Node's built-ins: give the module one.
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
});
