// `npm run dev`: everything generated, the database ready, and Next's development server.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { guarded } from "./say.mjs";
import { ensureWritable, generate, install, root, secrets } from "./steps.mjs";

if (process.argv.includes("--help")) {
  console.log("Usage: npm run dev\nThe development server on PORT (3000), with hot reload.");
} else {
  await guarded(async () => {
    ensureWritable();
    await install();
    secrets();
    await generate();
    const { prepareDatabase } = await import("./database.mjs");
    await prepareDatabase();
    const port = process.env.PORT ?? "3000";
    const env = { ...process.env, NEXTAUTH_URL: process.env.NEXTAUTH_URL ?? `http://localhost:${port}`, NEXT_TELEMETRY_DISABLED: "1" };
    const child = spawn(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "dev", "--port", port], { cwd: root, env, stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.on("close", (status) => process.exit(status ?? 0));
  });
}
