// `prisma generate` needs no native engine in version 7, but the command line insists on fetching the schema engine
// first. Naming any existing file as that engine skips the download. Never borrow this for `prisma migrate` or
// `prisma db push`: with it they exit 0 having done nothing. Migrations go through scripts/db.mjs.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const result = spawnSync(
  process.execPath,
  [join(root, "node_modules/prisma/build/index.js"), "generate", ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  },
);
process.exit(result.status ?? 1);
