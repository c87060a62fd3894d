// `npm run -s bench`: scripts/bench.ts, bundled as the site and its threads are. Run from its sources it would be a third slower.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, "scripts", `.bench-${process.pid}.mjs`);
await build({
  absWorkingDir: root,
  entryPoints: ["scripts/bench.ts"],
  outfile: bundle,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minifySyntax: true,
  packages: "external",
  logLevel: "warning",
  alias: { "server-only": join(root, "node_modules/server-only/empty.js"), "@": root },
  // The benchmarks find their files from where they are written.
  define: { "import.meta.url": JSON.stringify(pathToFileURL(join(root, "tests/bench/index.ts")).href) },
});
try {
  await import(pathToFileURL(bundle).href);
} finally {
  rmSync(bundle, { force: true });
}
