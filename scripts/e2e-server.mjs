// The journeys' server: the very `npm start`, on an empty database of its own.
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const database = join(root, "data", "e2e.db");
mkdirSync(dirname(database), { recursive: true });
for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${database}${suffix}`, { force: true });
process.env.DATABASE_URL = pathToFileURL(database).href;
process.env.NEXTAUTH_URL = `http://localhost:${process.env.PORT ?? "3100"}`;
// The gateway of connected clusters takes any free port, with a certificate of its own.
process.env.TIMONEL_GATEWAY_PORT ??= "0";
process.env.TIMONEL_GATEWAY_IDENTITY = join(root, "data", "e2e-gateway.json");
await import("./start.mjs");
